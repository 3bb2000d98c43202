"""Making the demo library: the songs as tagged files, their truth, and a listening history that fits them."""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from aidj.demo.compose import ComposedSong, compose_song
from aidj.demo.history import invent_history, write_history
from aidj.demo.songs import SONGS, DemoSong
from aidj.demo.truth import SongTruth
from aidj.errors import OutputError

VERSION = 1
"""Counts up whenever the songs, their tags or the history change."""

_KEPT_DAYS = 6
_WORKERS = 2
_STAMP, _MUSIC, _HISTORY, _TRUTH = "demo.json", "music", "my_spotify_data.zip", "truth.json"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoLibrary:
    """Where the demo library lies."""

    music_folder: Path
    history_file: Path
    truth_file: Path
    """JSON: ``version``, and ``songs`` by their path under the music folder with the fields of `SongTruth`."""
    made: bool
    """Whether this call made it; False where it was there already."""


Progress = Callable[[int, int, str], None]
"""Told after each song: songs done, songs in all, title."""


def make_demo_library(
    folder: Path, *, today: date, progress: Progress | None = None, songs: Sequence[DemoSong] = SONGS
) -> DemoLibrary:
    """Make the demo library, or find it made already.

    It is made anew when the program's songs have changed, or when it is more than six days old, as "released this
    week" would no longer be true. It is built beside the folder and moved into place whole.

    Parameters
    ----------
    folder : Path
        Missing, empty, or a demo library. Other files put into a demo library stay in it.
    today : date
        The day that release dates and the history count from.
    progress : callable, optional
        Told after each song: songs done, songs in all, title.
    songs : sequence of DemoSong
        Which songs, where fewer will do.

    Raises
    ------
    OutputError
        If the folder holds something else, or cannot be written.
    """
    folder = folder.absolute()
    stamp = _read_stamp(folder)
    if stamp and _is_fresh(folder, stamp, today, songs):
        return _library(folder, made=False)
    if not stamp and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(
            "The demo library needs a folder of its own",
            where=str(folder),
            cause="there is something in it that is no demo library",
            hint="name an empty folder, or one that does not exist yet",
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as beside:
            fresh = Path(beside) / "new"
            fresh.mkdir()
            _build(fresh, today, progress, songs)
            _move_into_place(fresh, folder, Path(beside) / "old")
    except OSError as error:
        raise OutputError(
            f"The demo library cannot be written ({error.strerror or error})",
            where=str(error.filename or folder),
            hint="a folder you may write to, with 100 MB to spare",
        ) from error
    return _library(folder, made=True)


def _library(folder: Path, *, made: bool) -> DemoLibrary:
    return DemoLibrary(
        music_folder=folder / _MUSIC, history_file=folder / _HISTORY, truth_file=folder / _TRUTH, made=made
    )


def _read_stamp(folder: Path) -> dict[str, Any] | None:
    try:
        stamp = json.loads((folder / _STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return stamp if isinstance(stamp, dict) and "aidj_demo" in stamp else None


def _is_fresh(folder: Path, stamp: dict[str, Any], today: date, songs: Sequence[DemoSong]) -> bool:
    try:
        age = (today - date.fromisoformat(stamp["today"])).days
        files = [folder / name for name in stamp["files"]]
        same = stamp["aidj_demo"] == VERSION and stamp["songs"] == [song.spec.slug for song in songs]
    except (KeyError, TypeError, ValueError):
        return False
    return same and 0 <= age <= _KEPT_DAYS and all(file.is_file() for file in files)


def _plain(name: str) -> str:
    """Make a file name of a tag."""
    return re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", name).strip(" .")


def song_path(song: DemoSong) -> Path:
    """Return a song's path under the music folder."""
    return Path(_plain(song.artist), _plain(song.album), f"{song.track_number:02d} {_plain(song.title)}{song.suffix}")


def lrc_text(song: DemoSong, truth: SongTruth) -> str:
    """Return a song's words as an LRC file: a stamp for each line, and an empty one where a silence follows."""

    def stamp(at_s: float) -> str:
        hundredths = round(at_s * 100)
        return f"[{hundredths // 6000:02d}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}]"

    length = f"{int(truth.duration_s) // 60:02d}:{int(truth.duration_s) % 60:02d}"
    out = [f"[ti:{song.title}]", f"[ar:{song.credit}]", f"[al:{song.album}]", f"[length:{length}]"]
    for i, (start_s, end_s, words) in enumerate(truth.lines):
        if i and start_s - truth.lines[i - 1][0] < 0.01:
            continue  # a second voice with the same words
        out.append(stamp(start_s) + words)
        later = [line[0] for line in truth.lines[i + 1 :] if line[0] > start_s + 0.01]
        if not later or later[0] - end_s > 4.0:
            out.append(stamp(end_s))
    return "\n".join(out) + "\n"


def _blocks(song: ComposedSong) -> Iterator[Any]:
    for start in range(0, len(song.samples), 1 << 16):
        yield song.samples[start : start + (1 << 16)]


def make_song(song: DemoSong, music_folder: Path, today: date) -> SongTruth:
    """Compose one song and write its file, and its words beside it. Runs in a worker process."""
    from aidj.output import write_audio_file

    composed = compose_song(song.spec)
    path = music_folder / song_path(song)
    path.parent.mkdir(parents=True, exist_ok=True)
    tags = song.tags(today)
    write_audio_file(path, _blocks(composed), rate=composed.rate, n_frames=len(composed.samples), tags=tags)
    if composed.truth.lines:
        path.with_suffix(".lrc").write_text(lrc_text(song, composed.truth), encoding="utf-8")
    os.utime(path, (bought := _bought_at(song, today), bought))
    return composed.truth


def _bought_at(song: DemoSong, today: date) -> float:
    """Return when the invented listener got the file: before the first listen, or the day after its release."""
    days_ago = max((era[0] for era in song.heard), default=0) + 1
    if isinstance(song.released, int):
        days_ago = max(0, song.released - 1)
    return datetime.combine(today - timedelta(days=days_ago), datetime.min.time(), UTC).timestamp()


def _truths(songs: Sequence[DemoSong], music_folder: Path, today: date) -> Iterator[tuple[int, SongTruth]]:
    """Make all songs, two at a time, as they come."""
    order = sorted(range(len(songs)), key=lambda i: (songs[i].suffix == ".flac", not songs[i].heard))
    waiting = set(order)
    try:
        context = multiprocessing.get_context("spawn")  # a fork would copy the locks of whatever threads the caller has
        with ProcessPoolExecutor(_WORKERS, mp_context=context) as pool:
            jobs = {pool.submit(make_song, songs[i], music_folder, today): i for i in order}
            try:
                for job in as_completed(jobs):
                    truth = job.result()
                    waiting.discard(jobs[job])
                    yield jobs[job], truth
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
    except BrokenProcessPool:
        # A script without its main guard, or an interpreter that cannot be started again: slower, but it works.
        _log.warning("worker processes died, composing the remaining %d songs in this one", len(waiting))
        for i in sorted(waiting):
            yield i, make_song(songs[i], music_folder, today)


def _build(folder: Path, today: date, progress: Progress | None, songs: Sequence[DemoSong]) -> None:
    music_folder = folder / _MUSIC
    music_folder.mkdir()
    truths: dict[int, SongTruth] = {}
    for number, truth in _truths(songs, music_folder, today):
        truths[number] = truth
        if progress:
            progress(len(truths), len(songs), songs[number].title)
    known = {song_path(song).as_posix(): asdict(truths[number]) for number, song in enumerate(songs)}
    _write_json(folder / _TRUTH, {"version": VERSION, "songs": known})
    lengths_s = {song.spec.slug: truths[number].duration_s for number, song in enumerate(songs)}
    write_history(folder / _HISTORY, invent_history(songs, lengths_s, today=today))
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    stamp = {"aidj_demo": VERSION, "today": today.isoformat(), "songs": [song.spec.slug for song in songs]}
    _write_json(folder / _STAMP, stamp | {"files": files})


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _move_into_place(fresh: Path, folder: Path, old: Path) -> None:
    """Put the new library where the old one was, with whatever else lay in the old one."""
    if folder.exists():
        ours = set((_read_stamp(folder) or {}).get("files", ())) | {_STAMP}
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder)
            if path.is_file() and name.as_posix() not in ours and not (fresh / name).exists():
                (fresh / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, fresh / name)
        folder.rename(old)
    try:
        fresh.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
