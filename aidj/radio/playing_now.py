"""The part of the screen for the song that plays, or is waited for: what it is, why, how far it is, and how loud."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.cells import cell_len

from aidj.model import Rotation
from aidj.radio.cleaning import clean
from aidj.radio.layout import Layout
from aidj.radio.meter import Level
from aidj.radio.rows import EMPTY, Row, clock, crop, fit, wrapped
from aidj.radio.signs import Signs
from aidj.radio.state import Coming, Playing, RadioState
from aidj.radio.styles import ROTATION_STYLES

LOST = "! "
"""Before what stands still because the sound device has gone."""
_RIGHT = 8
"""Cells at the right of the bars."""
_LABEL = 5
_SHORTEST_BAR = 4
_QUIETEST_DB = -48.0


def playing_now(
    state: RadioState, frame: int, rate: int, level: Level, layout: Layout, width: int, signs: Signs
) -> list[Row]:
    """Return the rows of the song that plays, or is waited for; as many as the layout has for it.

    Each is at most `width` cells wide.
    """
    meter = _stands_still(state, width, signs) or _meter(level, state, width, signs)
    coming = state.coming(frame, rate)
    if state.ended is not None:
        rows = [_heading(f"The session has ended: {clean(state.ended)}.", width, signs)] * layout.of("song")
    elif coming is not None:
        rows = _coming(coming, meter, layout, width, signs)
    elif state.playing is not None:
        rows = _playing(state, state.playing, state.position_s(frame, rate), meter, layout, width, signs)
    else:
        rows = [_heading(f"Getting the first song ready{signs.more}", width, signs)] * layout.of("song")
    rows += [EMPTY] * (layout.now - len(rows))
    return [crop(row, width) for row in rows]


def _playing(
    state: RadioState, playing: Playing, position_s: float, meter: Row, layout: Layout, width: int, signs: Signs
) -> list[Row]:
    track = playing.track
    released = track.first_released or track.released
    album = signs.dot.join(filter(None, (clean(track.album or ""), str(released.year) if released else "")))
    mark = LOST if state.lost else signs.paused if state.paused else signs.playing
    return [
        *[_song(playing, mark, layout, width, signs)] * layout.of("song"),
        *[((fit(f"  {clean(track.artist)}", width, signs.more), ""),)] * layout.of("artist"),
        *[((fit(f"  {album}" if album else "", width, signs.more), "dim"),)] * layout.of("album"),
        *_why(playing.item.rotation, playing.item.why, playing.item.rules, width, layout.of("why"), signs),
        *[_bar(position_s, state.length_s(), width, signs)] * layout.of("bar"),
        *[meter] * layout.of("meter"),
    ]


def _coming(coming: Coming, meter: Row, layout: Layout, width: int, signs: Signs) -> list[Row]:
    """Return the song that is waited for: the presenter speaks, or it is nearly ready."""
    artist, name = clean(coming.artist), clean(coming.title)
    if artist and not layout.of("artist"):
        name = f"{artist}{signs.dash}{name}"
    return [
        *[_heading(f"Coming up: {name}", width, signs)] * layout.of("song"),
        *[((fit(f"  {artist}", width, signs.more), ""),)] * layout.of("artist"),
        *[EMPTY] * layout.of("album"),
        *_why(coming.rotation, coming.why, (), width, layout.of("why"), signs),
        *[EMPTY] * layout.of("bar"),
        *[meter] * layout.of("meter"),
    ]


def _heading(text: str, width: int, signs: Signs) -> Row:
    return ((fit(text, width, signs.more), "bold"),)


def _song(playing: Playing, mark: str, layout: Layout, width: int, signs: Signs) -> Row:
    name, artist = clean(playing.track.title), clean(playing.track.artist)
    if artist and not layout.of("artist"):
        name = f"{artist}{signs.dash}{name}"
    liked = f"  {signs.liked}" if playing.liked else ""
    name = fit(name, width - cell_len(mark) - cell_len(liked), signs.more)
    return ((mark, "bold"), (name, "bold"), (liked, "red"))


def _why(kind: Rotation, why: str, rules: Sequence[str], width: int, lines: int, signs: Signs) -> list[Row]:
    rotation = kind.replace("_", " ")
    text = rotation + (f": {clean(why)}" if why else "")
    text += f" (gave way: {clean('; '.join(rules))})" if rules else ""
    ranges = wrapped(text, width - 2)[:lines]
    parts = [text[start:end] for start, end in ranges]
    if parts and ranges[-1][1] < len(text):
        parts[-1] = fit(text[ranges[-1][0] :], width - 2, signs.more)
    rows: list[Row] = [((f"  {part}", ""),) for part in parts]
    if parts and parts[0].startswith(rotation):
        style = ROTATION_STYLES.get(kind, "bold")
        rows[0] = (("  ", ""), (rotation, style), (parts[0][len(rotation) :], ""))
    return rows + [EMPTY] * (lines - len(rows))


def _bar(position_s: float, length_s: float, width: int, signs: Signs) -> Row:
    """Return how far the song has been heard."""
    if length_s <= 0:
        return ((f"{clock(position_s):>{_LABEL}}", ""),)
    total = clock(length_s)
    left = f"{clock(position_s):>{_left(length_s)}} "
    wide = width - len(left) - _RIGHT
    if wide < _SHORTEST_BAR:
        return ((left, ""), (f"of {total}", "dim"))
    halves = int(2 * wide * position_s / length_s)
    done = signs.done * (halves // 2) + (signs.head if halves % 2 else "")
    return ((left, ""), (done, "cyan"), (signs.rest * (wide - len(done)), "dim"), (f" {total}", ""))


def _meter(level: Level, state: RadioState, width: int, signs: Signs) -> Row:
    """Return how loud it is: a bar for what is heard on the whole, a line for the highest peak."""
    label = f"{'level':>{_left(state.length_s())}} "
    wide = width - len(label) - _RIGHT
    number = f"{level.rms_db:.0f} dB" if level.rms_db > _QUIETEST_DB else "silent"
    if wide < _SHORTEST_BAR:
        return ((label, "dim"), (number, ""))
    parts = signs.level
    full, part = divmod(int(_share(level.rms_db) * wide * len(parts)), len(parts))
    bar = parts[-1] * full + (parts[part - 1] if part else "")
    gap = min(wide - 1, int(_share(level.peak_db) * wide)) - len(bar)
    peak = " " * gap + signs.peak if gap >= 0 and level.peak_db > _QUIETEST_DB else ""
    rest = " " * (wide - len(bar) - len(peak) + 1)
    return ((label, "dim"), (bar, "green"), (peak, "bold"), (rest, ""), (number, "dim"))


def _stands_still(state: RadioState, width: int, signs: Signs) -> Row | None:
    """Return why nothing sounds, and what helps; None where it goes on."""
    start = " " * (_left(state.length_s()) + 1)
    if state.lost:
        return ((fit(f"{start}no sound device: space tries another one", width, signs.more), "bold red"),)
    return ((f"{start}paused", "bold"),) if state.paused else None


def _left(length_s: float) -> int:
    """Return the cells before the bars: as many as the longest position takes."""
    return max(_LABEL, len(clock(length_s)))


def _share(level_db: float) -> float:
    return min(1.0, max(0.0, 1 - level_db / _QUIETEST_DB)) if math.isfinite(level_db) else 0.0
