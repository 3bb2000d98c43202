"""Jazz in five, E minor, 138 bpm; a cold end."""

from __future__ import annotations

from aidj.demo.score import Player, Section, SongSpec

_TRAM = "Em9 | Em9 | Cmaj7 | D9"
_TRAM_BEAT = "ride x.xx.xx.x. / kick x.....o... / rim ...o....x. / hat ..x...x..."

TRAM = SongSpec(
    slug="slow-tram-to-lemon-street",
    seed=54,
    bpm=138,
    beats_per_bar=5,
    key="Em",
    ending="cold",
    swing=0.6,
    lead_in_s=0.15,
    lead_out_s=0.6,
    loudness_lufs=-16.0,
    room_s=1.4,
    glue=0.3,
    players={
        "bass": Player(instrument="upright_bass", role="bass", octave=1, gain_db=-3, reverb=0.06),
        "drums": Player(instrument="brushes", role="drums", gain_db=-6, reverb=0.18, human_s=0.004),
        "piano": Player(
            instrument="piano", role="chords", octave=4, gain_db=-6, pan=-0.3, reverb=0.2, strum_s=0.003, human_s=0.004
        ),
        "vibes": Player(instrument="vibes", role="tune", octave=4, gain_db=-2, pan=0.25, reverb=0.3),
        "trumpet": Player(instrument="brass", role="tune", octave=4, gain_db=-4, reverb=0.28),
    },
    sections=(
        Section(
            name="intro",
            chords=_TRAM,
            parts={"bass": "1--5--8-7-", "piano": "..........|..........|x--x--....|x--x--x-x-"},
        ),
        Section(
            name="ride",
            chords=_TRAM + "|" + _TRAM,
            parts={
                "bass": "1--5--8-7-|1--5--1-a-",
                "drums": _TRAM_BEAT,
                "piano": "x--x------|x--x--x---",
                "vibes": (
                    "5/1.5 4/.5 3/1 1/2 | r/.5 1/.5 3/.5 4/.5 5/1 7/2 | 1'/1.5 7/.5 5/1 3/2 | 4/1.5 6/.5 5/3 |"
                    "5/1.5 4/.5 3/1 1/2 | r/.5 1/.5 3/.5 4/.5 5/1 2'/2 | 1'/1.5 7/.5 5/1 7/2 | 6/1.5 4/.5 5/3"
                ),
            },
        ),
        Section(
            name="bridge",
            chords="Am7 | D9 | Gmaj7 | Cmaj7 | F#m7b5 | B7 | Em9 | B7",
            gain_db=0.5,
            parts={
                "bass": "1--3--5-a-",
                "drums": "ride x.xx.xx.x. / kick x.....x... / snare ...o....x. / hat ..x...x...",
                "piano": "x--x--x---|..x--.x-..",
                "trumpet": (
                    "1'/3 7/1 6 | 4/3 r/2 | 7/3 6/1 5 | 3/3 r/2 |"
                    "6/1.5 4/.5 2/1 4 6 | #7/1.5 5/.5 2'/1 2'/2 | 1'/3 5/2 | #7/3 2'/2"
                ),
            },
        ),
        Section(
            name="solo",
            chords=_TRAM + "|" + _TRAM,
            parts={
                "bass": "1--5--8-7-|1--5--1-a-",
                "drums": _TRAM_BEAT,
                "piano": "x--x------|..x---x---",
                "vibes": (
                    "1/.5 2/.5 3/.5 5/.5 7/.5 5/.5 2'/1 1' | 7/.5 5/.5 3/.5 4/.5 5/1 r/2 | "
                    "3'/.5 2'/.5 1'/.5 7/.5 5/.5 3/.5 5/1 7 | 6/.5 4/.5 2/.5 4/.5 6/1 r/2 |"
                    "5'/1.5 4'/.5 3'/.5 2'/.5 1'/1 7 | 5/.5 7/.5 1'/.5 2'/.5 3'/1 r/2 | "
                    "3'/.5 1'/.5 5/.5 7/.5 1'/.5 5/.5 3/2 | 4/.5 5/.5 6/.5 7/.5 2'/3"
                ),
            },
        ),
        Section(
            name="end",
            chords=_TRAM + "| Em9",
            gain_db=0.5,
            parts={
                "bass": "1--5--8-7-|1--5--8-7-|1--5--8-7-|1--5--8-a-|1--1--....",
                "drums": _TRAM_BEAT,
                "piano": "x--x------|x--x--x---|x--x------|x--x--x-x-|X--X--....",
                "vibes": (
                    "5/1.5 4/.5 3/1 1/2 | r/.5 1/.5 3/.5 4/.5 5/1 7/2 | 1'/1.5 7/.5 5/1 3/2 | "
                    "4/1.5 6/.5 5/1 5/.5 5/.5 6/.5 7/.5 | 1'/1.5 1'/1.5 r/2"
                ),
                "trumpet": "r/5 | r/5 | 5/1.5 3/.5 1/1 7,/2 | 2/1.5 4/.5 2/1 2/.5 2/.5 4/.5 5/.5 | 5/1.5 5/1.5 r/2",
            },
            fill="kick x..x...... / crash x..x...... / snare ...x......",
        ),
    ),
)
