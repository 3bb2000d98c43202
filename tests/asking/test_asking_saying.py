"""What was understood, said back."""

from __future__ import annotations

import pytest
from asked import asked, then

from aidj.asking import said

UNKNOWN = "not understood, and nothing in the library is called so"
NO_COUNT = "a number of songs cannot be asked for; ask for minutes"


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        (["an hour of gentle jazz"], "Jazz; gentle; 60 minutes."),
        (["rock or blues, no folk"], "Rock or blues; without folk."),
        (["like Velvet Harbour, only forgotten favourites"], "Like Velvet Harbour; only forgotten favourites."),
        (["never heard, 90 to 100 bpm"], "90 to 100 beats per minute; never heard."),
        (["the whole album Paper Moons"], "From the album Paper Moons; whole albums."),
        (["symphony 7"], "The work symphony 7."),
        (["favourites of 2016"], "Heard in 2016."),
        (["since 2015, fast"], "At least 130 beats per minute; recorded since 2015."),
        (["1985"], "Recorded in 1985."),
        (["more new releases"], "New releases 2x."),
        (["jazz", "older", "not from 1985"], "Jazz; recorded until 2006; without 1985."),
        (["to fall asleep"], "Energy 0 to 0.35; energy down for 30 minutes."),
        (
            ["jazz, 20 songs, quux"],
            f"Jazz. Left out: “quux” ({UNKNOWN}). Left out: “20 songs” ({NO_COUNT}).",
        ),
        (["velvet harbor"], "By Velvet Harbour. “velvet harbor” was taken for Velvet Harbour."),
    ],
)
def test_what_was_understood_is_said(texts: list[str], sentence: str) -> None:
    assert said(then(*texts)) == sentence


def test_nothing_is_said_to_be_nothing() -> None:
    assert said(asked("quux")).startswith("Nothing of it was understood. Left out: “quux”")
    assert said(then("jazz", "start over")) == "Anything."
