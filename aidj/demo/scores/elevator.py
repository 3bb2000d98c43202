"""Drum and bass in F minor, 172 bpm; its last chord is held."""

from __future__ import annotations

from aidj.demo.score import Player, Section, SongSpec

_LIFT_BREAK = "kick x.........x..... / snare ....X..o.o..X..o / hat x.x.x.x.x.x.x.x. / ride x...x...x...x..."
_LIFT_VAR = "kick x.x.......x..... / snare ....X..o.o..X.o. / hat x.x.x.xxx.x.x.x. / ride x...x...x...x..."
_LIFT = "Fm9 | Fm9 | Dbmaj7 | Eb6 | Fm9 | Fm9 | Bbm9 | C7"

ELEVATOR = SongSpec(
    slug="elevator-to-the-moon-garage",
    seed=172,
    bpm=172,
    key="Fm",
    ending="sustained",
    lead_in_s=0.1,
    lead_out_s=0.4,
    loudness_lufs=-9.5,
    room_s=2.4,
    glue=0.8,
    tilt_db=0.5,
    players={
        "drums": Player(instrument="breaks", role="drums", gain_db=0, reverb=0.1),
        "bass": Player(instrument="reese", role="bass", octave=1, gain_db=-4.5, reverb=0.02, duck=0.4),
        "pad": Player(instrument="warm_pad", role="chords", octave=4, gain_db=-9, reverb=0.5, duck=0.3),
        "keys": Player(instrument="epiano", role="arp", octave=4, gain_db=-9, pan=-0.25, reverb=0.4, delay=0.4),
        "lead": Player(instrument="lead", role="tune", octave=4, gain_db=-7, pan=0.1, reverb=0.4, delay=0.35),
        "bells": Player(instrument="music_box", role="arp", octave=5, gain_db=-12, pan=0.4, reverb=0.5, delay=0.3),
    },
    sections=(
        Section(
            name="intro",
            chords=_LIFT,
            gain_db=-1.5,
            parts={
                "pad": "x---",
                "keys": "0..2..3...2..4..|..3..2..1.......",
                "bells": "........|........|4...3...|2...3...",
                "drums": "hat x.x.x.x.x.x.x.x.",
            },
            fill="hat x.x.x.x.x.x.x.x. / snare ........o.x.xxXX / tom2 ....x.x.........",
        ),
        Section(
            name="lift",
            chords=_LIFT + "|" + _LIFT,
            gain_db=0.5,
            parts={
                "drums": _LIFT_BREAK + " / crash X...............|" + "|".join(["................"] * 7),
                "bass": "1-----1-..1---5-|1-----3-..5---a-",
                "pad": "x---",
                "keys": "0..2..3...2..4..|..3..2..1.......",
                "lead": (
                    "r/4 | r/4 | r/4 | r/4 | r/4 | r/4 | r/4 | r/4 |"
                    "5/3 4 | 3/2 1/2 | 1'/3 6 | 7/2 5/2 | 5/3 4 | 3/2 5/2 | 6/1.5 5/.5 4/2 | 5/1.5 4/.5 #3/2"
                ),
            },
            fill=_LIFT_VAR + " / snare ....X..o.oX.X.XX",
        ),
        Section(
            name="shaft",
            chords="Dbmaj7 | Dbmaj7 | Eb6 | Eb6 | Fm9 | Fm9 | C7 | C7",
            gain_db=-1.0,
            parts={
                "pad": "x---|----",
                "bells": "0.1.2.3.4.3.2.1.",
                "bass": "1---------------|----------------",
                "lead": "1'/6 7 6 | | 5/6 4 3 | | 3/4 | 5/2 1'/2 | #7/8 |",
                "drums": "ride x...x...x...x...",
            },
            fill="kick x.x.x.x.xxxxxxxx / snare x.x.x.x.xxxxxxxx",
        ),
        Section(
            name="lift",
            chords=_LIFT + "|" + _LIFT,
            gain_db=1.0,
            parts={
                "drums": _LIFT_VAR + " / crash X...............|" + "|".join(["................"] * 7),
                "bass": "1-----1-..1---5-|1-----3-..5---a-",
                "pad": "x---",
                "keys": "0..2..3...2..4..|..3..2..1.......",
                "bells": "4.......3.......|2.......3.......",
                "lead": " | ".join(
                    ["5/3 4 | 3/2 1/2 | 1'/3 6 | 7/2 5/2 | 5/3 4 | 3/2 5/2 | 6/1.5 5/.5 4/2 | 5/1.5 4/.5 #3/2"] * 2
                ),
            },
            fill=_LIFT_BREAK + " / snare ....X.X.X.X.XXXX",
        ),
        Section(
            name="arrival",
            chords="Fm9 | Fm9 | Fm9 | Fm9",
            gain_db=1.0,
            parts={
                "pad": "x---|----|----|----",
                "bass": "1---|----|----|----",
                "drums": "kick x...|....|....|.... / crash X...|....|....|....",
                "keys": "0..2..3...2..4..|..3..2..1.......|........|........",
                "lead": "1'/16 | | |",
            },
        ),
    ),
)
