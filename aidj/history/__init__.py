"""What was heard, and when? Exports of listening histories in, plays of the library's tracks out."""

from aidj.history.documents import Document
from aidj.history.importer import ENTRY_POINT_GROUP, Findings, HistoryImporter, RowProblem, importers
from aidj.history.matching import MatchReport, Unmatched
from aidj.history.reading import HistoryFile, read_history
from aidj.history.store import TABLES, History, HistorySummary, ImportReport

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
    "RowProblem",
    "Unmatched",
    "importers",
    "read_history",
]
