"""The presenter's voice: how it is understood in the final mix, its duck, its words, names, and what the worker survives.

AIDJ_REAL_MUSIC names a folder with a folder of real songs for each kind of music; without it the demo's songs are used.
AIDJ_BENCH_PARTS picks some of: mix, words, names, soak, deaths. Every speech engine that is installed is measured.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import voice_names
from measuring import Row
from numpy.typing import NDArray
from voice_heard import aligned_s, heard_words, word_errors, words_of
from voice_session import LINKS, RATE, TARGET_LUFS, TEXTS, Heard, Over, hear, make_library, presenters, real_kinds
from voice_soak import deaths, hostile_texts, soak

from aidj.analysis import integrated_loudness
from aidj.home import open_home
from aidj.model import TalkSettings
from aidj.voice import Presenter, load_presenter, make_voice

UTTERANCES = 2400
LEAST_STOI = 0.90
RECOGNISED_OF = 3
"""One of so many links goes through the recogniser: it is slow."""
WORD_MEDIAN_S, WORD_95_S = 0.020, 0.080
EDGE_DBFS = -60.0

_BANDS_HZ = {"at 1.8 kHz": (1600.0, 2000.0), "below 300 Hz": (60.0, 300.0)}
_STEP_S = 0.05
_AUDIBLE_DB = -60.0


def rows() -> list[Row]:
    """Measure all parts, or those that were picked."""
    parts: dict[str, Callable[[], list[Row]]] = {
        "mix": _mix,
        "words": _words,
        "names": voice_names.rows,
        "soak": _soak,
        "deaths": _deaths,
    }
    wanted = os.environ.get("AIDJ_BENCH_PARTS", ",".join(parts)).split(",")
    return [row for name, part in parts.items() if name in wanted for row in part()]


# --- in the final mix -------------------------------------------------------------------------------------------------


def _mix() -> list[Row]:
    made: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, open_home(Path(folder) / "data") as home:
        work = Path(folder)
        library = make_library(home, real_kinds(work), work / "music")
        for name, presenter in presenters(home).items():
            sessions = [
                hear(home, kind, tracks, name, presenter, number * LINKS)
                for number, (kind, tracks) in enumerate(library.items())
            ]
            made += [_understood(name, heard) for heard in sessions]
            made += _recognised(name, sessions)
            made += _ducked(name, presenter, sessions)
            made += _level(name, sessions)
            made.append(_edges(name, sessions))
    return made


def _understood(name: str, heard: Heard) -> Row:
    from pystoi import stoi

    scores = [float(stoi(link.speech.samples, heard.mixed[link.start : link.end], RATE)) for link in heard.links]
    covered = sum(_covered(heard, link) for link in heard.links)
    return Row(
        f"STOI of {len(scores)} links in the mix, {name} over {heard.kind}, the least",
        min(scores),
        f"{covered} with music under all of it",
        f">= {LEAST_STOI:.2f}",
        "their median",
        float(np.median(scores)),
        min(scores) >= LEAST_STOI,
    )


def _covered(heard: Heard, link: Over) -> bool:
    """Return whether music sounds under every second of a link."""
    n = RATE
    under = heard.plain[link.start : link.end]
    seconds = [under[at : at + n] for at in range(0, max(1, len(under) - n // 2), n)]
    return all(_db(float(np.mean(part.astype(np.float64) ** 2))) > -45.0 for part in seconds)


def _recognised(name: str, sessions: Sequence[Heard]) -> list[Row]:
    chosen = [(heard, link) for heard in sessions for link in heard.links[::RECOGNISED_OF]]
    total = sum(len(words_of(link.text)) for _, link in chosen)
    dry = sum(word_errors(words_of(link.text), heard_words(link.speech.samples, RATE)) for _, link in chosen)
    mixed = sum(
        word_errors(words_of(link.text), heard_words(heard.mixed[link.start : link.end], RATE))
        for heard, link in chosen
    )
    what = f"word errors in the mix, {name}"
    return [Row(what, mixed / total, f"of {total} words", "to watch", "dry", dry / total, True)]


def _ducked(name: str, presenter: Presenter, sessions: Sequence[Heard]) -> list[Row]:
    """Measure the duck on the music alone, with and without it."""
    usual = TalkSettings()
    flat = presenter.sound.duck == "flat"
    duck_db = usual.duck_db + (usual.dip_db / 2 if flat else 0.0)
    wanted = {"at 1.8 kHz": duck_db + (0.0 if flat else usual.dip_db), "below 300 Hz": duck_db}
    links = [(heard, link) for heard in sessions for link in heard.links]
    lower = [_lowered_lu(heard, link) for heard, link in links]
    what = f"duck, {name} ({'flat' if flat else 'with a dip'})"
    made = [Row(f"{what}: loudness of the music", float(np.median(lower)), "LU", "", "least deep", max(lower), True)]
    for band, hz in _BANDS_HZ.items():
        depths = [_lowered_db(heard, link.start, link.end, hz) for heard, link in links]
        far = max((depth - wanted[band] for depth in depths), key=abs)
        reach = f"{wanted[band]:g} +- 0.5"
        made.append(Row(f"{what}: {band}", float(np.median(depths)), "dB", reach, "farthest off", far, abs(far) <= 0.5))
    leads, backs = zip(*(_timing(heard, link) for heard, link in links), strict=True)
    least, latest = min(leads), max(backs)
    made.append(Row(f"{what}: complete before the first word, least", least, "s", ">= 0", "most", max(leads), least >= 0))
    made.append(Row(f"{what}: gone after the last word, latest", latest, "s", "<= 2", "soonest", min(backs), latest <= 2))
    return made


def _lowered_lu(heard: Heard, link: Over) -> float:
    under = slice(link.start, link.end)
    return integrated_loudness(heard.ducked[under], RATE) - integrated_loudness(heard.plain[under], RATE)


def _lowered_db(heard: Heard, start: int, end: int, hz: tuple[float, float]) -> float:
    return _band_db(heard.ducked[start:end], hz) - _band_db(heard.plain[start:end], hz)


def _band_db(samples: NDArray[np.float32], hz: tuple[float, float]) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))[:, None], axis=0)) ** 2
    f = np.fft.rfftfreq(len(samples), 1 / RATE)
    return _db(float(spectrum[(f >= hz[0]) & (f <= hz[1])].sum()))


def _timing(heard: Heard, link: Over) -> tuple[float, float]:
    """Return how long before the first word the duck is complete, and how long after the last it is gone."""
    first_word = link.start + (round(link.speech.words[0].start_s * RATE) if link.speech.words else 0)
    depth_db = _lowered_db(heard, link.start, link.end, _BANDS_HZ["below 300 Hz"])
    complete, gone = link.start - round(2.0 * RATE), link.end
    for start, gain_db in _gains_db(heard, complete, first_word + RATE):
        if gain_db > depth_db + 0.5:  # not yet: from the end of this stretch on, perhaps
            complete = start + round(_STEP_S * RATE)
    for start, gain_db in _gains_db(heard, link.end, link.end + round(3.0 * RATE)):
        if gain_db < -0.5:
            gone = start + round(_STEP_S * RATE)
    return (first_word - complete) / RATE, (gone - link.end) / RATE


def _gains_db(heard: Heard, start: int, end: int) -> Iterator[tuple[int, float]]:
    """Yield how far the low notes are lowered in each stretch, where there are any."""
    n = round(_STEP_S * RATE)
    for at in range(max(0, start), min(end, len(heard.plain) - n), n):
        if _db(float(np.mean(heard.plain[at : at + n].astype(np.float64) ** 2))) > _AUDIBLE_DB:
            yield at, _lowered_db(heard, at, at + n, _BANDS_HZ["below 300 Hz"])


def _level(name: str, sessions: Sequence[Heard]) -> list[Row]:
    """Measure how loud the voice is beside the songs, and over them as they are under it."""
    said = _lufs([link.speech.samples[:, None].repeat(2, axis=1) for heard in sessions for link in heard.links])
    under = _lufs([heard.ducked[link.start : link.end] for heard in sessions for link in heard.links])
    songs = _lufs([heard.plain for heard in sessions])
    beside = said - TARGET_LUFS
    return [
        Row(f"voice, {name}: beside the songs", beside, "LU", "0 +- 0.5", "songs, LUFS", songs, abs(beside) <= 0.5),
        Row(f"voice, {name}: over the ducked music", said - under, "LU", "to watch", "music, LUFS", under, True),
    ]


def _lufs(parts: Sequence[NDArray[np.float32]]) -> float:
    return integrated_loudness(np.ascontiguousarray(np.concatenate(parts)), RATE)


def _edges(name: str, sessions: Sequence[Heard]) -> Row:
    """Return how high a speech stands where it begins and ends: a step is a click."""
    steps = [float(abs(link.speech.samples[at])) for heard in sessions for link in heard.links for at in (0, -1)]
    highest = 2 * _db(max(steps))
    return Row(f"voice, {name}: step at its edges", highest, "dBFS", f"<= {EDGE_DBFS:g}", "", None, highest <= EDGE_DBFS)


def _db(power: float) -> float:
    return 10 * float(np.log10(max(power, 1e-20)))


# --- words, and the worker --------------------------------------------------------------------------------------------


def _words() -> list[Row]:
    """Compare when words begin, as the engine has it and as a recogniser that knows the text has it."""
    made = []
    for name in ("ella", "otto"):
        voice = make_voice(load_presenter(name))
        errors_s: list[float] = []
        n_texts = 0
        for text in TEXTS:
            speech = voice.speak(text)
            theirs = aligned_s(speech)
            if theirs is None:
                continue
            if len(theirs) != len(speech.words):
                raise RuntimeError(f"{len(speech.words)} times for {len(theirs)} words: {text}")
            n_texts += 1
            errors_s += [abs(word.start_s - other) for word, other in zip(speech.words, theirs, strict=True)]
        unit = f"ms, {len(errors_s)} words"
        median, late = float(np.median(errors_s)), float(np.quantile(errors_s, 0.95))
        what = f"word times against forced alignment, {name}"
        made += [
            Row(f"{what}: median", 1000 * median, unit, "<= 20", "texts aligned", n_texts, median <= WORD_MEDIAN_S),
            Row(f"{what}: 95 %", 1000 * late, unit, "<= 80", "longest", 1000 * max(errors_s), late <= WORD_95_S),
        ]
    return made


def _soak() -> list[Row]:
    found = soak([*TEXTS, *hostile_texts()], UTTERANCES)
    for problem in found.bad[:10]:
        print(f"soak: {problem}", file=sys.stderr)
    before_mb, after_mb = found.memory_mb
    many = f"of {found.count} utterances"
    grown = after_mb - before_mb
    return [
        Row("soak: bad", len(found.bad), many, "0", "of speech, min", found.speech_s / 60, not found.bad),
        Row("soak: each", float(np.median(found.wall_ms)), "ms", "", "slowest", max(found.wall_ms), True),
        Row("soak: the worker has grown by", grown, "MB", "<= 5", "its size, MB", after_mb, grown <= 5),
    ]


def _deaths() -> list[Row]:
    return [
        Row(
            f"{death.kind}, {'once' if death.times == 1 else 'and again at once'}: links lost",
            death.lost,
            "of 10",
            "0" if death.times == 1 else "<= 1",
            "longer than others, s",
            death.extra_s,
            death.lost <= death.times - 1,
        )
        for death in deaths()
    ]
