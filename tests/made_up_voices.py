"""Made music in which it is known who sings when, for fitting and judging the detector of singing.

Three kinds of voices (`VOICES`) and seven kinds of lead instruments that detectors take for voices (`LEADS`: they glide
and waver as singers do) over any backing. Each voice is another synthesis, so that a detector fitted on one can be
judged on the next:

- ``sung``: the demo's formant singing, with singers drawn at random;
- ``spoken``: espeak-ng speech, as a rapper or a guest would speak;
- ``words``: espeak-ng speech sung: its spectral envelope and its unvoiced sounds, behind a source on a melody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from aidj.demo.compose import ComposedSong, compose_song
from aidj.demo.effects import RATE, Samples, convolve, room_response
from aidj.demo.score import SongSpec
from aidj.demo.truth import merge_ranges
from aidj.demo.voice_synth import SINGERS, Singer, SungNote, sing
from aidj.model import SpokenText
from aidj.voice import Delivery, load_engine

Ranges = tuple[tuple[float, float], ...]
Rng = np.random.Generator

_VERSE = (
    "lit tle light of mine and all the rain is late to night we fly a cross the sea so hold my hand be fore you go oh "
    "ma ny miles a way from home she said no thing shall be the same be hind the sto ny wall my love sing loud er "
    "still the morn ing comes"
)
SYLLABLES = _VERSE.split()
SENTENCES = {
    "en": (
        "the morning comes and nobody is calling",
        "I have been walking home along the river",
        "never let the fire fall asleep tonight",
        "seven little windows shining over town",
    ),
    "de": ("ich laufe durch die Straßen und der Regen fällt", "niemand weiß wohin die alten Lieder gehen"),
    "fr": ("je marche sous la pluie et tu ne dis plus rien", "la lune est trop petite pour la mer ce soir"),
    "it": ("cammino nella notte e non ti sento più", "la vita è una canzone che non finisce mai"),
    "es": ("camino por la calle y nadie me llamó", "la luna se ha perdido en el fondo del mar"),
}
SPEAKERS = ("en-us", "en-us+f4", "de", "de+f3", "fr+f1", "it", "it+f5", "es", "en-us+m3", "en-us+f2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """Music with its truth."""

    name: str
    kind: str
    samples: Samples
    """Stereo at 44 100 Hz."""
    sung_s: Ranges


def instrumental(spec: SongSpec) -> SongSpec:
    """Return a score without its singers."""
    voices = {name for name, player in spec.players.items() if player.role == "voice"}
    return replace(
        spec,
        players={name: player for name, player in spec.players.items() if name not in voices},
        sections=tuple(
            replace(section, parts={name: part for name, part in section.parts.items() if name not in voices})
            for section in spec.sections
        ),
    )


def random_singer(rng: Rng) -> Singer:
    """Return a singer nobody has heard before."""
    return Singer(
        man=bool(rng.random() < 0.5),
        tract=rng.uniform(0.9, 1.14),
        breath=rng.uniform(0.02, 0.14),
        vibrato_cents=rng.uniform(5, 60),
        vibrato_hz=rng.uniform(4.6, 6.6),
        people=int(rng.choice([1, 1, 1, 2])),
        width=rng.uniform(0, 0.3),
    )


def with_other_singers(spec: SongSpec, seed: int) -> ComposedSong:
    """Compose a song with other singers, a little faster or slower, the voices louder or softer."""
    rng = np.random.default_rng([seed, spec.seed])
    strangers = {f"stranger {number}": random_singer(rng) for number in range(3)}
    players = dict(spec.players)
    for number, (name, player) in enumerate(spec.players.items()):
        if player.role == "voice":
            gain_db = player.gain_db + rng.uniform(-3, 2)
            players[name] = replace(player, instrument=f"stranger {number % 3}", gain_db=gain_db)
    SINGERS.update(strangers)
    try:
        return compose_song(replace(spec, players=players, bpm=spec.bpm * rng.uniform(0.9, 1.1), seed=spec.seed + seed))
    finally:
        for name in strangers:
            del SINGERS[name]


def melody(rng: Rng, duration_s: float, low: int, first_s: float | None = None) -> list[tuple[SungNote, ...]]:
    """Return phrases of a wandering tune with rests between them; `low` is the lowest pitch of its octave, MIDI."""
    scale = (0, 2, 4, 5, 7, 9, 11) if rng.random() < 0.5 else (0, 2, 3, 5, 7, 8, 10)
    low += int(rng.integers(0, 12))
    at_s = rng.uniform(4, 16) if first_s is None else first_s
    degree, word = int(rng.integers(0, 6)), int(rng.integers(len(SYLLABLES)))
    phrases = []
    while at_s < duration_s - 4:
        notes = []
        unit_s, count = rng.choice([0.2, 0.25, 0.3, 0.4]), int(rng.integers(4, 12))
        for i in range(count):
            length_s = unit_s * rng.choice([1, 1, 1, 2, 2, 3] if i < count - 1 else [2, 2, 3, 4, 6])
            degree = int(np.clip(degree + rng.integers(-3, 4), -2, 10))
            octave, step = divmod(degree, 7)
            word = (word + 1) % len(SYLLABLES)
            notes.append(SungNote(at_s, at_s + 0.97 * length_s, low + 12 * octave + scale[step], SYLLABLES[word]))
            at_s += length_s
        phrases.append(tuple(notes))
        at_s += rng.choice([0.4, 0.8, 1.5, 3.0, 7.0], p=[0.3, 0.3, 0.2, 0.12, 0.08])
    return phrases


def sung(rng: Rng, n: int) -> tuple[Samples, Ranges]:
    """Return a stem of formant singing, n frames, and where it sings."""
    singer = random_singer(rng)
    stem = np.zeros((n, 2), np.float32)
    ranges = []
    for phrase in melody(rng, n / RATE, (39 if singer.man else 48) + int(rng.integers(-2, 3))):
        zero_s, sound = sing(phrase, singer, np.random.default_rng(rng.integers(1 << 30)))
        _place(stem, sound, zero_s)
        ranges.append((phrase[0].start_s - 0.05, phrase[-1].end_s))
    return _in_a_room(stem, rng), merge_ranges(ranges)


def spoken(rng: Rng, n: int) -> tuple[Samples, Ranges]:
    """Return a stem of speech, n frames, and where it speaks."""
    speaker = str(rng.choice(SPEAKERS))
    return _sentences(rng, n, lambda: _stretched(speaker, rng, lambda sound, rate: sound))


def words(rng: Rng, n: int) -> tuple[Samples, Ranges]:
    """Return a stem of speech that is sung, n frames, and where it sings."""
    speaker = str(rng.choice(SPEAKERS))
    low = (50 if "+f" in speaker or rng.random() < 0.3 else 41) + int(rng.integers(-2, 4))
    breath = rng.uniform(0.01, 0.12)
    slower = rng.uniform(1.3, 2.4)
    return _sentences(
        rng, n, lambda: _stretched(speaker, rng, lambda sound, rate: _on_a_tune(sound, rate, low, slower, breath, rng))
    )


VOICES: dict[str, Callable[[Rng, int], tuple[Samples, Ranges]]] = {"sung": sung, "spoken": spoken, "words": words}


def _sentences(rng: Rng, n: int, say: Callable[[], Samples]) -> tuple[Samples, Ranges]:
    stem = np.zeros((n, 2), np.float32)
    at_s = rng.uniform(4, 16)
    ranges = []
    while at_s < n / RATE - 6:
        sound = say()
        _place(stem, np.repeat(sound[:, None], 2, axis=1), at_s)
        ranges.append((at_s, at_s + len(sound) / RATE))
        at_s += len(sound) / RATE + rng.choice([0.4, 0.8, 2, 6])
    return _in_a_room(stem, rng), merge_ranges(ranges)


def _stretched(speaker: str, rng: Rng, change: Callable[[Samples, int], Samples]) -> Samples:
    lines = SENTENCES[speaker[:2]]
    sound, rate = _speech(speaker, lines[int(rng.integers(len(lines)))], int(rng.choice([140, 170])))
    sound = change(sound, rate)
    length = int(len(sound) * RATE / rate)
    sound = np.interp(np.arange(length) * rate / RATE, np.arange(len(sound)), sound).astype(np.float32)
    return sound * np.float32(0.12 / np.sqrt(np.mean(sound**2)))


@lru_cache(maxsize=200)
def _speech(speaker: str, line: str, pace_wpm: int) -> tuple[Samples, int]:
    delivery = Delivery(language=speaker[:2], voice=speaker, pace_wpm=pace_wpm)
    speech = load_engine("espeak").synthesise(SpokenText(text=line), delivery)
    power = np.convolve(speech.samples**2, np.ones(400) / 400, "same")
    heard = np.flatnonzero(power > power.max() * 1e-3)
    return speech.samples[heard[0] : heard[-1]], speech.rate


def _on_a_tune(sound: Samples, rate: int, low: int, slower: float, breath: float, rng: Rng) -> Samples:
    """Sing speech: the envelope (cepstrally smoothed) and the voicing of each frame, read slower where it is voiced."""
    size, hop = 1024, 128
    window = np.hanning(size)
    frames = sliding_window_view(np.pad(sound, (size // 2, size)), size)[::hop] * window
    magnitude = np.abs(np.fft.rfft(frames, axis=1)) + 1e-5
    lifter = np.zeros(size)
    keep = rate // 400
    lifter[:keep] = lifter[-keep + 1 :] = 1
    envelope = np.exp(np.fft.rfft(np.fft.irfft(np.log(magnitude), axis=1) * lifter, axis=1).real)
    correlation = np.fft.irfft(magnitude**2, axis=1)
    voiced = correlation[:, rate // 330 : rate // 70].max(axis=1) / correlation[:, 0]
    voiced = np.clip((voiced - 0.3) / 0.3, 0, 1)
    position = np.cumsum(np.where(voiced > 0.5, slower, 1 + 0.3 * (slower - 1)))
    count = int(position[-1])
    read = np.clip(np.interp(np.arange(count), position, np.arange(len(position))).astype(int), 0, len(envelope) - 1)
    envelope, voiced = envelope[read], np.convolve(voiced[read], np.ones(5) / 5, "same")[:, None]
    f0 = _wandering_hz(np.arange(count * hop) / rate, low, rng)
    partials = int(9500 / f0.max())
    spectrum = np.zeros(1025, complex)
    spectrum[1 : partials + 1] = -1024j * np.exp(1j * rng.uniform(-0.4, 0.4, partials))
    table = np.fft.irfft(spectrum)
    noise = rng.standard_normal(count * hop) * 0.7
    source = table[(np.cumsum(f0) / rate * 2048).astype(int) & 2047] * np.sqrt(rate / f0 / 2) * 0.05 + breath * noise

    def spectra(signal: Samples) -> Samples:
        windows = sliding_window_view(np.pad(signal, (size // 2, size)), size)[::hop][:count]
        return np.fft.rfft(windows * np.sqrt(window), axis=1)

    shaped = (spectra(source) * voiced + spectra(noise) * (1 - voiced) * 0.35) * envelope
    shaped = np.fft.irfft(shaped, axis=1) * np.sqrt(window)
    out = np.zeros(count * hop + size)
    for i, frame in enumerate(shaped):
        out[i * hop : i * hop + size] += frame
    return out[size // 2 : size // 2 + count * hop].astype(np.float32)


def _wandering_hz(t: Samples, low: int, rng: Rng) -> Samples:
    """Return a singer's pitch over time: notes of a scale, glides between them, jitter, vibrato on what is held."""
    scale = np.array([0, 2, 4, 5, 7, 9, 11, 12, 14, 16]) + low + int(rng.integers(0, 8))
    starts = np.cumsum(rng.choice([0.2, 0.3, 0.45, 0.6, 0.9], size=int(t[-1] / 0.2) + 3))
    starts = np.concatenate([[0.0], starts])
    degrees = np.clip(np.cumsum(rng.integers(-2, 3, len(starts))) + 4, 0, len(scale) - 1)
    grid = np.arange(0, t[-1] + 0.3, 0.005)
    which = np.searchsorted(starts, grid, "right") - 1
    glide = np.hanning(23)
    midi = np.convolve(np.pad(scale[degrees[which]].astype(float), 11, mode="edge"), glide / glide.sum(), "valid")
    midi += np.convolve(rng.standard_normal(len(grid) + 41), np.hanning(42) / 20, "valid") * 0.15
    depth = rng.uniform(0.05, 0.6) * np.clip((grid - starts[which] - 0.2) / 0.3, 0, 1)
    midi += depth * np.sin(2 * np.pi * rng.uniform(4.6, 6.5) * grid)
    return 440 * 2 ** ((np.interp(t, grid, midi) - 69) / 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """An instrument that plays a tune as a singer would, but has no vowels and no consonants."""

    low: int
    glide_s: float
    vibrato_cents: float
    slope: float
    jitter: float = 0.1
    breath: float = 0.0
    plucked: bool = False
    drive: float = 0.0
    sweeps: bool = False
    body: tuple[tuple[float, float], ...] = ()
    """Resonances that stand still: Hz, height."""


LEADS = {
    "fiddle": Lead(
        low=54, glide_s=0.04, vibrato_cents=35, slope=1.0, jitter=0.5, body=((300, 1.5), (480, 1.8), (1200, 1.6))
    ),
    "saxophone": Lead(
        low=44, glide_s=0.03, vibrato_cents=22, slope=1.1, jitter=0.5, breath=0.06, body=((620, 2.5), (1250, 1.6))
    ),
    "synth": Lead(low=52, glide_s=0.09, vibrato_cents=25, slope=1.0),
    "theremin": Lead(low=52, glide_s=0.12, vibrato_cents=45, slope=2.2, jitter=0.4),
    "guitar": Lead(
        low=46, glide_s=0.05, vibrato_cents=18, slope=1.2, plucked=True, drive=3, body=((800, 1.3), (2300, 1.6))
    ),
    "wah": Lead(low=44, glide_s=0.01, vibrato_cents=0, slope=0.9, plucked=True, sweeps=True),
    "flute": Lead(low=60, glide_s=0.015, vibrato_cents=15, slope=2.0, breath=0.06),
}


def lead(rng: Rng, n: int, kind: str) -> Samples:
    """Return a stem of a lead instrument, n frames."""
    instrument = LEADS[kind]
    stem = np.zeros(n, np.float32)
    for notes in melody(rng, n / RATE, instrument.low + int(rng.integers(-3, 4))):
        sound = _lead_phrase(notes, instrument, rng)
        start = int((notes[0].start_s - 0.05) * RATE)
        stop = min(n, start + len(sound))
        stem[start:stop] += sound[: stop - start]
    angle = (float(rng.choice([0, 0, 0.2, -0.3])) + 1) * np.pi / 4
    return _in_a_room(np.stack([stem * np.cos(angle), stem * np.sin(angle)], axis=1).astype(np.float32), rng)


def _lead_phrase(notes: Sequence[SungNote], instrument: Lead, rng: Rng) -> Samples:
    hop = 64
    grid = np.arange(notes[0].start_s - 0.05, notes[-1].end_s + 0.25, hop / RATE)
    midi, held, since = np.full(len(grid), float(notes[0].midi)), np.zeros(len(grid)), np.full(len(grid), 9.0)
    for note in notes:
        here = grid >= note.start_s
        midi[here] = note.midi
        since[here] = grid[here] - note.start_s
        held[here & (grid < note.end_s)] = 1
    midi = _smoothed(midi, instrument.glide_s * RATE / hop)
    vibrato_hz = rng.uniform(4.8, 6.5)
    depth = instrument.vibrato_cents / 100 * rng.uniform(0.6, 1.4)
    waver = np.sin(2 * np.pi * vibrato_hz * grid + rng.uniform(0, 6.28)) * np.clip((since - 0.12) / 0.25, 0, 1)
    midi += depth * waver + _smoothed(rng.standard_normal(len(grid)), 201) * instrument.jitter
    level = _smoothed(held, 63) * (1 + 0.25 * waver * (instrument.jitter > 0.3))
    if instrument.plucked:
        level *= np.exp(-since / 0.9)
    n = len(grid) * hop
    t = np.arange(n) / hop
    f0 = 440 * 2 ** ((np.interp(t, np.arange(len(grid)), midi) - 69) / 12)
    cycles = 2 * np.pi * np.cumsum(f0) / RATE
    opening = 600 + 1800 * (np.exp(-since / 0.15) + 0.5 * np.sin(2 * np.pi * 2.2 * grid) ** 2)
    sweep = np.interp(t, np.arange(len(grid)), opening)
    out = np.zeros(n)
    for h in range(1, int(min(24, 9000 / f0.max())) + 1):
        gain = np.full(n, float(h**-instrument.slope))
        for at_hz, height in instrument.body:
            gain *= 1 + height * np.exp(-((np.log2(f0 * h / at_hz) * 2.2) ** 2))
        if instrument.sweeps:
            gain *= 0.15 + 2 * np.exp(-((np.log2(f0 * h / sweep) * 1.8) ** 2))
        out += gain * np.sin(h * cycles)
    out += rng.standard_normal(n) * instrument.breath
    out *= np.interp(t, np.arange(len(grid)), level)
    return (np.tanh(out * instrument.drive) if instrument.drive else out).astype(np.float32)


def _smoothed(values: Samples, width: float) -> Samples:
    window = np.hanning(max(3, int(width) | 1) + 2)[1:-1]
    padded = np.pad(values, len(window) // 2, mode="edge")
    return np.convolve(padded, window / window.sum(), "valid")


def mixed(rng: Rng, backing: Samples, stem: Samples) -> Samples:
    """Lay a stem over a backing: 3 dB softer to 5 dB louder where it sounds, from 300 to 4000 Hz."""
    mono = np.abs(stem.mean(axis=1))
    power = np.convolve(mono[::50], np.ones(400) / 400, "same")
    active = max(0.05, float(np.mean(power > power.max() * 0.05)))
    gain = _middle_rms(backing) / _middle_rms(stem) * np.sqrt(active) * 10 ** (rng.uniform(-3, 5) / 20)
    both = backing + stem * np.float32(gain)
    return np.asarray(both * np.float32(0.9 / max(1e-6, float(np.abs(both).max()))))


def coloured(rng: Rng, samples: Samples) -> Samples:
    """Master a recording differently: treble and bass tilted by up to 5 dB, the stereo wider, narrower or gone."""
    spectrum = np.fft.rfft(samples, axis=0)
    octaves = np.log2(np.maximum(np.fft.rfftfreq(len(samples), 1 / RATE), 40) / 800)
    spectrum *= (10 ** (rng.uniform(-1.6, 1.6) * np.clip(octaves, -3, 3) / 20))[:, None]
    out = np.fft.irfft(spectrum, n=len(samples), axis=0)
    middle, side = out.mean(axis=1), (out[:, 0] - out[:, 1]) / 2 * rng.choice([0.0, 0.5, 1.0, 1.0, 1.6])
    return np.stack([middle + side, middle - side], axis=1).astype(np.float32)


def treated(rng: Rng, samples: Samples) -> Samples:
    """Send instrumental music through up to three effects that make it waver, speak or hiss as voices do."""
    effects = (_wow, _chorus, _wah, _tremolo, _drive)
    for effect in rng.choice(len(effects), size=int(rng.integers(1, 4)), replace=False):
        samples = effects[effect](rng, samples)
    return samples.astype(np.float32)


def _wow(rng: Rng, samples: Samples) -> Samples:
    """Let the pitch waver by 8 to 40 cents, slowly like a tape or fast like a vibrato."""
    t = np.arange(len(samples)) / RATE
    slow_hz, hz = 0.7, rng.choice([0.5, 1.5, 4.0, 5.5, 6.5])
    depth = (2 ** (rng.uniform(8, 40) / 1200) - 1) / (2 * np.pi * hz)
    at = (t + depth * np.sin(2 * np.pi * hz * t) * (0.6 + 0.4 * np.sin(2 * np.pi * slow_hz * t))) * RATE
    return np.stack([np.interp(at, np.arange(len(samples)), channel) for channel in samples.T], axis=1)


def _chorus(rng: Rng, samples: Samples) -> Samples:
    return (samples + _wow(rng, samples)) * 0.6


def _wah(rng: Rng, samples: Samples) -> Samples:
    """Sweep a resonance through the middle of the spectrum, up to as fast as syllables."""
    size, hop = 2048, 512
    window = np.sqrt(np.hanning(size + 1)[:-1])[:, None]
    hz = np.maximum(np.fft.rfftfreq(size, 1 / RATE), 30)[:, None]
    speed_hz, amount = rng.choice([0.15, 0.6, 2.0, 4.0]), rng.uniform(1, 4)
    out = np.zeros((len(samples) + size, 2))
    wander = np.cumsum(rng.standard_normal(len(samples) // hop + 1)) * 0.03
    for i, start in enumerate(range(0, len(samples) - size, hop)):
        centre = 900 * 2 ** (1.3 * np.sin(2 * np.pi * speed_hz * start / RATE + wander[i]))
        gain = 0.5 + amount * np.exp(-((np.log2(hz / centre) * 1.8) ** 2))
        frame = np.fft.irfft(np.fft.rfft(samples[start : start + size] * window, axis=0) * gain, n=size, axis=0)
        out[start : start + size] += frame * window
    return out[: len(samples)] / 2


def _tremolo(rng: Rng, samples: Samples) -> Samples:
    t = np.arange(len(samples)) / RATE
    sway = np.tanh(rng.uniform(0.5, 4) * np.sin(2 * np.pi * rng.uniform(1.5, 7) * t))
    return samples * (1 - rng.uniform(0.3, 0.9) * (0.5 + 0.5 * sway))[:, None]


def _drive(rng: Rng, samples: Samples) -> Samples:
    level = np.sqrt(np.mean(samples**2)) + 1e-9
    return np.tanh(samples / level * rng.uniform(0.7, 2.5)) * 0.3


def clips(spec: SongSpec, seed: int, *, effects: bool = False, seconds: float = 60.0) -> Iterator[Clip]:
    """Yield one song as instrumental music, with each kind of voice, and with lead instruments."""
    rng = np.random.default_rng([seed, spec.seed])
    backing = compose_song(replace(instrumental(spec), bpm=spec.bpm * rng.uniform(0.9, 1.1), seed=spec.seed + seed))
    samples = coloured(rng, backing.samples[: int(seconds * RATE)])
    if effects:
        samples = treated(rng, samples)
    yield Clip(name=spec.slug, kind="none", samples=samples, sung_s=())
    for kind in VOICES:
        yield over(kind, spec.slug, samples, int(rng.integers(1 << 30)))
    for kind in rng.choice(list(LEADS), size=2, replace=False):
        yield over(str(kind), spec.slug, samples, int(rng.integers(1 << 30)))


def over(kind: str, name: str, backing: Samples, seed: int) -> Clip:
    """Return a backing with a voice or a lead instrument over it."""
    rng = np.random.default_rng(seed)
    stem, ranges = VOICES[kind](rng, len(backing)) if kind in VOICES else (lead(rng, len(backing), kind), ())
    return Clip(name=name, kind=kind, samples=mixed(rng, backing, stem), sung_s=ranges)


def _middle_rms(samples: Samples) -> float:
    spectrum = np.abs(np.fft.rfft(samples.mean(axis=1)[::2]))
    hz = np.fft.rfftfreq(len(samples.mean(axis=1)[::2]), 2 / RATE)
    return float(np.sqrt(np.sum(spectrum[(hz > 300) & (hz < 4000)] ** 2))) + 1e-9


def _place(stem: Samples, sound: Samples, at_s: float) -> None:
    start = round(at_s * RATE)
    sound = sound[max(0, -start) :]
    start = max(0, start)
    stop = min(len(stem), start + len(sound))
    stem[start:stop] += sound[: stop - start]


def _in_a_room(stem: Samples, rng: Rng) -> Samples:
    room = room_response(np.random.default_rng(rng.integers(1 << 30)), rng.uniform(0.6, 2.2))
    share = rng.uniform(0.05, 0.2)
    return stem + convolve((stem.sum(axis=1) * share).astype(np.float32), room)[: len(stem)]
