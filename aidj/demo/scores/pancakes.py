"""Gospel with organ and choir in B flat, 76 bpm in triplets: a long opening, and a held end."""

from __future__ import annotations

from aidj.demo.score import Player, Section, SongSpec

_PANCAKE_VERSE = "Bb | Bb7 | Eb | Eb | Bb/F | Gm7 | Cm7 F7 | Bb"
_PANCAKE_TUNE = (
    "3/1.5 3/.5 2/.5 1/.5 2 | 3/2 r/2 | 4/1.5 4/.5 5/.5 4/.5 3 | 4/2 r/2 |"
    "5/1.5 5/.5 6/.5 5/.5 3 | 5/1 3/1.5 r/1.5 | 4/.5 4/.5 3/.5 2/.5 2 7, | 1/3 r"
)
_PANCAKE_BEAT = "kick x.....x....x / snare ...x.....x.. / ride x.xx.xx.xx.x / hat ...x.....x.."

PANCAKES = SongSpec(
    slug="carry-the-pancakes-home",
    seed=1966,
    bpm=76,
    key="Bb",
    ending="sustained",
    swing=0.667,
    lead_in_s=0.4,
    lead_out_s=0.7,
    loudness_lufs=-15.0,
    room_s=2.6,
    glue=0.4,
    players={
        "organ": Player(instrument="organ", role="chords", octave=4, gain_db=-7, pan=-0.1, reverb=0.3, tremolo=0.3),
        "melody": Player(
            instrument="organ", role="tune", octave=4, gain_db=-5, pan=0.1, reverb=0.3, tremolo=0.3, harmony=(-2,)
        ),
        "pedals": Player(instrument="soft_organ", role="bass", octave=1, gain_db=-5, reverb=0.1),
        "piano": Player(
            instrument="piano", role="chords", octave=4, gain_db=-9, pan=0.35, reverb=0.25, human_s=0.005, strum_s=0.004
        ),
        "drums": Player(instrument="dusty", role="drums", gain_db=-4, reverb=0.25),
        "claps": Player(instrument="house", role="drums", gain_db=-10, reverb=0.4, human_s=0.006),
        "choir": Player(instrument="choir", role="voice", octave=3, gain_db=0, reverb=0.45, harmony=(2,)),
        "lead": Player(instrument="alto", role="voice", octave=3, gain_db=-1, reverb=0.3),
    },
    sections=(
        Section(
            name="intro",
            chords="Bb | Eb Bb | Gm7 | Cm7 F7 | Bb Bb7 | Eb F7",
            gain_db=-1,
            parts={
                "organ": "x-----x-----|x-----x-----",
                "pedals": "1-----1-----",
                "melody": (
                    "5 6/.5 5/.5 3/2 | 4/1.5 5/.5 3/2 | 3 5/.5 6/.5 5/2 | 4/1.5 3/.5 2/2 | 5 6/.5 5/.5 3 b7 | "
                    "6/1.5 5/.5 4/.5 3/.5 2"
                ),
            },
        ),
        Section(
            name="verse",
            chords=_PANCAKE_VERSE,
            parts={
                "organ": "x-----x-----",
                "pedals": "1-----5-----",
                "piano": "...x.....x.o",
                "drums": "kick x.....x..... / rim ...x.....x..",
                "lead": f"{_PANCAKE_TUNE} // Car-ry the pan-cakes home / Car-ry them warm and slow /"
                "Syr-up will guide the way there / But-ter will light up the road",
            },
        ),
        Section(
            name="chorus",
            chords=_PANCAKE_VERSE,
            gain_db=1.5,
            parts={
                "organ": "x-----x--x--",
                "pedals": "1-----5--3-a",
                "piano": "x..x.xx..x.x",
                "drums": _PANCAKE_BEAT,
                "claps": "clap ...x.....x..",
                "choir": f"{_PANCAKE_TUNE} // Stack them as high as hope / high as the stee-ple roof /"
                "E-ven the moon is hun-gry / Pour me a riv-er of gold",
            },
        ),
        Section(
            name="end",
            chords="Eb | Bb | Bb",
            gain_db=1.5,
            parts={
                "organ": "x-----x-----|X-----------|------------",
                "pedals": "1-----1-----|1-----------|------------",
                "piano": "x-----x-----|X-----------|------------",
                "drums": "kick x..... / snare ......",
                "choir": "4/1.5 4/.5 5/.5 4/.5 3 | 3/8 | // Car-ry the pan-cakes home",
            },
        ),
    ),
)
