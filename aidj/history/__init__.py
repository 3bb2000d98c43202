"""What was heard, and when, and what does the listener think of it? Exports and a log in, plays and opinions out."""

from aidj.history.documents import Document
from aidj.history.importer import ENTRY_POINT_GROUP, Findings, HistoryImporter, PlayCount, RowProblem, importers
from aidj.history.matching import MatchReport, Unmatched
from aidj.history.offers import plan_key
from aidj.history.reading import HistoryFile, read_history
from aidj.history.store import History, HistorySummary, ImportReport
from aidj.history.tables import TABLES

__all__ = [
    "ENTRY_POINT_GROUP",
    "TABLES",
    "Document",
    "Findings",
    "History",
    "HistoryFile",
    "HistoryImporter",
    "HistorySummary",
    "ImportReport",
    "MatchReport",
    "PlayCount",
    "RowProblem",
    "Unmatched",
    "importers",
    "plan_key",
    "read_history",
]
