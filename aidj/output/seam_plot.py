"""Seams as pictures: of every change of song both waveforms, envelopes, beats, singing, the voice, and the level.

matplotlib draws them. It comes with the extra ``aidj[plot]`` and is imported here alone, and only when a picture is
made; figures are made without its interactive half, so that nothing outlives a call.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aidj.errors import OutputError
from aidj.files import replacing
from aidj.output.seam_views import COLUMNS, SeamView, SongView

PLOT_SUFFIXES = (".png", ".svg", ".pdf")
PER_PAGE = 4
HOLE_LU = 20.0
"""Below the target by so much, the sum has a hole."""

_BEFORE, _AFTER, _VOICE, _SUM, _HOLE, _BAND = "#1f6fb2", "#d0651a", "#7a3fa0", "#222222", "#c01818", "#1a8a4a"
_TEMPO, _SUNG = "#c2185b", "#e8c400"
_HALF = 0.46
"""Half the height of a waveform at full scale."""
_MIDDLE_BEFORE, _MIDDLE_AFTER = 0.56, -0.56
_LOWEST_LU, _HIGHEST_LU = -32.0, 8.0
_WIDTH_IN, _HEAD_IN, _FOOT_IN, _PANEL_IN = 16.0, 0.85, 0.25, 4.5
_TITLE_IN, _SUM_IN, _GAP_IN = 0.5, 1.0, 0.06
_DPI = 100
_LETTERS = 190
"""Of the voice's words that fit into the whole width."""
_FASTEST = 0.12
"""A tempo so much over the native one would be drawn at the lane's edge."""
_TALK_LANE = (1.2, 1.38)
_SOFTEST = 0.25
"""Waveforms are drawn as high as the lane allows, but never more than four times as high as they are."""


def draw_seams(views: Iterable[SeamView], path: Path, *, title: str) -> tuple[Path, ...]:
    """Draw every seam, a few to a page, and return the files: ``seams.png``, ``seams-2.png``; or one PDF with pages.

    Raises
    ------
    OutputError
        If matplotlib is not installed, the suffix is none of `PLOT_SUFFIXES`, there is no seam, or a file cannot be
        written.
    """
    check_can_draw(path)
    pages = _pages(views)
    written: list[Path] = []
    if path.suffix.lower() == ".pdf":
        first = next(pages, None)
        if first is not None:
            _write_book(chain([first], pages), path, title)
            written = [path]
    else:
        for number, page in enumerate(pages, start=1):
            file = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
            with replacing(file) as beside:
                _figure(page, title).savefig(beside, format=path.suffix[1:].lower(), dpi=_DPI)
            written.append(file)
    if not written:
        raise OutputError(
            "There is no seam to draw", where=str(path), cause="fewer than two songs of the plan can be played"
        )
    return tuple(written)


def check_can_draw(path: Path) -> None:
    """Find out before the work whether a picture of this name can be drawn.

    Raises
    ------
    OutputError
        If its suffix is none of `PLOT_SUFFIXES`, or matplotlib cannot be imported.
    """
    if path.suffix.lower() not in PLOT_SUFFIXES:
        raise OutputError(
            f"There is no way to draw into {path.suffix or 'a file without a suffix'}",
            where=str(path),
            hint=f"choose a name that ends in {', '.join(PLOT_SUFFIXES[:-1])} or {PLOT_SUFFIXES[-1]}",
        )
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise OutputError(
            "Drawing needs matplotlib, which cannot be imported",
            cause=f"it is not installed, as only pictures need it ({error})",
            hint='pip install "aidj[plot]"',
        ) from error


def _pages(views: Iterable[SeamView]) -> Iterator[Sequence[SeamView]]:
    left = iter(views)
    while page := list(islice(left, PER_PAGE)):
        yield page


def _write_book(pages: Iterable[Sequence[SeamView]], path: Path, title: str) -> None:
    from matplotlib.backends.backend_pdf import PdfPages

    with replacing(path) as beside, PdfPages(beside) as book:
        for page in pages:
            book.savefig(_figure(page, title))


def _figure(views: Sequence[SeamView], title: str) -> Any:
    from matplotlib.figure import Figure

    height = _HEAD_IN + _PANEL_IN * len(views) + _FOOT_IN
    figure = Figure(figsize=(_WIDTH_IN, height))
    left, width = 0.045, 0.94
    figure.text(left, 1 - 0.14 / height, title, va="top", fontsize=14, fontweight="bold")
    _legend(figure, 1 - 0.12 / height)
    for row, view in enumerate(views):
        top = height - _HEAD_IN - row * _PANEL_IN - _TITLE_IN
        bottom = height - _HEAD_IN - (row + 1) * _PANEL_IN + 0.42
        songs = figure.add_axes((left, (bottom + _SUM_IN + _GAP_IN) / height, width, (top - bottom - _SUM_IN) / height))
        level = figure.add_axes((left, bottom / height, width, _SUM_IN / height), sharex=songs)
        _draw_songs(songs, view)
        _draw_level(level, view)
        y = (height - _HEAD_IN - row * _PANEL_IN) / height
        figure.text(left, y, _title(view), va="top", fontsize=11, fontweight="bold")
        if view.why:
            why = textwrap.shorten("; ".join(view.why), 230, placeholder=" …")
            figure.text(left, y - 0.24 / height, why, va="top", fontsize=9, color="#444444")
    return figure


def _title(view: SeamView) -> str:
    how = f"{view.overlap_s:.1f} s together" if view.overlap_s >= 0 else f"{-view.overlap_s:.1f} s of silence"
    if view.kind == "gapless":
        how = "cut together"
    return f"{view.number - 1} → {view.number}   {view.before.name}  →  {view.after.name}:  {view.kind}, {how}"


def _draw_songs(axes: Any, view: SeamView) -> None:
    times_s = np.linspace(view.start_s, view.end_s, COLUMNS, endpoint=False)
    loudest = max(_SOFTEST, *(float(np.abs(song.wave).max()) for song in (view.before, view.after)))
    for song, middle, colour in (
        (view.before, _MIDDLE_BEFORE, _BEFORE),
        (view.after, _MIDDLE_AFTER, _AFTER),
    ):
        _draw_wave(axes, song, times_s, middle, colour, _HALF / loudest)
        _draw_sung(axes, song, view, middle)
        _draw_tempo(axes, song, view, middle)
    _draw_beats(axes, view.before, view, 1, _BEFORE)
    _draw_beats(axes, view.after, view, -1, _AFTER)
    for start_s, end_s, words in view.talks:
        _draw_talk(axes, view, start_s, end_s, words)
    for at_s, colour in ((view.after.starts_s, _AFTER), (view.before.ends_s, _BEFORE)):
        axes.axvline(at_s, color=colour, linewidth=1.2, alpha=0.8, zorder=4)
    axes.set_xlim(view.start_s, view.end_s)
    axes.set_ylim(-1.22, _TALK_LANE[1] + 0.02 if view.talks else 1.22)
    axes.set_yticks([])
    axes.tick_params(labelbottom=False, bottom=False)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    for song, y, side, va, colour in (
        (view.before, 1.04, "left", "bottom", _BEFORE),
        (view.after, -1.04, "right", "top", _AFTER),
    ):
        label = textwrap.shorten(" · ".join(filter(None, (song.name, song.about))), 120, placeholder=" …")
        x = 0.0 if side == "left" else 1.0
        axes.text(x, y, label, transform=axes.get_yaxis_transform(), ha=side, va=va, fontsize=9, color=colour)


def _draw_wave(axes: Any, song: SongView, times_s: Any, middle: float, colour: str, scale: float) -> None:
    low, high = song.wave[0] * scale, song.wave[1] * scale
    axes.fill_between(times_s, middle + low, middle + high, color=colour, alpha=0.16, linewidth=0)
    axes.fill_between(
        times_s, middle + low * song.gains, middle + high * song.gains, color=colour, alpha=0.85, linewidth=0
    )
    sounding = np.where(_and_beside(song.gains > 0), 1.0, np.nan)
    axes.plot(times_s, middle + _HALF * song.gains * sounding, color="black", linewidth=1.3, zorder=5)
    for number, (name, gains) in enumerate(song.bands.items()):
        line = middle - _HALF + _HALF * np.minimum(gains, 2.0)
        shown = np.where(_and_beside(np.abs(gains - 1.0) > 1e-3), line * sounding, np.nan)
        axes.plot(times_s, shown, color=_BAND, linewidth=1.6, linestyle=("--", ":", "-.")[number % 3], zorder=5)
        drawn = np.flatnonzero(np.isfinite(shown))
        if len(drawn):
            at = drawn[np.argmin(shown[drawn])]
            _note(axes, times_s[at], shown[at], name, _BAND, va="bottom")


def _and_beside(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return where something is so, and the columns next to it: lines begin where they come from."""
    wider = flags.copy()
    wider[1:] |= flags[:-1]
    wider[:-1] |= flags[1:]
    return wider


def _draw_sung(axes: Any, song: SongView, view: SeamView, middle: float) -> None:
    for start_s, end_s in song.sung_s:
        start_s, end_s = max(start_s, song.starts_s, view.start_s), min(end_s, song.ends_s, view.end_s)
        if end_s > start_s:
            y = middle - _HALF
            axes.fill_between([start_s, end_s], y, y + 2 * _HALF, color=_SUNG, alpha=0.22, linewidth=0, zorder=0)
            axes.plot([start_s, end_s], [y, y], color="#a08500", linewidth=2.5, solid_capstyle="butt", zorder=5)


def _draw_tempo(axes: Any, song: SongView, view: SeamView, middle: float) -> None:
    changes = [(at_s, rate) for at_s, rate in song.tempo if view.start_s <= at_s <= view.end_s]
    if not changes:
        return
    before = [rate for at_s, rate in song.tempo if at_s < view.start_s]
    at_s = [max(view.start_s, song.starts_s), *(at for at, _ in changes), min(view.end_s, song.ends_s)]
    rates = [before[-1] if before else 1.0, *(rate for _, rate in changes), changes[-1][1]]
    heights = [middle + _HALF * (rate - 1) / _FASTEST for rate in rates]
    axes.step(at_s, heights, where="post", color=_TEMPO, linewidth=1.6, zorder=5)
    for (at, rate), following in zip(changes, [*changes[1:], (np.inf, 0.0)], strict=True):
        if following[0] - at > 2.5 or (at, rate) == changes[0]:
            _note(axes, at, middle + _HALF * (rate - 1) / _FASTEST, f"{rate:.1%} tempo", _TEMPO, va="top")


def _note(axes: Any, at_s: float, y: float, text: str, colour: str, *, va: str) -> None:
    """Write a word on top of a waveform."""
    paper = {"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 0.8}
    y += 0.03 if va == "bottom" else -0.03
    axes.text(at_s, y, text, fontsize=8, color=colour, va=va, bbox=paper, zorder=6, clip_on=True)


def _draw_beats(axes: Any, song: SongView, view: SeamView, upwards: int, colour: str) -> None:
    """Ticks on either side of the middle line: where the beats of both songs meet, they stand on each other."""
    for times_s, length, width in (
        (song.beats_s, 0.035, 0.9),
        (song.downbeats_s, 0.075, 1.6),
        (song.phrases_s, 0.10, 3.0),
    ):
        inside = times_s[(times_s >= max(view.start_s, song.starts_s)) & (times_s <= min(view.end_s, song.ends_s))]
        axes.vlines(inside, 0, upwards * length, color=colour, linewidth=width, zorder=5)


def _draw_talk(axes: Any, view: SeamView, start_s: float, end_s: float, words: str) -> None:
    start_s, end_s = max(start_s, view.start_s), min(end_s, view.end_s)
    low, high = _TALK_LANE
    axes.fill_between([start_s, end_s], low, high, color=_VOICE, alpha=0.85, linewidth=0)
    axes.fill_between([start_s, end_s], -1.02, low, color=_VOICE, alpha=0.07, linewidth=0)
    room = int((end_s - start_s) / (view.end_s - view.start_s) * _LETTERS)
    if room >= 6:
        shown = textwrap.shorten(words, room, placeholder=" …")
        axes.text(start_s, (low + high) / 2, f" {shown}", color="white", fontsize=8.5, va="center", clip_on=True)


def _draw_level(axes: Any, view: SeamView) -> None:
    from matplotlib.ticker import MaxNLocator

    levels = np.clip(view.levels_lufs - view.target_lufs, _LOWEST_LU, _HIGHEST_LU)
    axes.plot(view.level_times_s, levels, color=_SUM, linewidth=1.4)
    axes.fill_between(
        view.level_times_s, levels, -HOLE_LU, where=levels < -HOLE_LU, color=_HOLE, alpha=0.5, linewidth=0
    )
    axes.axhline(-HOLE_LU, color=_HOLE, linewidth=1.0, linestyle="--")
    axes.axhline(0.0, color="#888888", linewidth=0.8)
    for at_s, colour in ((view.after.starts_s, _AFTER), (view.before.ends_s, _BEFORE)):
        axes.axvline(at_s, color=colour, linewidth=1.2, alpha=0.8)
    axes.set_ylim(_LOWEST_LU, _HIGHEST_LU)
    axes.set_yticks([-20, -10, 0])
    axes.set_ylabel("LU", fontsize=9, labelpad=1)
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.tick_params(labelsize=8)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=10, steps=[1, 2, 5, 10], integer=True))
    axes.xaxis.set_major_formatter(lambda at_s, position: f"{int(at_s // 60)}:{at_s % 60:02.0f}")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _legend(figure: Any, y: float) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    figure.legend(
        handles=[
            Patch(color=_BEFORE, alpha=0.85, label="song before (pale: without its envelope)"),
            Patch(color=_AFTER, alpha=0.85, label="next song"),
            Line2D([], [], color="black", linewidth=1.3, label="fades and ducks"),
            Line2D([], [], color=_BAND, linestyle="--", label="filters (bass swap)"),
            Line2D([], [], color=_TEMPO, label="tempo"),
            Patch(color=_SUNG, alpha=0.4, label="sung"),
            Patch(color=_VOICE, alpha=0.85, label="voice"),
            Line2D([], [], color="#666666", marker="|", linestyle="none", label="beats, bars, phrases"),
            Line2D([], [], color=_SUM, label="the sum, LU from the target"),
            Line2D([], [], color=_HOLE, linestyle="--", label="hole"),
        ],
        loc="upper right",
        bbox_to_anchor=(0.985, y - 0.012),
        ncols=10,
        fontsize=8,
        frameon=False,
        handlelength=1.4,
        columnspacing=1.1,
    )
