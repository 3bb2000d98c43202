"""Seams: what analysis hears against what was composed, every seam of real songs, other programs beside it, and speed.

AIDJ_REAL_MUSIC names a folder with real songs, AIDJ_LIBROSA_PYTHON a Python that has librosa, AIDJ_DEMO_LIBRARY a
folder where the demo library is kept between runs. AIDJ_BENCH_PARTS picks some of: analysis, demo, real, beatmix,
album, peers, speed. What is not there is left out with a line that says so.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from measuring import Row
from numpy.typing import NDArray
from seam_beats import beatmix_rows, hear_styles
from seam_measures import BUMP_LU, HOLE_S, STEP, spread_lu
from seam_peers import Joined, join_with_peers, of_ours, write_wav
from seam_sessions import NOW, RATE, Heard, hear, hear_album, shuffled
from seam_speed import speed_rows
from seam_truths import analysis_rows, true_beats

from aidj.audio import StereoReader
from aidj.demo import make_demo_library
from aidj.home import Home, open_home
from aidj.model import Track

REAL_SONGS = 60
SHORTEST_S = 60.0
NO_SONGS = ("fretsonfire",)
"""Folders of the real music that hold single instruments, not songs."""
TEN_LONGEST_S = 180.0
SAG_LU = 1.5
PARTS = ("analysis", "demo", "real", "beatmix", "album", "peers", "speed")


def rows() -> list[Row]:
    """Measure everything that can be measured here."""
    wanted = os.environ.get("AIDJ_BENCH_PARTS", ",".join(PARTS)).split(",")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        bench = _Bench(work)
        parts: dict[str, Callable[[], list[Row]]] = {
            "analysis": bench.analysis,
            "demo": bench.demo,
            "real": bench.real,
            "beatmix": bench.beatmix,
            "album": bench.album,
            "peers": bench.peers,
            "speed": bench.speed,
        }
        return [row for name in PARTS if name in wanted for row in parts[name]()]


class _Bench:
    def __init__(self, work: Path) -> None:
        self._work = work
        kept = os.environ.get("AIDJ_DEMO_LIBRARY")
        self._library = Path(kept) if kept else work / "demo"
        make_demo_library(self._library, today=NOW.date())
        real = os.environ.get("AIDJ_REAL_MUSIC")
        self._real = Path(real) if real else None

    def analysis(self) -> list[Row]:
        return analysis_rows(self._library)

    def demo(self) -> list[Row]:
        with open_home(self._work / "data-demo") as home:
            tracks = _tracks(home, self._library / "music")
            return session_rows("demo", hear(home, shuffled(tracks, len(tracks))), true_beats(self._library))

    def real(self) -> list[Row]:
        if self._real is None:
            print("skipped: real songs, as AIDJ_REAL_MUSIC does not name a folder of them")
            return []
        with open_home(self._work / "data-real") as home:
            tracks = _songs(_tracks(home, self._real))
            return session_rows("real", hear(home, shuffled(tracks, REAL_SONGS)), {})

    def beatmix(self) -> list[Row]:
        with open_home(self._work / "data-styles") as home:
            styles = hear_styles(home, self._work / "styles")
        if styles is None:
            print("skipped: beatmixes of styles, as tests/made_up_rhythms.py is not there")
            return []
        return session_rows("styles", *styles)

    def album(self) -> list[Row]:
        song = sorted((self._library / "music").rglob("*.flac"))[0]
        with open_home(self._work / "data-album") as home:
            difference, gain_db = hear_album(home, song, self._work / "album")
        name = f"album run: mix minus {gain_db:+.1f} dB times the recording, largest sample"
        return [Row(name, difference, "", "0", "", None, difference == 0.0)]

    def peers(self) -> list[Row]:
        with open_home(self._work / "data-choice") as home:
            demo = _tracks(home, self._library / "music")
            found = _peer_rows("3 demo songs", shuffled(demo, 3), self._work / "three")
            songs = demo
            if self._real is not None:
                songs = [t for t in _songs(_tracks(home, self._real)) if (t.duration_s or 0) <= TEN_LONGEST_S]
            else:
                print("ten songs are the demo's, as AIDJ_REAL_MUSIC does not name a folder")
            of = "demo" if songs is demo else "real"
            return found + _peer_rows(f"10 {of} songs", shuffled(songs, 10), self._work / "ten")

    def speed(self) -> list[Row]:
        songs = sorted((self._library / "music").rglob("*.flac"))
        if self._real is not None:
            songs = sorted(self._real.rglob("cdtracks/*.ogg")) or sorted(self._real.rglob("*.ogg")) or songs
        return speed_rows(songs, self._library / "music", self._work)


def _tracks(home: Home, folder: Path) -> list[Track]:
    home.library.scan([folder], now=NOW)
    return list(home.library.tracks([folder]))


def _songs(tracks: Sequence[Track]) -> list[Track]:
    return [
        track
        for track in tracks
        if (track.duration_s or 0) >= SHORTEST_S and not any(word in str(track.path) for word in NO_SONGS)
    ]


def session_rows(of: str, heard: Heard, beats_s: Mapping[Path, NDArray[np.float64]]) -> list[Row]:
    """Return what is to be said of a whole session's seams, loudness and peaks."""
    seams = heard.seams
    kinds = [seam.kind for seam in seams]
    print(f"{of}: " + ", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds))))
    for seam in seams:
        m = seam.measures
        if m.has_hole or m.has_bump or m.has_step or m.sag_lu > SAG_LU:
            at_s = seam.after.start_s
            print(
                f"  {at_s // 60:.0f}:{at_s % 60:04.1f} {seam.name} ({seam.kind}): "
                f"hole {m.hole_s:.2f} s, bump {m.bump_lu:.1f} LU, step {m.step:.3f}, sag {m.sag_lu:.1f} LU"
            )
    n = len(seams)
    worst = {name: max(getattr(s.measures, name) for s in seams) for name in ("hole_s", "bump_lu", "step", "sag_lu")}
    own_s = max(seam.measures.own_quiet_s for seam in seams)
    holes, bumps, steps = (
        sum(getattr(seam.measures, name) for seam in seams) for name in ("has_hole", "has_bump", "has_step")
    )
    lufs = heard.songs_lufs
    spread, softest = spread_lu(list(lufs.values())), min(lufs, key=lambda name: lufs[name])
    found = [
        Row(
            f"{of}: holes > {HOLE_S} s in {n} seams; longest {worst['hole_s']:.2f} s",
            holes,
            "",
            "0",
            "",
            None,
            not holes,
        ),
        Row(f"{of}: quiet that is the songs' own, longest", own_s, "s", "", "", None, ok=True),
        Row(f"{of}: bumps > {BUMP_LU:g} LU; highest {worst['bump_lu']:.2f} LU", bumps, "", "0", "", None, not bumps),
        Row(f"{of}: steps > {STEP} at an edge; largest {worst['step']:.4f}", steps, "", "0", "", None, not steps),
        Row(
            f"{of}: sag below the softer song, worst",
            worst["sag_lu"],
            "LU",
            f"<= {SAG_LU}",
            "",
            None,
            worst["sag_lu"] <= SAG_LU,
        ),
        Row(
            f"{of}: loudness spread of {len(lufs)} songs; softest {softest}: {lufs[softest]:.1f}",
            spread,
            "LU",
            "<= 0.5",
            "",
            None,
            spread <= 0.5,
        ),
        Row(f"{of}: true peak", heard.true_peak_dbtp, "dBTP", "<= -1", "", None, heard.true_peak_dbtp <= -0.99),
    ]
    return found + beatmix_rows(of, heard, beats_s)


def _peer_rows(of: str, tracks: Sequence[Track], work: Path) -> list[Row]:
    """Let aidj and the others join the same WAV files, and lay their numbers side by side."""
    (work / "music").mkdir(parents=True)
    files = []
    for number, track in enumerate(tracks):
        reader = StereoReader(track.path, RATE)
        samples = reader.read(round(((track.duration_s or 0.0) + 5) * RATE))
        reader.close()
        files.append(write_wav(work / "music" / f"{number:02d}.wav", np.clip(samples, -1.0, 1.0)))
    with open_home(work / "data") as home:
        found = sorted(_tracks(home, work / "music"), key=lambda track: track.path.name)
        ours = of_ours(hear(home, found))
    peers, missing = join_with_peers(files, work)
    for line in missing:
        print(f"skipped: {line}")
    rows = []
    for peer in peers:
        for measure, unit, unheard, value in _MEASURES:
            a, b = value(ours), value(peer)
            reach = f"<= the peer, or {unheard:g}"
            rows.append(Row(f"{of}: {measure}", a, unit, reach, peer.name, b, a <= max(b, unheard)))
    return rows


_MEASURES: tuple[tuple[str, str, float, Callable[[Joined], float]], ...] = (
    ("longest hole at a seam", "s", HOLE_S, lambda it: max(seam.hole_s for seam in it.seams)),
    ("dead air (< I - 40 LU) at seams, in all", "s", 0.0, lambda it: sum(seam.dead_air_s for seam in it.seams)),
    ("highest bump over both songs", "LU", BUMP_LU, lambda it: max(seam.bump_lu for seam in it.seams)),
    ("largest step at an edge", "", STEP, lambda it: max(seam.step for seam in it.seams)),
    ("deepest sag below the softer song", "LU", SAG_LU, lambda it: max(seam.sag_lu for seam in it.seams)),
    ("loudness spread", "LU", 0.5, lambda it: it.spread_lu),
    ("true peak", "dBTP", -0.99, lambda it: it.true_peak_dbtp),
)
"""Name, unit, what is not heard, and how it is read off."""
