"""What can go wrong, one class per room.

::

    AidjError
    ├── ConfigError     a setting, a presenter file, an option
    ├── LibraryError    the music folders and their stored list
    ├── HistoryError    a listening-history file
    ├── AudioError      a file that cannot be decoded, or decoded no further
    ├── QueryError      what one asks for
    ├── PlanError       a plan document
    ├── ScriptError     the lines a presenter can say
    ├── VoiceError      a speech engine
    └── OutputError     writing a mix and what lies beside it

Every message says what happened, where, the likely cause, and what to do next; the parts are kept apart so that a
program can show them its own way.
"""

from __future__ import annotations


class AidjError(Exception):
    """Base of everything that aidj raises on purpose.

    Parameters
    ----------
    what : str
        What happened, a sentence without its full stop.
    where : str, optional
        The file, field or line concerned.
    cause : str, optional
        The likely cause.
    hint : str, optional
        What to do next.
    """

    def __init__(self, what: str, *, where: str | None = None, cause: str | None = None, hint: str | None = None):
        super().__init__(what, where, cause, hint)
        self.what = what
        self.where = where
        self.cause = cause
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword-only arguments do not survive the default pickling; errors cross process borders here.
        return _rebuild, (type(self), self.what, self.where, self.cause, self.hint)

    def __str__(self) -> str:
        parts = [_sentence(f"{self.where}: {self.what}" if self.where else self.what)]
        if self.cause:
            parts.append(_sentence(f"Likely cause: {self.cause}"))
        if self.hint:
            parts.append(_sentence(f"What to do: {self.hint}"))
        return " ".join(parts)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _rebuild(kind: type[AidjError], what: str, where: str | None, cause: str | None, hint: str | None) -> AidjError:
    return kind(what, where=where, cause=cause, hint=hint)


class ConfigError(AidjError):
    """A setting, a presenter file or an option is wrong."""


class LibraryError(AidjError):
    """The music folders, or the stored list of them, cannot be used."""


class HistoryError(AidjError):
    """A listening-history file cannot be read as any known format."""


class AudioError(AidjError):
    """A sound file cannot be decoded."""


class QueryError(AidjError):
    """What one asks for cannot be understood."""


class PlanError(AidjError):
    """A plan cannot be made, read or rendered."""


class ScriptError(AidjError):
    """The lines that can be said contain a mistake, or none fits."""


class VoiceError(AidjError):
    """A speech engine is missing, failed, or took too long."""


class OutputError(AidjError):
    """A mix, or a file beside it, cannot be written."""
