"""The setting how songs hand over: chosen for each pair, or always the same way.

::

    auto              chosen for each pair (the default)
    crossfade         always a crossfade; "crossfade 8" of 8 s, "crossfade 4 bars", or just "8" or "4 bars"
    cut               one after the other, with nothing between; or just "0"
    gap               silence between songs; "gap 3" of 3 s, or just "-3"
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from aidj.model import Transition

HandoverMode = Literal["auto", "crossfade", "cut", "gap"]
HANDOVER_MODES: tuple[HandoverMode, ...] = ("auto", "crossfade", "cut", "gap")
LONGEST_S, LONGEST_BARS = 60.0, 64.0

_FORM = re.compile(
    r"(?P<mode>auto|crossfade|cut|gap)?\s*(?P<amount>-?\d+(?:\.\d+)?)?\s*(?P<unit>s|sec|seconds?|bars?)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """How songs hand over where the plan wishes nothing else."""

    mode: HandoverMode = "auto"
    length_s: float | None = None
    """Of a crossfade or a gap; None leaves it to the songs."""
    bars: float | None = None
    """The length of a crossfade in bars of the song before."""
    beatmix: bool = True
    """Whether songs may be laid beat on beat, and one of them stretched for it."""

    def __str__(self) -> str:
        """Return the setting as `parse_handover` reads it."""
        if self.bars is not None:
            return f"{self.mode} {self.bars:g} bars"
        return self.mode if self.length_s is None else f"{self.mode} {self.length_s:g}"

    @property
    def wish(self) -> Transition | None:
        """What is wished for every song that has no wish of its own; None where the songs decide."""
        if self.mode == "crossfade":
            return Transition(kind="crossfade", length_s=self.length_s, bars=self.bars)
        if self.mode == "cut":
            return Transition(kind="gap", length_s=0.0)
        if self.mode == "gap":
            return Transition(kind="gap", length_s=self.length_s)
        return None


def parse_handover(text: str, *, beatmix: bool = True) -> Handover:
    """Read the setting.

    Raises
    ------
    ValueError
        If it is none; the message says why, as the end of a sentence.
    """
    match = _FORM.fullmatch(text.strip())
    if not match or not (match["mode"] or match["amount"]):
        raise ValueError(
            "should be auto, crossfade, cut or gap, perhaps with a length such as 'crossfade 8' or 'crossfade 4 bars', "
            "or a number of seconds: 0 for a cut, less than 0 for silence"
        )
    mode, amount = (match["mode"] or "").lower(), float(match["amount"]) if match["amount"] else None
    in_bars = (match["unit"] or "").lower().startswith("bar")
    if amount is None:
        if match["unit"]:
            raise ValueError("has a unit without a number")
        return Handover(mode=_mode(mode), beatmix=beatmix)
    if abs(amount) > (LONGEST_BARS if in_bars else LONGEST_S):
        raise ValueError(f"is longer than {f'{LONGEST_BARS:g} bars' if in_bars else f'{LONGEST_S:g} s'}")
    if mode in ("auto", "cut"):
        raise ValueError(f"is '{mode}', which has no length")
    if mode == "crossfade" and amount < 0:
        raise ValueError("is a crossfade of less than nothing; silence between songs is 'gap', or a number below 0")
    if mode == "gap" or amount < 0:
        if in_bars:
            raise ValueError("is silence counted in bars; give seconds")
        return Handover(mode="gap", length_s=abs(amount), beatmix=beatmix)
    if amount == 0:
        return Handover(mode="cut", beatmix=beatmix)
    if in_bars:
        return Handover(mode="crossfade", bars=amount, beatmix=beatmix)
    return Handover(mode="crossfade", length_s=amount, beatmix=beatmix)


def _mode(text: str) -> HandoverMode:
    return next(mode for mode in HANDOVER_MODES if mode == text)
