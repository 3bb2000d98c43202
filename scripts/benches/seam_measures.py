"""What is wrong with a seam, measured on rendered sound: holes, bumps, steps, sags, beats that do not meet.

Nothing here knows who made the mix: a seam is what was rendered, beside the two songs as they would sound alone at the
gain they have in it. So one set of ears judges every program.

Conventions: samples are float32, shape (n_frames, 2); levels are K-weighted (BS.1770-4) in LUFS, one per 20 ms, each of
the 100 ms that begin there; seconds count from the beginning of the arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from aidj.analysis import true_peaks

Samples = NDArray[np.float32]
Levels = NDArray[np.float64]

STEPS_PER_SECOND = 50
WINDOW_S = 0.1
MOMENTARY_S = 0.4
"""The window of EBU Tech 3341's momentary loudness."""
FLOOR_LUFS = -120.0

HOLE_LU = 20.0
"""Below the session's loudness by more than this for longer than `HOLE_S` is a hole."""
HOLE_S = 0.4
REACH_S = 10.0
"""So much earlier the next song could have begun at most: quiet that even that cannot hide is the songs' own."""
DEAD_AIR_LU = 40.0
BUMP_LU = 2.0
STEP = 0.02
_AROUND_S = 3.0
"""How far around a moment a song's own level is looked for, where a bump is judged."""
_EDGE_S = 0.005
"""How far around the edge of an envelope a step is looked for, and how far around it the songs' own steps are."""
_BIQUADS_48_KHZ = (
    ((1.53512485958697, -2.69169618940638, 1.19839281085285), (-1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621)),
)
"""ITU-R BS.1770-4, tables 1 and 2: the head, and the low cut."""
_OPEN_LU = 30.0
"""A song within so much of the session's loudness counts as sounding, where a sag is judged."""


def energies(samples: Samples, rate: int) -> Levels:
    """Return the K-weighted mean square of each 100 ms, one value per 20 ms, shape (n,)."""
    step = rate // STEPS_PER_SECOND
    window = round(WINDOW_S * rate)
    count = max(0, (len(samples) - window) // step + 1)
    # Left and right ride through one complex FFT: the filter is real, so they do not mix. The padding takes its ring.
    size = 1 << (len(samples) + rate // 2).bit_length()
    both = np.fft.fft(samples[:, 0] + 1j * samples[:, 1], size)
    weighted = np.fft.ifft(both * _k_weighting(rate, size))[: len(samples)]
    summed = np.concatenate([[0.0], np.cumsum(weighted.real**2 + weighted.imag**2, dtype=np.float64)])
    first = np.arange(count) * step
    return np.asarray((summed[first + window] - summed[first]) / window)


@lru_cache(maxsize=2)
def _k_weighting(rate: int, size: int) -> NDArray[np.complex64]:
    """Return the filter of BS.1770 on the grid of an FFT; written anew here, so that no mistake judges itself.

    The standard prints two biquads for 48 kHz. Their analogue prototypes are found by undoing the bilinear transform,
    so each is evaluated at the frequency that it would have at 48 kHz.
    """
    turns = np.fft.fftfreq(size)
    # The bilinear transform maps f to tan(pi f / rate): the same point of the prototype at either rate.
    angle = np.arctan(np.tan(np.pi * np.minimum(np.abs(turns), 0.4999)) * rate / 48000) * 2 * np.sign(turns)
    z = np.exp(-1j * angle)
    response = np.ones(size, np.complex128)
    for b, a in _BIQUADS_48_KHZ:
        response *= (b[0] + b[1] * z + b[2] * z * z) / (1 + a[0] * z + a[1] * z * z)
    return response.astype(np.complex64)


def levels_lufs(samples: Samples, rate: int) -> Levels:
    """Return the level of each 100 ms, one value per 20 ms, shape (n,); -120 stands for silence."""
    return _decibels(energies(samples, rate))


def momentary_lufs(energies_of_100_ms: Levels) -> Levels:
    """Return the momentary loudness (400 ms) centred on each step, shape as given; the edges repeat."""
    apart = round(WINDOW_S * STEPS_PER_SECOND)
    windows = round(MOMENTARY_S / WINDOW_S)
    padded = np.pad(energies_of_100_ms, (apart * (windows // 2), apart * windows), mode="edge")
    n = len(energies_of_100_ms)
    total = sum((padded[k * apart : k * apart + n] for k in range(windows)), np.zeros(n))
    return _decibels(total / windows)


def _decibels(power: Levels) -> Levels:
    return np.asarray(np.maximum(-0.691 + 10 * np.log10(np.maximum(power, 1e-13)), FLOOR_LUFS))


@dataclass(frozen=True)
class Around:
    """The sound around a seam, all on one clock, and all arrays of one length."""

    rate: int
    mix: Samples
    """What was rendered."""
    before: Samples
    """The song before, alone, at its gain and tempo, without fades; it goes on where the seam cuts it."""
    after: Samples
    """The next song, likewise."""
    before_ends_s: float
    """When the song before is over in the mix."""
    after_starts_s: float
    """When the next one begins in it."""
    loudness_lufs: float
    """Of the whole session, integrated."""
    edges_s: tuple[float, ...] = ()
    """Where clips and ramps begin and end; the seam's own two moments are among them anyway."""
    reach_s: float = REACH_S
    """So much earlier the next song could have begun: at most half of the shorter song."""
    by_nature: bool = False
    """Whether the two run on from each other on their album: silence between them is the record's own."""

    @cached_property
    def mix_energies(self) -> Levels:
        """Of the mix, per 20 ms."""
        return energies(self.mix, self.rate)

    @cached_property
    def before_energies(self) -> Levels:
        """Of the song before alone, per 20 ms."""
        return energies(self.before, self.rate)

    @cached_property
    def after_energies(self) -> Levels:
        """Of the next song alone, per 20 ms."""
        return energies(self.after, self.rate)

    def step_of(self, at_s: float) -> int:
        """Return the index of a moment among the levels."""
        return round(at_s * STEPS_PER_SECOND)


@dataclass(frozen=True)
class Quiet:
    """How long the sum stays below the line, in seconds: the longest stretch of each."""

    fault_s: float
    """That another seam between the same songs could have avoided."""
    own_s: float
    """That the songs themselves are so quiet."""


def quiet(around: Around, *, below_lu: float = HOLE_LU) -> Quiet:
    """Find the stretches in which the summed level lies below a line under the session's loudness.

    A quiet stretch is a song's own where that song sounds there as it is, and was or will be above the line as well: a
    rest in the middle of it. What remains is an ending that has died away before an opening that has not begun. That is
    the seam's fault as far as beginning the next song earlier, by `reach_s` at most, would have hidden it. Where either
    song alone is above the line and the sum is not, its envelope is at fault in any case.
    """
    line = around.loudness_lufs - below_lu
    low = _decibels(around.mix_energies) < line
    before = _decibels(around.before_energies) >= line
    after = _decibels(around.after_energies) >= line
    starts, ends = around.step_of(around.after_starts_s), around.step_of(around.before_ends_s)
    before_sounds = before & (np.arange(len(low)) < ends)
    after_sounds = after & (np.arange(len(low)) >= starts)
    will_come = np.cumsum(before_sounds[::-1])[::-1] > 0
    has_come = np.cumsum(after_sounds) > 0
    fault_s = own_s = 0.0
    for first, stop in runs(low):
        seconds = (stop - first) / STEPS_PER_SECOND
        here = slice(first, stop)
        # The windows of both edges reach into what is loud beside the stretch: only more than they do counts.
        silenced = _longest((before_sounds | after_sounds)[here]) > round(WINDOW_S * STEPS_PER_SECOND)
        if around.by_nature or (not silenced and bool((will_come | has_come)[here].all())):
            own_s = max(own_s, seconds)
        elif silenced:
            fault_s = max(fault_s, seconds)
        else:
            loud_before = np.flatnonzero(before_sounds[:first])
            hidden_s = max(0.0, (loud_before[-1] + 1 - starts) / STEPS_PER_SECOND) if len(loud_before) else 0.0
            avoidable_s = min(seconds, max(0.0, around.reach_s - hidden_s))
            fault_s, own_s = max(fault_s, avoidable_s), max(own_s, seconds - avoidable_s)
    return Quiet(fault_s=fault_s, own_s=own_s)


def runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return start and stop of each stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _longest(flags: NDArray[np.bool_]) -> int:
    return max((stop - first for first, stop in runs(flags)), default=0)


def bump_lu(around: Around) -> float:
    """Return how far the momentary loudness rises over the louder of both songs' own, at worst, in LU.

    A song's own level is its loudest momentary one within 3 s, as it would sound alone: where one song comes up to the
    other there is no bump, and where both are up at once there is one of 3 LU.
    """
    first = around.step_of(min(around.after_starts_s, around.before_ends_s) - MOMENTARY_S)
    stop = around.step_of(max(around.after_starts_s, around.before_ends_s) + MOMENTARY_S)
    own = np.maximum(
        _highest_around(momentary_lufs(around.before_energies)), _highest_around(momentary_lufs(around.after_energies))
    )
    over = (momentary_lufs(around.mix_energies) - own)[max(0, first) : stop]
    return float(over.max(initial=0.0))


def _highest_around(values: Levels) -> Levels:
    reach = round(_AROUND_S * STEPS_PER_SECOND)
    padded = np.pad(values, reach, mode="edge")
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).max(axis=1))


def step(around: Around) -> float:
    """Return the largest jump between neighbouring samples near an edge that neither song has there by itself.

    Linear amplitude; 0 where every jump belongs to the music.
    """
    jumps = _jumps(around.mix)
    own = _jumps(around.before) + _jumps(around.after)
    near = round(_EDGE_S * around.rate)
    worst = 0.0
    for edge_s in {*around.edges_s, around.before_ends_s, around.after_starts_s}:
        at = round(edge_s * around.rate)
        here = slice(max(0, at - near), max(0, at + near))
        if len(jumps[here]):
            # The largest own jump nearby, not the one at the same sample: resampling moves them by a frame or two.
            worst = max(worst, float(jumps[here].max()) - float(own[here].max()))
    return max(0.0, worst)


def _jumps(samples: Samples) -> NDArray[np.float32]:
    return np.asarray(np.abs(np.diff(samples, axis=0)).max(axis=1, initial=0.0))


def sag_lu(around: Around) -> float:
    """Return how far the sum sinks below the softer of the two songs while both sound, at worst, in LU.

    Two unrelated songs faded at equal power never do (the weights add up to one), at equal gain by up to 3 LU.
    """
    first, stop = around.step_of(around.after_starts_s), around.step_of(around.before_ends_s)
    inner = round(MOMENTARY_S / 2 * STEPS_PER_SECOND)
    here = slice(max(0, first + inner), max(0, stop - inner))
    softer = np.minimum(momentary_lufs(around.before_energies), momentary_lufs(around.after_energies))[here]
    under = softer - momentary_lufs(around.mix_energies)[here]
    return float(under[softer > around.loudness_lufs - _OPEN_LU].max(initial=0.0))


@dataclass(frozen=True)
class SeamMeasures:
    """All that can be said of one seam from its sound."""

    hole_s: float
    own_quiet_s: float
    dead_air_s: float
    bump_lu: float
    step: float
    sag_lu: float

    @property
    def has_hole(self) -> bool:
        """Whether the sum drops out for too long, and a better seam would not have."""
        return self.hole_s > HOLE_S

    @property
    def has_bump(self) -> bool:
        """Whether the sum is louder than either song."""
        return self.bump_lu > BUMP_LU

    @property
    def has_step(self) -> bool:
        """Whether an envelope clicks."""
        return self.step > STEP


def measure_seam(around: Around) -> SeamMeasures:
    """Measure everything about one seam."""
    hole = quiet(around)
    dead = quiet(around, below_lu=DEAD_AIR_LU)
    return SeamMeasures(
        hole_s=hole.fault_s,
        own_quiet_s=hole.own_s,
        dead_air_s=dead.fault_s + dead.own_s,
        bump_lu=bump_lu(around),
        step=step(around),
        sag_lu=sag_lu(around),
    )


def phase_errors_s(
    before_beats_s: NDArray[np.float64], after_beats_s: NDArray[np.float64], start_s: float, end_s: float
) -> NDArray[np.float64]:
    """Return how far each beat of the sparser grid within a stretch lies from the nearest of the other, shape (n,).

    Parameters
    ----------
    before_beats_s, after_beats_s : ndarray, shape (n,), (m,)
        Beats on the mix's clock, ascending. One grid may have twice the tempo of the other.
    start_s, end_s : float
        The overlap.
    """
    inside = [beats[(beats >= start_s) & (beats <= end_s)] for beats in (before_beats_s, after_beats_s)]
    sparse, other = (0, after_beats_s) if len(inside[0]) <= len(inside[1]) else (1, before_beats_s)
    if len(inside[sparse]) == 0 or len(other) == 0:
        return np.zeros(0)
    # A beat at the very edge may have its partner just outside: so all of the other grid is asked.
    return np.asarray(np.abs(inside[sparse][:, None] - other[None, :]).min(axis=1))


def true_peak_dbtp(samples: Samples) -> float:
    """Return the true peak of samples, dBTP; -inf for silence."""
    peak = float(true_peaks(samples, look_again_above=0.5).max(initial=0.0))
    return 20 * float(np.log10(peak)) if peak > 0 else float("-inf")


def spread_lu(loudnesses_lufs: list[float]) -> float:
    """Return the distance between the loudest and the softest, LU."""
    finite = [value for value in loudnesses_lufs if np.isfinite(value)]
    return max(finite) - min(finite) if finite else 0.0
