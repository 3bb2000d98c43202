"""One step along a scale: a range of energy, tempo or years, and the next one up or down."""

from __future__ import annotations

from aidj.asking.understood import Span

SLOWEST, FASTEST = 20.0, 400.0
"""In beats per minute."""
FIRST_YEAR, LAST_YEAR = 1000, 9998

_ENERGY_STEP, _NARROWEST, _TEMPO_STEP = 0.2, 0.25, 1.15
"""How far one "more" or "faster" goes, and the narrowest range of energy that it leaves."""


def turned_energy(span: Span | None, sign: int) -> Span:
    """Return a range of energy one step up or down."""
    if span is None:
        return (0.4, 1.0) if sign > 0 else (0.0, 0.6)
    low, high = span[0] + _ENERGY_STEP * sign, span[1] + _ENERGY_STEP * sign
    if sign > 0:
        high = min(1.0, high)
        low = min(low, high - _NARROWEST)
    else:
        low = max(0.0, low)
        high = max(high, low + _NARROWEST)
    return round(low, 2), round(high, 2)


def turned_tempo(span: Span | None, sign: int) -> Span:
    """Return a range of tempo one step faster or slower; an open end stays open."""
    if span is None:
        return (120.0, FASTEST) if sign > 0 else (SLOWEST, 110.0)
    factor = _TEMPO_STEP**sign
    low = span[0] if span[0] <= SLOWEST else min(300.0, max(SLOWEST, span[0] * factor))
    high = span[1] if span[1] >= FASTEST else min(FASTEST, max(40.0, span[1] * factor))
    return float(round(low)), float(round(high))


def turned_years(years: tuple[int, int] | None, sign: int, this_year: int) -> tuple[int, int]:
    """Return a range of years ten years newer or older; an open end stays open."""
    if years is None:
        return (this_year - 10, this_year) if sign > 0 else (FIRST_YEAR, this_year - 20)
    low, high = years
    if low <= FIRST_YEAR:
        low, high = (FIRST_YEAR, high + 10 * sign) if sign < 0 else (high, high + 10)
    elif high >= this_year:
        low, high = (low + 10, high) if sign > 0 else (low - 10, low)
    else:
        low, high = low + 10 * sign, high + 10 * sign
    high = min(max(high, FIRST_YEAR + 1), LAST_YEAR)
    return max(FIRST_YEAR, min(low, high - 1, this_year - 1)), high
