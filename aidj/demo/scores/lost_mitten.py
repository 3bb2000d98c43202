"""A waltz ballad in F major, 104 bpm, sung by a tenor; its last chord is held."""

from __future__ import annotations

from aidj.demo.score import Player, Section, SongSpec

_MITTEN_VERSE = "F | C/E | Dm | Dm | Bb | F/A | Gm7 | C7 | F | C/E | Dm | Bb | Gm7 | C7 | F | F"
_MITTEN_CHORUS = "Bb | C7 | Am7 | Dm | Gm7 | C7 | F | F7 | Bb | C7 | Am7 | Dm | Gm7 | C7 | F | F"

LOST_MITTEN = SongSpec(
    slug="waltz-for-a-lost-mitten",
    seed=1991,
    bpm=104,
    beats_per_bar=3,
    key="F",
    ending="sustained",
    lead_in_s=0.6,
    lead_out_s=0.8,
    loudness_lufs=-18.0,
    room_s=2.1,
    glue=0.25,
    players={
        "piano": Player(
            instrument="felt_piano", role="chords", octave=4, gain_db=-5, pan=-0.15, reverb=0.3, human_s=0.005
        ),
        "left": Player(instrument="felt_piano", role="bass", octave=2, gain_db=-5, pan=-0.2, reverb=0.2, human_s=0.004),
        "bass": Player(instrument="upright_bass", role="bass", octave=1, gain_db=-6, reverb=0.08),
        "strings": Player(instrument="strings", role="chords", octave=4, gain_db=-10, reverb=0.5),
        "reeds": Player(instrument="accordion", role="tune", octave=4, gain_db=-8, pan=0.3, reverb=0.35),
        "brushes": Player(instrument="brushes", role="drums", gain_db=-11, reverb=0.2, human_s=0.005),
        "voice": Player(instrument="tenor", role="voice", octave=3, gain_db=0, reverb=0.34),
    },
    sections=(
        Section(
            name="intro",
            chords="F | C/E | Dm | Bb | Gm7 | C7",
            gain_db=-1.5,
            parts={
                "left": "1--",
                "piano": ".xo",
                "reeds": "5/2 6 | 5/2 2 | 3/2 4 | 6/2 4 | 2 4 3 | 2/2 r",
            },
        ),
        Section(
            name="verse",
            chords=_MITTEN_VERSE,
            parts={
                "left": "1--",
                "piano": ".xo",
                "bass": "1--|5--",
                "brushes": "brush .x.x.x / rim ..o...",
                "voice": (
                    "5 5 6 | 5/2 2 | 3/2 4 | 1/2 r | 4 4 6 | 5/2 3 | 2/2 3 | 2/2 r |"
                    "5 5 6 | 5/2 7 | 1'/2 7 | 6/2 r | 4 4 3 | 2/2 7, | 1/2 2 | 1/2 r"
                    "// I lost a mit-ten in the snow / It had a but-ton and a bow /"
                    "The win-ter wind went waltz-ing by / and left the oth-er one to cry"
                ),
            },
        ),
        Section(
            name="chorus",
            chords=_MITTEN_CHORUS,
            gain_db=1.5,
            parts={
                "left": "1--",
                "piano": ".xx",
                "bass": "1-5|1-a",
                "strings": "x--",
                "brushes": "brush .x.x.x / rim ..x..o / kick o.....",
                "voice": (
                    "6 1' 1' | 7/2 5 | 5/2 5 | 6/2 r | 4 6 6 | 5/2 2 | 3/2 4 | 3/2 r |"
                    "6 1' 1' | 7/2 5 | 5/2 7 | 1'/2 r | 6 6 4 | 2/2 7, | 1/2 1 | 1/2 r"
                    "// Oh turn and turn a-cross the ice / un-til you find me once or twice /"
                    "And if the snow should keep you there / I'll knit the moon an-oth-er pair"
                ),
            },
        ),
        Section(
            name="outro",
            chords="Bb | C7 | Dm | Bb | Gm7 | C7 | F | F | F",
            parts={
                "left": "1--|1--|1--|1--|1--|1--|1--|---|---",
                "piano": ".xo|.xo|.xo|.xo|.xo|.x-|x--|---|---",
                "bass": "1--|1--|1--|1--|1--|1--|1--|---|---",
                "strings": "x--|x--|x--|x--|x--|x--|x--|---|---",
                "reeds": "6/2 5 | 4/2 2 | 3/2 4 | 6/2 5 | 4/2 3 | 2/3 | 1/9 | |",
            },
        ),
    ),
)
