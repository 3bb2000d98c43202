"""A music box in C major, 66 bpm, that dies away over half a minute."""

from __future__ import annotations

from aidj.demo.score import Player, Section, SongSpec

LULLABY = SongSpec(
    slug="lullaby-for-radiators",
    seed=19,
    bpm=66,
    key="C",
    ending="long_tail",
    tail_s=27.0,
    lead_in_s=0.8,
    lead_out_s=0.8,
    loudness_lufs=-19.0,
    room_s=2.8,
    glue=0.15,
    tilt_db=2.0,
    players={
        "box": Player(
            instrument="music_box",
            role="arp",
            octave=5,
            gain_db=-6,
            pan=0.15,
            reverb=0.35,
            delay=0.15,
            human_s=0.006,
            gate=1.8,
        ),
        "tune": Player(
            instrument="felt_piano", role="tune", octave=4, gain_db=-2, pan=-0.15, reverb=0.4, human_s=0.006
        ),
        "pad": Player(instrument="glass_pad", role="chords", octave=4, gain_db=-8, reverb=0.5),
        "low": Player(instrument="soft_organ", role="bass", octave=2, gain_db=-10, reverb=0.3),
    },
    sections=(
        Section(
            name="intro",
            chords="C | Am7 | Fmaj7 | G7sus4",
            gain_db=-1,
            parts={"box": "02132123", "pad": "....|....|x---|x---"},
        ),
        Section(
            name="lullaby",
            chords="C | Em7 | Fmaj7 | G6 | Am7 | Em7 | Fmaj7 | G7sus4",
            parts={
                "box": "02132123",
                "pad": "x---",
                "low": "1---",
                "tune": (
                    "5/1.5 3/.5 5/2 | 7/1.5 5/.5 3/2 | 6/1.5 5/.5 3/1 1 | 2/3 r | 1'/1.5 7/.5 5/2 | "
                    "7/1.5 5/.5 3/2 | 4/1 3/1 1/2 | 2/2 5/2"
                ),
            },
        ),
        Section(
            name="sleep",
            chords="Am7 | Fmaj7 | C | C",
            gain_db=-1,
            parts={
                "box": "02132123|02132123|0213....|........",
                "pad": "x---|x---|x---|----",
                "low": "1---|1---|1---|----",
                "tune": "3/2 1/2 | 6/1 5/1 3/2 | 5/1 3/3 | 1/4",
            },
        ),
    ),
)
