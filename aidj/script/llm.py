"""A language model words the links: any endpoint that speaks the chat-completions protocol of OpenAI.

It is optional, it is asked for one link at a time, and it is not trusted: whatever it answers is read strictly, held
against the facts (`untrue`), and dropped where it does not hold. Whatever goes wrong costs the link its wording, never
the session a sound: a line is said instead.
"""

from __future__ import annotations

import json
import logging
import re
import unicodedata
from collections.abc import Iterator, Sequence

from aidj.model import LinkKind, Manner, WriterSettings
from aidj.script.completions import ChatModel, NoAnswerError
from aidj.script.facts import Facts, without_personal
from aidj.script.lines import Lines
from aidj.script.payload import max_chars_of, request_body
from aidj.script.truth import untrue

_log = logging.getLogger(__name__)

_FAILURES_BEFORE_REST = 2
_TOLD = "What you listen to"
_END = re.compile(r"[.?…][”“»’\"]?$")
_SIGNS = re.compile(r"[{}\[\]<>|#*_`~^\\=@!]|https?:|www\.")
_NAMED: dict[LinkKind, tuple[str, ...]] = {
    "intro": ("artist", "title"),
    "jump": ("artist", "title"),
    "back_announce": ("previous_artist", "previous_title"),
}
"""Of these a link of a kind names one at least, where they are known: else it says nothing of its songs."""


class LlmWriter:
    """Words links by a language model; a `Writer`.

    After two failures of its endpoint it rests for as long as it lives: one writer serves one session.

    Parameters
    ----------
    settings : WriterSettings
        Where the model is.
    personal : bool
        Whether it may be told what the listener's history tells.

    Raises
    ------
    ConfigError
        If nothing can or should be sent there: see `check_writer`.
    """

    def __init__(self, settings: WriterSettings, *, personal: bool = True) -> None:
        self._settings = settings
        self._personal = personal
        self._model = ChatModel(settings, told=_TOLD)
        self._failures = 0

    @property
    def name(self) -> str:
        """The model's name, in signs that an id may have."""
        return re.sub(r"[^\w.:-]+", "-", self._settings.model) or "llm"

    def body(
        self, kind: LinkKind, facts: Facts, *, lines: Lines, manner: Manner | None, seconds: tuple[float, float]
    ) -> bytes:
        """Return the body of the first request that `write` sends for these arguments; nothing is sent."""
        return request_body(self._settings, kind, self._may_know(facts), lines=lines, manner=manner, seconds=seconds)

    def write(
        self, kind: LinkKind, facts: Facts, *, lines: Lines, manner: Manner | None, seconds: tuple[float, float]
    ) -> str | None:
        """Return a text that holds against the facts, or None.

        It comes back after at most two requests, each within the settings' time, and never raises.
        """
        if self._failures >= _FAILURES_BEFORE_REST:
            return None
        known = self._may_know(facts)
        refused: tuple[str, Sequence[str]] | None = None
        for _ in range(2):
            try:
                body = request_body(
                    self._settings, kind, known, lines=lines, manner=manner, seconds=seconds, refused=refused
                )
                text = _text_of(self._model.ask(body))
                reasons = list(problems_of_text(text, kind, known, lines, max_chars_of(seconds)))
            except NoAnswerError as problem:
                self._fail(str(problem))
                return None
            except Exception as problem:  # whatever an answer does to us, the session goes on
                self._fail(f"{type(problem).__name__}: {problem}")
                return None
            if not reasons:
                return text
            _log.info("%s wrote what cannot be said: %s: %r", self.name, "; ".join(reasons), text)
            refused = (text, reasons)
        _log.warning("%s wrote nothing that holds against the facts; a line is said instead.", self.name)
        return None

    def _may_know(self, facts: Facts) -> Facts:
        return facts if self._personal else without_personal(facts)

    def _fail(self, why: str) -> None:
        self._failures += 1
        rests = "; it is not asked again in this session" if self._failures >= _FAILURES_BEFORE_REST else ""
        _log.warning("The writer %s gave no text (%s); a line is said instead%s.", self.name, why, rests)


def check_writer(settings: WriterSettings) -> None:
    """Raise ConfigError if nothing can or should be sent to this endpoint: see `aidj.endpoints`."""
    ChatModel(settings, told=_TOLD)


# --- reading an answer ------------------------------------------------------------------------------------------------


def _text_of(content: str) -> str:
    """Return the text that a model answered with, without control characters."""
    try:
        inner = json.loads(content)
    except (ValueError, RecursionError) as problem:
        raise NoAnswerError('the model did not answer with {"text": …}') from problem
    if not isinstance(inner, dict) or set(inner) != {"text"} or not isinstance(inner["text"], str):
        raise NoAnswerError('the model did not answer with {"text": …} alone')
    kept = "".join(c if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn") else " " for c in inner["text"])
    return " ".join(kept.split())


def problems_of_text(text: str, kind: LinkKind, facts: Facts, lines: Lines, max_chars: int) -> Iterator[str]:
    """Yield why a text from elsewhere cannot be said: its form, and what in it the facts do not hold."""
    if not text:
        yield "it is empty"
        return
    if len(text) > max_chars:
        yield f"it has {len(text)} characters; {max_chars} are allowed"
        return
    if not _END.search(text) and not any(text.endswith(name) for name in _names(facts) if name.endswith("!")):
        yield "it does not end with the end of a sentence"
    own = text
    for name in sorted(_names(facts), key=len, reverse=True):
        own = own.replace(name, " ")
    if found := _SIGNS.search(own):
        yield f"it holds “{found.group()}”"
    if any(unicodedata.category(c) == "So" for c in own):
        yield "it holds a symbol that cannot be said"
    names = _names({fact: facts[fact] for fact in _NAMED.get(kind, ()) if fact in facts})
    if names and not any(name in text for name in names):
        yield f"it names neither {' nor '.join(f'“{name}”' for name in names)}"
    yield from untrue(text, facts, lines)


def _names(facts: Facts) -> list[str]:
    return [name for value in facts.values() if isinstance(value, str) and (name := " ".join(value.split()))]
