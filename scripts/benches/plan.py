"""How scoring and planning grow: time and memory for made-up libraries of three sizes, ten listens per track.

Each figure is of a process of its own, which makes the library first and then times one step: CPU seconds of the step,
and the peak memory of all. Beside them stand a uniform shuffle of the same library, and the reference formula of
relistening, which only scores.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from choosing import sets_of
from measuring import Row, cost_of

from aidj.model import Listener, PartialDate, Plays, Track
from aidj.selection import Catalogue, select

HERE = str(Path(__file__).resolve())
SIZES = (10_000, 31_000, 100_000)
LISTENS_PER_TRACK = 10
MINUTES = 60
DAY_S = 86400
NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
SEED = 3
GROWTH = 1.15
"""About linear; sorting is a little more."""


def rows() -> list[Row]:
    """Measure every step at every size."""
    time_s: dict[tuple[str, int], float] = {}
    peak_mb: dict[tuple[str, int], float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            for step in STEPS:
                out = Path(folder) / f"{step}-{size}.json"
                peak_mb[step, size] = cost_of(HERE, step, str(size), str(out)).peak_mb
                time_s[step, size] = json.loads(out.read_text(encoding="utf-8"))
    found = []
    for step, (words, peer) in WORDS.items():
        for size in SIZES:
            name = f"{size // 1000}k tracks, {size * LISTENS_PER_TRACK // 1000:,}k listens: {words}"
            beside = f"{WORDS[peer][0]}, ms" if peer else ""
            peer_ms = 1000 * time_s[peer, size] if peer else None
            found.append(Row(name, 1000 * time_s[step, size], "ms", "", beside, peer_ms, True))
        growth = _growth([time_s[step, size] for size in SIZES])
        found.append(
            Row(
                f"{words}: time grows with size to the power of", growth, "", f"<= {GROWTH}", "", None, growth <= GROWTH
            )
        )
    for step in ("catalogue", "select", "plan"):
        peaks, bare = [peak_mb[step, size] for size in SIZES], [peak_mb["library", size] for size in SIZES]
        for size, peak, base in zip(SIZES, peaks, bare, strict=True):
            name = f"{size // 1000}k tracks: peak memory, with {WORDS[step][0]}"
            found.append(Row(name, peak, "MB", "", "library and listens alone, MB", base, True))
        growth = _growth(peaks)
        name = f"peak memory, with {WORDS[step][0]}: grows with size to the power of"
        found.append(Row(name, growth, "", "<= 1", "library and listens alone", _growth(bare), growth <= 1))
    return found


def _growth(values: list[float]) -> float:
    """Return the slope of the values over the sizes, both as logarithms."""
    return float(np.polyfit(np.log(SIZES), np.log(values), 1)[0])


# --- the steps, each in a process of its own --------------------------------------------------------------------------


def library(size: int) -> tuple[list[Track], Plays]:
    """Return a library nobody owns and ten listens per track over twelve years.

    Few artists and songs have most of them, a fifth of the songs has none.
    """
    rng = np.random.default_rng(SEED)
    albums, artists = size // 11 + 1, size // 40 + 1
    artist_of = (artists * rng.random(albums) ** 1.5).astype(int).tolist()
    year_of = (2026 - np.minimum(60, rng.exponential(16, albums))).astype(int).tolist()
    begun_s = int(NOW.timestamp()) - 12 * 365 * DAY_S
    added_s = np.sort(begun_s + (12 * 365 * DAY_S * rng.random(albums)).astype(int)).tolist()
    album_of = np.sort(rng.integers(0, albums, size)).tolist()
    length_s = np.clip(235 * np.exp(0.35 * rng.normal(size=size)), 35, 1500).round(2).tolist()
    version, guest = (rng.random(size) < 0.06).tolist(), (rng.random(size) < 0.08).tolist()
    tracks = []
    for number, album in enumerate(album_of):
        artist = f"Made-up Artist {artist_of[album]}"
        guests = (f"Made-up Artist {(7 * number) % artists}",) if guest[number] else ()
        live = version[number] and number > 0  # another recording of the song before it
        tracks.append(
            Track(
                id=f"{number * 0x9E3779B97F4A7C15 % (1 << 64):032x}",
                path=Path(f"/music/{album}/{number}.flac"),
                title=f"Made-up Song {number - 1} (Live)" if live else f"Made-up Song {number}",
                artist=artist,
                artists=(artist,),
                guests=guests,
                album=f"Made-up Album {album}",
                track_number=number % 11 + 1,
                genres=(f"Genre {artist_of[album] % 14}",),
                released=PartialDate(year_of[album]),
                duration_s=length_s[number],
                added_at=datetime.fromtimestamp(added_s[album], UTC),
            )
        )
    listens = size * LISTENS_PER_TRACK
    skipped = rng.random(listens) < 0.1
    order = rng.permutation(size)
    plays = Plays(
        track=order[(0.8 * size * rng.random(listens) ** 2).astype(np.int64)].astype(np.int32),
        listened_at=np.sort(begun_s + (12 * 365 * DAY_S * rng.random(listens)).astype(np.int64)),
        skipped=skipped,
        heard=~skipped,
    )
    return tracks, plays


def _timed(work: Callable[[], object], rounds: int = 3) -> float:
    taken = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)


def _library(tracks: list[Track], plays: Plays) -> float:
    return 0.0  # made already; how much memory that took is all


def _catalogue(tracks: list[Track], plays: Plays) -> float:
    return _timed(lambda: Catalogue.of(tracks))


def _select(tracks: list[Track], plays: Plays) -> float:
    """With a fresh catalogue each time: what a session costs that is planned by a program just started."""
    fresh = [Catalogue.of(tracks) for _ in range(2)]
    listener = Listener(plays=plays)
    return _timed(
        lambda: select(tracks, listener, now=NOW, rng=np.random.default_rng(SEED), catalogue=fresh.pop()), rounds=2
    )


def _select_again(tracks: list[Track], plays: Plays) -> float:
    """With the catalogue and the half-life at hand."""
    catalogue, listener = Catalogue.of(tracks), Listener(plays=plays)
    first = select(tracks, listener, now=NOW, rng=np.random.default_rng(SEED), catalogue=catalogue)
    return _timed(
        lambda: select(
            tracks,
            listener,
            now=NOW,
            rng=np.random.default_rng(SEED),
            catalogue=catalogue,
            half_life_days=first.half_life_days,
        )
    )


def _plan(tracks: list[Track], plays: Plays) -> float:
    found = select(tracks, Listener(plays=plays), now=NOW, rng=np.random.default_rng(SEED))
    return _timed(lambda: sets_of(tracks, found, MINUTES, seed=SEED))


def _shuffle(tracks: list[Track], plays: Plays) -> float:
    def shuffle() -> None:
        left_s = MINUTES * 60.0
        for number in np.random.default_rng(SEED).permutation(len(tracks)).tolist():
            left_s -= tracks[number].duration_s
            if left_s <= 0:
                break

    return _timed(shuffle)


def _reference(tracks: list[Track], plays: Plays) -> float:
    """The reference formula on the same listens, every song a candidate for both of its scores."""
    from relisten import _reference as scored

    from aidj.selection.relistening import Past

    catalogue = Catalogue.of(tracks)
    song = np.empty(catalogue.n_songs, np.int64)
    song[catalogue.song] = np.arange(len(tracks))
    track = catalogue.place[plays.track[plays.heard]]
    past = Past(
        item=catalogue.song[track],
        at=plays.listened_at[plays.heard],
        now_s=NOW.timestamp(),
        n_items=catalogue.n_songs,
        artist_of=catalogue.artist[song],
        n_artists=len(catalogue.artist_keys),
        album_of=catalogue.album[song],
    )
    heard = np.unique(past.item)
    return _timed(lambda: (scored(past, heard, "rediscovery"), scored(past, heard, "relisten")), rounds=2)


STEPS: dict[str, Callable[[list[Track], Plays], float]] = {
    "library": _library,
    "catalogue": _catalogue,
    "select": _select,
    "select_again": _select_again,
    "plan": _plan,
    "shuffle": _shuffle,
    "reference": _reference,
}
WORDS: dict[str, tuple[str, str]] = {
    "catalogue": ("the library as numbers", ""),
    "select": ("scoring", "reference"),
    "select_again": ("scoring again", "reference"),
    "plan": (f"choosing {MINUTES} minutes", "shuffle"),
    "shuffle": ("uniform shuffle", ""),
    "reference": ("reference formula", ""),
}
"""Each step that is timed, and which one stands beside it."""


if __name__ == "__main__":
    _, what, tracks_wanted, out_file = sys.argv
    taken_s = STEPS[what](*library(int(tracks_wanted)))
    assert math.isfinite(taken_s)
    Path(out_file).write_text(json.dumps(taken_s), encoding="utf-8")
