"""Other ways to lower music under speech, beside the usual ones: how a voice is understood, and what the dip costs."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from measuring import Row
from voice_measures import measure
from voice_session import LINKS, NOW, RATE, TARGET_LUFS, engine_of, hear, make_library, make_presenter, real_kinds

from aidj.analysis.analyse import analyse_file
from aidj.home import open_home
from aidj.mixing import mix
from aidj.model import Item, Link, Singing, Speech, TalkSettings, Track, TrackRef
from aidj.timeline import Song, Talk, Timeline, lay_out
from aidj.voice.presenters import Duck

VOICES: Mapping[str, str] = {"espeak": "en-us+f2", "flite": "slt"}
"""A computed voice and a recorded one, by engine; measured where they are installed."""
MOST_OF_DIP = 1.15


@dataclass(frozen=True)
class Way:
    """How music is lowered."""

    duck: Duck
    """What the presenter's file says."""
    talk: TalkSettings


WAYS: Mapping[str, Way] = {
    "flat -15": Way("flat", TalkSettings()),
    "-12 and dip": Way("dip", TalkSettings()),
    "flat -12": Way("flat", TalkSettings(dip_db=0.0)),
    "flat -15, voice 9.5 dB softer": Way("flat", TalkSettings(voice_db=-9.5)),
}


def rows() -> list[Row]:
    """Measure every way with every voice over every kind of music."""
    made: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, open_home(Path(folder) / "data") as home:
        work = Path(folder)
        kinds = real_kinds(work)
        library = make_library(home, kinds, work / "music")
        for engine, voice in VOICES.items():
            for name, way in WAYS.items():
                file = f"bench {engine} {way.duck}"
                presenter = make_presenter(home, file, engine, f"voice: {voice}\nsound: {{duck: {way.duck}}}\n")
                if engine_of(presenter) != engine:
                    print(f"skipped: {engine}, as it is not installed")
                    break
                for number, (kind, tracks) in enumerate(library.items()):
                    heard = hear(home, kind, tracks, file, number * LINKS, way.talk)
                    scores = [measure(heard, link, recognise=False).stoi for link in heard.links]
                    made.append(_understood(f"{engine} {voice} over {kind}, {name}", scores))
        made.append(_cost(max(next(iter(kinds.values())), key=lambda path: path.stat().st_size)))
    return made


def _understood(what: str, scores: Sequence[float]) -> Row:
    measure = f"STOI, {what}: least of {len(scores)}"
    return Row(measure, min(scores), "", "to compare", "their median", float(np.median(scores)), True)


# --- what the dip costs -----------------------------------------------------------------------------------------------


def _cost(path: Path) -> Row:
    """Compare mixing a whole song with and without a dip, in the same run."""
    nobody = Singing(ranges_s=np.zeros((0, 2)), confidence=1.0, source="sidecar")
    analysis = replace(analyse_file(path), singing=nobody, intro_end_s=None, fade_starts_s=None)
    track = Track(id="song", path=path, title="", artist="", duration_s=analysis.duration_s, added_at=NOW)
    song = Song(item=Item(track=TrackRef(id=track.id)), track=track, analysis=analysis)
    silence = Speech(text="", samples=np.zeros(8 * RATE, np.float32), rate=RATE, engine="", voice="")
    talk = Talk(link=Link(kind="intro"), speech=silence)
    flat_s, dip_s = (
        min(_cpu_s(_laid(talk, song, TalkSettings(placement="over", dip_db=dip_db))) for _ in range(3))
        for dip_db in (0.0, TalkSettings().dip_db)
    )
    what = f"CPU of mixing a song of {analysis.duration_s:.0f} s with 8 s of dip"
    ratio = dip_s / flat_s
    return Row(what, ratio, "x", f"<= {MOST_OF_DIP}", "without the dip, ms", 1000 * flat_s, ratio <= MOST_OF_DIP)


def _laid(talk: Talk, song: Song, settings: TalkSettings) -> Timeline:
    return lay_out([talk, song], rate=RATE, target_lufs=TARGET_LUFS, talk=settings)


def _cpu_s(timeline: Timeline) -> float:
    begun = time.process_time()
    for _ in mix(timeline):
        pass
    return time.process_time() - begun
