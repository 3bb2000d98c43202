"""Ambient in D minor, 60 bpm, that dies away over half a minute."""

from __future__ import annotations

from aidj.demo.score import Player, Section, SongSpec

FOG = SongSpec(
    slug="where-the-fog-keeps-its-keys",
    seed=2013,
    bpm=60,
    key="Dm",
    ending="long_tail",
    tail_s=28.0,
    lead_in_s=0.5,
    lead_out_s=1.0,
    loudness_lufs=-20.0,
    room_s=3.4,
    echo_beats=1.5,
    glue=0.15,
    tilt_db=3.0,
    players={
        "pad": Player(instrument="glass_pad", role="chords", octave=4, gain_db=-4, reverb=0.5),
        "low": Player(instrument="warm_pad", role="bass", octave=2, gain_db=-8, reverb=0.3),
        "deep": Player(instrument="sub_bass", role="bass", octave=1, gain_db=-5, reverb=0.1),
        "bells": Player(
            instrument="bell", role="arp", octave=5, gain_db=-14, pan=0.4, reverb=0.6, delay=0.6, human_s=0.008
        ),
        "piano": Player(
            instrument="felt_piano", role="tune", octave=4, gain_db=-3, pan=-0.2, reverb=0.55, delay=0.3, human_s=0.008
        ),
    },
    sections=(
        Section(
            name="fog",
            chords="Dm9 | Dm9 | Bbmaj7 | Bbmaj7",
            gain_db=-2,
            parts={"pad": "x---|----", "low": "....|....|1---|----", "bells": "........|....2...|........|..3....."},
        ),
        Section(
            name="keys",
            chords="Fadd9 | Fadd9 | C6 | C6 | Gm9 | Gm9 | Bbmaj7 | Am7",
            parts={
                "pad": "x---|----|x---|----|x---|----|x---|x---",
                "low": "1---|----|1---|----|1---|----|1---|1---",
                "deep": "1---|----|1---|----|1---|----|1---|1---",
                "bells": "....3...|......2.|..4.....|........",
                "piano": (
                    "3/2 5/2 | 7/3 r | 7/1.5 6/.5 5/2 | 2/3 r |4/2 6/1 1'/1 | 2'/3 r | 1'/1.5 7/.5 5/2 | 5/1 4/1 2/2"
                ),
            },
        ),
        Section(
            name="far",
            chords="Dm9 | Dm9",
            parts={
                "pad": "x---|----",
                "low": "1---|----",
                "deep": "1---|----",
                "bells": "....2...|..4.3...",
                "piano": "1/3 5/1 | 2'/4",
            },
        ),
    ),
)
