"""Values that are set by hand, over those that were measured."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.analysis.grid import constant_grid
from aidj.analysis.markers import SLACK_S, HandSet, apply, contradiction, from_tags, seconds_of
from aidj.errors import ConfigError
from aidj.model import Analysis, Key, Rhythm, Singing, Tonality

DURATION_S = 200.0


def detected(*, cue_in_s: float = 0.5, start_next_s: float = 190.0, cue_out_s: float = 198.0) -> Analysis:
    return Analysis(
        version=1,
        duration_s=DURATION_S,
        loudness_lufs=-14.0,
        true_peak_dbtp=-1.0,
        cue_in_s=cue_in_s,
        cue_out_s=cue_out_s,
        start_next_s=start_next_s,
        ending="fade",
        fade_starts_s=(start_next_s + cue_out_s) / 2,
        intro_end_s=20.0,
        marker_sources=dict.fromkeys(("cue_in", "cue_out", "start_next", "intro_end"), "detected"),
        levels_lufs=np.zeros(2000, np.float32),
        peaks_dbtp=np.zeros(2000, np.float32),
        rhythm=constant_grid(100.0, 0.2, 4, DURATION_S),
        singing=Singing(ranges_s=np.array([[20.0, 40.0], [60.0, 80.0]]), confidence=0.7, source="detected"),
        tonality=Tonality(
            key=Key(8, minor=True),
            confidence=0.5,
            opening=None,
            opening_confidence=0.1,
            closing=None,
            closing_confidence=0.1,
        ),
    )


def laid(hand: HandSet, analysis: Analysis | None = None) -> Analysis:
    return apply(analysis or detected(), hand, "sidecar", "song.yaml")


# What always holds ----------------------------------------------------------------------------------------------------

times = st.none() | st.floats(-1, DURATION_S + 1, allow_nan=False)
hands = st.builds(
    HandSet,
    cue_in_s=times,
    cue_out_s=times,
    start_next_s=times,
    intro_end_s=times,
    fade_starts_s=times,
    ending=st.sampled_from([None, "cold", "fade"]),
    sung_s=st.sampled_from([None, (), ((30.0, 50.0),), ((10.0, 12.0), (13.0, 199.0))]),
    bpm=st.none() | st.floats(20, 400),
    first_beat_s=times,
    beats_per_bar=st.sampled_from([None, 3, 4]),
    gain_db=st.none() | st.floats(-30, 30),
)
bases = st.tuples(*[st.floats(0, DURATION_S)] * 3, st.booleans()).map(
    lambda found: replace(
        detected(),
        cue_in_s=sorted(found[:3])[0],
        start_next_s=sorted(found[:3])[1] + 1e-3,
        cue_out_s=max(sorted(found[:3])[2], sorted(found[:3])[1] + 1e-3),
        duration_s=DURATION_S + 1e-3,
        fade_starts_s=None,
        intro_end_s=None,
        singing=None,
        rhythm=constant_grid(100.0, 0.2, 4, DURATION_S) if found[3] else None,
    )
)


@settings(max_examples=600, deadline=None)
@given(hand=hands, base=bases)
def test_markers_stay_in_their_order(hand: HandSet, base: Analysis) -> None:
    without_pulse = base.rhythm is None and hand.bpm is None
    if contradiction(hand, base.duration_s) or (
        hand and without_pulse and (hand.first_beat_s is not None or hand.beats_per_bar is not None)
    ):
        with pytest.raises(ConfigError, match=r"song\.yaml"):
            laid(hand, base)
        return
    made = laid(hand, base)
    assert 0 <= made.cue_in_s < made.start_next_s <= made.cue_out_s <= made.duration_s
    assert made.fade_starts_s is None or made.cue_in_s < made.fade_starts_s <= made.cue_out_s
    assert made.intro_end_s is None or made.intro_end_s <= made.cue_out_s + SLACK_S
    for name in ("cue_in_s", "cue_out_s", "start_next_s", "intro_end_s", "fade_starts_s", "gain_db"):
        asked = getattr(hand, name)
        if asked is not None:
            assert getattr(made, name) == pytest.approx(asked, abs=SLACK_S), name
            assert made.marker_sources[name.removesuffix("_s").removesuffix("_db")] == "sidecar"
    if made.rhythm is not None:
        beats_s = made.rhythm.beats_s
        assert np.all(np.diff(beats_s) > 0)
        assert not len(beats_s) or (beats_s[0] >= 0 and beats_s[-1] <= made.duration_s + 1e-6)
        assert not len(made.rhythm.downbeats) or made.rhythm.downbeats[-1] < len(beats_s)
    if made.singing is not None and len(made.singing.ranges_s) and made.intro_end_s is not None:
        assert made.singing.ranges_s[0, 0] == pytest.approx(made.intro_end_s, abs=SLACK_S)


def test_nothing_set_changes_nothing() -> None:
    analysis = detected()
    assert laid(HandSet(), analysis) is analysis
    assert not HandSet()
    assert HandSet(leave_alone=False)
    assert HandSet(sung_s=())


def test_a_lower_word_gives_way_to_a_higher_one() -> None:
    tagged = apply(detected(), HandSet(cue_in_s=3.0, cue_out_s=150.0), "tag", "song")
    assert tagged.start_next_s == 150.0  # measured at 190, where nothing is played any more
    assert tagged.fade_starts_s is None
    made = laid(HandSet(cue_out_s=180.0), tagged)
    assert (made.cue_in_s, made.cue_out_s) == (3.0, 180.0)
    assert made.marker_sources == {**tagged.marker_sources, "cue_out": "sidecar"}
    assert made.marker_sources["cue_in"] == "tag"
    assert laid(HandSet(cue_in_s=195.0), detected(cue_out_s=191.0)).cue_out_s == DURATION_S


@pytest.mark.parametrize(
    ("hand", "words"),
    [
        (HandSet(cue_in_s=5, start_next_s=5), "start_next_s' is 5, which should come after cue_in_s (5)"),
        (HandSet(cue_in_s=9, cue_out_s=5), "cue_out_s' is 5, which should come after cue_in_s (9)"),
        (HandSet(start_next_s=9, cue_out_s=5), "start_next_s' is 9, which lies behind cue_out_s (5)"),
        (HandSet(cue_out_s=300), "cue_out_s' is 300, but the file is only 200.00 s long"),
        (HandSet(cue_in_s=200), "cue_in_s' is 200, but the file is only 200.00 s long"),
        (HandSet(cue_in_s=-1), "before anything can be heard"),
        (HandSet(cue_out_s=0), "before anything can be heard"),
        (HandSet(sung_s=((1, 2), (3, 400))), "sung_s' is 400"),
        (HandSet(sung_s=(), intro_end_s=3), "the music is called instrumental"),
        (HandSet(sung_s=((10, 20),), intro_end_s=3), "the first of sung_s begins at 10"),
        (HandSet(ending="cold", fade_starts_s=100), "ending is 'cold'"),
    ],
)
def test_what_contradicts_is_refused(hand: HandSet, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        laid(hand)
    assert words in str(caught.value)
    assert caught.value.where == "song.yaml"


# Rhythm ---------------------------------------------------------------------------------------------------------------


def test_tempo_and_first_beat_make_a_grid() -> None:
    rhythm = laid(HandSet(bpm=120.0, first_beat_s=1.3, beats_per_bar=3)).rhythm
    assert rhythm is not None
    assert (rhythm.bpm, rhythm.beats_per_bar, rhythm.confidence, rhythm.downbeat_confidence) == (120.0, 3, 1.0, 1.0)
    np.testing.assert_allclose(rhythm.beats_s, 0.3 + 0.5 * np.arange(400), atol=1e-9)
    bars_s = rhythm.beats_s[rhythm.downbeats]
    assert np.min(np.abs(bars_s - 1.3)) < 1e-9
    np.testing.assert_allclose(np.diff(bars_s), 1.5)


def test_a_tempo_alone_chooses_the_octave() -> None:
    double = laid(HandSet(bpm=200.0)).rhythm
    assert double is not None
    np.testing.assert_allclose(np.diff(double.beats_s), 0.3)
    np.testing.assert_allclose(double.beats_s[double.downbeats[0]], 0.2)
    assert double.confidence == 1.0
    half = laid(HandSet(bpm=50.1)).rhythm
    assert half is not None
    assert half.bpm == 50.1
    np.testing.assert_allclose(np.diff(half.beats_s), 1.2)
    other = laid(HandSet(bpm=130.0)).rhythm
    assert other is not None
    assert (other.bpm, other.confidence, len(other.beats_s)) == (130.0, 0.0, 0)


def test_a_first_beat_alone_moves_the_beats_that_were_measured() -> None:
    drifting = np.cumsum(0.6 + 0.001 * np.sin(np.arange(300)))
    base = detected()
    assert base.rhythm is not None
    rhythm = Rhythm(
        bpm=100.0,
        beats_s=drifting,
        beats_per_bar=4,
        downbeats=np.arange(0, 300, 4, dtype=np.int32),
        phrases=np.array([0, 16], np.int32),
        confidence=0.8,
        downbeat_confidence=0.3,
    )
    made = laid(HandSet(first_beat_s=drifting[9] + 0.02), replace(base, rhythm=rhythm)).rhythm
    assert made is not None
    np.testing.assert_allclose(made.beats_s, drifting + 0.02)
    assert 9 in made.downbeats
    assert (made.confidence, made.downbeat_confidence) == (0.8, 1.0)
    waltz = laid(HandSet(beats_per_bar=3)).rhythm
    assert waltz is not None
    assert list(waltz.downbeats[:3]) == [0, 3, 6]


def test_a_first_beat_needs_a_tempo() -> None:
    with pytest.raises(ConfigError, match="needs a tempo"):
        laid(HandSet(first_beat_s=1.0), replace(detected(), rhythm=None))


# The rest -------------------------------------------------------------------------------------------------------------


def test_singing() -> None:
    made = laid(HandSet(sung_s=((12.0, 30.0), (50.0, 60.0))))
    assert made.singing is not None
    assert made.singing.ranges_s.tolist() == [[12.0, 30.0], [50.0, 60.0]]
    assert (made.singing.confidence, made.singing.source, made.intro_end_s) == (1.0, "sidecar", 12.0)
    assert made.marker_sources["intro_end"] == "sidecar"
    instrumental = laid(HandSet(sung_s=()))
    assert instrumental.singing is not None
    assert instrumental.singing.ranges_s.shape == (0, 2)
    assert instrumental.intro_end_s is None
    assert "intro_end" not in instrumental.marker_sources
    late = laid(HandSet(intro_end_s=70.0))
    assert late.singing is not None
    assert late.singing.ranges_s.tolist() == [[70.0, 80.0]]
    early = laid(HandSet(intro_end_s=14.0))
    assert early.singing is not None
    assert early.singing.ranges_s.tolist() == [[14.0, 40.0], [60.0, 80.0]]


def test_key_gain_and_being_left_alone() -> None:
    made = laid(HandSet(key=Key(3, minor=False), gain_db=-2.5, leave_alone=True))
    assert made.tonality is not None
    assert {made.tonality.key, made.tonality.opening, made.tonality.closing} == {Key(3, minor=False)}
    assert made.tonality.closing_confidence == 1.0
    assert (made.gain_db, made.leave_alone) == (-2.5, True)
    assert {made.marker_sources[name] for name in ("key", "gain", "leave_alone")} == {"sidecar"}
    assert made.loudness_lufs == -14.0


def test_every_field_has_an_effect() -> None:
    values = {
        "cue_in_s": 1.0, "cue_out_s": 180.0, "start_next_s": 170.0, "intro_end_s": 25.0, "ending": "cold",
        "fade_starts_s": 150.0, "bpm": 120.0, "first_beat_s": 0.4, "beats_per_bar": 3, "key": Key(1, minor=True),
        "sung_s": ((1.0, 2.0),), "gain_db": 3.0, "leave_alone": True,
    }  # fmt: skip
    assert set(values) == {field.name for field in fields(HandSet)}
    for name, value in values.items():
        assert repr(laid(HandSet(**{name: value}))) != repr(detected()), name  # type: ignore[arg-type]


# Tags -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("12.34", 12.34), ("12,34 s", 12.34), (" 12.34s ", 12.34), ("12340 ms", 12.34), ("0", 0.0), (".5", 0.5),
        ("+3.", 3.0), ("1:02.5", 62.5), ("1:00:00", 3600.0), ("4 seconds", 4.0), ("", None), ("-3", None),
        ("nan", None), ("inf", None), ("1e3", None), ("12 dB", None), ("1:75", None), ("12.3.4", None), ("soon", None),
    ],
)  # fmt: skip
def test_times_in_tags(text: str, seconds: float | None) -> None:
    assert seconds_of(text) == seconds


@given(text=st.text(max_size=20))
def test_no_text_is_too_odd_for_a_tag(text: str) -> None:
    value = seconds_of(text)
    assert value is None or 0 <= value < 1e6 + 1


def test_marker_tags(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    tags = {"liqcuein": "0.2", "liqcueout": "no idea", "liqcrossstartnext": "190", "liqfadeout": "2.5"}
    assert from_tags(tags, "song.mp3") == HandSet(cue_in_s=0.2, start_next_s=190.0)
    assert "song.mp3" in caplog.text
    assert "no idea" in caplog.text
    assert "liqcuein" not in caplog.text
    assert not from_tags({}, "song.mp3")
