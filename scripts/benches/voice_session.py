"""Sessions for measuring voices: real songs and links, through the library, `realise` and `mix`, as any session goes.

Each song is a stretch from the thick of a real one, which is harder to talk over than an opening, and its sidecar says
that nobody sings in it, so that the timeline lets speech stand over it.

Conventions: mono float32, shape (n_frames,), at `RATE`, where nothing else is said.
"""

from __future__ import annotations

import logging
import os
import wave
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from voice_heard import Mono

from aidj.audio import StereoReader
from aidj.home import Home
from aidj.mixing import CEILING_DBTP, mix
from aidj.model import Item, Link, Plan, Set, Speech, TalkSettings, Track, TrackRef
from aidj.session import Realised, realise
from aidj.timeline import Clip, Timeline
from aidj.voice import Presenter, SpeechSound, chain, load_presenter

RATE = 44100
NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
TARGET_LUFS = -16.0
LINKS = 10
"""For each kind of music."""
EXCERPT_S = 20.0
TEXTS = (
    "That was a song you have not heard since the spring of last year.",
    "Good evening. Here are five songs that you used to play a lot.",
    "The next one came out in nineteen ninety four, and you have played it twenty six times.",
    "Now something new, from an artist you listen to nearly every week.",
    "You first heard this one on a Tuesday in October, nine years ago.",
    "Three songs from the same year, and then we slow down a little.",
    "This is the last song of the set. After it, something quite different.",
    "Forty one listens, and none of them in the last four hundred days.",
    "Here is the longest song of the evening, so take your time.",
    "That was the opening of an album that turns twenty this week.",
    "Next comes a song that you found on your own, late one night in winter.",
    "Nobody in your library has been played more often this month.",
    "We stay in the same key for a while, and the tempo goes up a little.",
    "The band made only two records. This is the first song of the second one.",
    "It has been more than a year since you heard a song of theirs.",
    "Something old now, from before you kept any count of what you play.",
    "That was the second song from the same producer, and the next one is the third.",
    "You used to listen to this every morning in the summer of that year.",
    "One more song about rain, and then the sun comes out again.",
    "The next record is new this week, by somebody you have followed for years.",
    "Half of the evening is over. The second half is a good deal louder.",
    "This one is for the drive home, with nothing at all to think about.",
    "They wrote it in one afternoon, and you have heard it fifty times.",
    "A short song now, and after it a very long one.",
    "Here is where it all began, the first song that you ever played here.",
    "That was quiet. What comes next is not, so mind the neighbours.",
    "You skipped this song three times in a row, and then you loved it.",
    "From the same city, but thirty years later, here is the next one.",
    "It is nearly midnight. These are the songs that you play at this hour.",
    "Thank you for listening. One last song, and then good night.",
)
"""Numbers in words, so that a recogniser can be asked for them."""

_PRESENTER = """\
schema: aidj.presenter/2
name: {name}
engine: {engine}
{more}language: en
licence: as the engine has it
origin: the engine {engine}, as installed here
"""
_OTHERS = {"pyttsx3": None, "flite": "slt", "festival": "cmu_us_slt_arctic_hts", "rhvoice": "slt", "pico": None}
"""Engines that are measured where they are installed, with the voice: slt, or their own choice."""


@dataclass(frozen=True)
class Speaker:
    """A presenter to be measured."""

    file: str
    """The name of the presenter's file."""
    label: str
    sound: SpeechSound


@dataclass(frozen=True)
class Over:
    """One link as it is heard in the mix."""

    text: str
    speech: Speech
    """Ready for the mix: dry."""
    start: int
    """On the timeline, in frames."""
    why: str

    @property
    def end(self) -> int:
        """The first frame after it."""
        return self.start + len(self.speech.samples)


@dataclass(frozen=True)
class Heard:
    """A session of links over one kind of music: the final mix, and its music alone."""

    kind: str
    target_lufs: float
    """The loudness of its songs: lower than asked for where one of them cannot be brought to it."""
    links: Sequence[Over]
    mixed: Mono
    """The final mix, with its limiter."""
    ducked: NDArray[np.float32]
    """The music of it alone, shape (n_frames, 2), without the limiter."""
    plain: NDArray[np.float32]
    """The same without the ducks."""


def real_kinds(folder: Path) -> Mapping[str, list[Path]]:
    """Return the songs of each kind of music: real ones where AIDJ_REAL_MUSIC names them, else the demo's."""
    real = os.environ.get("AIDJ_REAL_MUSIC")
    if real:
        roots = sorted(path for path in Path(real).expanduser().iterdir() if path.is_dir())
        # A game's song may lie there in stems: the band is the one called song.
        kinds = {root.name: sorted(path for path in root.rglob("*.ogg") if path.stem != "guitar") for root in roots}
    else:
        from aidj.demo import make_demo_library

        print("the songs are the demo's, as AIDJ_REAL_MUSIC does not name a folder")
        make_demo_library(folder / "demo", today=NOW.date())
        kinds = {"demo": sorted(path for path in (folder / "demo").rglob("*") if path.suffix in (".flac", ".mp3"))}
    return {name: songs for name, songs in kinds.items() if songs}


def make_library(home: Home, kinds: Mapping[str, Sequence[Path]], folder: Path) -> dict[str, list[Track]]:
    """Cut `LINKS` stretches from the songs of each kind and put them into a library; return its tracks by kind."""
    for kind, songs in kinds.items():
        (folder / kind).mkdir(parents=True)
        for number, (path, from_s) in enumerate(_stretches(songs)):
            reader = StereoReader(path, RATE, round(from_s * RATE))
            samples = reader.read(round(EXCERPT_S * RATE))
            reader.close()
            cut = folder / kind / f"{number:02d}.wav"
            _write(cut, samples)
            cut.with_name(cut.name + ".aidj.yaml").write_text(f"instrumental: true\ncue_out_s: {EXCERPT_S - 0.1}\n")
    home.library.scan([folder], now=NOW)
    return {kind: sorted(home.library.tracks([folder / kind]), key=lambda track: track.path.name) for kind in kinds}


def _stretches(songs: Sequence[Path]) -> Iterator[tuple[Path, float]]:
    import soundfile

    long = [(path, soundfile.info(path).duration) for path in songs]
    long = [(path, length_s) for path, length_s in long if length_s > 2.5 * EXCERPT_S]
    for number in range(LINKS):
        path, length_s = long[number * len(long) // LINKS if len(long) > LINKS else number % len(long)]
        yield path, length_s * (0.3 + 0.4 * ((number // len(long)) * 0.37 % 1.0))


def _write(path: Path, samples: NDArray[np.float32]) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1.0, 1.0) * 32767).astype("<i2").tobytes())


def presenters(home: Home) -> Iterator[Speaker]:
    """Yield who is measured: aidj's own two English presenters, and one for every other engine that is here."""
    for own in ("ella", "otto"):
        presenter = load_presenter(own)
        yield Speaker(own, f"{own} ({engine_of(presenter)})", presenter.sound)
    logging.getLogger("aidj.voice.engines").setLevel(logging.ERROR)  # what is not installed is said below
    for engine, voice in _OTHERS.items():
        presenter = make_presenter(home, f"bench {engine}", engine, f"voice: {voice}\n" if voice else "")
        if engine_of(presenter) == engine:
            yield Speaker(f"bench {engine}", f"{engine} slt" if voice else engine, presenter.sound)
        else:
            print(f"skipped: {engine}, as it is not installed")


def make_presenter(home: Home, file: str, engine: str, more: str = "") -> Presenter:
    """Write a presenter's file, with more lines if wanted, and read it."""
    folder = home.voices_folder / "presenters"
    folder.mkdir(parents=True, exist_ok=True)
    text = _PRESENTER.format(name=file.capitalize(), engine=engine, more=more)
    (folder / f"{file}.yaml").write_text(text, encoding="utf-8")
    return load_presenter(file, extra_folders=(home.voices_folder,))


def engine_of(presenter: Presenter) -> str:
    """Return the engine that a presenter speaks with here."""
    return next(iter(chain(presenter)))[0].name


def hear(
    home: Home, kind: str, tracks: Sequence[Track], presenter: str, first: int, talk: TalkSettings | None = None
) -> Heard:
    """Render a session in which a presenter says a text before each song, from text number `first` on.

    Parameters
    ----------
    presenter : str
        The name of a presenter's file.
    talk : TalkSettings, optional
        How far music is lowered; by default as usual. Links stand over music in any case.

    Raises
    ------
    RuntimeError
        If anything had to be left out of it.
    """
    texts = [TEXTS[(first + number) % len(TEXTS)] for number in range(len(tracks))]
    realised = realise(home, _plan(tracks, texts, presenter), rate=RATE, talk=talk or TalkSettings(), disclose=False)
    timeline, links = realised.timeline, _links(realised)
    if realised.warnings or len(links) < len(tracks):
        raise RuntimeError(f"{len(links)} of {len(tracks)} links are said; {'; '.join(realised.warnings)}")
    music = tuple(clip for clip in timeline.clips if clip.lane == "music")
    return Heard(
        kind=kind,
        target_lufs=realised.target_lufs,
        links=links,
        mixed=_summed(timeline, CEILING_DBTP).mean(axis=1),
        ducked=_summed(replace(timeline, clips=music), None),
        plain=_summed(replace(timeline, clips=tuple(map(_not_ducked, music))), None),
    )


def _not_ducked(clip: Clip) -> Clip:
    """Return a clip without its ducks: no other gain of a clip moves so, and no other band is a peak."""
    return replace(
        clip,
        ramps=tuple(ramp for ramp in clip.ramps if ramp.shape != "smooth_db"),
        bands=tuple(band for band in clip.bands if band.filter != "peak"),
    )


def _links(realised: Realised) -> list[Over]:
    clips = [clip for clip in realised.timeline.clips if clip.lane == "voice"]
    whys = {round(mark.start_s * RATE): mark.why for mark in realised.timeline.marks if mark.kind == "link"}
    found = []
    for clip in clips:
        assert isinstance(clip.source, Speech)
        speech = replace(clip.source, samples=clip.source.samples * np.float32(clip.gain))
        found.append(Over(speech.text, speech, clip.start_frames, whys.get(clip.start_frames, "")))
    return found


def _plan(tracks: Sequence[Track], texts: Sequence[str], presenter: str) -> Plan:
    entries: list[Item | Link] = []
    for track, text in zip(tracks, texts, strict=True):
        entries.append(Link(kind="intro", text=text))
        entries.append(Item(track=TrackRef(id=track.id, path=track.path, artist=track.artist, title=track.title)))
    return Plan(
        title="Measured",
        planned_at=NOW,
        seed=4,
        minutes=len(tracks) * EXCERPT_S / 60,
        presenter=presenter,
        target_lufs=TARGET_LUFS,
        settings={"talk_placement": "over"},
        sets=(Set(theme="songs in a row", entries=tuple(entries)),),
    )


def _summed(timeline: Timeline, ceiling_dbtp: float | None) -> NDArray[np.float32]:
    return np.concatenate(list(mix(timeline, ceiling_dbtp=ceiling_dbtp)))
