"""Keys: heard right in pieces made in every key, at both ends, at any tuning; and none where there is none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_pieces import KITS, piece
from mir_eval.key import weighted_score
from numpy.typing import NDArray

from aidj.analysis.reduced import Reducer
from aidj.analysis.tonality import TonalityMeter
from aidj.audio import open_source, to_stereo
from aidj.demo import Player, Section, SongSpec, compose_song
from aidj.keys import key_of, name_of, parse_key, tonic_of
from aidj.model import Key, Tonality

RATE = 44100
ALL_KEYS = [key_of(tonic, minor=minor) for tonic in range(12) for minor in (False, True)]


def reduced(samples: NDArray[np.float32], rate: int = RATE) -> tuple[NDArray[np.float32], float]:
    reducer = Reducer(rate)
    return np.concatenate([reducer.add(samples.astype(np.float32)), reducer.finish()]), reducer.rate


def heard(samples: NDArray[np.float32], cue_in_s: float = 0.0, cue_out_s: float | None = None) -> Tonality | None:
    """Return the keys of stereo samples at 44.1 kHz."""
    middle_side, rate = reduced(samples)
    meter = TonalityMeter(rate)
    meter.add(middle_side)
    return meter.finish(cue_in_s, len(samples) / RATE if cue_out_s is None else cue_out_s)


def stereo(mono: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.stack([mono, mono], axis=1).astype(np.float32)


@dataclass(frozen=True)
class Heard:
    """What was heard of a piece, and its key."""

    key: Key
    tonality: Tonality


@cache
def pieces() -> tuple[Heard, ...]:
    """One piece in each key: half of them close as chorales do, half go round; many instruments, most with drums."""
    results = []
    for number, key in enumerate(ALL_KEYS):
        kit = (None, *KITS)[number % 6]
        spec = piece(
            key,
            seed=500 + number,
            bars=12,
            bpm=100 + 3 * number,
            cadences=number % 4 < 2,
            sevenths=number % 3 == 2,
            drums=kit,
        )
        tonality = heard(compose_song(spec).samples)
        assert tonality is not None, spec.slug
        results.append(Heard(key, tonality))
    return tuple(results)


def same_notes(a: Key | None, b: Key) -> bool:
    """Return whether a key is the other one, or its relative."""
    return a is not None and a.number == b.number


def mirex(pairs: Sequence[tuple[Key, Key | None]]) -> float:
    return float(np.mean([weighted_score(name_of(key), name_of(found)) if found else 0.0 for key, found in pairs]))


def test_pieces_in_every_key() -> None:
    made = pieces()
    whole = [(each.key, each.tonality.key) for each in made]
    assert sum(same_notes(found, key) for key, found in whole) >= 0.9 * len(made)
    assert mirex(whole) >= 0.85
    for found in ([each.tonality.opening for each in made], [each.tonality.closing for each in made]):
        assert sum(same_notes(f, each.key) for f, each in zip(found, made, strict=True)) >= 0.9 * len(made)


def test_confidence_is_a_chance_of_being_right() -> None:
    sure = [each for each in pieces() if each.tonality.confidence >= 0.8]
    assert len(sure) >= len(pieces()) / 2
    assert sum(same_notes(each.tonality.key, each.key) for each in sure) >= 0.95 * len(sure)
    assert all(0.0 <= each.tonality.confidence <= 1.0 for each in pieces())


def test_the_demo_library(demo_data: Path) -> None:
    truth = json.loads((demo_data / "demo" / "truth.json").read_text(encoding="utf-8"))["songs"]
    pairs = []
    for name, song in truth.items():
        source = open_source(demo_data / "demo" / "music" / name)
        reducer = Reducer(source.rate)
        meter = TonalityMeter(reducer.rate)
        while len(block := source.read(65536)):
            meter.add(reducer.add(to_stereo(block)))
        meter.add(reducer.finish())
        source.close()
        tonality = meter.finish(song["cue_in_s"], song["cue_out_s"])
        key = parse_key(song["key"])
        assert key
        pairs.append((key, tonality.key if tonality else None))
    assert sum(same_notes(found, key) for key, found in pairs) >= 0.9 * len(pairs), pairs
    assert mirex(pairs) >= 0.8


def test_a_modulation_is_heard_at_both_ends() -> None:
    right = 0
    for seed, tonic in enumerate((0, 3, 6, 9)):
        minor = seed % 2 == 1
        key, then = key_of(tonic, minor=minor), key_of((tonic + 2) % 12, minor=minor)
        spec = piece(key, seed=700 + seed, bars=36, bpm=100, drums="machine", then=then)
        tonality = heard(compose_song(spec).samples)
        assert tonality is not None
        assert tonality.opening != tonality.closing
        right += same_notes(tonality.opening, key) and same_notes(tonality.closing, then)
    assert right >= 3


@pytest.mark.parametrize("cents", [-45, 30, 50])
def test_tuning_does_not_matter(cents: int) -> None:
    key = key_of(7, minor=False)
    samples = compose_song(piece(key, seed=31, bars=12)).samples
    faster = np.arange(0, len(samples) - 1, 2 ** (cents / 1200))
    detuned = np.stack([np.interp(faster, np.arange(len(samples)), samples[:, c]) for c in (0, 1)], axis=1)
    tonality = heard(detuned.astype(np.float32))
    assert tonality is not None
    # Half a semitone off, both neighbours are right.
    keys = {key} if abs(cents) < 50 else {key, key_of((tonic_of(key) + 1) % 12, minor=False)}
    assert tonality.key in keys
    assert tonality.confidence > 0.5


def noise(seconds: float, exponent: float = 0.0) -> NDArray[np.float32]:
    spectrum = np.fft.rfft(np.random.default_rng(1).standard_normal(round(seconds * RATE)))
    spectrum[1:] *= np.arange(1, len(spectrum)) ** exponent
    sound = np.fft.irfft(spectrum)
    return stereo(0.1 * sound / sound.std())


def drums(kit: str) -> NDArray[np.float32]:
    lanes = "kick x.......x.x..... / snare ....x.......x... / hat x.x.x.x.x.x.x.x."
    section = Section(name="a", chords=" | ".join(["C"] * 16), parts={"drums": lanes})
    players = {"drums": Player(instrument=kit, role="drums")}
    spec = SongSpec(
        slug=kit, seed=3, bpm=112, key="C", players=players, sections=(section,), ending="fade", fade_bars=1
    )
    return compose_song(spec).samples


def notes_at_random() -> NDArray[np.float32]:
    rng = np.random.default_rng(12)
    sound = np.zeros(40 * RATE)
    t = np.arange(RATE) / RATE
    for start in range(0, 39 * RATE, RATE // 5):
        hz = 440 * 2 ** ((int(rng.integers(43, 79)) - 69) / 12)
        note = sum(np.sin(2 * np.pi * hz * k * t) / k for k in (1, 2, 3, 4)) * np.exp(-3 * t)
        sound[start : start + RATE] += 0.1 * note
    return stereo(sound)


def glides() -> NDArray[np.float32]:
    t = np.arange(40 * RATE) / RATE
    voices = ((200, 0.05), (333, 0.07), (540, 0.03), (800, 0.11))
    phases = [np.cumsum(hz * 2 ** (0.5 * np.sin(2 * np.pi * slow * t + hz))) / RATE for hz, slow in voices]
    return stereo(0.1 * sum(np.sin(2 * np.pi * phase) for phase in phases))


@pytest.mark.parametrize("kit", ["machine", "rock", "dusty", "chip"])
def test_drums_alone_have_no_key(kit: str) -> None:
    assert doubtful(heard(drums(kit)))


@pytest.mark.parametrize(
    "sound", [noise(40), noise(40, -0.5), notes_at_random(), glides()], ids=["white", "pink", "random", "glides"]
)
def test_noise_glides_and_notes_at_random_have_no_key(sound: NDArray[np.float32]) -> None:
    assert doubtful(heard(sound))


def doubtful(tonality: Tonality | None) -> bool:
    if tonality is None:
        return True
    return max(tonality.confidence, tonality.opening_confidence, tonality.closing_confidence) < 0.4


@pytest.mark.parametrize("n", [0, 1, 2, 3, 100, 16383, 16384, 16387, 40000])
def test_what_is_too_short_has_no_key(n: int) -> None:
    meter = TonalityMeter(22050.0)
    meter.add(np.zeros((0, 2), np.float32))
    meter.add(np.full((n, 2), 0.1, np.float32))
    assert meter.finish(0.0, n / 22050) is None


def test_silence_has_no_key() -> None:
    assert heard(np.zeros((30 * RATE, 2), np.float32)) is None


def test_a_drum_opening_is_passed_over() -> None:
    """The opening is that of the tones, if they begin soon; else it is not known, while the rest is."""
    key = key_of(2, minor=True)
    music = compose_song(piece(key, seed=8, bars=16)).samples
    tonality = heard(np.concatenate([drums("rock")[: 20 * RATE], music]))
    assert tonality is not None
    assert same_notes(tonality.opening, key)
    tonality = heard(np.concatenate([noise(80), music]))
    assert tonality is not None
    assert tonality.opening is None
    assert tonality.opening_confidence == 0.0
    assert same_notes(tonality.closing, key)


def test_what_lies_outside_the_cues_is_not_heard() -> None:
    first, then = key_of(0, minor=False), key_of(6, minor=False)
    one, other = (compose_song(piece(key, seed=90, bars=12)).samples for key in (first, then))
    both = np.concatenate([one, other])
    alone, tonality = heard(one), heard(both, 0.0, len(one) / RATE)
    assert alone is not None
    assert tonality is not None
    assert tonality.key == tonality.opening == tonality.closing == alone.key == first
    assert tonality.confidence == pytest.approx(alone.confidence, abs=0.02)
    tonality = heard(both, len(one) / RATE, len(both) / RATE)
    assert tonality is not None
    assert tonality.key == tonality.opening == tonality.closing == then


@cache
def _middle_side() -> tuple[NDArray[np.float32], float]:
    return reduced(compose_song(piece(key_of(4, minor=True), seed=2, bars=8)).samples)


@settings(max_examples=12, deadline=None)
@given(sizes=st.lists(st.integers(1, 200_000), min_size=1, max_size=12))
def test_any_blocks_give_the_same_values(sizes: list[int]) -> None:
    middle_side, rate = _middle_side()
    whole = TonalityMeter(rate)
    whole.add(middle_side)
    parts = TonalityMeter(rate)
    at = turn = 0
    while at < len(middle_side):
        size = sizes[turn % len(sizes)] if turn < 200 else len(middle_side)
        parts.add(middle_side[at : at + size])
        at, turn = at + size, turn + 1
    seconds = len(middle_side) / rate
    assert parts.finish(0.0, seconds) == whole.finish(0.0, seconds)


@pytest.mark.parametrize("rate", [32000, 44100, 48000, 96000])
def test_the_rate_of_the_file_does_not_matter(rate: int) -> None:
    t = np.arange(20 * rate) / rate
    chords = [(57, 60, 64), (53, 57, 60), (48, 52, 55), (52, 56, 59)]  # Am F C E
    sound = np.zeros(len(t))
    for bar in range(10):
        span = (t >= 2 * bar) & (t < 2 * bar + 2)
        for pitch in chords[bar % 4]:
            sound[span] += 0.1 * np.sin(2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * t[span])
    middle_side, reduced_rate = reduced(stereo(sound), rate)
    meter = TonalityMeter(reduced_rate)
    meter.add(middle_side)
    tonality = meter.finish(0.0, 20.0)
    assert tonality is not None
    assert tonality.key == key_of(9, minor=True)
