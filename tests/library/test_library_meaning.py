from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidj.library.credits import names_of
from aidj.library.meaning import understand
from aidj.library.text import clean, clean_lines, decode_name, repair
from aidj.model import PartialDate


@pytest.mark.parametrize(
    ("fields", "released", "first"),
    [
        ({"year": "1994"}, "1994", None),
        ({"year": "1994-00-00"}, "1994", None),
        ({"year": "1994", "tdat": "3105"}, "1994-05-31", None),
        ({"year": "2001", "tdrl": "2019-02"}, "2019-02", None),
        ({"year": "2001", "releasedate": "2019-02-03"}, "2019-02-03", None),
        ({"date": "May 1994"}, None, None),
        ({"year": "0000"}, None, None),
        ({"year": "9999"}, None, None),
        ({"year": "2009-13-45"}, "2009", None),
        ({"year": "2009-1-5"}, "2009", None),
        ({"tory": "1971", "year": "1999"}, "1999", "1971"),
        ({"originalyear": "1971", "originaldate": "1971-04-02"}, None, "1971-04-02"),
    ],
)
def test_dates(fields: dict[str, str], released: str | None, first: str | None) -> None:
    found = understand({name: (value,) for name, value in fields.items()})
    assert found.released == PartialDate.parse(released)
    assert found.first_released == PartialDate.parse(first)


@pytest.mark.parametrize(
    ("fields", "gain_db"),
    [
        ({"replaygaintrackgain": "-7.53 dB"}, -7.53),
        ({"replaygaintrackgain": "+3"}, 3.0),
        ({"replaygaintrackgain": "-6,5 dB"}, -6.5),
        ({"replaygaintrackgain": "-900 dB"}, None),
        ({"replaygaintrackgain": "loud"}, None),
        ({"replaygaintrackgain": "nan"}, None),
        ({"replaygaintrackgain": "-5.00 dB", "replaygainreferenceloudness": "89.0 dB"}, -5.0),
        ({"replaygaintrackgain": "-5.00 dB", "replaygainreferenceloudness": "83.0 dB"}, 1.0),
        ({"replaygaintrackgain": "-5.00 dB", "replaygainreferenceloudness": "-18.00 LUFS"}, -5.0),
        ({"replaygaintrackgain": "-10.00 dB", "replaygainreferenceloudness": "-23.00 LUFS"}, -5.0),
        ({"r128trackgain": "-3359"}, -3359 / 256 + 5),
        ({"r128trackgain": "0", "replaygaintrackgain": "-7 dB"}, 5.0),
        ({"r128trackgain": "99999", "replaygaintrackgain": "-7 dB"}, -7.0),
    ],
)
def test_gains(fields: dict[str, str], gain_db: float | None) -> None:
    found = understand({name: (value,) for name, value in fields.items()}).track_gain_db
    assert found == (None if gain_db is None else pytest.approx(gain_db))


def test_absurd_values_are_left_out() -> None:
    found = understand(
        {
            "bpm": ("0",),
            "track": ("0",),
            "disc": ("99999",),
            "isrc": ("none", "gb-aaa-12-34567"),
            "musicbrainztrackid": ("unknown",),
            "itunesadvisory": ("0",),
            "genre": ("255", ";", "Pop; Pop"),
        }
    )
    assert (found.bpm, found.track_number, found.disc_number, found.recording_mbid) == (None,) * 4
    assert (found.isrc, found.explicit, found.genres) == ("GBAAA1234567", None, ("Pop",))


def test_slashes_part_names_only_where_the_ids_say_so() -> None:
    ids = tuple(f"6b9f8d0e-2222-4333-8444-55555555555{digit}" for digit in range(2))
    two = understand({"artist": ("Ann/Bo",), "musicbrainzartistid": ("/".join(ids),)})
    one = understand({"artist": ("AC/DC",), "musicbrainzartistid": ids[:1]})
    none = understand({"artist": ("AC/DC",)})
    assert (two.artists, one.artists, none.artists) == (("Ann", "Bo"), ("AC/DC",), ())
    assert understand({"artist": ("A; B",), "artists": ("A; B",)}).artists == ("A", "B")


def test_timed_lyrics_come_first() -> None:
    assert understand({"lyrics": ("plain", "[00:01.20]timed")}).lyrics == "[00:01.20]timed"
    assert understand({"unsyncedlyrics": ("plain",)}).lyrics == "plain"


def test_names() -> None:
    assert names_of("Ann feat. Bo", "Song (feat. Cy & Di)") == (("Ann",), ("Bo", "Cy", "Di"))
    assert names_of("Ann & Bo feat. Cy", "Song", ("Ann", "Bo", "Cy")) == (("Ann", "Bo"), ("Cy",))
    assert names_of("Ann feat. Bo", "Song", ("Ann feat. Bo",)) == (("Ann",), ("Bo",))
    assert names_of("Ann", "Song (feat. Ann)") == (("Ann",), ())
    assert names_of("", "Song") == ((), ())
    assert names_of("Ann & Bo", "Song") == (("Ann & Bo",), ())
    assert names_of("Ann & Bo", "Song", known={"ann", "bo"}) == (("Ann", "Bo"), ())


def test_text() -> None:
    assert clean(" a \t b\x00\x07 ") == "a b"
    assert clean("Zoe\u0308") == "Zoë"
    assert clean("\ufeffx" + "y" * 5000) == "x" + "y" * 999
    assert clean("\udce4") == "?"
    assert clean_lines("a\r\nb\rc\x00\n") == "a\nb\nc"
    assert decode_name(b"\xc4hre") == "Ähre"


@given(st.text())
def test_what_is_cleaned_is_clean(text: str) -> None:
    once = clean(text)
    once.encode()
    assert once == unicodedata.normalize("NFC", " ".join(once.split()))
    assert not [character for character in once if unicodedata.category(character) == "Cc"]
    # Text that was stored in the wrong encoding twice over is repaired once a time; nothing else is left to do.
    assert repair(once) != once or clean(once) == once


@given(st.dictionaries(st.sampled_from(["year", "track", "bpm", "genre", "artist", "artists", "isrc", "r128trackgain",
       "replaygaintrackgain", "replaygainreferenceloudness", "tdat", "musicbrainzartistid", "lyrics"]),
       st.lists(st.text(min_size=1), min_size=1, max_size=3).map(tuple)))  # fmt: skip
def test_no_tag_makes_it_fail(raw: dict[str, tuple[str, ...]]) -> None:
    understand(raw)
