"""Theory and arranging: chords, patterns, tunes, words."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidj.demo import SONGS, Player, Section, SongSpec
from aidj.demo.arrange import arrange, read_tune
from aidj.demo.theory import _QUALITIES, Chord, Key, hz, voice_chord
from aidj.demo.voice_synth import _split, onset_s

_CHORDS = st.builds(
    lambda root, kind: root + kind,
    st.sampled_from(["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]),
    st.sampled_from(sorted(_QUALITIES)),
)


def small(**changes):
    spec = SongSpec(
        slug="small",
        seed=1,
        bpm=120,
        key="C",
        ending="cold",
        lead_in_s=0.5,
        players={
            "drums": Player(instrument="machine", role="drums"),
            "bass": Player(instrument="sub_bass", role="bass", octave=1, human_s=0),
            "voice": Player(instrument="alto", role="voice", octave=4),
        },
        sections=(Section(name="a", chords="C | G7", parts={"bass": "1-5.8---"}),),
    )
    return replace(spec, **changes)


@given(_CHORDS, _CHORDS)
def test_a_voiced_chord_stays_in_range_and_keeps_its_notes(first, second):
    before = voice_chord(Chord.parse(first), 53, 76)
    chord = Chord.parse(second)
    voices = voice_chord(chord, 53, 76, before)
    assert all(53 <= note <= 76 for note in voices)
    assert list(voices) == sorted(set(voices))
    wanted = chord.intervals[1:] if len(chord.intervals) > 4 else chord.intervals
    assert {note % 12 for note in voices} == {(chord.root + step) % 12 for step in wanted}


def test_voices_move_little_between_related_chords():
    before = voice_chord(Chord.parse("C"), 53, 76)
    after = voice_chord(Chord.parse("Am"), 53, 76, before)
    assert sum(abs(a - b) for a, b in zip(before, after, strict=True)) <= 3


def test_pitches():
    assert hz(69) == 440
    assert Key.parse("Am").pitch("1", 4) == 69
    assert Key.parse("Am").pitch("3'", 3) == 72
    assert Key.parse("Eb").pitch("7,", 4) == 62
    assert Key.parse("C").pitch("6", 4, steps=2) == 72
    assert Key.parse("G").pitch("b3", 4) == 70


@pytest.mark.parametrize("name", ["H", "Cmaj13", "", "c"])
def test_what_is_no_chord_is_refused(name):
    with pytest.raises(ValueError, match="chord"):
        Chord.parse(name)


def test_steps_become_notes_on_the_grid():
    notes = arrange(small()).notes["bass"]
    assert [note.midi for note in notes] == [36, 43, 48, 31, 38, 43]
    assert [round(note.start_s, 6) for note in notes] == [0.5, 1.0, 1.5, 2.5, 3.0, 3.5]
    assert notes[0].end_s - notes[0].start_s == pytest.approx(0.5 * 0.95)


def test_swing_moves_only_the_off_beat():
    straight = small(sections=(Section(name="a", chords="C", parts={"bass": "11111111"}),))
    swung = replace(straight, swing=0.667)
    a, b = (arrange(spec).notes["bass"] for spec in (straight, swung))
    moved = [round(y.start_s - x.start_s, 4) for x, y in zip(a, b, strict=True)]
    assert moved[::2] == [0.0] * 4
    assert moved[1::2] == [pytest.approx(0.167 * 0.5, abs=1e-3)] * 4


def test_a_bar_that_is_not_full_is_an_error():
    assert read_tune("1/3 2 | 3/8 |", 4) == [(0, 3, "1"), (3, 1, "2"), (4, 8, "3")]
    with pytest.raises(ValueError, match="beat 3"):
        read_tune("1 2 3 | 1/4", 4)
    with pytest.raises(ValueError, match="ends at beat 5"):
        read_tune("1 2 3 4 5", 4)


def test_words_must_fit_the_notes():
    section = Section(name="a", chords="C", parts={"voice": "1 2 3 r // one two"})
    with pytest.raises(ValueError, match="3 notes, 2 syllables"):
        arrange(small(sections=(section,)))


def test_words_become_lines_and_phrases():
    section = Section(
        name="a", chords="C | C", parts={"voice": "3 4/.5 3/.5 2 r | 1 1 2 r // sil-ver bell-~ / my turn now"}
    )
    found = arrange(small(sections=(section,)))
    assert [line[2] for line in found.lines] == ["silver bell", "my turn now"]
    assert len(found.phrases["voice"]) == 2
    first = found.phrases["voice"][0]
    assert first.start_s == pytest.approx(0.5 - onset_s("sil"))
    assert first.end_s == pytest.approx(0.5 + 3 * 0.5)


@pytest.mark.parametrize(
    ("syllable", "vowel"),
    [
        ("moon", ("u", "u")),
        ("time", ("a", "I")),
        ("light", ("a", "I")),
        ("go", ("o", "U")),
        ("sea", ("i", "i")),
        ("bird", ("er", "er")),
        ("~x", ("a", "a")),
    ],
)
def test_spelling_gives_a_vowel(syllable, vowel):
    assert _split(syllable)[1] == vowel


@pytest.mark.parametrize("song", SONGS, ids=lambda song: song.spec.slug)
def test_every_score_can_be_read_and_has_the_right_length(song):
    spec = song.spec
    found = arrange(spec)
    assert 60 <= found.end_s + spec.tail_s <= 118
    for section in spec.sections:
        assert set(section.parts) <= set(spec.players)
        beats = len(section.bars()) * spec.beats_per_bar
        for name, pattern in section.parts.items():
            if spec.players[name].role in ("tune", "voice"):
                assert (
                    sum(length for _, length, _ in read_tune(pattern.partition("//")[0], spec.beats_per_bar)) <= beats
                )
