"""A bossa nova in F major, 132 bpm, half whispered; it fades."""

from __future__ import annotations

from aidj.demo.score import Player, Section, SongSpec

_CAFE = "Fmaj7 | Am7 | Gm7 | C9 | Am7 | D7b9 | Gm7 | C7"
_CAFE_TUNE = (
    "r/.5 5/.5 6/.5 7/1 6/.5 5 | 3/1.5 5/1.5 r | r/.5 4/.5 5/.5 6/1 5/.5 4 | 2/1.5 4/1.5 r |"
    "r/.5 5/.5 6/.5 7/1 1'/.5 7 | 6/1.5 5/1.5 r | r/.5 6/.5 5/.5 4/1 3/.5 4 | 2/3 r"
)
_CAFE_BEAT = "rim x..x..x...x..x.. / shaker xoxoxoxoxoxoxoxo / surdo o.......x......o / kick x......xx......x"
_CAFE_GUITAR = "x--x--x-|.-x--x-x"

CAFE_WITHOUT_CHAIRS = SongSpec(
    slug="cafe-without-chairs",
    seed=1998,
    bpm=132,
    key="F",
    ending="fade",
    fade_bars=6,
    lead_in_s=0.2,
    lead_out_s=0.6,
    loudness_lufs=-17.0,
    room_s=1.2,
    glue=0.3,
    players={
        "guitar": Player(
            instrument="nylon", role="chords", octave=3, gain_db=-3, pan=-0.3, reverb=0.2, strum_s=0.004, human_s=0.004
        ),
        "bass": Player(instrument="upright_bass", role="bass", octave=1, gain_db=-3, reverb=0.06),
        "drums": Player(instrument="brushes", role="drums", gain_db=-7, reverb=0.15),
        "keys": Player(instrument="epiano", role="chords", octave=4, gain_db=-11, pan=0.35, reverb=0.25, tremolo=0.2),
        "flute": Player(instrument="flute", role="tune", octave=4, gain_db=-2, pan=0.2, reverb=0.35, delay=0.08),
        "voice": Player(instrument="whisper", role="voice", octave=3, gain_db=0, reverb=0.22),
    },
    sections=(
        Section(
            name="intro",
            chords="Fmaj7 | Gm7 | Fmaj7 | C9",
            parts={
                "guitar": _CAFE_GUITAR,
                "drums": "shaker xoxoxoxoxoxoxoxo",
                "bass": "........|........|1--.5--.|1--.5--.",
            },
        ),
        Section(
            name="verse",
            chords=_CAFE,
            parts={
                "guitar": _CAFE_GUITAR,
                "bass": "1--.5--1",
                "drums": _CAFE_BEAT,
                "voice": f"{_CAFE_TUNE} // We or-dered cof-fee stand-ing / The cups were full of morn-ing /"
                "No-bod-y need-ed ta-bles / we leaned up-on the light",
            },
        ),
        Section(
            name="verse",
            chords=_CAFE,
            parts={
                "guitar": _CAFE_GUITAR,
                "bass": "1--.5--1",
                "drums": _CAFE_BEAT,
                "keys": "..x---..|.x---...",
                "voice": f"{_CAFE_TUNE} // The wait-er brought a win-dow / He set it down be-side us /"
                "The street came in for danc-ing / and took a lit-tle bow",
            },
        ),
        Section(
            name="flute",
            chords="Bb6 | C9 | Am7 | D7b9 | Gm7 | C7 | Fmaj7 | D7b9",
            gain_db=0.5,
            parts={
                "guitar": _CAFE_GUITAR,
                "bass": "1--.5--a",
                "drums": _CAFE_BEAT + " / ride x...x.x.x...x.x.",
                "keys": "x--x----",
                "flute": (
                    "6/1.5 1'/.5 6/.5 5/.5 4 | 5/2 r/.5 4/.5 5/.5 6/.5 | 7/1.5 6/.5 5/.5 3/1.5 | #1/1 2/.5 3/.5 5/2 |"
                    "4/.5 6/1 1'/.5 2'/2 | 1'/.5 7/.5 b7/.5 6/.5 5/2 | 3/1.5 5/.5 7/2 | 6/4"
                ),
            },
        ),
        Section(
            name="verse",
            chords=_CAFE,
            gain_db=0.5,
            parts={
                "guitar": _CAFE_GUITAR,
                "bass": "1--.5--1",
                "drums": _CAFE_BEAT,
                "keys": "..x---..|.x---...",
                "voice": f"{_CAFE_TUNE} // So if you find no chairs there / and noth-ing on the men-u /"
                "Just hang your coat on some-one / and stay un-til it's night",
            },
        ),
        Section(
            name="outro",
            chords="Fmaj7 | Gm7 | Fmaj7 | Gm7 | Fmaj7 | C9",
            parts={
                "guitar": _CAFE_GUITAR,
                "bass": "1--.5--1",
                "drums": _CAFE_BEAT,
                "keys": "..x---..|.x---...",
                "flute": "3'/1.5 2'/.5 1' 7 | 6/3 r | 3'/1.5 2'/.5 1' 7 | 2'/3 r | 1'/1.5 7/.5 6 5 | 6/2 5/2",
            },
        ),
    ),
)
