"""How long something was, as a person would put it, before any language has words for it."""

from __future__ import annotations

from dataclasses import dataclass, field

_MONTH_DAYS = 30.44
_YEAR_DAYS = 365.25
_NAMED_MINUTES = {30: "half_hour", 45: "three_quarters", 60: "hour", 90: "hour_and_half"}


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that a language has, and what goes into them."""

    key: str
    """Where its ``words.yaml`` keeps them: ``spans.more_than_years``."""
    values: dict[str, object] = field(default_factory=dict)
    """For each slot of theirs a text, a number, a `PartialDate` (its month) or another phrase."""


def age_span(days: int) -> Phrase:
    """Return how long something has lasted: "ten days", "two weeks", "about three months"; days >= 1."""
    if days < 14:
        return Phrase("spans.a_week") if days == 7 else Phrase("spans.days", {"n": days})
    if days < 60:
        return Phrase("spans.weeks" if days % 7 == 0 else "spans.about_weeks", {"n": round(days / 7)})
    return gap_span(days)


def gap_span(days: int) -> Phrase:
    """Return a long time: "about eight months", "more than a year", "nearly three years"; days >= 45."""
    if days < 350:
        return Phrase("spans.about_months", {"n": min(11, round(days / _MONTH_DAYS))})
    years, part = divmod(days / _YEAR_DAYS, 1.0)
    whole = int(years)
    if part >= 0.95:
        whole, part = whole + 1, 0.0
    if part < 0.05:
        return Phrase("spans.years", {"n": whole})
    if part < 0.4 or whole >= 10:
        return Phrase("spans.more_than_years", {"n": whole})
    if part < 0.6:
        if whole == 1:
            return Phrase("spans.about_year_and_half")
        return Phrase("spans.about_years_and_half", {"n": whole})
    return Phrase("spans.nearly_years", {"n": whole + 1})


def length_span(minutes: int) -> Phrase:
    """Return a length that can follow "about": "half an hour", "50 minutes", "two and a half hours"."""
    rounded = max(5, round(minutes / 5) * 5)
    if rounded in _NAMED_MINUTES:
        return Phrase(f"lengths.{_NAMED_MINUTES[rounded]}")
    if rounded < 100:
        return Phrase("lengths.minutes", {"n": rounded})
    hours, half = divmod(round(minutes / 30), 2)
    if hours == 1:
        return Phrase("lengths.hour_and_half")
    return Phrase("lengths.hours_and_half" if half else "lengths.hours", {"n": hours})
