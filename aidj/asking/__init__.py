"""What is asked for, in words? From a request and its follow-ups to a query; offline, in the presenters' languages."""

from aidj.asking.names import Names
from aidj.asking.parsing import Left, Wish
from aidj.asking.translating import Translator, translated
from aidj.asking.understanding import refine, understand
from aidj.asking.understood import Understood
from aidj.asking.vocabulary import languages, load_vocabulary

__all__ = [
    "Left",
    "Names",
    "Translator",
    "Understood",
    "Wish",
    "languages",
    "load_vocabulary",
    "refine",
    "translated",
    "understand",
]
