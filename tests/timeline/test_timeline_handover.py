"""The setting how songs hand over."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidj.model import Transition
from aidj.timeline import Handover, parse_handover


@pytest.mark.parametrize(
    ("text", "handover"),
    [
        ("auto", Handover()),
        ("crossfade", Handover(mode="crossfade")),
        ("Crossfade 8 s", Handover(mode="crossfade", length_s=8)),
        ("8", Handover(mode="crossfade", length_s=8)),
        ("4 bars", Handover(mode="crossfade", bars=4)),
        ("crossfade 1 bar", Handover(mode="crossfade", bars=1)),
        ("cut", Handover(mode="cut")),
        ("0", Handover(mode="cut")),
        ("gap", Handover(mode="gap")),
        ("gap 3", Handover(mode="gap", length_s=3)),
        ("-3", Handover(mode="gap", length_s=3)),
        (" -2.5 seconds ", Handover(mode="gap", length_s=2.5)),
    ],
)
def test_what_is_understood(text: str, handover: Handover) -> None:
    assert parse_handover(text) == handover
    assert parse_handover(str(handover)) == handover


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *[(text, "should be auto, crossfade") for text in ("", "fade", "eight", "crossfade eight", "8 m", "s")],
        ("auto 8", "no length"),
        ("cut 8", "no length"),
        ("crossfade -3", "gap"),
        ("gap 3 bars", "seconds"),
        ("crossfade 900", "longer than 60 s"),
        ("65 bars", "longer than 64 bars"),
        ("crossfade bars", "without a number"),
    ],
)  # fmt: skip
def test_what_is_not(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_handover(text)


@given(st.text(max_size=30))
def test_any_text_gives_a_setting_or_a_reason(text: str) -> None:
    with suppress(ValueError):
        handover = parse_handover(text)
        assert parse_handover(str(handover)) == handover


def test_what_it_wishes_for() -> None:
    assert parse_handover("auto").wish is None
    assert parse_handover("6").wish == Transition(kind="crossfade", length_s=6)
    assert parse_handover("0").wish == Transition(kind="gap", length_s=0)
    assert parse_handover("-4").wish == Transition(kind="gap", length_s=4)
