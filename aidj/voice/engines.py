"""Which speech engines there are, and which of them speak for a presenter, in order."""

from __future__ import annotations

import importlib.metadata
import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from aidj.errors import ConfigError, VoiceError
from aidj.voice.engine_files import engine_file_names, load_engine_file
from aidj.voice.presenters import AUTO, Presenter, first_engine
from aidj.voice.protocol import Delivery, Engine
from aidj.voice.voice_files import found_voice_file

ENTRY_POINTS = "aidj.voices"

SILENT = frozenset({"silent", "captions"})
"""Engines whose speech is silent on purpose."""

_FALL_BACKS = ("espeak", "pyttsx3", "captions")
_LOG = logging.getLogger(__name__)


def _espeak() -> Engine:
    from aidj.voice.espeak import EspeakEngine

    return EspeakEngine()


def _pyttsx3() -> Engine:
    from aidj.voice.pyttsx3_engine import Pyttsx3Engine

    return Pyttsx3Engine()


def _piper() -> Engine:
    from aidj.voice.piper import PiperEngine

    return PiperEngine()


def _sherpa() -> Engine:
    from aidj.voice.sherpa import SherpaEngine

    return SherpaEngine()


def _silent() -> Engine:
    from aidj.voice.fakes import SilentEngine

    return SilentEngine()


def _tone() -> Engine:
    from aidj.voice.fakes import ToneEngine

    return ToneEngine()


def _captions() -> Engine:
    from aidj.voice.fakes import SilentEngine

    return SilentEngine("captions")


_BUILT_IN: Mapping[str, Callable[[], Engine]] = {
    "espeak": _espeak,
    "pyttsx3": _pyttsx3,
    "piper": _piper,
    "sherpa": _sherpa,
    "captions": _captions,
    "silent": _silent,
    "tone": _tone,
}


def engine_names(extra_folders: Sequence[Path] = ()) -> tuple[str, ...]:
    """Return the names of all engines: those that come with aidj, that other packages offer, that files tell of."""
    return tuple(sorted({*_BUILT_IN, *_offers(), *engine_file_names(extra_folders)}))


@cache
def load_engine(name: str, extra_folders: tuple[Path, ...] = ()) -> Engine:
    """Return an engine; the same one each time, so that all who speak share its process.

    Parameters
    ----------
    name : str
        What presenter files call it.
    extra_folders : tuple of Path
        Voices folders of the user's, which may have files of engines.

    Raises
    ------
    ConfigError
        If there is none of this name, or its file has a mistake.
    VoiceError
        If the package that offers it cannot be loaded.
    """
    if name in _BUILT_IN:
        return _BUILT_IN[name]()
    offered = _offers().get(name)
    if offered is None:
        from_file = load_engine_file(name, extra_folders)
        if from_file is None:
            raise unknown_engine(name, extra_folders)
        return from_file
    try:
        engine: Engine = offered.load()()
    except Exception as problem:
        raise VoiceError(
            f"The speech engine “{name}” cannot be loaded ({problem})",
            where=f"entry point {offered.value}",
            cause="the package that offers it, or something that it needs, is broken or missing",
        ) from problem
    return engine


def unknown_engine(name: str, extra_folders: Sequence[Path] = ()) -> ConfigError:
    """Return the error that says which engines there are."""
    from aidj.script import nearest

    known = engine_names(extra_folders)
    like = nearest(name, known)
    return ConfigError(
        f"There is no speech engine “{name}”",
        where="engine of the presenter",
        cause="a typing mistake, or the package that offers it is not installed",
        hint=f"did you mean “{like}”?" if like else f"known engines are {', '.join(known)}",
    )


def _offers() -> Mapping[str, importlib.metadata.EntryPoint]:
    return {point.name: point for point in importlib.metadata.entry_points(group=ENTRY_POINTS)}


class Chain:
    """The engines that speak a presenter's language here, the best first; the last one is silent and never fails.

    Whether an engine can be used is asked when its turn comes, and once; one that cannot is left out, with a log line
    that says why.
    """

    def __init__(self, candidates: Sequence[tuple[str, Delivery]], extra_folders: tuple[Path, ...] = ()) -> None:
        self._lock = threading.Lock()
        self._folders = extra_folders
        self._candidates = tuple(candidates)
        self._known: dict[str, Engine | None] = {}
        self.left_out: dict[str, str] = {}
        """Why engines cannot be used, as far as they were asked."""

    def __reduce__(self) -> tuple[object, ...]:
        return Chain, (self._candidates, self._folders)

    def __iter__(self) -> Iterator[tuple[Engine, Delivery]]:
        for name, delivery in self._candidates:
            with self._lock:
                if name not in self._known:
                    self._known[name] = self._usable(name, delivery)
                engine = self._known[name]
            if engine is not None:
                yield engine, delivery

    def _usable(self, name: str, delivery: Delivery) -> Engine | None:
        try:
            engine = load_engine(name, self._folders)
            why_not = engine.probe(delivery)
        except VoiceError as problem:
            why_not = str(problem)
        except Exception as problem:  # of another package: its mistake is not to stop the music
            why_not = f"it failed ({type(problem).__name__}: {problem})"
        if why_not is None:
            return engine
        self.left_out[name] = why_not
        _LOG.warning("the speech engine %s is left out for %s: %s", name, delivery.language, why_not)
        return None


def chain(presenter: Presenter) -> Chain:
    """Return which engines speak for a presenter: the presenter's own, then espeak, pyttsx3, and captions.

    Raises
    ------
    ConfigError
        If an engine that the presenter names is not known, or its file has a mistake.
    """
    named = [first_engine(presenter) if name == AUTO else name for name in presenter.engines]
    for name in named:
        if name not in _BUILT_IN and name not in _offers():
            load_engine(name, presenter.folders)  # says what is wrong
    return Chain(
        [
            (
                name,
                Delivery(
                    language=presenter.language,
                    voice=found_voice_file(presenter.voice_for(name), presenter.folders),
                    pace_wpm=presenter.pace_wpm,
                    pitch_st=presenter.pitch_st,
                ),
            )
            for name in dict.fromkeys((*named, *_FALL_BACKS))
        ],
        presenter.folders,
    )
