"""From a score to a mastered recording, and what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from aidj.demo.arrange import Arrangement, Note, Phrase, arrange
from aidj.demo.drums import KITS
from aidj.demo.effects import RATE, Samples, convolve, echo, loudness_lufs, master, room_response, shaped_noise
from aidj.demo.instruments import PATCHES
from aidj.demo.score import Player, SongSpec
from aidj.demo.truth import SongTruth, measured, merge_ranges
from aidj.demo.voice_synth import SINGERS, sing

_TAIL_DB_PER_S = 1.7
_STEM_LUFS = -22.0
"""Each player is brought to one loudness first, so that `Player.gain_db` means what a listener hears."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedSong:
    """A song that sounds."""

    samples: Samples
    """Stereo, shape (n_frames, 2), peak under 0.88."""
    rate: int
    truth: SongTruth


def _gain(db: float) -> np.float32:
    return np.float32(10 ** (db / 20))


def _add(stem: Samples, sound: Samples, at_s: float, left: np.float32, right: np.float32) -> None:
    start = int(at_s * RATE)
    sound = sound[max(0, -start) : max(0, len(stem) - start)]
    start = max(0, start)
    stop = start + len(sound)
    if sound.ndim == 1:
        stem[start:stop, 0] += left * sound
        stem[start:stop, 1] += right * sound
    else:
        stem[start:stop, 0] += left * sound[:, 0]
        stem[start:stop, 1] += right * sound[:, 1]


def _sides(pan: float) -> tuple[np.float32, np.float32]:
    angle = (pan + 1) * np.pi / 4
    return np.float32(np.cos(angle)), np.float32(np.sin(angle))


def _play(stem: Samples, player: Player, notes: Sequence[Note], seed: int) -> None:
    patch = PATCHES[player.instrument]
    left, right = _sides(player.pan)
    made: dict[tuple[int, int], Samples] = {}
    for note in notes:
        held_ms = round((note.end_s - note.start_s) * 100) * 10
        if (note.midi, held_ms) not in made:
            rng = np.random.default_rng([seed, note.midi, held_ms])
            made[note.midi, held_ms] = patch(note.midi, max(held_ms, 20) / 1000, rng)
        loud = np.float32(note.velocity**1.4)
        _add(stem, made[note.midi, held_ms], note.start_s, left * loud, right * loud)


def _drum(stem: Samples, player: Player, notes: Sequence[Note], seed: int) -> None:
    kit = KITS[player.instrument]
    rng = np.random.default_rng([seed, 77])
    made = {name: [make(rng) * _gain(db) for _ in range(3)] for name, (make, db, _) in kit.items()}
    for note in sorted(notes, key=lambda n: n.start_s):
        sound = made[note.drum][int(rng.integers(3))]
        left, right = _sides(kit[note.drum][2])
        loud = np.float32(note.velocity**1.5)
        _add(stem, sound, note.start_s, left * loud, right * loud)


def _sing(stem: Samples, player: Player, phrases: Sequence[Phrase], seed: int) -> None:
    left, right = _sides(player.pan)
    for i, phrase in enumerate(phrases):
        zero_s, sound = sing(phrase.notes, SINGERS[player.instrument], np.random.default_rng([seed, 13, i]))
        _add(stem, sound, zero_s, left * np.float32(1.4), right * np.float32(1.4))


def _ducking(n: int, kicks_s: Sequence[float], depth: float) -> Samples:
    gain = np.ones(n, np.float32)
    shape = (1 - depth * np.exp(-((np.arange(int(0.5 * RATE)) / RATE / 0.16) ** 1.5))).astype(np.float32)
    for kick_s in kicks_s:
        part = gain[int(kick_s * RATE) : int(kick_s * RATE) + len(shape)]
        np.minimum(part, shape[: len(part)], out=part)
    return gain


def _section_gain(spec: SongSpec, arrangement: Arrangement, n: int) -> Samples | None:
    if not any(section.gain_db for section in spec.sections):
        return None
    times, gains = [], []
    for section, (_, start_s, end_s) in zip(spec.sections, arrangement.sections, strict=True):
        times += [start_s, end_s - 0.12]
        gains += [section.gain_db] * 2
    curve = 10 ** (np.interp(np.arange(0, n, 64) / RATE, times, gains) / 20)
    return np.asarray(curve.astype(np.float32).repeat(64)[:n])


def _vinyl(n: int, start: int, rng: np.random.Generator) -> Samples:
    out = np.zeros((n, 2), np.float32)
    for c in (0, 1):
        out[start:, c] = shaped_noise(rng, n - start, 300, 5000, -2) * 0.004
    clicks = rng.integers(start, n - 200, (n - start) // 6000)
    click = shaped_noise(rng, 200, 1000, 7000) * np.exp(-np.arange(200) / 25).astype(np.float32)
    for at, loud in zip(clicks, rng.exponential(0.03, len(clicks)), strict=True):
        out[at : at + 200] += click[:, None] * np.float32(min(loud, 0.12))
    return out


def _render(spec: SongSpec, arrangement: Arrangement, n: int) -> Samples:
    dry = np.zeros((n, 2), np.float32)
    stem = np.empty((n, 2), np.float32)
    to_room = np.zeros(n, np.float32)
    to_echo = np.zeros(n, np.float32)
    kicks_s = [note.start_s for notes in arrangement.notes.values() for note in notes if note.drum == "kick"]
    for number, (name, player) in enumerate(spec.players.items()):
        stem.fill(0)
        if player.role == "voice":
            _sing(stem, player, arrangement.phrases.get(name, ()), spec.seed)
        elif player.role == "drums":
            _drum(stem, player, arrangement.notes[name], spec.seed)
        else:
            _play(stem, player, arrangement.notes[name], spec.seed + number)
        if player.drive:
            np.tanh(stem * np.float32(player.drive), out=stem)
        if player.tremolo:
            sway = player.tremolo * np.sin(2 * np.pi * 4.7 * np.arange(0, n, 32) / RATE).repeat(32)[:n]
            stem[:, 0] *= 1 + sway.astype(np.float32)
            stem[:, 1] *= 1 - sway.astype(np.float32)
        if player.duck:
            stem *= _ducking(n, kicks_s, player.duck)[:, None]
        loudness = loudness_lufs(stem, every=5)
        stem *= _gain(player.gain_db + (_STEM_LUFS - loudness if np.isfinite(loudness) else 0.0))
        dry += stem
        if player.reverb or player.delay:
            mono = stem[:, 0] + stem[:, 1]
            to_room += np.float32(player.reverb / 2) * mono
            to_echo += np.float32(player.delay / 2) * mono
    if to_echo.any():
        repeats = echo(to_echo, spec.echo_beats * spec.beat_s)
        to_room += (repeats[:, 0] + repeats[:, 1]) * np.float32(0.15)
        dry += repeats
    room = room_response(np.random.default_rng([spec.seed, 3]), spec.room_s)
    dry += convolve(to_room, room)
    gain = _section_gain(spec, arrangement, n)
    if gain is not None:
        dry *= gain[:, None]
    if spec.vinyl:
        dry += _vinyl(n, int(spec.lead_in_s * RATE), np.random.default_rng([spec.seed, 5]))
    return dry


def _ring_on(arrangement: Arrangement, tail_s: float) -> Arrangement:
    """Hold on to the notes of the last bar while the tail dies away."""
    from_s = arrangement.end_s - 1.0
    notes = {
        name: [replace(x, end_s=x.end_s + tail_s) if x.end_s > from_s and not x.drum else x for x in played]
        for name, played in arrangement.notes.items()
    }
    return replace(arrangement, notes=notes)


def _last_release_s(arrangement: Arrangement) -> float:
    ends = [note.end_s for notes in arrangement.notes.values() for note in notes if not note.drum]
    ends += [phrase.end_s for phrases in arrangement.phrases.values() for phrase in phrases]
    return max(ends)


def _envelope(spec: SongSpec, n: int, release_s: float, fade: tuple[float, float] | None) -> Samples:
    """Return the ending's gain over the whole song, shape (n,)."""
    t = np.arange(n) / RATE
    if fade:
        gain = np.clip((fade[1] - t) / (fade[1] - fade[0]), 0, 1) ** 1.7
    elif spec.ending == "long_tail":
        gain = 10 ** (-_TAIL_DB_PER_S / 20 * np.maximum(t - release_s, 0))
        gain *= np.clip((n / RATE - spec.lead_out_s - t) / 1.5, 0, 1)
    elif spec.ending == "cold":
        gain = np.clip((release_s - t) / 0.012, 0, 1)
    else:
        gain = np.clip((n / RATE - spec.lead_out_s - t) / 0.4, 0, 1)
    return gain.astype(np.float32)


def compose_song(spec: SongSpec) -> ComposedSong:
    """Compose, mix and master a song; the same spec gives the same samples.

    Raises
    ------
    ValueError
        If the score is wrong: an unknown chord, a bar that is not full, words that do not fit the notes.
    """
    arrangement = arrange(spec)
    fade = None
    if spec.ending == "fade":
        fade = (arrangement.end_s - spec.fade_bars * spec.beats_per_bar * spec.beat_s, arrangement.end_s)
        release_s = end_s = arrangement.end_s
    elif spec.ending == "long_tail":
        release_s, end_s = arrangement.end_s, arrangement.end_s + spec.tail_s
    elif spec.ending == "cold":
        release_s = end_s = _last_release_s(arrangement)
    else:
        release_s = _last_release_s(arrangement)
        end_s = release_s + spec.room_s * 0.8 + 0.3
    sounding = _ring_on(arrangement, spec.tail_s) if spec.ending == "long_tail" else arrangement
    n = int((end_s + spec.lead_out_s) * RATE)
    mixed = _render(spec, sounding, n)
    mixed *= _envelope(spec, n, release_s, fade)[:, None]
    samples = master(mixed, spec.loudness_lufs, spec.glue, spec.tilt_db)
    samples[: int(spec.lead_in_s * RATE * 0.98)] = 0
    if spec.ending in ("cold", "fade"):
        samples[int(release_s * RATE) :] = 0
    return ComposedSong(samples=samples, rate=RATE, truth=_truth(spec, arrangement, samples, release_s, fade))


def _truth(
    spec: SongSpec, arrangement: Arrangement, samples: Samples, release_s: float, fade: tuple[float, float] | None
) -> SongTruth:
    n_beats = spec.n_bars * spec.beats_per_bar
    beats_s = [spec.lead_in_s + i * spec.beat_s for i in range(n_beats)]
    phrases = [phrase for sung in arrangement.phrases.values() for phrase in sung]
    sung_s = merge_ranges([(phrase.start_s, phrase.end_s) for phrase in phrases])
    onsets_s = [note.start_s for notes in arrangement.notes.values() for note in notes]
    onsets_s += [phrase.start_s for phrase in phrases]
    loudness, cue_in_s, cue_out_s = measured(samples)
    return SongTruth(
        slug=spec.slug,
        duration_s=len(samples) / RATE,
        bpm=spec.bpm,
        beats_per_bar=spec.beats_per_bar,
        beats_s=tuple(round(beat, 5) for beat in beats_s if beat < release_s),
        downbeats_s=tuple(round(beat, 5) for beat in beats_s[:: spec.beats_per_bar] if beat < release_s),
        key=spec.key,
        ending=spec.ending,
        first_onset_s=min(onsets_s),
        last_onset_s=max(onsets_s),
        release_s=release_s,
        fade_start_s=fade[0] if fade else None,
        fade_end_s=fade[1] if fade else None,
        cue_in_s=cue_in_s,
        cue_out_s=cue_out_s,
        sung_s=sung_s,
        intro_end_s=sung_s[0][0] if sung_s else None,
        sections=tuple(arrangement.sections),
        lines=tuple(arrangement.lines),
        loudness_lufs=round(loudness, 2),
    )
