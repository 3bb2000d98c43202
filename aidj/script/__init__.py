"""What is said? From facts to text: lines that are data, and slots that hold only what is known."""

from aidj.script.documents import Entry, nearest, read_document
from aidj.script.facts import DAYPARTS, FACTS, WEEKDAYS, Facts, check_facts
from aidj.script.folders import PARTS, voices_folder
from aidj.script.lines import LINE_FILES, Line, Lines, load_lines
from aidj.script.slots import SLOTS
from aidj.script.writing import MAX_TEXT_CHARS, WrittenLine, disclosure, write_line

__all__ = [
    "DAYPARTS",
    "FACTS",
    "LINE_FILES",
    "MAX_TEXT_CHARS",
    "PARTS",
    "SLOTS",
    "WEEKDAYS",
    "Entry",
    "Facts",
    "Line",
    "Lines",
    "WrittenLine",
    "check_facts",
    "disclosure",
    "load_lines",
    "nearest",
    "read_document",
    "voices_folder",
    "write_line",
]
