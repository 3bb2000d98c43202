"""Chip music in C minor, 150 bpm: no room, no human timing, a cold end."""

from __future__ import annotations

from aidj.demo.score import Player, Section, SongSpec

_BAKERY = "Cm | Ab | Bb | G7"
_BAKERY_BEAT = "kick x...x...x...x... / snare ....x.......x... / hat x.x.x.x.x.x.x.x."

BAKERY = SongSpec(
    slug="boss-fight-at-the-bakery",
    seed=8,
    bpm=150,
    key="Cm",
    ending="cold",
    lead_in_s=0.02,
    lead_out_s=0.25,
    loudness_lufs=-12.0,
    room_s=0.5,
    glue=0.4,
    tilt_db=-3.0,
    players={
        "drums": Player(instrument="chip", role="drums", gain_db=-3, reverb=0.03, human_s=0.0),
        "bass": Player(instrument="chip_bass", role="bass", octave=2, gain_db=-4, reverb=0, human_s=0.0, gate=0.85),
        "lead": Player(
            instrument="chip_lead", role="tune", octave=4, gain_db=-2, pan=-0.15, reverb=0.05, delay=0.2, human_s=0.0
        ),
        "second": Player(
            instrument="chip_square", role="tune", octave=4, gain_db=-6, pan=0.35, reverb=0.05, human_s=0.0
        ),
        "arp": Player(
            instrument="chip_square", role="arp", octave=4, gain_db=-9, pan=0.3, reverb=0.05, human_s=0.0, gate=0.8
        ),
    },
    sections=(
        Section(
            name="intro",
            chords="Cm | Cm | Ab | G7",
            parts={"arp": "0123012301230123", "drums": "hat x...x...x...x...", "bass": "1...1...1...1..."},
            fill="snare x.x.x.x.xxxxxxxx",
        ),
        Section(
            name="stairs",
            chords=_BAKERY + "|" + _BAKERY,
            parts={
                "drums": _BAKERY_BEAT,
                "bass": "1.8.1.8.1.8.1.8.",
                "arp": "0213021302130213",
                "lead": (
                    "1/.5 3/.5 5/.5 1'/.5 7/.5 5 3/.5 | 4/.5 3/.5 1/.5 3/.5 6,/2 | "
                    "2/.5 4/.5 7/.5 2'/.5 1'/.5 7 4/.5 | 5/.5 4/.5 2/.5 #7,/.5 2/2 |"
                    "1/.5 3/.5 5/.5 1'/.5 7/.5 5 3/.5 | 6/.5 5/.5 4/.5 3/.5 1'/2 | "
                    "7/.5 6/.5 5/.5 4/.5 2'/1 7 | 5/1 #7/1 2'/2"
                ),
            },
            fill=_BAKERY_BEAT + " / snare x.xxx.xxxxxxxxxx",
        ),
        Section(
            name="oven",
            chords="Fm | Bb | Eb | Ab | Fm | Bb | G7 | G7",
            gain_db=0.5,
            parts={
                "drums": (
                    "kick x..x..x.x..x..x. / snare ....x.......x... / hat xxxxxxxxxxxxxxxx / crash x...............|"
                )
                + "|".join(["................"] * 3),
                "bass": "1.1.1.1.8.8.5.5.",
                "arp": "0.1.2.3.2.1.0.1.",
                "lead": (
                    "6/1.5 5/.5 4/1 6 | 7/1.5 6/.5 4/2 | 5/1.5 4/.5 3/1 5 | 1'/1.5 7/.5 6/2 |"
                    "6/.5 6/.5 5/.5 4/.5 6 1' | 7/.5 7/.5 6/.5 4/.5 2'/2 | #7/1 5 2'/1 #7 | 5/4"
                ),
                "second": (
                    "4/1.5 3/.5 1/1 4 | 4/1.5 4/.5 2/2 | 3/1.5 2/.5 1/1 3 | 6/1.5 5/.5 3/2 |"
                    "4/.5 4/.5 3/.5 1/.5 4 6 | 4/.5 4/.5 4/.5 2/.5 7/2 | 5/1 2 #7/1 5 | 2/4"
                ),
            },
            fill="kick x...x...x...x... / snare xxxxxxxxxxxxxxxx",
        ),
        Section(
            name="crumbs",
            chords="Cm | Bb | Ab | G7",
            gain_db=-1,
            parts={
                "bass": "1-------8-------",
                "lead": "5/3 4/.5 3/.5 | 4/3 3/.5 2/.5 | 3/3 2/.5 1/.5 | #7,/4",
                "arp": "0...1...2...3...",
                "drums": "hat x...x...x...x... / kick x...............",
            },
            fill="snare x...x...x.x.xxxx / kick x...x...x...x...",
        ),
        Section(
            name="boss",
            chords=_BAKERY + "|" + _BAKERY + "|Fm | Bb | Eb | Ab | Fm | Bb | Cm | G7",
            gain_db=1.0,
            parts={
                "drums": (
                    "kick x..x..x.x..x..x. / snare ....x.......x..x / hat xxxxxxxxxxxxxxxx / crash x...............|"
                )
                + "|".join(["................"] * 7),
                "bass": "1.8.1.8.1.8.5.3.",
                "arp": "0213041302130413",
                "lead": (
                    "1'/.5 5/.5 3'/.5 1'/.5 5'/.5 3'/1 1'/.5 | 6/.5 1'/.5 3'/.5 1'/.5 6/2 | "
                    "7/.5 4/.5 2'/.5 7/.5 4'/.5 2'/1 7/.5 | #7/.5 5/.5 2'/.5 #7/.5 4'/2 |"
                    "1'/.5 5/.5 3'/.5 1'/.5 5'/.5 3'/1 1'/.5 | 6/.5 1'/.5 3'/.5 1'/.5 6/2 | "
                    "7/.25 1'/.25 2'/.5 2'/.5 7/.5 4'/1 2' | 5'/.5 4'/.5 2'/.5 #7/.5 5/2 |"
                    "6/1.5 5/.5 4/1 6 | 7/1.5 6/.5 4/2 | 5/1.5 4/.5 3/1 5 | 1'/1.5 7/.5 6/2 |"
                    "6/.5 6/.5 5/.5 4/.5 6 1' | 7/.5 7/.5 6/.5 4/.5 2'/2 | "
                    "3'/.5 2'/.5 1'/.5 5/.5 3'/.5 2'/.5 1' | #7/.5 2'/.5 4'/.5 2'/.5 5'/2"
                ),
            },
            fill=_BAKERY_BEAT + " / snare x.xxx.xxxxxxxxxx",
        ),
        Section(
            name="crumbs",
            chords="Cm | Bb | Ab | G7",
            gain_db=0,
            parts={
                "bass": "1.8.1.8.1.8.1.8.",
                "lead": "5/3 4/.5 3/.5 | 4/3 3/.5 2/.5 | 3/3 2/.5 1/.5 | #7,/4",
                "second": "3/3 2/.5 1/.5 | 2/3 1/.5 7,/.5 | 1/3 7,/.5 6,/.5 | 2/4",
                "arp": "0213021302130213",
                "drums": _BAKERY_BEAT,
            },
            fill="snare xxxxxxxxxxxxxxxx / kick x...x...x...x...",
        ),
        Section(
            name="end",
            chords="Cm | Cm",
            gain_db=1.0,
            parts={
                "lead": "1'/.5 7/.5 5/.5 4/.5 3/.5 2/.5 1/.5 7,/.5 | 1 r/.5 1/.5 1'/1 r",
                "second": "3/.5 2/.5 1/.5 2/.5 1/.5 7,/.5 6,/.5 5,/.5 | 5, r/.5 5,/.5 3/1 r",
                "bass": "1.1.1.1.1.1.1.1.|1-....1.1-......",
                "drums": _BAKERY_BEAT,
            },
            fill="kick x.....x.x....... / snare x.....x.x....... / crash x.......x.......",
        ),
    ),
)
