"""How far what analysis hears in songs of our own making is from what was composed.

mir_eval judges beats and keys, as it does in the field. Conventions: seconds count from a file's start.
"""

from __future__ import annotations

import json
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from measuring import Row
from numpy.typing import NDArray

from aidj.analysis.analyse import analyse_file
from aidj.model import STEADY_CONFIDENCE, Analysis

TESTS = Path(__file__).resolve().parents[2] / "tests"
SURE = STEADY_CONFIDENCE
"""A confidence from here on says "lay another song on these beats"."""
_BEAT_WINDOW_S = 0.07
_CUE_S, _POST_S, _POST_LATE_S = 0.15, 0.5, 0.3


@dataclass(frozen=True)
class Known:
    """A song and what is known of it."""

    name: str
    analysis: Analysis
    beats_s: NDArray[np.float64]
    downbeats_s: NDArray[np.float64]
    bpm: float
    steady: bool


def analysis_rows(library: Path) -> list[Row]:
    """Compare the analyses of the demo library, and of variants that the tests make, with the truth.

    Parameters
    ----------
    library : Path
        The demo library's folder, with ``music`` and ``truth.json``.
    """
    songs = json.loads((library / "truth.json").read_text(encoding="utf-8"))["songs"]
    pairs = [(truth, analyse_file(library / "music" / path)) for path, truth in songs.items()]
    rows = _marker_rows(pairs)
    if all(analysis.rhythm is None for _, analysis in pairs):
        print("skipped: beats, tempo and downbeats, as the analyser of this version hears none")
        return rows + _key_rows(pairs)
    known = [
        Known(
            truth["slug"],
            analysis,
            np.array(truth["beats_s"]),
            np.array(truth["downbeats_s"]),
            truth["bpm"],
            steady=_is_steady(np.array(truth["beats_s"])) and analysis.duration_s > 30,
        )
        for truth, analysis in pairs
    ]
    return rows + _rhythm_rows("demo", known) + _rhythm_rows("variants", list(_variants())) + _key_rows(pairs)


def true_beats(library: Path) -> dict[Path, NDArray[np.float64]]:
    """Return the beats of the demo's songs by their files."""
    songs = json.loads((library / "truth.json").read_text(encoding="utf-8"))["songs"]
    return {library / "music" / path: np.array(truth["beats_s"]) for path, truth in songs.items()}


def _is_steady(beats_s: NDArray[np.float64]) -> bool:
    between = np.diff(beats_s)
    return len(between) > 8 and float(between.std()) < 0.005


def _variants() -> Iterator[Known]:
    """Yield songs of many styles, and some that drift, swing, linger or have no pulse: from the tests' own maker."""
    if not (TESTS / "made_up_rhythms.py").is_file():
        print("skipped: rhythm variants, as tests/made_up_rhythms.py is not there")
        return
    if str(TESTS) not in sys.path:
        sys.path.insert(0, str(TESTS))
    import made_up_rhythms as made

    makers: list[Callable[[], made.MadeRhythm]] = [lambda name=name: made.steady(name) for name in made.STYLES]
    with tempfile.TemporaryDirectory() as folder:
        for maker in [*makers, *made.unsteady_songs().values()]:
            song = maker()
            path = Path(folder) / "song.wav"
            soundfile.write(path, song.samples, made.RATE, subtype="FLOAT")
            yield Known(song.name, analyse_file(path), song.beats_s, song.downbeats_s, song.bpm, song.steady)
            made.steady.cache_clear()


def _rhythm_rows(of: str, songs: list[Known]) -> list[Row]:
    steady = [song for song in songs if song.steady]
    others = [song for song in songs if not song.steady]
    rows: list[Row] = []
    if steady:
        f = [beats_f(song) for song in steady]
        errors_ms = [1000 * beat_error_s(song) for song in steady]
        tempo = [_tempo_right(song) for song in steady]
        phase = [_downbeats_right(song) for song in steady]
        worst = steady[int(np.argmin(f))]
        said = f"{of}: beats F (70 ms), mean of {len(f)}; lowest {min(f):.2f} ({worst.name})"
        rows += [
            Row(said, float(np.mean(f)), "", ">= 0.95", "", None, np.mean(f) >= 0.95),
            Row(
                f"{of}: median beat error; worst song {max(errors_ms):.1f} ms",
                float(np.median(errors_ms)),
                "ms",
                "<= 10",
                "",
                None,
                np.median(errors_ms) <= 10,
            ),
            _share(f"{of}: tempo within 1 %, right octave", tempo, [song.name for song in steady], 0.95),
            _share(f"{of}: downbeats on the right beat", phase, [song.name for song in steady], 0.90),
        ]
        sure = [_confidence(song) >= SURE for song in steady]
        rows.append(_share(f"{of}: steady songs known as such", sure, [song.name for song in steady], 0.0))
    if others:
        doubted = [_confidence(song) < SURE for song in others]
        rows.append(_share(f"{of}: no grid claimed where none fits", doubted, [song.name for song in others], 1.0))
    return rows


def beats_f(song: Known) -> float:
    """Return mir_eval's F-measure of the beats, 70 ms; the first 5 s do not count, as is its custom."""
    from mir_eval import beat

    if song.analysis.rhythm is None:
        return 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        truth, heard = beat.trim_beats(song.beats_s), beat.trim_beats(song.analysis.rhythm.beats_s)
        return float(beat.f_measure(truth, heard, f_measure_threshold=_BEAT_WINDOW_S))


def beat_error_s(song: Known) -> float:
    """Return the median distance of the beats that were found from the true ones next to them."""
    rhythm = song.analysis.rhythm
    if rhythm is None or len(rhythm.beats_s) == 0:
        return float("inf")
    inside = rhythm.beats_s[(rhythm.beats_s >= song.beats_s[0] - 0.1) & (rhythm.beats_s <= song.beats_s[-1] + 0.1)]
    return float(np.median(np.abs(inside[:, None] - song.beats_s[None, :]).min(axis=1))) if len(inside) else np.inf


def _tempo_right(song: Known) -> bool:
    return song.analysis.rhythm is not None and abs(song.analysis.rhythm.bpm / song.bpm - 1) <= 0.01


def _downbeats_right(song: Known) -> bool:
    """Whether nearly all downbeats that were found are true ones."""
    rhythm = song.analysis.rhythm
    if rhythm is None or len(rhythm.downbeats) == 0 or len(song.downbeats_s) == 0:
        return False
    heard = rhythm.beats_s[rhythm.downbeats]
    heard = heard[(heard >= song.downbeats_s[0] - 0.1) & (heard <= song.downbeats_s[-1] + 0.1)]
    near = np.abs(heard[:, None] - song.downbeats_s[None, :]).min(axis=1) <= _BEAT_WINDOW_S
    return len(near) > 0 and float(near.mean()) >= 0.9


def _confidence(song: Known) -> float:
    return song.analysis.rhythm.confidence if song.analysis.rhythm else 0.0


def _marker_rows(pairs: list[tuple[dict, Analysis]]) -> list[Row]:
    names = [truth["slug"] for truth, _ in pairs]
    cues = [
        abs(analysis.cue_in_s - truth["cue_in_s"]) <= _CUE_S and abs(analysis.cue_out_s - truth["cue_out_s"]) <= _CUE_S
        for truth, analysis in pairs
    ]
    worst_s = max(
        max(abs(analysis.cue_in_s - truth["cue_in_s"]), abs(analysis.cue_out_s - truth["cue_out_s"]))
        for truth, analysis in pairs
    )
    endings = [analysis.ending == truth["ending"] for truth, analysis in pairs]
    posts = [_post_right(truth["intro_end_s"], analysis.intro_end_s) for truth, analysis in pairs]
    late_s = [
        analysis.intro_end_s - truth["intro_end_s"]
        for truth, analysis in pairs
        if analysis.intro_end_s is not None and truth["intro_end_s"] is not None
    ]
    rows = [
        _share(f"cue points within 0.15 s (worst {worst_s:.2f} s)", cues, names, 1.0),
        _share("endings of the right kind", endings, names, 1.0),
        _share("intro_end within 0.5 s, or unknown", posts, names, 1.0),
        Row(
            f"intro_end: latest of the {len(late_s)} that are known",
            max(late_s, default=0.0),
            "s",
            "<= 0.3",
            "",
            None,
            max(late_s, default=0.0) <= _POST_LATE_S,
        ),
    ]
    if not late_s:
        print("skipped: intro_end, as the analyser of this version knows none from samples (lyrics do not count here)")
        rows = rows[:2]
    return rows


def _post_right(truth_s: float | None, heard_s: float | None) -> bool:
    if heard_s is None:
        return True
    return truth_s is not None and -_POST_S <= heard_s - truth_s <= _POST_LATE_S


def _key_rows(pairs: list[tuple[dict, Analysis]]) -> list[Row]:
    if all(analysis.tonality is None for _, analysis in pairs):
        print("skipped: keys, as the analyser of this version hears none")
        return []
    from mir_eval import key

    from aidj.keys import name_of

    scores, names = [], []
    for truth, analysis in pairs:
        heard = analysis.tonality.key if analysis.tonality else None
        names.append(f"{truth['slug']}: {heard and name_of(heard)} for {truth['key']}")
        scores.append(key.weighted_score(_spelt(truth["key"]), name_of(heard)) if heard else 0.0)
    # 1 is the key itself, 0.3 its relative; a fifth apart is 0.5.
    right = [score in (1.0, 0.3) for score in scores]
    mean = Row("demo: key, MIREX score", float(np.mean(scores)), "", "", "", None, ok=True)
    return [_share("demo: key exact or relative", right, names, 0.90), mean]


def _spelt(key: str) -> str:
    return f"{key.removesuffix('m')} {'minor' if key.endswith('m') else 'major'}"


def _share(measure: str, right: list[bool], names: list[str], reach: float) -> Row:
    wrong = [name for name, is_right in zip(names, right, strict=True) if not is_right]
    share = float(np.mean(right))
    said = f"{measure}, {sum(right)} of {len(right)}" + (f" (not {', '.join(wrong[:4])})" if wrong else "")
    return Row(said, 100 * share, "%", f">= {100 * reach:.0f}" if reach else "", "", None, share >= reach)
