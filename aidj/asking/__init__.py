"""What is asked for, in words? From a request and its follow-ups to a query; offline, in the presenters' languages."""

from aidj.asking.llm import LlmTranslator, translation_body
from aidj.asking.names import Names
from aidj.asking.saying import said, wish_words
from aidj.asking.schema import QUERY_SCHEMA
from aidj.asking.translating import Refused, Translator, translated
from aidj.asking.understanding import read_request
from aidj.asking.understood import Understood
from aidj.asking.vocabulary import languages, load_vocabulary
from aidj.asking.wishes import Left, Wish

__all__ = [
    "QUERY_SCHEMA",
    "Left",
    "LlmTranslator",
    "Names",
    "Refused",
    "Translator",
    "Understood",
    "Wish",
    "languages",
    "load_vocabulary",
    "read_request",
    "said",
    "translated",
    "translation_body",
    "wish_words",
]
