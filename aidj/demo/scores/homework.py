"""Lo-fi in E flat major, 78 bpm with swung sixteenths and a crackling record; it fades."""

from __future__ import annotations

from aidj.demo.score import Player, Section, SongSpec

_HOMEWORK = "Ebmaj9 | Dm7 G7 | Cm9 | Bbm7 Eb9 | Abmaj7 | Gm7 C7 | Fm9 | Bb9"
_HOMEWORK_BEAT = "kick x..x......x..... / snare ....x.......x... / hat x.xxx.x.x.xxx.x. / rim .......o.......o"

HOMEWORK = SongSpec(
    slug="homework-in-the-rain",
    seed=78,
    bpm=78,
    key="Eb",
    ending="fade",
    fade_bars=4,
    swing=0.6,
    swing_unit_beats=0.25,
    lead_in_s=0.25,
    lead_out_s=0.5,
    loudness_lufs=-15.5,
    room_s=1.3,
    glue=0.6,
    tilt_db=-4.0,
    vinyl=True,
    players={
        "keys": Player(
            instrument="epiano",
            role="chords",
            octave=4,
            gain_db=-4,
            pan=-0.1,
            reverb=0.25,
            tremolo=0.25,
            late_s=0.006,
            strum_s=0.009,
        ),
        "drums": Player(instrument="dusty", role="drums", gain_db=-1, reverb=0.1, late_s=0.01, human_s=0.004),
        "bass": Player(instrument="sub_bass", role="bass", octave=1, gain_db=-4, reverb=0, late_s=0.005, duck=0.25),
        "guitar": Player(
            instrument="nylon", role="tune", octave=4, gain_db=-4, pan=0.3, reverb=0.3, delay=0.2, late_s=0.006
        ),
        "pad": Player(instrument="warm_pad", role="chords", octave=4, gain_db=-13, reverb=0.4, duck=0.3),
        "bells": Player(instrument="vibes", role="tune", octave=4, gain_db=-6, pan=-0.35, reverb=0.35, delay=0.2),
    },
    sections=(
        Section(name="intro", chords="Ebmaj9 | Dm7 G7", parts={"keys": "x-----x-x-------|x-------x---x---"}),
        Section(
            name="verse",
            chords=_HOMEWORK,
            parts={
                "keys": "x-----x-x-------|x-------x---x---",
                "drums": _HOMEWORK_BEAT,
                "bass": "1----1..5-..3-..|1-----..1---..a.",
                "guitar": (
                    "r 5/.5 6/.5 5/.75 3/.25 2/1 | 7,/.5 2/.5 4/.5 3/.5 r/2 | r 5/.5 6/.5 1'/.75 7/.25 5/1 | "
                    "b7/.5 5/.5 4/1 r/2 |"
                    "r 3/.5 4/.5 5/.75 7/.25 1'/1 | 7/.5 5/.5 3/.5 4/.5 r/2 | r 4/.5 6/.5 5/.75 3/.25 1/1 | "
                    "2/1.5 4/.5 r/2"
                ),
            },
            fill="kick x..x......x..x.. / snare ....x..o.o..x.xo / hat x.xxx.x.x.xx....",
        ),
        Section(
            name="rain",
            chords=_HOMEWORK,
            gain_db=0.5,
            parts={
                "keys": "x-----x-x-------|x-------x---x---",
                "drums": _HOMEWORK_BEAT + " / open ..............x.",
                "bass": "1----1..5-..3-..|1-----..1---..a.",
                "pad": "x---",
                "bells": (
                    "3'/1.5 2'/.5 7/2 | 6/1 5/.5 4/.5 2/2 | 5/1.5 7/.5 1'/2 | 4/1 5/1 b7/2 |"
                    "1'/1.5 7/.5 5/2 | 4/1 3/.5 2/.5 3/2 | 1'/1.5 5/.5 6/2 | 2/1 4 6/2"
                ),
            },
            fill="kick x..x......x..... / snare ....x.......x.oo / hat x.x.............",
        ),
        Section(
            name="outro",
            chords="Ebmaj9 | Dm7 G7 | Cm9 | Bbm7 Eb9 | Abmaj7 | Bb9",
            gain_db=0.5,
            parts={
                "keys": "x-----x-x-------|x-------x---x---",
                "drums": _HOMEWORK_BEAT,
                "bass": "1----1..5-..3-..|1-----..1---..a.",
                "pad": "x---",
                "guitar": (
                    "r 5/.5 6/.5 5/.75 3/.25 2/1 | 7,/.5 2/.5 4/.5 3/.5 r/2 | r 5/.5 6/.5 1'/.75 7/.25 5/1 | "
                    "b7/.5 5/.5 4/1 r/2 | r 3/.5 4/.5 5/.75 7/.25 1'/1 | 6/.5 4/.5 2/3"
                ),
            },
        ),
    ),
)
