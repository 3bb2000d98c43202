"""Numbers and spans of time in the words a person uses."""

from __future__ import annotations

from aidj.model import PartialDate

_NUMBERS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

_MONTH_DAYS = 30.44
_YEAR_DAYS = 365.25


def number_words(number: int) -> str:
    """Return a number in words up to twenty, in figures beyond."""
    return _NUMBERS[number] if 0 <= number < len(_NUMBERS) else str(number)


def _counted(number: int, unit: str) -> str:
    return f"a {unit}" if number == 1 else f"{number_words(number)} {unit}s"


def duration_words(days: int) -> str:
    """Return how long something has lasted: "a day", "ten days", "two weeks", "about three months"; days >= 1."""
    if days < 14:
        return "a week" if days == 7 else _counted(days, "day")
    if days < 60:
        about = "" if days % 7 == 0 else "about "
        return about + _counted(round(days / 7), "week")
    return gap_words(days)


def gap_words(days: int) -> str:
    """Return a long time: "about eight months", "more than a year", "nearly three years"; days >= 45."""
    if days < 350:
        return f"about {_counted(min(11, round(days / _MONTH_DAYS)), 'month')}"
    years, part = divmod(days / _YEAR_DAYS, 1.0)
    whole = int(years)
    if part >= 0.95:
        whole, part = whole + 1, 0.0
    if part < 0.05:
        return _counted(whole, "year")
    if part < 0.4 or whole >= 10:
        return f"more than {_counted(whole, 'year')}"
    if part < 0.6:
        return "about a year and a half" if whole == 1 else f"about {number_words(whole)} and a half years"
    return f"nearly {_counted(whole + 1, 'year')}"


def month_words(when: PartialDate) -> str:
    """Return the month and year of a date that has a month: "March 2023".

    Not the season: the same month is spring for one listener and autumn for another.
    """
    assert when.month is not None
    return f"{_MONTHS[when.month - 1]} {when.year}"


def session_words(minutes: int) -> str:
    """Return a length that can follow "about": "half an hour", "50 minutes", "two and a half hours"."""
    rounded = max(5, round(minutes / 5) * 5)
    named = {30: "half an hour", 45: "three quarters of an hour", 60: "an hour", 90: "an hour and a half"}
    if rounded in named:
        return named[rounded]
    if rounded < 100:
        return f"{number_words(rounded)} minutes"
    halves = round(minutes / 30)
    hours, half = divmod(halves, 2)
    if hours == 1:
        return named[90]
    return f"{number_words(hours)} and a half hours" if half else f"{number_words(hours)} hours"
