"""From the options of a command line to what is asked of a session."""

from __future__ import annotations

import argparse
import logging
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, cast

from aidj.asking import LlmTranslator, Names, Understood, read_request
from aidj.cli.options import WISHES
from aidj.config import Settings
from aidj.errors import AidjError, ConfigError, QueryError
from aidj.model import Rotation, TalkSettings, Track
from aidj.names import match_key
from aidj.nodes import nearest
from aidj.selection import HYGIENE_RULES, MAX_DIAL, HygieneRule, Query, load_query
from aidj.sequencing import Direction
from aidj.session import DEFAULT_PRESENTER, DIRECTIONS, Arc, Wishes
from aidj.timeline import Handover, parse_handover
from aidj.voice import load_presenter

DIALS: Mapping[str, Rotation] = {
    "new": "new_release",
    "forgotten": "forgotten_favourite",
    "current": "current_favourite",
    "deep": "deep_cut",
}
_TEXTS = {"genre": "genres", "artist": "artists", "album": "albums", "mood": "moods", "title": "titles"}
_SLOWEST_BPM, _FASTEST_BPM = 20.0, 400.0
_FIRST_YEAR, _LAST_YEAR = 1000, 9998

T = TypeVar("T", bound=str)
_LOG = logging.getLogger(__name__)


def given_wishes(options: argparse.Namespace) -> list[str]:
    """Return the options that ask for something, as they are written."""
    names = ("minutes", "until", *WISHES)
    return [f"--{name.replace('_', '-')}" for name in names if getattr(options, name, None) not in (None, False)]


def wishes_of(
    options: argparse.Namespace,
    now: datetime,
    tracks: Callable[[], Sequence[Track]],
    settings: Settings | None = None,
) -> Wishes:
    """Collect the wishes in some options.

    Parameters
    ----------
    now : datetime
        The moment the session is for, with its zone.
    tracks : callable
        Returns the library; asked only where a word could mean an artist or a genre.
    settings : Settings, optional
        What the listener has set; the usual where not given.

    Raises
    ------
    ConfigError, QueryError
        If an option makes no sense.
    """

    def given(name: str) -> Any:
        return getattr(options, name, None)

    settings = settings or Settings()
    asked = _asked(options, now, tracks, settings)
    query = _query(options, tracks, asked.query if asked else None)
    arc = parse_arc(given("arc")) if given("arc") else asked.arc if asked else ()
    minutes = given("minutes")
    if given("until"):
        minutes = minutes_until(given("until"), now)
    if minutes is None and not arc and query is not None:
        minutes = query.minutes
    dials = dict(asked.dials) if asked else {}
    dials |= {rotation: parse_dial(given(name)) for name, rotation in DIALS.items() if given(name) is not None}
    if len(dials) == len(DIALS) and not any(dials.values()):
        raise ConfigError(
            f"{', '.join(f'--{name}' for name in DIALS)} are all 0, which leaves nothing to play",
            hint="leave one of them out, or give it more than 0",
        )
    return Wishes(
        minutes=minutes,
        dials=dials,
        arc=arc,
        query=query,
        allow=frozenset(parse_rule(name) for name in given("allow") or ()),
        handover=_handover(given("transition"), given("no_beatmix"), settings.handover),
        leave_alone=settings.leave_alone,
        talk=talk_wish(options, settings.talk),
    )


def _asked(
    options: argparse.Namespace, now: datetime, tracks: Callable[[], Sequence[Track]], settings: Settings
) -> Understood | None:
    """Return what is asked for in words, and log what of it was not understood; None where nothing is."""
    text = getattr(options, "ask", None)
    if not text:
        return None
    if getattr(options, "request", None):
        raise ConfigError("Both --ask and --request are given", hint="take one of them out")
    asked = read_request(
        text,
        language=asking_language(options, settings),
        library_names=Names.of(tracks()),
        now=now,
        translator=translator_of(settings),
    )
    check_asked(asked)
    for line in doubts(asked):
        _LOG.warning("%s", line)
    return asked


def translator_of(settings: Settings) -> LlmTranslator | None:
    """Return who reads the words that are not understood here; None where nobody is set.

    Raises ConfigError where nothing can or should be sent there.
    """
    return LlmTranslator(settings.translator) if settings.translator else None


def asking_language(options: argparse.Namespace, settings: Settings, folders: Sequence[Path] = ()) -> str:
    """Return the language in which something is asked, unless its words tell another: the presenter's."""
    if language := getattr(options, "language", None):
        return str(language)
    try:
        name = getattr(options, "presenter", None) or settings.presenter or DEFAULT_PRESENTER
        return load_presenter(name, folders).language
    except AidjError:  # whoever plans with this presenter will say what is wrong
        return "en"


def check_asked(asked: Understood) -> None:
    """Raise QueryError where nothing at all was understood."""
    if asked.nothing:
        left = asked.left[0] if asked.left else None
        done = "cannot be done" if left and not asked.unknown else "was not understood"
        raise QueryError(
            f"“{asked.texts[-1][:60]}” {done}",
            cause=f"“{left.phrase}”: {left.reason}" if left else "there is no word in it that asks for something",
            hint='ask for a genre, a mood, an artist, a decade, a length, as in "an hour of mellow jazz from the 90s"',
        )


def doubts(asked: Understood) -> list[str]:
    """Return what was not understood, could not be done, or is doubtful, a line each."""
    left = [f"Left out of the request: “{left.phrase}” ({left.reason})" for left in asked.left]
    return [*left, *(f"{note[0].upper()}{note[1:]}." for note in asked.notes)]


def talk_wish(options: argparse.Namespace, usual: TalkSettings) -> TalkSettings | None:
    """Return what is to be said: as the options say, or else as usual; None where neither says anything."""
    asked: dict[str, Any] = {}
    if (level := getattr(options, "talk", None)) is not None:
        asked["level"] = level
    if (placement := getattr(options, "talk_placement", None)) is not None:
        asked["placement"] = placement
    if getattr(options, "impersonal", False):
        asked["personal"] = False
    return replace(usual, **asked) if asked or usual != TalkSettings() else None


def _handover(transition: str | None, no_beatmix: bool | None, usual: Handover) -> Handover:
    """Return how songs hand over: as the options say, or else as usual."""
    beatmix = usual.beatmix and not no_beatmix
    if transition is None:
        return replace(usual, beatmix=beatmix)
    try:
        return parse_handover(transition, beatmix=beatmix)
    except ValueError as error:
        raise ConfigError(f"--transition '{transition}' {error}") from None


def _query(
    options: argparse.Namespace, tracks: Callable[[], Sequence[Track]], said: Query | None = None
) -> Query | None:
    """Return what a query document, or words, and the options beside it ask for; None where nothing is asked."""
    path = getattr(options, "request", None)
    asked: dict[str, Any] = {}
    query = load_query(path) if path else said or Query()
    for name, field in _TEXTS.items():
        if texts := getattr(options, name, None):
            asked[field] = (*getattr(query, field), *texts)
    if options_years := _years(options):
        asked["years"] = options_years
    if tempo := getattr(options, "tempo", None):
        asked["tempo_bpm"] = _between(tempo, "beats per minute", "90-120", _SLOWEST_BPM, _FASTEST_BPM)
    if energy := getattr(options, "energy", None):
        asked["energy"] = _between(energy, "energy", "0.6-1", 0.0, 1.0)
    if getattr(options, "only_new_to_me", False):
        asked["heard"] = "never"
    if without := getattr(options, "without", None):
        parts: dict[str, Any] = {}
        for text in without:
            field, value = _unwanted(text, tracks)
            parts[field] = (*parts.get(field, getattr(query.without, field)), value)
        asked["without"] = replace(query.without, **parts)
    return replace(query, **asked) if asked or path or said else None


def _between(text: str, what: str, example: str, lowest: float, highest: float) -> tuple[float, float]:
    low, high = parse_range(text, what, example)
    return lowest if low is None else low, highest if high is None else high


def _years(options: argparse.Namespace) -> tuple[int, int] | None:
    years, decade = getattr(options, "years", None), getattr(options, "decade", None)
    if years and decade:
        raise ConfigError("Both --years and --decade are given", hint="take one of them out")
    if years:
        low, high = _between(years, "years", "1980-1990", _FIRST_YEAR, _LAST_YEAR)
        return int(low), int(high)
    return _decade(decade) if decade else None


def _decade(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"'?(\d\d)?(\d)0'?s?", text.strip().lower())
    if not match:
        raise ConfigError(f"'{text}' is no decade", hint="write it like 1990s or 90s")
    century = int(match[1]) if match[1] else 20 if match[2] in "012" else 19
    first = century * 100 + int(match[2]) * 10
    return first, first + 9


def _unwanted(text: str, tracks: Callable[[], Sequence[Track]]) -> tuple[str, str]:
    """Say which part of a query a word that is not wanted belongs to."""
    kind, colon, value = text.partition(":")
    if colon and kind.strip().lower() in _TEXTS:
        return _TEXTS[kind.strip().lower()], value.strip()
    key = match_key(text)
    by_artist = any(key in (match_key(name) for name in (*track.artists, *track.guests)) for track in tracks())
    return ("artists" if by_artist else "genres"), text


def parse_dial(text: str) -> float:
    """Read how much more or less of something is wanted: ``2x``, ``0.5``, ``0``. Raises ConfigError."""
    match = re.fullmatch(r"(\d+(?:[.,]\d+)?|[.,]\d+)\s*[x×]?", text.strip().lower())
    factor = float(match[1].replace(",", ".")) if match else -1.0
    if not 0 <= factor <= MAX_DIAL:
        raise ConfigError(
            f"'{text}' is no amount",
            hint=f"write 2x for twice as much, 0.5x for half, 0 for none; at most {MAX_DIAL:g}x",
        )
    return factor


def parse_arc(text: str) -> Arc:
    """Read where the energy goes: ``30 up, 15 down``. Raises ConfigError."""
    arc: list[tuple[float, Direction]] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(?:m|min|minutes)?\s*([a-z]+)", part.lower())
        if not match or float(match[1]) <= 0:
            raise ConfigError(f"'{part}' is no part of an arc", hint='write it like "30 up, 15 down"')
        arc.append((float(match[1]), parse_choice(match[2], DIRECTIONS, "direction")))
    if not arc:
        raise ConfigError("The arc is empty", hint='write it like "30 up, 15 down"')
    return tuple(arc)


def parse_rule(text: str) -> HygieneRule:
    """Read the name of a rule that keeps odd things out. Raises ConfigError."""
    return parse_choice(text.strip().lower().replace("-", "_"), tuple(HYGIENE_RULES), "rule")


def parse_choice(text: str, known: Collection[T], what: str) -> T:
    """Return a text that is one of some known ones. Raises ConfigError with the nearest."""
    if text not in known:
        hint = nearest(text, known) or f"choose one of: {', '.join(sorted(known))}"
        raise ConfigError(f"There is no {what} '{text}'", hint=hint)
    return cast(T, text)


def parse_range(text: str, what: str, example: str = "90-120") -> tuple[float | None, float | None]:
    """Read two ends of a range: ``90-120``, ``90-`` or ``-120``; a single number is both ends.

    Raises ConfigError, with an example of such a range.
    """
    number = r"\d+(?:\.\d+)?"
    match = re.fullmatch(rf"\s*({number})?\s*(?:(-|–|\.\.|to)\s*({number})?)?\s*", text)
    low = float(match[1]) if match and match[1] else None
    high = float(match[3]) if match and match[3] else low if match and not match[2] else None
    if (low is None and high is None) or (low is not None and high is not None and low > high):
        raise ConfigError(f"'{text}' is no range of {what}", hint=f"write it like {example}")
    return low, high


def minutes_until(text: str, now: datetime) -> float:
    """Return the minutes from a moment to the next time a clock shows ``HH:MM``. Raises ConfigError."""
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", text.strip())
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        raise ConfigError(f"'{text}' is no time of day", hint="write it like 23:00 or 7:30")
    then = now.replace(hour=int(match[1]), minute=int(match[2]), second=0, microsecond=0)
    if then <= now:
        then += timedelta(days=1)
    return (then - now).total_seconds() / 60
