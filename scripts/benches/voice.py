"""The presenter's voice: understood in the final mix, its duck and level, its words, names, and what a worker survives.

AIDJ_REAL_MUSIC names a folder with a folder of real songs for each kind of music; without it the demo's songs are used.
AIDJ_BENCH_PARTS picks some of: mix, ways, words, names, soak, deaths. Every speech engine that is here is measured.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import voice_names
import voice_ways
from measuring import Row
from voice_heard import Mono, aligned_s
from voice_measures import DIP, HIGH, LOW, Measured, measure
from voice_session import LINKS, RATE, TEXTS, hear, make_library, presenters, real_kinds
from voice_soak import deaths, hostile_texts, soak

from aidj.analysis import integrated_loudness
from aidj.home import open_home
from aidj.model import TalkSettings
from aidj.voice import SpeechSound, load_presenter, make_voice

UTTERANCES = 2400
LEAST_STOI = 0.90
RECOGNISED_OF = 3
"""One of so many links goes through the recogniser: it is slow."""
WORD_MEDIAN_S, WORD_95_S = 0.020, 0.080
EDGE_DBFS = -60.0


def rows() -> list[Row]:
    """Measure all parts, or those that were picked."""
    parts: dict[str, Callable[[], list[Row]]] = {
        "mix": _mix,
        "ways": voice_ways.rows,
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
        for speaker in presenters(home):
            links: list[Measured] = []
            for number, (kind, tracks) in enumerate(library.items()):
                heard = hear(home, kind, tracks, speaker.file, number * LINKS)
                of_kind = [
                    measure(heard, link, recognise=place % RECOGNISED_OF == 0) for place, link in enumerate(heard.links)
                ]
                made.append(_understood(f"{speaker.label} over {kind}", of_kind))
                links += of_kind
            made.append(_recognised(speaker.label, links))
            made += _ducked(speaker.label, speaker.sound, links)
            made += _level(speaker.label, links)
    return made


def _understood(what: str, links: Sequence[Measured]) -> Row:
    scores = [link.stoi for link in links]
    return Row(
        f"STOI, {what}: least of {len(scores)}",
        min(scores),
        f"{sum(link.over_music for link in links)} over music",
        f">= {LEAST_STOI:.2f}",
        "their median",
        float(np.median(scores)),
        min(scores) >= LEAST_STOI,
    )


def _recognised(name: str, links: Sequence[Measured]) -> Row:
    found = [link.recognised for link in links if link.recognised]
    n_words = sum(one.n_words for one in found)
    dry, mixed = sum(one.dry for one in found) / n_words, sum(one.mixed for one in found) / n_words
    return Row(f"word errors in the mix, {name}", mixed, f"of {n_words} words", "to watch", "dry", dry, True)


def _ducked(name: str, sound: SpeechSound, links: Sequence[Measured]) -> list[Row]:
    """Compare the duck with the one that is meant for a voice."""
    usual, flat, what = TalkSettings(), sound.duck == "flat", f"duck, {name}"
    duck_db = usual.duck_db + (usual.dip_db / 2 if flat else 0.0)
    made = []
    for band, wanted_db in ((DIP, duck_db + (0.0 if flat else usual.dip_db)), (LOW, duck_db), (HIGH, duck_db)):
        depths = [link.lowered_db[band] for link in links]
        off = max((depth - wanted_db for depth in depths), key=abs)
        reach = f"{wanted_db:g} +- 0.5"
        made.append(Row(f"{what}: {band}", float(np.median(depths)), "dB", reach, "farthest off", off, abs(off) <= 0.5))
    lowered, completes, gones = zip(*((link.lowered_lu, link.complete_s, link.gone_s) for link in links), strict=True)
    kind = "flat" if flat else "with a dip"
    least, latest = min(completes), max(gones)
    return [
        *made,
        Row(f"{what}: loudness", float(np.median(lowered)), f"LU, {kind}", "", "least deep", max(lowered), True),
        Row(f"{what}: complete before word 1", least, "s", ">= 0", "most", max(completes), least >= 0),
        Row(f"{what}: gone after the last word", latest, "s", "<= 2", "soonest", min(gones), latest <= 2),
    ]


def _level(name: str, links: Sequence[Measured]) -> list[Row]:
    """Measure how loud the voice is beside the songs, and over them as they are under it; and its edges."""
    # Sessions whose songs cannot all be brought to one loudness are softer: the voice goes with them.
    said = np.concatenate([link.speech * np.float32(10 ** (-link.target_lufs / 20 - 1)) for link in links])
    beside = _lufs(said) + 20.0
    over = float(np.median([_lufs(link.speech) - link.under_lufs for link in links]))
    under_lufs, edge = float(np.median([link.under_lufs for link in links])), max(link.edge_dbfs for link in links)
    return [
        Row(f"voice, {name}: beside the songs", beside, "LU", "0 +- 0.5", "", None, abs(beside) <= 0.5),
        Row(f"voice, {name}: over the ducked music", over, "LU", "to watch", "music, LUFS", under_lufs, True),
        Row(f"voice, {name}: step at its edges", edge, "dBFS", f"<= {EDGE_DBFS:g}", "", None, edge <= EDGE_DBFS),
    ]


def _lufs(speech: Mono) -> float:
    return integrated_loudness(np.ascontiguousarray(speech[:, None].repeat(2, axis=1)), RATE)


# --- words, and the worker --------------------------------------------------------------------------------------------


def _words() -> list[Row]:
    """Compare when words begin, as the engine has it, and as a recogniser that knows the text has it."""
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
