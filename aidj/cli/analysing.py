"""The command that measures recordings: a whole library, resumable, with how far it has come."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from rich.progress import BarColumn, TextColumn, TimeRemainingColumn

from aidj.analysis import Summary
from aidj.cli.screen import Screen
from aidj.cli.sources import home_of, scan_folders
from aidj.errors import AudioError
from aidj.home import Home
from aidj.keys import name_of
from aidj.library import read_alone
from aidj.model import Track

STEADY, SURE = 0.6, 0.5
"""Confidences from which beats count as steady in the statistics (as for a beatmix), and keys and singing as known."""
_LISTED = 30
_COMMON_KEYS = 3
_ENDINGS = {"cold": "cold", "fade": "faded out", "sustained": "on a held sound", "long_tail": "with a long tail"}


def analyze(options: argparse.Namespace, screen: Screen) -> int:
    """Measure what has not been measured yet."""
    with home_of(options) as home:
        tracks = _asked_for(home, options.what, screen)
        if not tracks:
            where = (
                f" in {', '.join(map(str, options.what))}" if options.what else ". Scan some first: aidj scan ~/Music"
            )
            screen.problem(f"There is no music to measure{where}")
            return 1
        missing = tracks if options.again else home.analyses.missing(tracks)
        began_s = time.monotonic()
        failures = _measure(home, missing, options.workers, screen)
        took_s = time.monotonic() - began_s
        measured = [track for track in missing if track.id not in failures]
        _say_pass(screen, tracks, missing, measured, took_s)
        _say_failures(screen, failures)
        summaries = home.analyses.summaries()
    _say_statistics(screen, [summaries[track.id] for track in tracks if track.id in summaries])
    return 1 if len(failures) == len(tracks) else 0


def _asked_for(home: Home, paths: Sequence[Path], screen: Screen) -> tuple[Track, ...]:
    """Return the tracks at some paths, each once; all of the library where none is named."""
    if not paths:
        return home.library.tracks()
    now = datetime.now().astimezone()
    folders = [path for path in paths if path.is_dir()]
    if folders:
        scan_folders(home, folders, now, screen)
    found = list(home.library.tracks(folders)) if folders else []
    for path in paths:
        if path not in folders:
            found.append(home.library.find(path) or read_alone(path, now).track)
    return tuple({track.id: track for track in found}.values())


def _measure(home: Home, missing: Sequence[Track], workers: int | None, screen: Screen) -> Mapping[str, AudioError]:
    """Measure tracks and show how far it has come: in songs, with the rate and the time left by their lengths."""
    columns = (
        TextColumn("Measuring"),
        BarColumn(),
        TextColumn("{task.fields[rate]}", markup=False),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    with screen.bars(*columns) as bars:
        total_s = sum(track.duration_s for track in missing)
        task = bars.add_task("", total=max(total_s, 1e-3), rate=f"0/{len(missing):,}")
        began_s = time.monotonic()
        done_s = 0.0

        def progress(done: int, of: int, track: Track) -> None:
            nonlocal done_s
            done_s += track.duration_s
            speed = done_s / max(time.monotonic() - began_s, 1e-3)
            bars.update(task, completed=done_s, rate=f"{done:,}/{of:,}  {speed:,.0f} × as fast as played")

        return home.analyses.measure(missing, again=True, progress=progress, workers=workers)


def _say_pass(
    screen: Screen, tracks: Sequence[Track], missing: Sequence[Track], measured: Sequence[Track], took_s: float
) -> None:
    before = len(tracks) - len(missing)
    if not missing:
        screen.say(f"Nothing to do: {_recordings(before)} measured before. To measure anew: --again")
        return
    music_s = sum(track.duration_s for track in measured)
    rate = f", {music_s / took_s:,.0f} times as fast as they play" if took_s > 0 and music_s else ""
    screen.say(
        f"{_recordings(len(measured))} measured ({_length(music_s)} of music) in {_length(took_s)}{rate}."
        + (f" {before:,} measured before." if before else "")
    )


def _say_failures(screen: Screen, failures: Mapping[str, AudioError]) -> None:
    if not failures:
        return
    screen.problem(f"{_recordings(len(failures))} could not be measured:")
    for error in list(failures.values())[:_LISTED]:
        screen.note(f"  {error.where}: {error.what}" + (f" ({error.cause})" if error.cause else ""))
    if len(failures) > _LISTED:
        screen.note(f"  … and {len(failures) - _LISTED:,} more")


def _say_statistics(screen: Screen, summaries: Sequence[Summary]) -> None:
    if not summaries:
        return
    of = len(summaries)
    screen.say(f"Of {_recordings(of)}:")
    steady = [one for one in summaries if (one.rhythm_confidence or 0.0) >= STEADY]
    three = sum(one.beats_per_bar == 3 for one in steady)
    waltzes = f", {three:,} of them in three" if three else ""
    tempi = sorted(one.bpm for one in steady if one.bpm)
    middle = f", half of them below {tempi[len(tempi) // 2]:.0f} BPM" if len(tempi) > 1 else ""
    screen.say(f"  beat     {_share(len(steady), of)} with a steady beat{waltzes}{middle}")
    keys = Counter(one.key for one in summaries if one.key and (one.key_confidence or 0.0) >= SURE)
    common = ", ".join(f"{name_of(key)} ({key}) {count:,}" for key, count in keys.most_common(_COMMON_KEYS))
    screen.say(f"  key      {_share(keys.total(), of)} with a key" + (f"; most often {common}" if common else ""))
    known = [one for one in summaries if one.sung_s is not None and (one.singing_confidence or 0.0) >= SURE]
    sung = sum(bool(one.sung_s) for one in known)
    screen.say(
        f"  singing  known for {_share(len(known), of)}"
        + (f": {sung:,} sung, {len(known) - sung:,} not" if known else "")
    )
    endings = Counter(one.ending for one in summaries).most_common()
    screen.say("  ending   " + ", ".join(f"{count:,} {_ENDINGS[ending]}" for ending, count in endings))
    screen.say("Look at one of them with: aidj cue SONG")


def _recordings(count: int) -> str:
    return "1 recording" if count == 1 else f"{count:,} recordings"


def _share(count: int, of: int) -> str:
    return f"{count:,} ({count / of:.0%})"


def _length(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours:,} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"
