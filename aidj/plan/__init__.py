"""The session as a document: a YAML file that can be read, edited by hand, compared, and rendered later."""

from aidj.plan.reading import load_plan, parse_plan
from aidj.plan.writing import SCHEMA, dump_plan, save_plan

__all__ = ["SCHEMA", "dump_plan", "load_plan", "parse_plan", "save_plan"]
