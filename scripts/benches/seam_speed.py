"""How long analysis and mixing take, each beside a peer on the same songs in the same run, in CPU seconds."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import soundfile
from measuring import Row, cost_of
from seam_sessions import NOW, RATE, plan_of, shuffled

from aidj.analysis.analyse import analyse_file
from aidj.analysis.reduced import Reducer
from aidj.analysis.rhythm import RhythmMeter
from aidj.analysis.tonality import TonalityMeter
from aidj.audio import StereoReader
from aidj.home import open_home
from aidj.plan import save_plan

ROUNDS = 3
FASTER, SLOWER = 10.0, 1.1
_RENDER = str(Path(__file__).resolve().parent / "render.py")
_LIBROSA = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import librosa
def heard(y, sr):
    librosa.beat.beat_track(y=y, sr=sr)
    librosa.feature.chroma_cqt(y=y, sr=sr)
def cpu(work):
    begun = time.process_time(); work(); return time.process_time() - begun
y, sr = librosa.load(sys.argv[1])
heard(y, sr)
warm = [cpu(lambda: heard(y, sr)) for _ in range(3)]
whole = [cpu(lambda: heard(*librosa.load(sys.argv[1]))) for _ in range(3)]
print(json.dumps([sorted(warm)[1], sorted(whole)[1]]))
"""


def speed_rows(songs: Sequence[Path], library: Path, work: Path) -> list[Row]:
    """Return the rows on speed.

    Parameters
    ----------
    songs : sequence of Path
        The first is analysed.
    library : Path
        A folder of songs that are mixed.
    """
    return _analysis_rows(songs[0], work) + _mixing_rows(library, work)


def _analysis_rows(song: Path, work: Path) -> list[Row]:
    python = os.environ.get("AIDJ_LIBROSA_PYTHON")
    if not python:
        print("skipped: analysis beside librosa, as AIDJ_LIBROSA_PYTHON names no Python that has it")
        return []
    done = subprocess.run([python, "-c", _LIBROSA, str(song)], capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"skipped: analysis beside librosa, as that Python fails: {done.stderr.strip().splitlines()[-1]}")
        return []
    warm_s, whole_s = json.loads(done.stdout)
    reader = StereoReader(song, RATE)
    blocks = []
    while len(block := reader.read(1 << 20)):
        blocks.append(block)
    reader.close()
    wav = work / "song.wav"
    with soundfile.SoundFile(wav, "w", RATE, 2, "FLOAT") as file:
        for block in blocks:
            file.write(block)
    # A WAV costs next to nothing to decode: this is analysis from samples.
    ours = {"from samples, warm": (_cpu_s(lambda: analyse_file(wav)), warm_s)}
    # librosa gets its samples at 22 050 Hz: like for like, so do beats and key here.
    reducer = Reducer(RATE)
    half = np.concatenate([*map(reducer.add, blocks), reducer.finish()])

    def beats_and_key() -> None:
        rhythm, tonality = RhythmMeter(reducer.rate), TonalityMeter(reducer.rate)
        for start in range(0, len(half), 1 << 15):
            rhythm.add(half[start : start + (1 << 15)])
            tonality.add(half[start : start + (1 << 15)])
        rhythm.finish()
        tonality.finish(0.0, len(half) / reducer.rate)

    ours["beats and key alone, from the same samples"] = (_cpu_s(beats_and_key), warm_s)
    ours["with decoding"] = (_cpu_s(lambda: analyse_file(song)), whole_s)
    return [
        Row(
            f"analysis of one song {how}: times as fast (we take {mine:.2f} s)",
            theirs / mine,
            "x",
            f">= {FASTER:g}",
            "librosa beat_track + chroma_cqt, CPU s",
            theirs,
            theirs / mine >= FASTER,
        )
        for how, (mine, theirs) in ours.items()
    ]


def _cpu_s(work: Callable[[], object]) -> float:
    work()
    taken = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return statistics.median(taken)


def _mixing_rows(library: Path, work: Path) -> list[Row]:
    plan = work / "speed.yaml"
    with open_home(work / "data-speed") as home:
        home.library.scan([library], now=NOW)
        tracks = home.library.tracks([library])
        home.analyses.of(tracks)  # measured once, as every session after the first finds it
        save_plan(plan_of(shuffled(tracks, len(tracks))), plan)
    rows = []
    for suffix in (".flac", ".mp3"):
        render = ("-m", "aidj", "render", str(plan), "--data", str(work / "data-speed"), "-q", "-o")
        pairs = [
            (
                cost_of(*render, str(work / f"mix{suffix}")),
                cost_of(_RENDER, "encode", str(plan), str(work / f"plain{suffix}")),
            )
            for _ in range(ROUNDS)
        ]
        ratio = statistics.median(ours.cpu_s / theirs.cpu_s for ours, theirs in pairs)
        peer = statistics.median(theirs.cpu_s for _, theirs in pairs)
        name = f"mixing {len(tracks)} songs to {suffix[1:]}: CPU beside plain decode + encode"
        rows.append(Row(name, ratio, "x", f"<= {SLOWER}", "decode + encode, CPU s", peer, ratio <= SLOWER))
    return rows
