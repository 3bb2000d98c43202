"""Synth pop in A minor, 118 bpm: a long instrumental opening, and a fade."""

from __future__ import annotations

from aidj.demo.score import Player, Section, SongSpec

_NEON_VERSE = "Am | F | C | G | Am | F | C | G"
_NEON_CHORUS = "F | G | Am | C | F | G | Am | Am"
_NEON_BEAT = "kick x...x...x...x... / snare ....x.......x... / hat ..x...x...x...x."
_NEON_FULL = (
    "kick x...x...x...x.x. / snare ....X.......X... / clap ....x.......x... / hat x.o.x.o.x.o.x.o. / "
    "open ..x...x...x...x."
)
_NEON_HOOK = "5/.5 r/.5 5/.5 6/.5 5 3 | 1'/1.5 7/.5 6 5 | 5/.5 r/.5 5/.5 6/.5 5 3 | 4 2 7,/2"
_NEON_SUNG = (
    "6 7/.5 1'/.5 1' 6 | 7/1.5 2'/.5 7 r | 1'/1.5 7/.5 5 3 | 5/3 r |"
    "6 7/.5 1'/.5 1' 6 | 7/1.5 2'/.5 7 r | 1'/1.5 7/.5 5 7 | 1'/3 r"
)
_NEON_WORDS = "Ne-on um-brel-la, o-ver me / keep me dry to-night / Ne-on um-brel-la, o-pen up / and hold up the sky"

NEON_UMBRELLA = SongSpec(
    slug="neon-umbrella",
    seed=1983,
    bpm=118,
    key="Am",
    ending="fade",
    fade_bars=6,
    lead_in_s=0.35,
    lead_out_s=1.2,
    loudness_lufs=-15.0,
    room_s=1.9,
    glue=0.5,
    players={
        "drums": Player(instrument="machine", role="drums", gain_db=0, reverb=0.12),
        "bass": Player(instrument="synth_bass", role="bass", octave=1, gain_db=-3, reverb=0.02, duck=0.25, gate=0.85),
        "pad": Player(instrument="warm_pad", role="chords", gain_db=-12, reverb=0.4, duck=0.15),
        "arp": Player(instrument="pluck_synth", role="arp", octave=4, gain_db=-11, pan=0.25, delay=0.3, reverb=0.25),
        "hook": Player(instrument="lead", role="tune", octave=4, gain_db=-6, pan=-0.1, delay=0.3, reverb=0.3),
        "voice": Player(instrument="bright", role="voice", octave=3, gain_db=-1.5, delay=0.1, reverb=0.28),
    },
    sections=(
        Section(
            name="intro",
            chords="Am | F | C | G",
            parts={"pad": "x---------------", "arp": "0.1.2.3.2.1.2.3.", "drums": "hat ..o...o...o...o."},
            fill="hat ..o...o...o...o. / tom1 ............x... / tom2 .............xx. / tom3 ...............X",
        ),
        Section(
            name="hook",
            chords="Am | F | C | G",
            parts={
                "pad": "x---------------",
                "arp": "0.1.2.3.2.1.2.3.",
                "drums": _NEON_BEAT + " / crash X...............|................|................|................",
                "bass": "1.1.1.1.1.1.8.1.",
                "hook": _NEON_HOOK,
            },
        ),
        Section(
            name="verse",
            chords=_NEON_VERSE,
            parts={
                "pad": "x---------------",
                "drums": _NEON_BEAT,
                "bass": "1.1.1.1.1.1.8.1.",
                "voice": (
                    "r/.5 5/.5 5/.5 5/.5 5/.5 4/.5 3 | 4/.5 3/.5 1/1.5 r/1.5 |"
                    "r/.5 5/.5 5/.5 5/.5 5/.5 7/.5 5 | 4/.5 2/.5 2/1.5 r/1.5 |"
                    "r/.5 5/.5 5/.5 5/.5 5/.5 4/.5 3 | 4/.5 3/.5 1/1.5 r/1.5 |"
                    "r/.5 5/.5 5/.5 5/.5 7/.5 1'/.5 7 | 5/.5 4/.5 2/1.5 r/1.5"
                    "// I bought a lit-tle lamp that glows blue / It hums a lit-tle song just for you /"
                    "The rain is tap-ping on the glass roof / and ev-ery drop is tell-ing the truth"
                ),
            },
            fill="kick x...x...x...x... / snare ....x.......x.xx / tom1 ........x.x..... / tom3 ..........x.x...",
        ),
        Section(
            name="chorus",
            chords=_NEON_CHORUS,
            gain_db=1.0,
            parts={
                "pad": "x---------------",
                "drums": _NEON_FULL + " / crash X...............|" + "|".join(["................"] * 3),
                "bass": "1.1.8.1.1.1.8.1.",
                "arp": "0.2.1.3.2.4.3.2.",
                "voice": f"{_NEON_SUNG} // {_NEON_WORDS}",
            },
            fill=_NEON_BEAT + " / tom1 ........xx...... / tom2 ..........xx.... / tom3 ............xxX.",
        ),
        Section(
            name="break",
            chords="F | G | Am | C",
            parts={
                "pad": "x---------------",
                "drums": "kick x.......x....... / snare ............x...",
                "bass": "1---------------",
                "arp": "0.1.2.3.4.3.2.1.",
                "hook": "6/1.5 5/.5 4/2 | 5/1.5 4/.5 2/2 | 3/1.5 2/.5 1 3 | 5/4",
            },
            fill="kick x...x...x...x... / snare x.x.x.x.xxxxxxxx",
        ),
        Section(
            name="chorus",
            chords=_NEON_CHORUS,
            gain_db=1.5,
            parts={
                "pad": "x---------------",
                "drums": _NEON_FULL + " / crash X...............|" + "|".join(["................"] * 3),
                "bass": "1.1.8.1.1.1.8.1.",
                "arp": "0.2.1.3.2.4.3.2.",
                "voice": f"{_NEON_SUNG} // {_NEON_WORDS}",
                "hook": "r/4 | r/4 | r/4 | 5 6/.5 5/.5 3/2 | r/4 | r/4 | r/4 | 5/.5 6/.5 5 3/2",
            },
        ),
        Section(
            name="outro",
            chords="F | G | Am | C",
            gain_db=1.0,
            parts={
                "pad": "x---------------",
                "drums": _NEON_FULL,
                "bass": "1.1.8.1.1.1.8.1.",
                "arp": "0.2.1.3.2.4.3.2.",
                "hook": _NEON_HOOK,
            },
        ),
    ),
)
