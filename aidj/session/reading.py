"""What a listener asks for in words, read beside the session: the names of a whole library come into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from aidj.home import Home
from aidj.model import WriterSettings
from aidj.session.wishes import Wishes

if TYPE_CHECKING:
    from aidj.asking import Understood


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRequest:
    """A job: what a request means."""

    text: str
    language: str
    now: datetime
    folders: Sequence[Path] | None
    refine: Understood | None
    """What was asked before, which this one changes."""
    translator: WriterSettings | None
    """The language model that reads what is not understood offline; None for none."""

    def run(self, home: Home) -> Understood:
        """Return what was understood; any text gives an answer. Raises ConfigError where the model cannot be used."""
        from aidj.asking import LlmTranslator, Names, read_request  # not needed before somebody asks

        return read_request(
            self.text,
            language=self.language,
            library_names=Names.of(home.library.tracks(self.folders)),
            now=self.now,
            folders=(home.voices_folder,),
            refine=self.refine,
            translator=LlmTranslator(self.translator) if self.translator else None,
        )


def wishes_of(understood: Understood) -> Wishes:
    """Return what a request wishes for."""
    return Wishes(
        query=understood.query,
        arc=understood.arc,
        dials=understood.dials,
        minutes=None if understood.arc else understood.query.minutes,
    )


def in_words(understood: Understood) -> str:
    """Return what was understood, and what could not be done, for the listener."""
    from aidj.asking import said

    return said(understood)
