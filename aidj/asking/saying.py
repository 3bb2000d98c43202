"""What was understood, in words: of a whole request for the listener, and of single wishes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aidj.asking.turning import FASTEST, FIRST_YEAR, LAST_YEAR, SLOWEST
from aidj.asking.understood import Understood
from aidj.asking.wishes import Wish
from aidj.selection import Query, span_of

_MODES = {"not": "without ", "less": "less ", "more": "more "}
_FIELDS = {
    "genres": "genre",
    "artists": "artist",
    "albums": "album",
    "works": "work",
    "titles": "title",
    "moods": "mood",
    "tempos": "tempo",
    "rotations": "only",
    "activity": "music for",
    "decade": "recorded in the ten years from",
    "decade_early": "recorded early in the ten years from",
    "decade_mid": "recorded in the middle of the ten years from",
    "decade_late": "recorded late in the ten years from",
    "year": "recorded in",
    "years": "recorded in",
    "since": "recorded since",
    "before": "recorded until",
    "heard_in": "heard in",
    "heard_from_to": "heard in",
    "until": "until (minutes after midnight)",
    "again": "once more",
    "anew": "begin anew",
    "bpm": "beats per minute, about",
    "bpm_from_to": "beats per minute",
    "bpm_over": "beats per minute, at least",
    "bpm_under": "beats per minute, at most",
    "hours_and_half": "hours and a half",
    "half_hour": "half an hour",
}
_SPANS = frozenset({"years", "heard_from_to", "bpm_from_to", "energy"})
_PARTS = {
    "genres": "",
    "moods": "",
    "artists": "by ",
    "like": "like ",
    "albums": "from the album ",
    "works": "the work ",
    "titles": "called ",
}


def said(understood: Understood) -> str:
    """Return what all that was asked comes to, and what of the last text was left over or is doubtful; sentences."""
    asked = "; ".join(_parts(understood))
    sentences = [asked or ("nothing of it was understood" if understood.nothing else "anything")]
    sentences += [f"left out: “{left.phrase}” ({left.reason})" for left in understood.left]
    sentences += understood.notes
    return " ".join(f"{sentence[0].upper()}{sentence[1:]}." for sentence in sentences)


def said_of(wishes: Iterable[Wish]) -> str:
    """Return what some wishes mean: "mood: calm; energy: 0 to 0.4"."""
    return "; ".join(map(wish_words, wishes))


def wish_words(wish: Wish) -> str:
    """Return what one wish means: "genre: jazz or folk"."""
    values = wish.value if isinstance(wish.value, tuple) else (wish.value,)
    each = [f"{one:g}" if isinstance(one, float) else str(one).replace("_", " ") for one in values]
    value = (" to " if wish.field in _SPANS else " or ").join(dict.fromkeys(each))
    means = _MODES.get(wish.mode, "") + _FIELDS.get(wish.field, wish.field.replace("_", " "))
    return f"{means}: {value}" if value else means


def _parts(understood: Understood) -> Iterator[str]:
    query = understood.query
    for part, before in _PARTS.items():
        if values := getattr(query, part):
            yield f"{before}{_either(values)}"
    if query.tempo_bpm:
        yield f"{_open_span(query.tempo_bpm, SLOWEST, FASTEST, 'at least', 'at most')} beats per minute"
    if query.energy:
        yield f"energy {span_of(query.energy)}"
    if query.years:
        yield f"recorded {_open_span(query.years, FIRST_YEAR, LAST_YEAR, 'since', 'until', 'in ')}"
    if query.heard:
        yield "never heard" if query.heard == "never" else "heard before"
    if query.heard_in:
        yield f"heard in {span_of(query.heard_in)}"
    if query.rotations:
        yield f"only {_either(f'{name}s'.replace('_', ' ') for name in query.rotations)}"
    if without := list(_without(query)):
        yield f"without {', '.join(without)}"
    if query.whole_album:
        yield "whole albums"
    if query.minutes:
        yield f"{query.minutes:g} minutes"
    if arc := [f"{direction} for {minutes:g} minutes" for minutes, direction in understood.arc]:
        yield f"energy {', then '.join(arc)}"
    for name, factor in understood.dials.items():
        yield f"{name.replace('_', ' ')}s {factor:g}x"


def _without(query: Query) -> Iterator[str]:
    for part in _PARTS:
        yield from getattr(query.without, part, ())
    if query.without.years:
        yield _open_span(query.without.years, FIRST_YEAR, LAST_YEAR, "since", "until")


def _either(values: Iterable[str]) -> str:
    return " or ".join(values)


def _open_span(span: tuple[float, float], lowest: float, highest: float, least: str, most: str, both: str = "") -> str:
    """Return a range in words, of which an end that is as far out as can be is none."""
    low, high = span
    if low > lowest and high >= highest:
        return f"{least} {low:g}"
    return f"{most} {high:g}" if low <= lowest else f"{both}{span_of(span)}"
