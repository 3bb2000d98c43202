"""What is said? From facts to text: lines that are data, and slots that hold only what is known."""

from aidj.script.completions import ChatModel, as_json, chat_body
from aidj.script.documents import Entry, nearest, read_document
from aidj.script.facts import DAYPARTS, FACTS, WEEKDAYS, Fact, FactKind, Facts, check_facts, facts_of, without_personal
from aidj.script.folders import PARTS, voices_folder
from aidj.script.lines import LINE_FILES, Line, Lines, load_lines
from aidj.script.llm import LlmWriter, check_writer
from aidj.script.memory import TABLES, Memory, Recent, Said, session_key
from aidj.script.payload import request_body
from aidj.script.slots import SLOTS
from aidj.script.truth import untrue
from aidj.script.validating import problems_of
from aidj.script.wording import load_words
from aidj.script.words import Words
from aidj.script.writing import (
    LINK_MAX_S,
    LINK_S,
    Writer,
    WrittenLink,
    as_said,
    beginning_of,
    disclosure,
    line_key,
    told_once,
    write_link,
)

__all__ = [
    "DAYPARTS",
    "FACTS",
    "LINE_FILES",
    "LINK_MAX_S",
    "LINK_S",
    "PARTS",
    "SLOTS",
    "TABLES",
    "WEEKDAYS",
    "ChatModel",
    "Entry",
    "Fact",
    "FactKind",
    "Facts",
    "Line",
    "Lines",
    "LlmWriter",
    "Memory",
    "Recent",
    "Said",
    "Words",
    "Writer",
    "WrittenLink",
    "as_json",
    "as_said",
    "beginning_of",
    "chat_body",
    "check_facts",
    "check_writer",
    "disclosure",
    "facts_of",
    "line_key",
    "load_lines",
    "load_words",
    "nearest",
    "problems_of",
    "read_document",
    "request_body",
    "session_key",
    "told_once",
    "untrue",
    "voices_folder",
    "without_personal",
    "write_link",
]
