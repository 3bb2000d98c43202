"""A presenter speaks: from the shown text to speech, by the first engine of the chain that manages it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aidj.errors import VoiceError
from aidj.model import Phonemes, Speech, SpokenText, Word
from aidj.voice.cache import SpeechCache
from aidj.voice.checking import wrong_sound
from aidj.voice.engines import SILENT, Chain, chain
from aidj.voice.estimate import complete_words, estimate_speech_s
from aidj.voice.presenters import Presenter
from aidj.voice.pronunciation import Pronunciation, load_pronunciation
from aidj.voice.protocol import Delivery, Engine, Sound
from aidj.voice.spoken import SPOKEN_VERSION, Spoken, spoken_text
from aidj.voice.voice_files import file_identity

MAX_PIECE_CHARS = 1000
"""A longer text is handed over in pieces: engines get slow, or crash, on long ones."""

_SOUND_VERSION = 2  # goes up when our own workers, or the joining here, make another sound of the same text
_SENTENCE_PAUSE_S = 0.3
_SENTENCE_END = re.compile(r"[.?!](?=\s)")
_SILENCE_DB = -50.0
_MIN_PEAK = 1e-3
_LOG = logging.getLogger(__name__)


def make_voice(presenter: Presenter, cache_folder: Path | None = None) -> PresenterVoice:
    """Return the voice of a presenter.

    Parameters
    ----------
    presenter : Presenter
        Who speaks.
    cache_folder : Path, optional
        Where speech is kept; None keeps none.

    Raises
    ------
    ConfigError
        If an engine that the presenter names is unknown, or a pronunciation file has a mistake.
    """
    return PresenterVoice(
        chain(presenter),
        language=presenter.language,
        pronunciation=load_pronunciation(presenter.language, presenter.folders),
        cache=SpeechCache(cache_folder) if cache_folder is not None else None,
    )


class PresenterVoice:
    """Speaks with the first engine of a chain that can, and tells when each shown word sounds.

    Parameters
    ----------
    engines : Chain
        Who speaks, the best first.
    language : str
        What they speak.
    pronunciation : Pronunciation
        How names are said.
    cache : SpeechCache, optional
        Where speech is kept.
    """

    def __init__(
        self, engines: Chain, *, language: str, pronunciation: Pronunciation, cache: SpeechCache | None = None
    ) -> None:
        self._chain = engines
        self._language = language
        self._pronunciation = pronunciation
        self._cache = cache

    @property
    def name(self) -> str:
        """The engine whose turn it is first."""
        return next((engine.name for engine, _ in self._chain), "")

    @property
    def voice(self) -> str:
        """The voice that it is asked for."""
        for engine, delivery in self._chain:
            return delivery.voice or next(iter(engine.voices(delivery.language)), "")
        return ""

    @property
    def left_out(self) -> Mapping[str, str]:
        """Engines that cannot be used here, with the reasons, as far as they were asked."""
        return dict(self._chain.left_out)

    def probe(self) -> str | None:
        """Return None if one of the engines can be used; where none is heard, the last one makes captions only."""
        if any(True for _ in self._chain):
            return None
        return "; ".join(self._chain.left_out.values()) or "there is no speech engine"

    def speak(self, text: str) -> Speech:
        """Speak a text.

        Raises
        ------
        VoiceError
            If nothing in it can be said in this language, or every engine failed.
        """
        spoken = spoken_text(text, language=self._language, pronunciation=self._pronunciation)
        if spoken.left_out:
            _LOG.info("left out, since a voice of “%s” cannot read it: %s", self._language, ", ".join(spoken.left_out))
        failure: VoiceError | None = None
        for engine, delivery in self._chain:
            try:
                return self._said(engine, delivery, spoken)
            except VoiceError as problem:
                failure = problem
            except Exception as problem:  # an engine of another package: its mistake is not to stop the music
                failure = VoiceError(f"The speech engine failed ({type(problem).__name__}: {problem})")
            _LOG.warning("the speech engine %s has not said a text, the next one is asked: %s", engine.name, failure)
        raise failure or VoiceError(self.probe() or "There is no speech engine")

    def _said(self, engine: Engine, delivery: Delivery, spoken: Spoken) -> Speech:
        key = _key(engine, delivery, spoken)
        kept = self._cache.find(key) if self._cache is not None else None
        if kept is not None:
            return replace(kept, text=spoken.shown)
        sound = synthesise(engine, spoken.text, delivery)
        first_s, last_s = _sounding_s(sound)
        words = complete_words(spoken.text.text, sound.words, start_s=first_s, end_s=last_s)
        speech = Speech(
            text=spoken.shown,
            samples=sound.samples,
            rate=sound.rate,
            words=_shown(words, spoken),
            engine=f"{engine.name} {engine.version()}",
            voice=sound.voice or delivery.voice or "",
        )
        if self._cache is not None and engine.name not in SILENT:
            self._cache.keep(key, speech)
        return speech


def _key(engine: Engine, delivery: Delivery, spoken: Spoken) -> Mapping[str, object]:
    """Return all that samples and word times depend on."""
    return {
        "engine": engine.name,
        "version": engine.version(),
        "made": [_SOUND_VERSION, SPOKEN_VERSION],
        "delivery": [*astuple(delivery), *file_identity(delivery.voice)],
        "spoken": astuple(spoken.text),
        "shown": spoken.shown,
    }


def _shown(words: tuple[Word, ...], spoken: Spoken) -> tuple[Word, ...]:
    """Return the words of the shown text: of several spoken ones that are one shown word, when the first sounds."""
    found: list[Word] = []
    for word in map(spoken.shown_word, words):
        if word.length and (not found or word.start_char > found[-1].start_char):
            found.append(word)
    return tuple(found)


def synthesise(engine: Engine, spoken: SpokenText, delivery: Delivery) -> Sound:
    """Let an engine say a text of any length: piece by piece, with its pauses between, and each piece checked.

    Raises
    ------
    VoiceError
        If the engine fails, or what it makes cannot be this text: silent, far too short or too long, no numbers.
    """
    sounds: list[Sound] = []
    silences_s: list[float] = []
    words: list[Word] = []
    at_s = 0.0
    for piece in _pieces(spoken):
        if not any(char.isalnum() for char in piece.spoken.text):
            if silences_s:
                silences_s[-1] += piece.pause_s
            continue
        sound = _checked(engine.synthesise(piece.spoken, delivery), engine, piece.spoken, delivery)
        if sounds:
            if sound.rate != sounds[0].rate:
                raise VoiceError("The speech engine changed its sample rate between two pieces of a text")
            sound = _from(sound, _sounding_s(sound)[0])
            before = _until(sounds[-1], _sounding_s(sounds[-1])[1])
            at_s += len(before.samples) / sound.rate + silences_s[-1]
            sounds[-1] = before
        words += [Word(at_s + word.start_s, piece.start_char + word.start_char, word.length) for word in sound.words]
        sounds.append(sound)
        silences_s.append(piece.pause_s)
    if not sounds:
        raise VoiceError("There is nothing to say", cause="the text is empty, or signs only")
    if len(sounds) == 1:
        return replace(sounds[0], words=tuple(words))
    parts: list[NDArray[np.float32]] = []
    for sound, silence_s in zip(sounds, [*silences_s[:-1], 0.0], strict=True):
        parts += [sound.samples, np.zeros(round(silence_s * sound.rate), np.float32)]
    return replace(sounds[0], samples=np.concatenate(parts), words=tuple(words))


@dataclass(frozen=True, slots=True)
class _Piece:
    start_char: int
    spoken: SpokenText
    pause_s: float
    """The silence after it."""


def _pieces(spoken: SpokenText) -> Iterator[_Piece]:
    """Cut a text at its pauses and, where it is long, at ends of sentences or else between words."""
    at = 0
    pauses = [(pause.at_char, max(0.0, pause.length_s)) for pause in spoken.pauses]
    for end, pause_s in [*sorted(pauses), (len(spoken.text), 0.0)]:
        if not at <= end <= len(spoken.text) or _within(spoken.phonemes, end):
            continue
        while end - at > MAX_PIECE_CHARS:
            cut = _cut(spoken, at)
            yield _Piece(at, _slice(spoken, at, cut), _SENTENCE_PAUSE_S)
            at = cut
        yield _Piece(at, _slice(spoken, at, end), pause_s)
        at = end


def _cut(spoken: SpokenText, at: int) -> int:
    window = spoken.text[at : at + MAX_PIECE_CHARS]
    sentences = [at + match.end() for match in _SENTENCE_END.finditer(window)]
    blanks = [at + match.start() for match in re.finditer(r"(?<=\S)\s", window)]
    for places in (sentences, blanks):
        free = [place for place in places if not _within(spoken.phonemes, place)]
        if free:
            return free[-1]
    return at + MAX_PIECE_CHARS


def _within(phonemes: tuple[Phonemes, ...], place: int) -> bool:
    return any(part.start_char < place < part.start_char + part.length for part in phonemes)


def _slice(spoken: SpokenText, start: int, end: int) -> SpokenText:
    return SpokenText(
        text=spoken.text[start:end],
        phonemes=tuple(
            replace(part, start_char=part.start_char - start)
            for part in spoken.phonemes
            if start <= part.start_char and part.start_char + part.length <= end
        ),
    )


def _checked(sound: Sound, engine: Engine, spoken: SpokenText, delivery: Delivery) -> Sound:
    samples = sound.samples
    if wrong := wrong_sound(samples, sound.rate):
        raise VoiceError(f"The speech engine made an empty or broken sound ({wrong})")
    length_s = len(samples) / sound.rate
    expected_s = estimate_speech_s(spoken.text, delivery.pace_wpm)
    if not expected_s / 8 < length_s < 10 + 8 * expected_s:
        raise VoiceError(f"The speech lasts {length_s:.1f} s, about {expected_s:.1f} s were expected")
    peak = float(np.abs(samples).max())
    if peak < _MIN_PEAK and engine.name not in SILENT:
        raise VoiceError("The speech is silent", cause="the voice has no sounds for these letters")
    if peak > 1.0:
        samples = np.clip(samples, -1.0, 1.0)
    words = tuple(
        word for word in sound.words if 0 <= word.start_char < len(spoken.text) and 0.0 <= word.start_s <= length_s
    )
    return replace(sound, samples=samples.astype(np.float32, copy=False), words=words)


def _sounding_s(sound: Sound) -> tuple[float, float]:
    """Return when the first sound begins and the last one ends; all of it where everything is silent."""
    level = np.abs(sound.samples)
    loud = np.flatnonzero(level > max(float(level.max(initial=0.0)), _MIN_PEAK) * 10 ** (_SILENCE_DB / 20))
    if not len(loud):
        return 0.0, len(level) / sound.rate
    return int(loud[0]) / sound.rate, (int(loud[-1]) + 1) / sound.rate


def _from(sound: Sound, start_s: float) -> Sound:
    words = tuple(replace(word, start_s=max(0.0, word.start_s - start_s)) for word in sound.words)
    return replace(sound, samples=sound.samples[round(start_s * sound.rate) :], words=words)


def _until(sound: Sound, end_s: float) -> Sound:
    return replace(sound, samples=sound.samples[: round(end_s * sound.rate)])
