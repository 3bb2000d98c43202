"""Fit the network that hears singing (aidj/analysis/singing/weights.json), and say how far it can be trusted.

    python scripts/fit_singing.py --folder FOLDER [--real MUSIC] [--write]

The material is composed (tests/made_up_voices.py): each demo song without its singers, then with three kinds of voices
and two lead instruments over it, and with other singers, three times over with other tempi and other mastering. That
takes a good quarter of an hour the first time; the features are kept in the folder. The figures are for songs that the
weights did not see: every third song is left out in turn. With a folder of instrumental recordings, voices are laid
over those as well, and judged with the weights of all composed songs. ``--write`` writes the weights.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import numpy as np
from made_up_voices import LEADS, RATE, VOICES, Clip, clips, coloured, over, with_other_singers
from numpy.typing import NDArray

from aidj.analysis.reduced import Reducer
from aidj.analysis.singing import is_instrumental, post_of, singing_of
from aidj.analysis.singing.evidence import Weights, averages, fitted, log_odds
from aidj.analysis.singing.features import FrameMeter
from aidj.audio import open_source, to_stereo
from aidj.demo.songs import SONGS

ROOT = Path(__file__).resolve().parents[1]
WEIGHTS = ROOT / "aidj" / "analysis" / "singing" / "weights.json"
SEEDS = (1, 2)
WITH_EFFECTS = (2,)
LATE_S, EARLY_S = 0.3, 0.5
"""A post may be so much off."""
FOLDS = 3
UNITS, EPOCHS, DECAY, DROPPED, RATE_OF_LEARNING = 24, 20, 1e-3, 0.1, 2e-3


@dataclass(frozen=True)
class Example:
    """A clip as the network sees it."""

    name: str
    song: int
    kind: str
    features: NDArray[np.float64]
    hop_s: float
    sung_s: NDArray[np.float64]

    def labels(self) -> NDArray[np.float64]:
        """Return 1 for each frame in which somebody sings, 0 for the others."""
        at_s = np.arange(len(self.features)) * self.hop_s
        return _within(self.sung_s, at_s).astype(float)


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--real", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    examples = list(_composed(options.folder))
    held_out = []
    for fold in range(FOLDS):
        weights = _fit([example for example in examples if example.song % FOLDS != fold])
        held_out += [(example, weights) for example in examples if example.song % FOLDS == fold]
    _report("composed songs, each judged by weights that never saw it", held_out)
    weights = _fit(examples)
    if options.write:
        _write(weights)
    if options.real:
        _report(
            "real recordings with voices laid over them", [(e, weights) for e in _real(options.real, options.folder)]
        )


def _composed(folder: Path) -> Iterator[Example]:
    for seed in SEEDS:
        for number, song in enumerate(SONGS):
            kept = folder / f"{song.spec.slug}_{seed}.npz"
            if not kept.exists():
                made = list(clips(song.spec, seed, effects=seed in WITH_EFFECTS))
                if any(player.role == "voice" for player in song.spec.players.values()):
                    variant = with_other_singers(song.spec, seed)
                    samples = coloured(np.random.default_rng(seed), variant.samples)
                    made.append(Clip(name=song.spec.slug, kind="variant", samples=samples, sung_s=variant.truth.sung_s))
                _keep(kept, made)
                print("composed", kept.stem, flush=True)
            yield from _read(kept, number)


def _real(music: Path, folder: Path) -> Iterator[Example]:
    files = sorted(path for path in music.rglob("*") if path.suffix in (".ogg", ".flac", ".mp3"))
    for number, path in enumerate(files):
        kept = folder / f"real_{number}_{path.stem}.npz"
        if not kept.exists():
            with closing(open_source(path)) as source:
                if source.rate != RATE:
                    continue
                backing = to_stereo(source.read(60 * RATE))
            if len(backing) < 59 * RATE:
                continue
            rng = np.random.default_rng(number)
            kinds = [*VOICES, str(rng.choice(list(LEADS)))]
            made = [over(kind, path.stem, backing, int(rng.integers(1 << 30))) for kind in kinds]
            _keep(kept, [Clip(name=path.stem, kind="none", samples=backing, sung_s=()), *made])
        yield from _read(kept, number)


def _keep(path: Path, made: Sequence[Clip]) -> None:
    arrays: dict[str, NDArray[np.float64]] = {}
    for clip in made:
        reducer = Reducer(RATE)
        meter = FrameMeter(reducer.rate)
        meter.add(reducer.add(clip.samples))
        meter.add(reducer.finish())
        arrays[f"{clip.kind} features"] = averages(meter.finish(), meter.hop_s)
        arrays[f"{clip.kind} sung"] = np.array(clip.sung_s, float).reshape(-1, 2)
        arrays["hop"] = np.array(meter.hop_s)
    np.savez(path, **arrays)


def _read(path: Path, song: int) -> Iterator[Example]:
    with np.load(path) as arrays:
        for key in arrays:
            kind, _, what = key.partition(" ")
            if what == "features":
                yield Example(path.stem, song, kind, arrays[key], float(arrays["hop"]), arrays[f"{kind} sung"])


def _fit(examples: Sequence[Example]) -> Weights:
    """Fit by Adam (Kingma & Ba 2015) on cross-entropy, sung and unsung frames weighing the same in sum."""
    rng = np.random.default_rng(0)
    features = np.concatenate([example.features[::2] for example in examples])
    labels = np.concatenate([example.labels()[::2] for example in examples])
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    scaled = np.clip((features - mean) / spread, -4, 4)
    balance = np.where(labels > 0, 0.5 / labels.mean(), 0.5 / (1 - labels.mean()))
    n = features.shape[1]
    parameters = [
        rng.normal(0, n**-0.5, (n, UNITS)), np.zeros(UNITS), rng.normal(0, UNITS**-0.5, UNITS), np.zeros(1)
    ]  # fmt: skip
    first = [np.zeros_like(parameter) for parameter in parameters]
    second = [np.zeros_like(parameter) for parameter in parameters]
    step = 0
    for epoch in range(EPOCHS):
        order = rng.permutation(len(labels))
        for start in range(0, len(order), 512):
            some = order[start : start + 512]
            seen = scaled[some] * (rng.random((len(some), n)) > DROPPED)
            hidden = np.tanh(seen @ parameters[0] + parameters[1])
            chance = 1 / (1 + np.exp(-(hidden @ parameters[2] + parameters[3])))
            error = balance[some] * (chance - labels[some]) / len(some)
            inner = np.outer(error, parameters[2]) * (1 - hidden**2)
            gradients = (
                seen.T @ inner + DECAY * parameters[0],
                inner.sum(axis=0),
                hidden.T @ error + DECAY * parameters[2],
                error.sum(keepdims=True),
            )
            step += 1
            for i, gradient in enumerate(gradients):
                first[i] = 0.9 * first[i] + 0.1 * gradient
                second[i] = 0.999 * second[i] + 0.001 * gradient**2
                pace = (RATE_OF_LEARNING * (1 - epoch / EPOCHS) + 1e-4) / (1 - 0.9**step)
                parameters[i] = parameters[i] - pace * first[i] / (np.sqrt(second[i] / (1 - 0.999**step)) + 1e-8)
    return Weights(mean, spread, *parameters[:3], outer_bias=float(parameters[3][0]))


def _write(weights: Weights) -> None:
    rounded = {
        name: np.vectorize(lambda x: float(f"{x:.6g}"))(value).tolist() for name, value in weights._asdict().items()
    }
    text = ",\n".join(f'"{name}": {json.dumps(value)}' for name, value in rounded.items())
    WEIGHTS.write_text("{" + text + "}\n", "utf-8")
    fitted.cache_clear()
    print("wrote", WEIGHTS)


def _report(title: str, judged: Sequence[tuple[Example, Weights]]) -> None:
    print(f"\n{title}")
    print(
        "kind       clips | frames: sung  found  right  false    AUC | post: given  early  within  late | nobody sings"
    )
    heard = [(example, log_odds(example.features, weights)) for example, weights in judged]
    for kind in [*sorted({example.kind for example, _ in judged}), "all"]:
        rows = [(example, odds) for example, odds in heard if kind in (example.kind, "all")]
        truth = np.concatenate([example.labels() for example, _ in rows]) > 0
        verdicts = [(example, singing_of(odds, example.hop_s)) for example, odds in rows]
        found = np.concatenate(
            [
                _within(
                    singing.ranges_s if singing else np.zeros((0, 2)), np.arange(len(example.features)) * example.hop_s
                )
                for example, singing in verdicts
            ]
        )
        posts = [_judged(example, post_of(singing) if singing else None) for example, singing in verdicts]
        nobody = sum(is_instrumental(singing) for _, singing in verdicts if singing)
        right = int((found & truth).sum())
        print(
            f"{kind:10} {len(rows):5} | {truth.mean():12.2f} {right / max(1, truth.sum()):6.2f}"
            f" {right / max(1, found.sum()):6.2f} {(found & ~truth).sum() / max(1, (~truth).sum()):6.2f}"
            f" {_auc(np.concatenate([odds for _, odds in rows]), truth):6.2f} |"
            f" {len(posts) - posts.count('unknown'):11} {posts.count('early'):6} {posts.count('within'):7}"
            f" {posts.count('late'):5} | {nobody:12}"
        )


def _within(ranges_s: NDArray[np.float64], at_s: NDArray[np.float64]) -> NDArray[np.bool_]:
    marked = np.zeros(len(at_s), bool)
    for start_s, end_s in ranges_s:
        marked |= (at_s >= start_s) & (at_s < end_s)
    return marked


def _judged(example: Example, post_s: float | None) -> str:
    if post_s is None:
        return "unknown"
    if not len(example.sung_s):
        return "early"  # before an instrument that plays as if it sang: harmless
    off_s = post_s - example.sung_s[0, 0]
    return "late" if off_s > LATE_S else "early" if off_s < -EARLY_S else "within"


def _auc(score: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    ranks = np.empty(len(score))
    ranks[np.argsort(score, kind="stable")] = np.arange(len(score))
    n = truth.sum()
    if not 0 < n < len(truth):
        return float("nan")
    return float((ranks[truth].sum() - n * (n - 1) / 2) / (n * (len(truth) - n)))


if __name__ == "__main__":
    _main()
