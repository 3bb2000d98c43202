"""From single wishes to a query: each comes to what was asked before, or takes its place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from aidj.asking.turning import FASTEST, FIRST_YEAR, LAST_YEAR, SLOWEST, turned_energy, turned_tempo, turned_years
from aidj.asking.understood import ACTIVITIES, TEMPOS, USUAL_MINUTES, Span, Understood
from aidj.asking.wishes import Left, Wish
from aidj.model import Rotation
from aidj.names import match_key
from aidj.selection import MAX_DIAL, MOODS, Query, Without

MAX_MINUTES = 1440.0

_SHELVES: Mapping[str, tuple[Rotation, ...]] = {
    "favourites": ("forgotten_favourite", "current_favourite"),
    "current_favourite": ("current_favourite",),
    "forgotten_favourite": ("forgotten_favourite",),
    "new_release": ("new_release",),
    "deep_cut": ("deep_cut",),
}
_CANNOT: Mapping[str, str] = {
    "no_count": "a number of songs cannot be asked for; ask for minutes",
    "no_length": "songs cannot be chosen by their length",
    "no_then": "only one thing at a time can be asked for; ask for this afterwards",
    "no_sung": "whether a song is sung cannot be asked for yet",
    "no_language": "in which language a song is sung is not known",
    "no_singer": "who sings, and how, is not known",
}
_TEXTS = ("genres", "artists", "like", "albums", "works", "titles", "moods")
_AXES: Mapping[str, tuple[str, int]] = {
    "faster": ("tempo", 1),
    "slower": ("tempo", -1),
    "livelier": ("energy", 1),
    "calmer": ("energy", -1),
    "newer": ("years", 1),
    "older": ("years", -1),
    "longer": ("minutes", 1),
    "shorter": ("minutes", -1),
}
_DECADE_PARTS: Mapping[str, tuple[int, int]] = {
    "decade": (0, 9),
    "decade_early": (0, 3),
    "decade_mid": (3, 6),
    "decade_late": (6, 9),
}


class Merging:
    """Adds one wish after another to what was asked before."""

    def __init__(self, before: Understood, now: datetime, *, add: bool, first: bool) -> None:
        self._understood, self._now, self._add, self._first = before, now, add, first
        self._fields: dict[str, Any] = {}
        self._without: dict[str, Any] = {}
        self._set: set[str] = set()
        """The fields that this text has named."""
        self._dials = dict(before.dials)
        self._shape, self._step = before.shape, before.step
        self._readings: list[Wish] = []
        self.left: list[Left] = []
        self.notes: list[str] = []

    def done(self) -> Understood:
        """Return what it all comes to."""
        query = self._understood.query
        without = replace(query.without, **self._without)
        return replace(
            self._understood,
            query=replace(query, **self._fields, without=without),
            shape=self._shape,
            dials=self._dials,
            step=self._step,
            readings=tuple(dict.fromkeys(self._readings)),
            notes=tuple(dict.fromkeys(self.notes)),
        )

    def take(self, wish: Wish) -> None:
        """Take up one wish; what cannot be done is left with its reason."""
        reason = self._take(wish)
        if reason:
            self.left.append(Left(phrase=wish.phrase, reason=reason, understood=True))
            return
        self._readings.append(wish)
        if wish.note:
            self.notes.append(wish.note)

    def add(self, wishes: Iterable[tuple[str, Wish]]) -> tuple[Wish, ...]:
        """Take up what somebody else has read in this text, beside what its own words say: those stand.

        Parameters
        ----------
        wishes : iterable of (str, Wish)
            With the fields of a query that they are for; ``without years`` is one too.

        Returns
        -------
        tuple of Wish
            Those that changed something.
        """
        query = self._understood.query
        said = {*self._fields, *(f"without {name}" for name in self._without)}
        asked = {name: _new(self._now_of(name), getattr(query, name)) for name in _TEXTS}
        left_out = {name: _new(self._out_of(name), getattr(query.without, name)) for name in _WITHOUT_TEXTS}
        begun = len(self._readings)
        for name, wish in wishes:
            if name in _TEXTS:
                against = (asked if wish.mode else left_out).get(name, frozenset())
                wish = replace(wish, value=self._as_spelt(name, wish, against))
                if not wish.value:
                    continue
            elif name in said:
                continue
            before = self.done().query
            if self._take(wish) is None and self.done().query != before:
                self._readings.append(wish)
        return tuple(self._readings[begun:])

    def _as_spelt(self, name: str, wish: Wish, against: Collection[str]) -> tuple[str, ...]:
        """Return the names of a wish, spelt as they stand in the query already, without some by their keys."""
        known = {match_key(one): one for one in (self._out_of(name) if wish.mode else self._now_of(name))}
        values = wish.value if isinstance(wish.value, tuple) else ()
        return tuple(known.get(match_key(str(one)), str(one)) for one in values if match_key(str(one)) not in against)

    def _take(self, wish: Wish) -> str | None:
        name, mode = wish.field, wish.mode
        out = mode in ("not", "less")
        if name in _CANNOT:
            return _CANNOT[name]
        if name == "moods" and (not self._first or mode == "more") and mode in ("less", "more"):
            return self._turn_mood(str(wish.value), 1 if mode == "more" else -1)
        if name in _TEXTS:
            values = wish.value if isinstance(wish.value, tuple) else (wish.value,)
            if out:
                return self._leave_out(name, values)
            self._ask(name, values, more=mode == "more")
            return None
        if name == "tempos":
            return self._tempo(str(wish.value), mode)
        if name in _AXES:
            axis, sign = _AXES[name]
            self._turn(axis, -sign if out else sign)
            return None
        if name in _SHELVES:
            return self._shelves(name, mode)
        if name == "activity":
            if out:
                return "it can only be asked for"
            activity = ACTIVITIES[str(wish.value)]
            self._fields["energy"], self._shape = activity.energy, activity.shape
            return None
        if name == "rotations" and isinstance(wish.value, tuple):
            self._ask(name, wish.value, more=False)
            return None
        if name == "whole_album":
            self._fields["whole_album"] = not out
            return None
        if name == "again":
            if self._step is None:
                return "more of what?"
            self._turn(*self._step)
            return None
        if name == "anew":
            query = Query()
            self._fields = {one: getattr(query, one) for one in _QUERY_FIELDS}
            self._without = {one: getattr(Without(), one) for one in _WITHOUT_FIELDS}
            self._dials, self._shape, self._step, self._add = {}, (), None, True
            return None
        numbers = wish.value if isinstance(wish.value, tuple) else ()
        return self._numbered(name, [float(number) for number in numbers], mode)

    # --- names --------------------------------------------------------------------------------------------------------

    def _ask(self, name: str, values: Sequence[Any], *, more: bool) -> None:
        fresh = name not in self._set and not self._add and not more
        before = () if fresh else self._now_of(name)
        self._set.add(name)
        self._fields[name] = tuple(dict.fromkeys((*before, *values)))
        if name in _WITHOUT_FIELDS:
            self._without[name] = tuple(one for one in self._out_of(name) if one not in values)

    def _leave_out(self, name: str, values: Sequence[Any]) -> str | None:
        target = "artists" if name == "like" else name
        if target not in _WITHOUT_FIELDS:
            return "works cannot be left out; leave out their composer or album"
        self._without[target] = tuple(dict.fromkeys((*self._out_of(target), *values)))
        for one in {name, target}:
            self._fields[one] = tuple(value for value in self._now_of(one) if value not in values)
        return None

    # --- how it sounds ------------------------------------------------------------------------------------------------

    def _turn_mood(self, mood: str, sign: int) -> str | None:
        """Want more or less of a mood: along energy and tempo, where it is made of them."""
        feel = MOODS.get(mood)
        if feel is None:
            if sign > 0:
                self._ask("moods", (mood,), more=True)
                return None
            return self._leave_out("moods", (mood,))
        if self._first and sign > 0:
            self._ask("moods", (mood,), more=True)
            return None
        for axis, span in (("energy", feel.energy), ("tempo", feel.tempo_bpm)):
            if span and (axis == "energy" or feel.energy is None or self._span("tempo") is not None):
                high = span[1] >= (1.0 if axis == "energy" else FASTEST)
                self._turn(axis, sign if high else -sign)
        return None

    def _span(self, axis: str) -> Span | None:
        """Return the range of energy or tempo that is asked for, by itself or by a mood."""
        own: Span | None = self._now_of("energy" if axis == "energy" else "tempo_bpm")
        feels = [MOODS[mood] for mood in self._now_of("moods") if mood in MOODS]
        spans = [span for feel in feels if (span := feel.energy if axis == "energy" else feel.tempo_bpm)]
        return own or (spans[0] if spans else None)

    def _turn(self, axis: str, sign: int) -> None:
        """Go one step along an axis from where one is."""
        self._step = axis, sign
        if axis == "minutes":
            minutes = (self._now_of("minutes") or USUAL_MINUTES) * (1.5 if sign > 0 else 2 / 3)
            self._fields["minutes"] = min(MAX_MINUTES, max(1.0, round(minutes, 1)))
            return
        if axis == "years":
            self._fields["years"] = turned_years(self._now_of("years"), sign, self._now.year)
            return
        energy, tempo = self._span("energy"), self._span("tempo")
        kept = tuple(mood for mood in self._now_of("moods") if mood not in MOODS)
        if len(kept) < len(self._now_of("moods")):  # moods made of both give way to their ranges, which can be moved
            self._fields |= {"moods": kept, "energy": energy, "tempo_bpm": tempo}
        if axis == "energy":
            self._fields["energy"] = turned_energy(energy, sign)
        else:
            self._fields["tempo_bpm"] = turned_tempo(tempo, sign)

    def _tempo(self, value: str, mode: str) -> str | None:
        low, high = TEMPOS[value]
        if mode in ("less", "more") and not self._first and value != "medium":
            sign = 1 if value == "fast" else -1
            self._turn("tempo", sign if mode == "more" else -sign)
            return None
        if mode in ("not", "less"):
            if value == "medium":
                return "a range in the middle cannot be left out"
            low, high = (SLOWEST, TEMPOS["fast"][0]) if value == "fast" else (TEMPOS["slow"][1], FASTEST)
        self._hull("tempo_bpm", (low, high))
        return None

    # --- years --------------------------------------------------------------------------------------------------------

    def _hull(self, name: str, span: tuple[Any, Any]) -> None:
        """Ask for a range; of several in one text, for all from the first to the last."""
        before = self._fields.get(name) if name in self._set else None
        self._set.add(name)
        if before:
            if before[1] + 1 < span[0] or span[1] + 1 < before[0]:
                self.notes.append("of two ranges, all that lies between them is taken too")
            span = min(before[0], span[0]), max(before[1], span[1])
        self._fields[name] = span

    def _years(self, low: float, high: float, mode: str) -> str | None:
        span = (int(max(FIRST_YEAR, min(low, high))), int(min(LAST_YEAR, max(low, high))))
        if mode in ("not", "less"):
            if self._out_of("years") is not None and self._out_of("years") != span:
                return "only one range of years can be left out"
            self._without["years"] = span
            return None
        self._hull("years", span)
        return None

    # --- numbers and what was heard -----------------------------------------------------------------------------------

    def _numbered(self, name: str, numbers: Sequence[float], mode: str) -> str | None:
        this = self._now.year
        out = mode in ("not", "less")
        one = numbers[0] if numbers else 0.0
        if name in _DECADE_PARTS:
            first, last = _DECADE_PARTS[name]
            return self._years(one + first, one + last, mode)
        spans: Mapping[str, tuple[float, float]] = {
            "year": (one, one),
            "years": (one, numbers[-1] if numbers else one),
            "since": (one, LAST_YEAR),
            "before": (FIRST_YEAR, one),
            "last_years": (this - one, this),
            "this_year": (this, this),
            "last_year": (this - 1, this - 1),
        }
        if name in spans:
            return self._years(*spans[name], mode)
        heard: Mapping[str, tuple[float, float]] = {
            "heard_in": (one, one),
            "heard_from_to": (min(numbers, default=0.0), max(numbers, default=0.0)),
            "heard_last_year": (this - 1, this - 1),
            "heard_this_year": (this, this),
        }
        if name in heard:
            if out or heard[name][0] < 1970:
                return "what was heard in a year can only be asked for, and from 1970 on"
            self._fields["heard_in"] = (int(heard[name][0]), int(heard[name][1]))
            return None
        if name in ("never_heard", "heard_before"):
            never = (name == "never_heard") != out
            self._fields["heard"] = "never" if never else "before"
            return None
        if name == "energy":
            self._fields["energy"] = (min(numbers), max(numbers))
            return None
        if name.startswith("bpm"):
            return "a tempo in numbers can only be asked for" if out else self._bpm(name, numbers)
        return self._length(name, one)

    def _bpm(self, name: str, numbers: Sequence[float]) -> str | None:
        low, high = min(numbers), max(numbers)
        if name == "bpm":
            low, high = low * 0.96, high * 1.04
        low = SLOWEST if name == "bpm_under" else low
        high = FASTEST if name == "bpm_over" else high
        if not SLOWEST <= low <= high <= FASTEST:
            return f"a tempo lies between {SLOWEST:g} and {FASTEST:g} beats per minute"
        self._fields["tempo_bpm"] = (round(low, 1), round(high, 1))
        return None

    def _length(self, name: str, number: float) -> str | None:
        if name == "until":
            minutes = number - (self._now.hour * 60 + self._now.minute)
            minutes += 1440 if minutes <= 0 else 0
        elif name == "half_hour":
            minutes = 30.0
        elif name == "hours_and_half":
            minutes = (number or 1.0) * 60 + 30
        else:
            minutes = number * 60 if name == "hours" else number
        if not 0 < minutes <= MAX_MINUTES:
            return "a session is more than 0 minutes and at most a day long"
        self._fields["minutes"] = minutes
        return None

    def _shelves(self, name: str, mode: str) -> str | None:
        shelves = _SHELVES[name]
        if mode in ("more", "less", "not"):
            factor = {"more": 2.0, "less": 0.5, "not": 0.0}[mode]
            for shelf in shelves:
                self._dials[shelf] = min(MAX_DIAL, self._dials.get(shelf, 1.0) * factor)
            return None
        self._ask("rotations", shelves, more=False)
        return None

    def _now_of(self, name: str) -> Any:
        return self._fields.get(name, getattr(self._understood.query, name))

    def _out_of(self, name: str) -> Any:
        return self._without.get(name, getattr(self._understood.query.without, name))


def _new(values: Sequence[str], before: Sequence[str]) -> frozenset[str]:
    """Return the keys of the names that came to some others."""
    return frozenset(map(match_key, values)) - frozenset(map(match_key, before))


_QUERY_FIELDS = tuple(name for name in Query.__dataclass_fields__ if name != "without")
_WITHOUT_FIELDS = tuple(Without.__dataclass_fields__)
_WITHOUT_TEXTS = tuple(name for name in _TEXTS if name in _WITHOUT_FIELDS)
