"""The session as a document: a YAML file that can be read, edited by hand, compared, and rendered later."""

from aidj.plan.form import SCHEMA
from aidj.plan.reading import load_plan, parse_plan
from aidj.plan.schema import SCHEMA_FILE, plan_schema
from aidj.plan.writing import dump_plan, save_plan

__all__ = ["SCHEMA", "SCHEMA_FILE", "dump_plan", "load_plan", "parse_plan", "plan_schema", "save_plan"]
