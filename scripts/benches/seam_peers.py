"""The same songs joined by other programs: ffmpeg's acrossfade, pydub's append, Liquidsoap's smart crossfade.

Each gives a mix; where every song lies in it is found by correlating, so nothing rests on what a program says it does.

Conventions: samples are float32, shape (n_frames, 2), at `RATE`.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile
from seam_measures import REACH_S, Around, Samples, SeamMeasures, measure_seam, spread_lu, true_peak_dbtp
from seam_sessions import RATE, Heard

from aidj.analysis import integrated_loudness

CROSSFADE_S = 6
"""What each of them is asked for: its users' usual choice."""
_MARGIN_S = 15.0
_DECIMATED = 8
_PIECE_S = 20.0
_TIMEOUT_S = 900
_SOUNDING_LU = -50.0


@dataclass(frozen=True)
class Joined:
    """What one program made of some songs, as numbers."""

    name: str
    seams: list[SeamMeasures]
    songs_lufs: list[float]
    true_peak_dbtp: float

    @property
    def spread_lu(self) -> float:
        """Between the loudest and the softest song."""
        return spread_lu(self.songs_lufs)


def of_ours(heard: Heard) -> Joined:
    """Return the same numbers of a session by aidj."""
    return Joined(
        "aidj", [seam.measures for seam in heard.seams], list(heard.songs_lufs.values()), heard.true_peak_dbtp
    )


def write_wav(path: Path, samples: Samples) -> Path:
    """Write what every program gets: 16-bit WAV."""
    soundfile.write(path, samples, RATE, subtype="PCM_16")
    return path


def join_with_peers(files: Sequence[Path], work: Path) -> tuple[list[Joined], list[str]]:
    """Let every program that is there join the songs; return what came out, and why others did not take part."""
    songs = [soundfile.read(path, dtype="float32", always_2d=True)[0] for path in files]
    results: list[Joined] = []
    missing: list[str] = []
    for name, program, join in PEERS:
        if shutil.which(program) is None and program != "pydub":
            missing.append(f"{name}: {program} is not installed")
            continue
        mix = join(files, work)
        results.append(_measured(name, mix, songs))
    return results, missing


def _ffmpeg(files: Sequence[Path], work: Path) -> Samples:
    steps, last = [], "[0]"
    for number in range(1, len(files)):
        steps.append(f"{last}[{number}]acrossfade=d={CROSSFADE_S}:c1=qsin:c2=qsin[m{number}]")
        last = f"[m{number}]"
    inputs = [part for file in files for part in ("-i", str(file))]
    out = work / "ffmpeg.wav"
    _run("ffmpeg", "-v", "error", "-y", *inputs, "-filter_complex", ";".join(steps), "-map", last, str(out))
    return _read(out)


def _pydub(files: Sequence[Path], work: Path) -> Samples:
    from pydub import AudioSegment

    whole = AudioSegment.from_wav(str(files[0]))
    for file in files[1:]:
        whole = whole.append(AudioSegment.from_wav(str(file)), crossfade=CROSSFADE_S * 1000)
    out = work / "pydub.wav"
    whole.export(str(out), format="wav").close()
    return _read(out)


def _liquidsoap(files: Sequence[Path], work: Path) -> Samples:
    playlist, out, script = work / "list.m3u", work / "liquidsoap.wav", work / "join.liq"
    playlist.write_text("".join(f"{file}\n" for file in files), encoding="utf-8")
    script.write_text(
        f"""
        settings.init.allow_root.set(true)
        settings.log.level.set(2)
        songs = playlist(mode="normal", loop=false, "{playlist}")
        joined = crossfade(smart=true, duration={CROSSFADE_S}., songs)
        clock.assign_new(sync="none", [joined])
        output.file(%wav, fallible=true, on_stop=shutdown, "{out}", joined)
        """,
        encoding="utf-8",
    )
    _run("liquidsoap", str(script))
    return _read(out)


PEERS: tuple[tuple[str, str, Callable[[Sequence[Path], Path], Samples]], ...] = (
    ("ffmpeg acrossfade", "ffmpeg", _ffmpeg),
    ("pydub append", "pydub", _pydub),
    ("Liquidsoap smart", "liquidsoap", _liquidsoap),
)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=_TIMEOUT_S)


def _read(path: Path) -> Samples:
    """Read a 16-bit stereo WAV to its end, also where its header was never finished."""
    data = path.read_bytes()
    begins = data.index(b"data") + 8
    whole = (len(data) - begins) // 4 * 4
    return np.frombuffer(data[begins : begins + whole], "<i2").reshape(-1, 2).astype(np.float32) / 32768


def locate(song: Samples, mix: Samples) -> tuple[int, float]:
    """Return at which frame of a mix a song's first frame lies, and at which gain it plays there.

    The piece that is looked for comes from the song's middle, where no program fades; it is found at an eighth of the
    rate, then placed to the frame.
    """
    first = max(0, len(song) // 2 - round(_PIECE_S / 2 * RATE))
    piece = song[first : first + round(_PIECE_S * RATE)]
    at = _best_lag(_decimated(piece), _decimated(mix)) * _DECIMATED
    near = 2 * _DECIMATED
    begin = max(0, at - near)
    fine = piece[: 4 * RATE].mean(axis=1)
    at = begin + _best_lag(fine, mix[begin : at + near + len(fine)].mean(axis=1))
    found = mix[at : at + len(piece)].astype(np.float64)
    heard = piece[: len(found)].astype(np.float64)
    return at - first, float((found * heard).sum() / max((heard * heard).sum(), 1e-12))


def _decimated(samples: Samples) -> Samples:
    whole = len(samples) // _DECIMATED * _DECIMATED
    return samples[:whole].reshape(-1, _DECIMATED * samples.shape[1]).mean(axis=1)


def _best_lag(piece: Samples, line: Samples) -> int:
    size = 1 << (len(line) + len(piece)).bit_length()
    product = np.fft.irfft(np.fft.rfft(line, size) * np.conj(np.fft.rfft(piece, size)), size)
    return int(np.argmax(product[: max(1, len(line) - len(piece) + 1)]))


def _measured(name: str, mix: Samples, songs: Sequence[Samples]) -> Joined:
    places = [locate(song, mix) for song in songs]
    spans = [(at, at + len(song)) for (at, _), song in zip(places, songs, strict=True)]
    loudness = integrated_loudness(mix, RATE)
    seams = []
    for before, after in pairwise(range(len(songs))):
        first, last = sorted((spans[before][1], spans[after][0]))
        window = max(0, first - round(_MARGIN_S * RATE)), min(len(mix), last + round(_MARGIN_S * RATE))
        shorter_s = min(len(songs[before]), len(songs[after])) / RATE
        around = Around(
            rate=RATE,
            mix=mix[slice(*window)],
            before=_placed(songs[before], *places[before], window),
            after=_placed(songs[after], *places[after], window),
            before_ends_s=(spans[before][1] - window[0]) / RATE,
            after_starts_s=(spans[after][0] - window[0]) / RATE,
            loudness_lufs=loudness,
            reach_s=min(REACH_S, shorter_s / 2),
        )
        seams.append(measure_seam(around))
    alone = [
        mix[max(0, spans[n][0], spans[n - 1][1] if n else 0) : min([spans[n][1], *(s for s, _ in spans[n + 1 :])])]
        for n in range(len(songs))
    ]
    lufs = [integrated_loudness(part, RATE) for part in alone if len(part) > 10 * RATE]
    return Joined(name, seams, lufs, true_peak_dbtp(mix))


def _placed(song: Samples, at: int, gain: float, window: tuple[int, int]) -> Samples:
    line = np.zeros((window[1] - window[0], 2), np.float32)
    first, last = max(at, window[0]), min(at + len(song), window[1])
    if last > first:
        line[first - window[0] : last - window[0]] = song[first - at : last - at] * np.float32(gain)
    return line
