"""Electropop in F sharp minor, 104 bpm, loud; its last chord is held."""

from __future__ import annotations

from aidj.demo.score import Player, Section, SongSpec

_BOATS_VERSE = (
    "r 3/.5 3/.5 3/.5 2/.5 1 | 1/1.5 5,/1 r/1.5 | r 2/.5 2/.5 2/.5 1/.5 2 | 7,/2 r/2 |"
    "r 3/.5 3/.5 3/.5 4/.5 3 | 5/1.5 3/1 r/1.5 | r 2/.5 2/.5 3/.5 2/.5 1 | 2/2 r/2"
)
_BOATS_CHORUS = (
    "4/.5 4/.5 4/.5 5/.5 6 5 | 6/3 r | 5/.5 5/.5 5/.5 4/.5 3 4 | 2/1 7/2 r |"
    "4/.5 4/.5 4/.5 5/.5 6 1' | 6/3 r | 5/.5 5/.5 5/.5 4/.5 3 4 | 7,/1 2/2 r"
)
_BOATS_WORDS = (
    "Pa-per boats at mid-night sail / car-ry ev-ery word I could say /"
    "Pa-per boats at mid-night glow / let me know which way you should go"
)
_BOATS_BEAT = "kick x.....x...x..... / snare ........X....... / hat x.xxx.x.x.xxx.xx / clap ........x......."

PAPER_BOATS = SongSpec(
    slug="paper-boats-at-midnight",
    seed=2026,
    bpm=104,
    key="F#m",
    ending="sustained",
    lead_in_s=0.08,
    lead_out_s=0.2,
    loudness_lufs=-10.0,
    room_s=2.2,
    glue=0.8,
    players={
        "drums": Player(instrument="machine", role="drums", gain_db=0, reverb=0.1),
        "bass": Player(instrument="sub_bass", role="bass", octave=1, gain_db=-5, reverb=0, duck=0.5),
        "pad": Player(instrument="strings", role="chords", octave=4, gain_db=-12, reverb=0.45, duck=0.35),
        "keys": Player(instrument="felt_piano", role="arp", octave=4, gain_db=-8, pan=-0.2, reverb=0.35, delay=0.25),
        "pluck": Player(
            instrument="pluck_synth", role="arp", octave=4, gain_db=-10, pan=0.35, reverb=0.25, delay=0.3, duck=0.3
        ),
        "stab": Player(instrument="brass", role="chords", octave=4, gain_db=-10, reverb=0.3, duck=0.4),
        "voice": Player(instrument="bright", role="voice", octave=3, gain_db=-1.5, reverb=0.26, delay=0.14),
        "second": Player(instrument="whisper", role="voice", octave=3, gain_db=-8, pan=-0.4, reverb=0.4),
    },
    sections=(
        Section(
            name="intro", chords="D | F#m | E | E", parts={"keys": "0.2.1.3.2.1.3.2.", "pad": "x---|x---|x---|----"}
        ),
        Section(
            name="verse",
            chords="D | F#m | E | E | D | F#m | E | E",
            parts={
                "keys": "0...2...1...2...",
                "bass": "1-----1---1-....",
                "drums": "kick x.....x...x..... / snare ........x....... / hat x...x...x...x.x.",
                "voice": f"{_BOATS_VERSE} // We fold-ed up the let-ters / and set them on the sea /"
                "The moon was read-ing all night / and nev-er looked at me",
            },
            fill="kick x.....x......... / snare ........x...x.xx / hat x.x.x.x.x.x.....",
        ),
        Section(
            name="chorus",
            chords="Bm7 | D | A | E | Bm7 | D | A | E",
            gain_db=1.0,
            parts={
                "keys": "0.2.1.3.2.1.3.2.",
                "pluck": "0.2.3.1.0.2.4.1.",
                "pad": "x---",
                "bass": "1-----1---1-8-..",
                "drums": _BOATS_BEAT + " / crash X...............|" + "|".join(["................"] * 3),
                "voice": f"{_BOATS_CHORUS} // {_BOATS_WORDS}",
            },
        ),
        Section(
            name="break",
            chords="D | E | F#m | E",
            parts={
                "pluck": "0.2.3.1.0.2.4.1.",
                "pad": "x---",
                "bass": "1---------------",
                "stab": "x..x..x.........|x..x..x...x.....",
                "drums": "kick x.....x......... / hat x.x.x.x.x.x.x.x.",
            },
            fill="kick x...x...x.x.x.x. / snare x...x...x.x.xxxx",
        ),
        Section(
            name="chorus",
            chords="Bm7 | D | A | E | Bm7 | D | A | E",
            gain_db=1.5,
            parts={
                "keys": "0.2.1.3.2.1.3.2.",
                "pluck": "0.2.3.1.0.2.4.1.",
                "pad": "x---",
                "stab": "x..x..x.........",
                "bass": "1-----1---1-8-..",
                "drums": _BOATS_BEAT + " / crash X...............|" + "|".join(["................"] * 3),
                "voice": f"{_BOATS_CHORUS} // {_BOATS_WORDS}",
                "second": "6/.5 6/.5 6/.5 7/.5 1' 7 | 1'/3 r | 7/.5 7/.5 7/.5 6/.5 5 6 | 4/1 7/2 r |"
                f"6/.5 6/.5 6/.5 7/.5 1' 3' | 1'/3 r | 7/.5 7/.5 7/.5 6/.5 5 6 | 4/1 5/2 r // {_BOATS_WORDS}",
            },
        ),
        Section(
            name="end",
            chords="D | E | A | A",
            parts={
                "keys": "0.2.1.3.2.1.3.2.|0.2.1.3.2.1.3.2.|0...............|................",
                "pad": "x---|x---|x---|----",
                "stab": "o---|o---|o---|----",
                "bass": "1---|1---|1---|----",
                "drums": "kick x...............|x...............|x...............|................",
            },
        ),
    ),
)
