"""A folk song in G major, 104 bpm: one bar of guitar before the singing, and a cold end."""

from __future__ import annotations

from aidj.demo.score import Player, Section, SongSpec

_CRUMBS_VERSE = (
    "r/.5 3/.5 3/.5 3/.5 2/.5 3/.5 5 | 2 2/.5 3/.5 2 r | r/.5 1/.5 1/.5 2/.5 3/.5 2/.5 1 | 1/.5 6,/1.5 r/2 |"
    "r/.5 3/.5 3/.5 3/.5 2/.5 3/.5 5 | 5 4/.5 3/.5 2 r | r/.5 1/.5 1/.5 2/.5 3/.5 2/.5 1 | 2/.5 1/2 r/1.5"
)
_CRUMBS_CHORUS = (
    "1' 1'/.5 7/.5 6 5 | 5/1.5 3/.5 5 r | 2 2/.5 3/.5 4 2 | 3/3 r |"
    "1' 1'/.5 7/.5 6 5 | 5/1.5 3/.5 5 r | 2 3/.5 4/.5 3 2 | 1/3 r"
)

BREAD_CRUMBS = SongSpec(
    slug="bread-crumbs-to-bergamot",
    seed=2007,
    bpm=104,
    key="G",
    ending="cold",
    lead_in_s=0.05,
    lead_out_s=0.9,
    loudness_lufs=-16.5,
    room_s=0.9,
    glue=0.3,
    players={
        "picked": Player(
            instrument="steel", role="arp", octave=3, gain_db=-3, pan=-0.35, reverb=0.16, human_s=0.005, gate=1.6
        ),
        "strummed": Player(
            instrument="steel", role="chords", octave=4, gain_db=-7, pan=0.4, reverb=0.16, strum_s=0.011, gate=1.0
        ),
        "bass": Player(instrument="upright_bass", role="bass", octave=1, gain_db=-5, reverb=0.05),
        "reeds": Player(instrument="accordion", role="chords", octave=4, gain_db=-13, pan=0.15, reverb=0.3),
        "fiddle": Player(instrument="strings", role="tune", octave=4, gain_db=-4, pan=0.25, reverb=0.3),
        "drums": Player(instrument="brushes", role="drums", gain_db=-8, reverb=0.15),
        "voice": Player(instrument="tenor", role="voice", octave=3, gain_db=0, reverb=0.2),
        "second": Player(instrument="alto", role="voice", octave=3, gain_db=-6, pan=0.3, reverb=0.25),
    },
    sections=(
        Section(name="intro", chords="G", parts={"picked": "02132123"}),
        Section(
            name="verse",
            chords="G | D/F# | Em | C | G | D | C | G",
            parts={
                "picked": "02132123",
                "bass": "1---|1---|1---|1-3-",
                "voice": (
                    f"{_CRUMBS_VERSE} // I fol-lowed bread crumbs down the gar-den wall / "
                    "A spar-row ate them one and all /"
                    "So now I'm walk-ing on to Ber-ga-mot / There's mar-ma-lade up-on my coat"
                ),
            },
        ),
        Section(
            name="chorus",
            chords="C | G | D | Em | C | G | D | G",
            gain_db=1.0,
            parts={
                "picked": "02132123",
                "strummed": "x.xu.uxu",
                "bass": "1-.51-5-",
                "drums": "kick x...x... / brush ..x...x. / shaker xoxoxoxo",
                "reeds": "x---",
                "voice": f"{_CRUMBS_CHORUS} // Oh Ber-ga-mot, oh Ber-ga-mot / I smell your or-ange trees /"
                "The crumbs are gone but I am not / I fol-low on the breeze",
            },
        ),
        Section(
            name="fiddle",
            chords="G | D/F# | Em | C",
            parts={
                "picked": "02132123",
                "strummed": "x.xu.uxu",
                "bass": "1---5---",
                "drums": "kick x...x... / brush ..x...x. / shaker xoxoxoxo",
                "fiddle": "5/.5 6/.5 5/.5 3/.5 5 1' | 7/1.5 6/.5 5 2 | 3/.5 5/.5 6/.5 5/.5 3 1 | 6,/1 1 3/2",
            },
        ),
        Section(
            name="verse",
            chords="G | D/F# | Em | C | G | D | C | G",
            parts={
                "picked": "02132123",
                "bass": "1-.51---",
                "drums": "kick x...x... / brush ..x...x.",
                "reeds": "x---",
                "voice": (
                    f"{_CRUMBS_VERSE} // I asked a sign-post if the road was right / "
                    "It point-ed up-wards, at the kite /"
                    "And so I climbed it like a lad-der there / and combed the weath-er from my hair"
                ),
            },
        ),
        Section(
            name="chorus",
            chords="C | G | D | Em | C | G | D | G",
            gain_db=1.5,
            parts={
                "picked": "02132123",
                "strummed": "x.xu.uxu",
                "bass": "1-.51-5-",
                "drums": "kick x...x... / snare ..x...x. / shaker xoxoxoxo",
                "reeds": "x---",
                "voice": f"{_CRUMBS_CHORUS} // Oh Ber-ga-mot, oh Ber-ga-mot / I smell your or-ange trees /"
                "The crumbs are gone but I am not / I fol-low on the breeze",
                "second": "3' 3'/.5 2'/.5 1' 7 | 7/1.5 5/.5 7 r | 4 4/.5 5/.5 6 4 | 5/3 r |"
                "3' 3'/.5 2'/.5 1' 7 | 7/1.5 5/.5 7 r | 4 5/.5 6/.5 5 4 | 3/3 r"
                "// Oh Ber-ga-mot, oh Ber-ga-mot / I smell your or-ange trees /"
                "The crumbs are gone but I am not / I fol-low on the breeze",
            },
        ),
        Section(
            name="end",
            chords="C D | G",
            gain_db=1.5,
            parts={
                "picked": "02132123|0.......",
                "strummed": "x.xux.xu|X.X.....",
                "bass": "1---1-a-|1-1-....",
                "drums": "kick x...x...|x.x..... / snare ..x...xx|..X.....",
                "fiddle": "6 5 4 2 | 1/.9 1/.9 r/2.2",
            },
        ),
    ),
)
