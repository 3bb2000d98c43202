"""House in G minor, 124 bpm, loud; a cold end."""

from __future__ import annotations

from aidj.demo.score import Player, Section, SongSpec

_FLOOR = "kick x...x...x...x..."
_FLOOR_HATS = _FLOOR + " / hat x.xxx.xxx.xxx.xx / open ..x...x...x...x. / shaker xoxoxoxoxoxoxoxo"
_FLOOR_FULL = _FLOOR_HATS + " / clap ....x.......x... / rim ...x..x....x.x.. / conga ......x..x....x."
_KITCHEN = "Gm9 | Gm9 | Ebmaj7 | F6"
_KITCHEN_STAB = "..x..x....x.x...|..x..x....x....x"

KITCHEN_FLOOR = SongSpec(
    slug="kitchen-floor-philosophy",
    seed=2019,
    bpm=124,
    key="Gm",
    ending="cold",
    lead_in_s=0.03,
    lead_out_s=0.5,
    loudness_lufs=-9.5,
    room_s=1.5,
    glue=0.8,
    swing=0.56,
    swing_unit_beats=0.25,
    tilt_db=1.0,
    players={
        "drums": Player(instrument="house", role="drums", gain_db=0, reverb=0.06),
        "bass": Player(instrument="synth_bass", role="bass", octave=1, gain_db=-3, reverb=0.02, duck=0.55, gate=0.8),
        "stab": Player(instrument="stab", role="chords", octave=4, gain_db=-8, reverb=0.3, delay=0.35, duck=0.5),
        "pad": Player(instrument="warm_pad", role="chords", octave=4, gain_db=-10, reverb=0.4, duck=0.7),
        "organ": Player(
            instrument="organ", role="tune", octave=4, gain_db=-8, pan=-0.15, reverb=0.2, delay=0.2, duck=0.25
        ),
        "vibes": Player(
            instrument="vibes", role="arp", octave=5, gain_db=-11, pan=0.4, reverb=0.4, delay=0.4, duck=0.3
        ),
    },
    sections=(
        Section(name="intro", chords="Gm9 | Gm9 | Gm9 | Gm9", parts={"drums": _FLOOR + " / shaker xoxoxoxoxoxoxoxo"}),
        Section(
            name="build",
            chords=_KITCHEN,
            parts={"drums": _FLOOR_HATS, "bass": "..1...1...1..11."},
            fill=_FLOOR + " / clap ....x.......xxxx / open ..x...x...x...x.",
        ),
        Section(
            name="groove",
            chords=_KITCHEN + "|" + _KITCHEN,
            gain_db=0.5,
            parts={
                "drums": _FLOOR_FULL,
                "bass": "..1...1...1..18.",
                "stab": _KITCHEN_STAB,
                "vibes": "....3.......4...|......2.........",
            },
            fill=_FLOOR_FULL + " / clap ............xxxx",
        ),
        Section(
            name="breakdown",
            chords="Cm9 | Dm7 | Ebmaj7 | F6 | Cm9 | Dm7 | Ebmaj7 | D7",
            gain_db=-1.0,
            parts={
                "pad": "x---",
                "vibes": "0.2.1.3.2.4.3.1.",
                "drums": "hat ..x...x...x...x. / clap ....o.......o...",
                "bass": (
                    "................|................|................|................|1---------------|"
                    "1---------------|1---------------|1---------------"
                ),
                "organ": (
                    "r/4 | r/4 | r/4 | r/4 | 4/.75 4/.75 5/.5 6/2 | 5/.75 4/.75 2/.5 5/2 | 6/.75 5/.75 6/.5 1'/2 | "
                    "7,/.75 2/.75 #3/.5 #7/2"
                ),
            },
            fill="kick x...x...x.x.xxxx / clap x...x...x.x.xxxx",
        ),
        Section(
            name="drop",
            chords=_KITCHEN + "|" + _KITCHEN + "|" + _KITCHEN,
            gain_db=1.0,
            parts={
                "drums": _FLOOR_FULL + " / crash X...............|" + "|".join(["................"] * 3),
                "bass": "..1...1...1..18.",
                "stab": _KITCHEN_STAB,
                "pad": "x---",
                "vibes": "....3.......4...|......2.........",
                "organ": " | ".join(
                    ["5/.75 5/.75 4/.5 3/.5 1/1.5 | r/4 | 5/.75 5/.75 6/.5 5/.5 3/1.5 | 2/.75 2/.75 1/.5 2/2"] * 3
                ),
            },
            fill=_FLOOR_FULL + " / clap ........x.x.xxxx",
        ),
        Section(
            name="end",
            chords="Gm9 | Gm9",
            gain_db=1.0,
            parts={
                "drums": _FLOOR_FULL,
                "bass": "..1...1...1..18.|1..1..1-........",
                "stab": "..x..x....x.x...|X..X..X-........",
                "pad": "x---------------|x-------........",
                "organ": "5/.75 5/.75 4/.5 3/.5 1/1.5 | 1/.75 1/.75 1/.5 r/2",
            },
            fill="kick x..x..x......... / clap x..x..x......... / open ......x.........",
        ),
    ),
)
