"""A rock shuffle in A, 138 bpm: twelve bars, and a cold end."""

from __future__ import annotations

from aidj.demo.score import Player, Section, SongSpec

_SHUFFLE_BLUES = "A7 | A7 | A7 | A7 | D7 | D7 | A7 | A7 | E7 | D7 | A7 | E7"
_SHUFFLE_BEAT = "kick x..x..x..x.. / snare ...X.....X.. / hat x.xx.xx.xx.x"
_SHUFFLE_BASS = "1-13-35-56-6|8-86-65-53-3"
_SHUFFLE_TUNE = (
    "r 1/.5 b3/.5 4/.5 b3/.5 1 | b7,/.5 1/1.5 r/2 | r/4 | r/4 | r 1/.5 b3/.5 4/.5 b3/.5 1 | b7,/.5 1/1.5 r/2 | "
    "r/4 | r/4 |"
    "r 5/.5 5/.5 4/.5 b3/.5 4 | b3/.5 4/.5 b3/.5 1/.5 b7, r | 1/2 r/2 | r/4"
)
_SHUFFLE_LICK = "r/4 | r/2 1/.5 b3/.5 3/.5 5/.5 | 6/.5 5/.5 b3/.5 3/.5 1 5 | b7/.5 6/.5 5/1 r/2"

LEFT_SHOE = SongSpec(
    slug="left-shoe-shuffle",
    seed=1977,
    bpm=138,
    key="A",
    ending="cold",
    swing=0.667,
    lead_in_s=0.12,
    lead_out_s=0.4,
    loudness_lufs=-11.0,
    room_s=0.8,
    glue=0.7,
    players={
        "drums": Player(instrument="rock", role="drums", gain_db=0, reverb=0.12),
        "bass": Player(instrument="electric_bass", role="bass", octave=1, gain_db=-4, reverb=0.02, gate=0.85),
        "rhythm": Player(
            instrument="electric_guitar",
            role="chords",
            octave=2,
            gain_db=-9,
            pan=-0.6,
            drive=3.5,
            reverb=0.1,
            gate=0.55,
        ),
        "chop": Player(
            instrument="electric_guitar",
            role="chords",
            octave=3,
            gain_db=-11,
            pan=0.6,
            drive=2.0,
            reverb=0.15,
            gate=0.4,
            strum_s=0.006,
        ),
        "solo": Player(
            instrument="electric_guitar", role="tune", octave=4, gain_db=-4, pan=0.15, drive=6, delay=0.15, reverb=0.2
        ),
        "organ": Player(instrument="organ", role="chords", octave=4, gain_db=-14, pan=0.3, reverb=0.2, tremolo=0.25),
        "voice": Player(instrument="shouter", role="voice", octave=3, gain_db=0, reverb=0.16, delay=0.06),
    },
    sections=(
        Section(
            name="intro",
            chords="A7 | D7 | A7 | E7",
            parts={
                "drums": _SHUFFLE_BEAT,
                "bass": _SHUFFLE_BASS,
                "rhythm": "x.xx.xx.xx.x",
                "solo": (
                    "1/.5 b3/.5 3/.5 5/.5 6 5 | b3/.5 1/.5 b3 4/2 | 5/.5 b5/.5 4/.5 b3/.5 1 b7, | 7,/.5 2/.5 4 5/2"
                ),
            },
            fill="kick x..x..x..x.. / snare x.xx.x...... / tom1 ......x.x... / tom3 .........xXX",
        ),
        Section(
            name="verse",
            chords=_SHUFFLE_BLUES,
            parts={
                "drums": _SHUFFLE_BEAT,
                "bass": _SHUFFLE_BASS,
                "rhythm": "x.xx.xx.xx.x",
                "chop": "...x.....x..",
                "solo": " | ".join(
                    ["r/4 | r/4", "r/2 1/.5 b3/.5 3/.5 5/.5 | 6/.5 5/.5 3/1 r/2"] * 2
                    + ["r/4 | r/4 | r/4 | 5/.5 4/.5 b3/.5 1/.5 r/2"]
                ),
                "voice": f"{_SHUFFLE_TUNE} // My left shoe wants a par-ty / My right shoe wants to slum-ber /"
                "One half of me is jump-ing while the rest snores",
            },
            fill=_SHUFFLE_BEAT + " / tom1 ......xxx... / tom3 .........xxX",
        ),
        Section(
            name="solo",
            chords=_SHUFFLE_BLUES,
            gain_db=0.5,
            parts={
                "drums": "kick x..x.xx..x.. / snare ...X.....X.x / ride x.xx.xx.xx.x",
                "bass": _SHUFFLE_BASS,
                "rhythm": "x.xx.xx.xx.x",
                "chop": "...x.....x..",
                "organ": "x-----------",
                "solo": (
                    "1'/.5 6/.5 5/.5 3/.5 5/2 | 1'/.5 6/.5 5/.5 b3/.5 3 1 | b3'/.5 1'/.5 6/.5 1'/.5 5/2 | "
                    "5/.5 b5/.5 4/.5 b3/.5 1/2 |"
                    "4/.5 b3/.5 4/.5 6/.5 1'/2 | b3'/1.5 1'/.5 6 4 | 5/.5 3/.5 5/.5 6/.5 1'/2 | "
                    "3'/.5 1'/.5 6/.5 5/.5 3 1 |"
                    "7/.5 5/.5 7/.5 2'/.5 4'/2 | 1'/.5 6/.5 4/.5 6/.5 b3/2 | "
                    "1/.5 b3/.5 3/.5 5/.5 6/.5 1'/.5 5 | 7/.5 5/.5 2/.5 7,/.5 5,/2"
                ),
            },
            fill=_SHUFFLE_BEAT + " / tom1 ......xxx... / tom2 ........xx.. / tom3 .........xxX",
        ),
        Section(
            name="verse",
            chords=_SHUFFLE_BLUES,
            gain_db=0.5,
            parts={
                "drums": _SHUFFLE_BEAT + " / crash X...........|" + "|".join(["............"] * 3),
                "bass": _SHUFFLE_BASS,
                "rhythm": "x.xx.xx.xx.x",
                "chop": "...x.....x..",
                "organ": "x-----------",
                "voice": f"{_SHUFFLE_TUNE} // I bought a sec-ond left one / It walks me round in cir-cles /"
                "Now I am danc-ing cir-cles out the big door",
            },
        ),
        Section(
            name="end",
            chords="A7 | A7",
            gain_db=1.0,
            parts={
                "drums": (
                    "kick x..x..x..x..|x..x........ / snare ...X...x.x.X|...X........ / crash ............|X..X........"
                ),
                "bass": "8-86-65-53-a|1--1--......",
                "rhythm": "x.xx.xx.xx.x|X..X..--....",
                "chop": "...x.....x..|X..X--......",
                "organ": "x-----------|x--x--......",
                "solo": "b3/.5 3/.5 5/.5 6/.5 b7 7 | 1'/.9 1'/1 r/2.1",
            },
        ),
    ),
)
