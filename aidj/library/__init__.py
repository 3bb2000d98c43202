"""What music is there: folders of sound files, their tags read into tracks and kept in the data file."""

from aidj.library.folders import SUFFIXES
from aidj.library.identity import content_id
from aidj.library.reading import read_alone
from aidj.library.report import ScanReport, Unreadable
from aidj.library.store import Library
from aidj.library.tables import TABLES

__all__ = ["SUFFIXES", "TABLES", "Library", "ScanReport", "Unreadable", "content_id", "read_alone"]
