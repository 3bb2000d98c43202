from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_voices import RATE, Clip, coloured, instrumental, over, with_other_singers

from aidj.analysis.reduced import Reducer
from aidj.analysis.singing import SingingMeter, is_instrumental, post_of, singing_of
from aidj.analysis.singing.evidence import averages
from aidj.analysis.singing.features import FrameMeter
from aidj.audio import open_source, to_stereo
from aidj.demo.compose import compose_song
from aidj.demo.scores import BAKERY, LEFT_SHOE, NEON_UMBRELLA
from aidj.model import POST_CONFIDENCE, Singing

LATE_S = 0.3
HOP_S = 0.05


def heard(samples: np.ndarray, rate: int = RATE, block: int = 65536) -> Singing | None:
    reducer = Reducer(rate)
    meter = SingingMeter(reducer.rate)
    for start in range(0, len(samples), block):
        meter.add(reducer.add(np.ascontiguousarray(samples[start : start + block], np.float32)))
    meter.add(reducer.finish())
    return meter.finish()


def marked(ranges_s: object, seconds: float) -> np.ndarray:
    at_s = np.arange(0, seconds, 0.02)
    out = np.zeros(len(at_s), bool)
    for start_s, end_s in np.asarray(ranges_s).reshape(-1, 2):
        out |= (at_s >= start_s) & (at_s < end_s)
    return out


# -- music


@pytest.fixture(scope="module")
def backings() -> dict[str, np.ndarray]:
    """Two songs without singers, mastered as no song was that the weights were fitted on."""
    return {
        spec.slug: coloured(np.random.default_rng(77), compose_song(instrumental(spec)).samples[: 40 * RATE])
        for spec in (BAKERY, NEON_UMBRELLA)
    }


@pytest.fixture(scope="module")
def sung(backings: dict[str, np.ndarray]) -> list[Clip]:
    made = [over("sung", name, samples, seed) for seed in (901, 902) for name, samples in backings.items()]
    variant = with_other_singers(LEFT_SHOE, 31)
    made.append(Clip(name="variant", kind="variant", samples=variant.samples, sung_s=variant.truth.sung_s))
    return made


def test_it_hears_singers_it_never_heard(sung: list[Clip]) -> None:
    found, truth = [], []
    for clip in sung:
        singing = heard(clip.samples)
        assert singing is not None
        assert singing.source == "detected"
        found.append(marked(singing.ranges_s, len(clip.samples) / RATE))
        truth.append(marked(clip.sung_s, len(clip.samples) / RATE))
    hits, sings, says = (np.concatenate(part) for part in (found, truth, found))
    recall, precision = (hits & sings).sum() / sings.sum(), (hits & sings).sum() / says.sum()
    assert recall > 0.5, (recall, precision)
    assert precision > 0.75, (recall, precision)


def test_a_post_is_never_late(sung: list[Clip]) -> None:
    posts = []
    for clip in sung:
        singing = heard(clip.samples)
        assert singing is not None
        assert not is_instrumental(singing)
        posts.append((post_of(singing), clip.sung_s[0][0]))
    assert all(post_s is None or post_s <= truth_s + LATE_S for post_s, truth_s in posts), posts
    assert any(post_s is not None for post_s, _ in posts), "it never knows"


@pytest.mark.parametrize("kind", ["fiddle", "guitar", "flute"])
def test_a_lead_instrument_is_seldom_taken_for_a_voice(backings: dict[str, np.ndarray], kind: str) -> None:
    clip = over(kind, "", backings[NEON_UMBRELLA.slug], 55)
    singing = heard(clip.samples)
    assert singing is not None
    assert marked(singing.ranges_s, 40).mean() < 0.35


@pytest.mark.real_music
def test_no_late_post_on_real_recordings_with_a_voice_over_them(real_music: Path) -> None:
    files = sorted(real_music.rglob("*.ogg"))[::12]
    given = 0
    for number, path in enumerate(files):
        source = open_source(path)
        backing = to_stereo(source.read(50 * source.rate))
        source.close()
        if source.rate != RATE or len(backing) < 50 * RATE:
            continue
        clip = over("sung", path.stem, backing, number)
        singing = heard(clip.samples)
        assert singing is not None
        post_s = post_of(singing)
        given += post_s is not None
        assert post_s is None or post_s <= clip.sung_s[0][0] + LATE_S, path.name
        assert not is_instrumental(singing), path.name


# -- the meter


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(1, 40000), min_size=1, max_size=12))
def test_blocks_make_no_difference(sizes: list[int]) -> None:
    rng = np.random.default_rng(4)
    t = np.arange(220_000) / 22050
    tone = sum(np.sin(2 * np.pi * 220 * h * t + 3 * np.sin(2 * np.pi * 5 * t)) / h for h in range(1, 9))
    sound = np.stack([tone * 0.1, rng.standard_normal(len(t)) * 0.01], axis=1).astype(np.float32)
    whole = FrameMeter(22050.0)
    whole.add(sound)
    parts = FrameMeter(22050.0)
    at = 0
    while at < len(sound):
        for size in sizes:
            parts.add(sound[at : at + size])
            at += size
    expected = whole.finish()
    assert len(expected.shift) == -(-len(sound) // round(whole.hop_s * 22050))
    for one, other in zip(expected, parts.finish(), strict=True):
        assert one.dtype == np.float32
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("rate", [22050.0, 24000.0])
@pytest.mark.parametrize("cents", [-30.0, 0.0, 30.0])
def test_it_measures_how_far_partials_move(rate: float, cents: float) -> None:
    meter = FrameMeter(rate)
    t = np.arange(int(3 * rate)) / rate
    octaves = cents / 1200 * t / meter.hop_s  # so many cents from frame to frame
    cycles = np.cumsum(200 * 2**octaves) / rate
    tone = sum(np.sin(2 * np.pi * h * cycles) for h in range(1, 12)) * 0.05
    meter.add(np.stack([tone, np.zeros_like(tone)], axis=1).astype(np.float32))
    frames = meter.finish()
    shift = np.median(frames.shift[4:30, 3:6], axis=0) * 20
    np.testing.assert_allclose(shift, cents, atol=8)


@pytest.mark.parametrize("rate", [22050.0, 24000.0])
@pytest.mark.parametrize("seconds", [0.0, 0.01, 3.0])
def test_too_little_tells_nothing(rate: float, seconds: float) -> None:
    meter = SingingMeter(rate)
    meter.add(np.zeros((int(rate * seconds), 2), np.float32))
    assert meter.finish() is None


def test_without_treble_it_tells_nothing() -> None:
    assert heard(np.random.default_rng(1).standard_normal((11025 * 20, 2)) * 0.1, rate=11025) is None
    assert heard(np.random.default_rng(1).standard_normal((32000 * 20, 2)) * 0.1, rate=32000) is None


@pytest.mark.parametrize("level", [0.0, 1e-20, 1.0, 1e6])
def test_silence_and_noise_are_no_post(level: float) -> None:
    noise = np.random.default_rng(2).standard_normal((RATE * 15, 2)) * level
    singing = heard(noise.astype(np.float32))
    assert singing is None or post_of(singing) is None


def test_sound_that_is_not_finite_tells_nothing() -> None:
    noise = np.random.default_rng(2).standard_normal((RATE * 15, 2)).astype(np.float32)
    noise[RATE * 5 : RATE * 6] = np.nan
    assert heard(noise) is None


def test_level_makes_no_difference() -> None:
    rng = np.random.default_rng(3)
    sound = (rng.standard_normal((24000 * 10, 2)) * np.hanning(24000 * 10)[:, None] * 0.1).astype(np.float32)
    found = []
    for gain in (1.0, 0.125):
        meter = FrameMeter(24000.0)
        meter.add(sound * np.float32(gain))
        found.append(averages(meter.finish(), meter.hop_s))
    np.testing.assert_allclose(found[0][20:-20], found[1][20:-20], atol=0.02)


# -- the verdict


def odds(*spans: tuple[float, float]) -> np.ndarray:
    """Log odds by spans: seconds and value."""
    return np.concatenate([np.full(round(seconds / HOP_S), value) for seconds, value in spans])


def test_a_clear_opening_gives_a_post() -> None:
    singing = singing_of(odds((10, -5), (5, 6), (3, -5), (5, 6), (5, -5)), HOP_S)
    assert singing is not None
    np.testing.assert_allclose(singing.ranges_s, [[10, 15], [18, 23]], atol=HOP_S)
    assert singing.confidence > POST_CONFIDENCE
    assert post_of(singing) == pytest.approx(10, abs=HOP_S)


def test_the_first_range_begins_with_the_first_doubt() -> None:
    singing = singing_of(odds((10, -5), (1, -0.5), (5, 6), (5, -5), (1, -0.5), (5, 6), (9, -5)), HOP_S)
    assert singing is not None
    np.testing.assert_allclose(singing.ranges_s, [[10, 16], [22, 27]], atol=HOP_S)


@pytest.mark.parametrize(
    "spans",
    [
        ((10, -1.0), (20, 6), (5, -5)),  # the opening is not clearly without a voice
        ((10, -5), (20, 2.5), (5, -5)),  # what follows is not clearly a voice
        ((10, -5), (10, 6), (10, 0), (5, -5)),  # much is neither
    ],
)
def test_doubt_gives_no_post(spans: tuple[tuple[float, float], ...]) -> None:
    singing = singing_of(odds(*spans), HOP_S)
    assert singing is not None
    assert len(singing.ranges_s) > 0
    assert singing.confidence < POST_CONFIDENCE
    assert post_of(singing) is None


def test_breaths_part_nothing_and_blips_are_nothing() -> None:
    singing = singing_of(odds((10, -5), (3, 6), (0.4, -5), (3, 6), (5, -5), (0.2, 6), (9, -5)), HOP_S)
    assert singing is not None
    np.testing.assert_allclose(singing.ranges_s, [[10, 16.4]], atol=HOP_S)


@pytest.mark.parametrize(("highest", "sure"), [(-2.0, True), (1.5, False)])
def test_nobody_sings(highest: float, sure: bool) -> None:
    singing = singing_of(odds((30, -6), (2, highest), (30, -6)), HOP_S)
    assert singing is not None
    assert singing.ranges_s.shape == (0, 2)
    assert is_instrumental(singing) == sure
    assert post_of(singing) is None


@given(st.lists(st.tuples(st.floats(0.05, 6), st.floats(-30, 30)), min_size=1, max_size=30))
def test_ranges_are_in_order(spans: list[tuple[float, float]]) -> None:
    values = odds(*spans)
    singing = singing_of(values, HOP_S)
    if singing is None:
        assert len(values) * HOP_S < 8
        return
    assert singing.ranges_s.dtype == np.float64
    assert 0 <= singing.confidence <= 1
    flat = singing.ranges_s.ravel()
    assert (np.diff(flat) > 0).all()
    assert not len(flat) or (flat[0] >= 0 and flat[-1] <= len(values) * HOP_S + 1e-9)
