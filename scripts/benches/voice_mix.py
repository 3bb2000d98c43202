"""How well a presenter is understood in the final mix, and what the duck does to the music.

AIDJ_REAL_MUSIC names a folder with a folder of real songs for each kind of music; without it the demo's songs are used.
Each kind has ten links, each over ten seconds from the thick of a song (never an opening, which would be kinder),
mixed as a session is, with its limiter. The judge is STOI (pystoi) of the mix against the same clip dry.

A second voice joins in where the program flite is installed: recorded speech rather than computed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import soundfile
from measuring import Row
from numpy.typing import NDArray

from aidj.analysis import analyse_file, integrated_loudness
from aidj.audio import StereoReader
from aidj.mixing import mix
from aidj.model import Analysis, Item, Link, Singing, Speech, TalkSettings, Track, TrackRef
from aidj.timeline import Song, Talk, Timeline, lay_out
from aidj.voice import SpeechSound, load_presenter, make_voice, prepare_speeches

RATE = 44100
TARGET_LUFS = -16.0
LINKS = 10
"""For each kind of music."""
EXCERPT_S = 24.0
LEAST_STOI = 0.90
PRESENTER = "ella"
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
)
WAYS = {
    "flat -15": TalkSettings(placement="over", duck_db=-15.0, dip_db=0.0),
    "-12 and dip": TalkSettings(placement="over", duck_db=-12.0, dip_db=-6.0),
    "flat -12": TalkSettings(placement="over", duck_db=-12.0, dip_db=0.0),
}
_BANDS_HZ = {"at 1.8 kHz": (1600.0, 2000.0), "below 400 Hz": (60.0, 400.0), "above 8 kHz": (8000.0, 14000.0)}


@dataclass(frozen=True)
class Speaker:
    """Somebody who says the texts, and the duck that is meant for the voice."""

    name: str
    speeches: Sequence[Speech]
    sound: SpeechSound

    @property
    def way(self) -> str:
        """Which of the ways is this voice's own."""
        return "flat -15" if self.sound.duck == "flat" else "-12 and dip"


def rows() -> list[Row]:
    """Measure every voice over every kind of music."""
    with tempfile.TemporaryDirectory() as folder:
        found = _kinds(Path(folder))
        kinds = {name: _excerpts(songs, Path(folder) / name) for name, songs in found.items()}
        made: list[Row] = []
        for speaker in _speakers(Path(folder)):
            for name, songs in kinds.items():
                made += _understood(speaker, name, songs)
        first, whole = (
            next(iter(kinds.values()))[0],
            max(next(iter(found.values())), key=lambda path: path.stat().st_size),
        )
        return made + _ducked(first) + _cost(_song(whole, analyse_file(whole)))


# --- what is said, and over what --------------------------------------------------------------------------------------


def _speakers(folder: Path) -> Iterator[Speaker]:
    presenter = load_presenter(PRESENTER)
    voice = make_voice(presenter)
    yield _prepared(presenter.name, [voice.speak(text) for text in TEXTS], presenter.sound)
    if shutil.which("flite"):
        yield _prepared("flite slt", [_flite(text, folder / "said.wav") for text in TEXTS], SpeechSound())
    else:
        print("skipped: a recorded voice, as the program flite is not installed")


def _prepared(name: str, speeches: Sequence[Speech], sound: SpeechSound) -> Speaker:
    return Speaker(name, prepare_speeches(speeches, rate=RATE, target_lufs=TARGET_LUFS, sound=sound), sound)


def _flite(text: str, path: Path) -> Speech:
    subprocess.run(["flite", "-voice", "slt", "-t", text, "-o", str(path)], check=True)
    samples, rate = soundfile.read(path, dtype="float32")
    return Speech(text=text, samples=samples, rate=rate, engine="flite", voice="slt")


def _kinds(folder: Path) -> dict[str, list[Path]]:
    real = os.environ.get("AIDJ_REAL_MUSIC")
    if real:
        roots = sorted(path for path in Path(real).iterdir() if path.is_dir())
        kinds = {root.name: sorted(root.rglob("*.ogg")) for root in roots}
    else:
        from aidj.demo import make_demo_library

        print("the songs are the demo's, as AIDJ_REAL_MUSIC does not name a folder")
        make_demo_library(folder / "demo", today=datetime(2026, 11, 21, tzinfo=UTC).date())
        kinds = {"demo": sorted(path for path in (folder / "demo").rglob("*") if path.suffix in (".flac", ".mp3"))}
    return {name: songs for name, songs in kinds.items() if songs}


def _excerpts(songs: Sequence[Path], folder: Path) -> list[Song]:
    """Return stretches from the thick of songs, as many as there are links; several of a song where songs are few."""
    folder.mkdir(parents=True)
    long = [path for path in songs if soundfile.info(path).duration > 2.5 * EXCERPT_S]
    made = []
    for number in range(LINKS):
        path = long[number * len(long) // LINKS if len(long) > LINKS else number % len(long)]
        share = 0.3 + 0.4 * ((number // len(long)) * 0.37 % 1.0)
        reader = StereoReader(path, RATE, round(soundfile.info(path).duration * share * RATE))
        samples = reader.read(round(EXCERPT_S * RATE))
        reader.close()
        cut = folder / f"{number}.wav"
        soundfile.write(cut, samples, RATE, subtype="FLOAT")
        made.append(_song(cut, analyse_file(cut)))
    return made


def _song(path: Path, analysis: Analysis) -> Song:
    nobody = Singing(ranges_s=np.zeros((0, 2)), confidence=1.0, source="sidecar")
    track = Track(
        id=str(path),
        path=path,
        title=path.stem,
        artist="",
        duration_s=analysis.duration_s,
        added_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    analysis = replace(analysis, singing=nobody, intro_end_s=None, fade_starts_s=None)
    return Song(item=Item(track=TrackRef(id=track.id)), track=track, analysis=analysis)


# --- how it is understood ---------------------------------------------------------------------------------------------


def _understood(speaker: Speaker, kind: str, songs: Sequence[Song]) -> list[Row]:
    made = []
    for name, settings in WAYS.items():
        scores = [_stoi(song, speech, settings) for song, speech in zip(songs, speaker.speeches, strict=True)]
        own = name == speaker.way
        made.append(
            Row(
                measure=f"STOI, {speaker.name} over {kind}: least of {len(scores)}, {name}",
                value=min(scores),
                unit="",
                reach=f">= {LEAST_STOI}" if own else "to compare",
                peer="their median",
                peer_value=float(np.median(scores)),
                ok=not own or min(scores) >= LEAST_STOI,
            )
        )
    pairs = list(zip(songs, speaker.speeches, strict=True))
    near = [_stoi(song, _just_over(speech), WAYS[speaker.way]) for song, speech in pairs]
    made.append(
        Row(
            measure=f"STOI, {speaker.name} over {kind}: the same, the voice 2.5 LU over the ducked music",
            value=min(near),
            unit="",
            reach="to compare",
            peer="their median",
            peer_value=float(np.median(near)),
            ok=True,
        )
    )
    return made


def _just_over(speech: Speech) -> Speech:
    """Return the speech 2.5 LU over music that is lowered by 12 dB."""
    return replace(speech, samples=speech.samples * np.float32(10 ** ((2.5 - 12.0) / 20)))


def _laid(song: Song, speech: Speech, settings: TalkSettings) -> Timeline:
    talk = Talk(link=Link(kind="intro"), speech=speech)
    return lay_out([talk, song], rate=RATE, target_lufs=TARGET_LUFS, talk=settings)


def _stoi(song: Song, speech: Speech, settings: TalkSettings) -> float:
    from pystoi import stoi

    timeline = _laid(song, speech, settings)
    (voice,) = (clip for clip in timeline.clips if clip.lane == "voice")
    (music,) = (clip for clip in timeline.clips if clip.lane == "music")
    if not music.start_frames <= voice.start_frames < voice.end_frames <= music.end_frames:
        raise RuntimeError(f"the link is not over the music: {timeline.marks[0].why}")
    heard = np.concatenate(list(mix(timeline)))[voice.start_frames : voice.end_frames].mean(axis=1)
    return float(stoi(speech.samples, heard, RATE))


# --- what is done to the music ----------------------------------------------------------------------------------------


def _ducked(song: Song) -> list[Row]:
    """Measure the duck on samples: the music alone, with and without it."""
    speech = _silence(8.0)
    made = []
    for name, settings in WAYS.items():
        timeline = _laid(song, speech, settings)
        (voice,) = (clip for clip in timeline.clips if clip.lane == "voice")
        plain = replace(timeline, clips=tuple(replace(clip, ramps=(), bands=()) for clip in timeline.clips))
        under = slice(voice.start_frames, voice.end_frames)
        ducked, whole = (np.concatenate(list(mix(line, ceiling_dbtp=None)))[under] for line in (timeline, plain))
        depth = integrated_loudness(ducked, RATE) - integrated_loudness(whole, RATE)
        deep = depth <= settings.duck_db + 0.1
        made.append(Row(f"{name}: loudness", depth, "LU", "the duck, and a dip", "", None, deep))
        for band, (low_hz, high_hz) in _BANDS_HZ.items():
            change = _band_db(ducked, low_hz, high_hz) - _band_db(whole, low_hz, high_hz)
            wanted = settings.duck_db + (settings.dip_db if band == "at 1.8 kHz" else 0.0)
            made.append(
                Row(f"{name}: {band}", change, "dB", f"{wanted:g} +- 0.5", "", None, abs(change - wanted) <= 0.5)
            )
    return made


def _band_db(samples: NDArray[np.float32], low_hz: float, high_hz: float) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))[:, None], axis=0)) ** 2
    f = np.fft.rfftfreq(len(samples), 1 / RATE)
    return float(10 * np.log10(spectrum[(f > low_hz) & (f < high_hz)].sum()))


def _silence(seconds: float) -> Speech:
    return Speech(text="", samples=np.zeros(round(seconds * RATE), np.float32), rate=RATE, engine="", voice="")


def _cost(song: Song) -> list[Row]:
    """Compare mixing with and without the dip, in the same run."""
    speech = _silence(8.0)
    lines = {name: _laid(song, speech, WAYS[name]) for name in ("flat -12", "-12 and dip")}
    spent = {name: min(_cpu_s(line) for _ in range(3)) for name, line in lines.items()}
    ratio = spent["-12 and dip"] / spent["flat -12"]
    what = f"CPU of mixing a song of {song.analysis.duration_s:.0f} s with 8 s of dip"
    return [Row(what, ratio, "x", "<= 1.15", "without the dip, ms", 1000 * spent["flat -12"], ratio <= 1.15)]


def _cpu_s(timeline: Timeline) -> float:
    begun = time.process_time()
    for _ in mix(timeline):
        pass
    return time.process_time() - begun
