from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidj.names import lead_key, match_key, song_key, split_artists, title_guests, title_key, version_hints


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sigur Rós", "SIGUR ROS"),
        ("Rose\u0301", "Ros\u00e9"),
        ("Guns N' Roses", "Guns and Roses"),
        ("Florence + the Machine", "Florence & The Machine"),
        ("The Beatles", "Beatles, The"),
        ("A$AP Rocky", "ASAP Rocky"),
        ("P!nk", "Pink"),
        ("AC/DC", "AC-DC"),
        ("R.E.M.", "REM"),
        ("Don’t", "Don't"),
        ("Ｆｕｌｌ", "full"),
        ("Ørsted Æther", "Orsted Aether"),
        ("Straße", "STRASSE"),
        ("Й", "И"),
    ],
)
def test_two_spellings_have_one_key(one: str, other: str) -> None:
    assert match_key(one) == match_key(other)


@pytest.mark.parametrize(("one", "other"), [("東京", "京都"), ("か", "が"), ("!!!", "???"), ("÷", "="), ("หมา", "หม")])
def test_other_scripts_and_names_of_signs_stay_apart(one: str, other: str) -> None:
    assert match_key(one)
    assert match_key(other)
    assert match_key(one) != match_key(other)


@pytest.mark.parametrize(
    "title",
    [
        "Harbour Lights (feat. Mirela Quist & Bo)",
        "Harbour Lights feat. Mirela Quist",
        "Harbour Lights - feat. Mirela Quist",
        "Harbour Lights (with Mirela Quist)",
        "Harbour Lights - Remastered 2011",
        "Harbour Lights (2011 Remaster)",
        "Harbour Lights - Remastered",
        "Harbour Lights - Radio Edit",
        "Harbour Lights - Single Version",
        "Harbour Lights (Album Version)",
        'Harbour Lights - 7" Version',
        "Harbour Lights (Original Mix)",
        "Harbour Lights (Deluxe Edition)",
        "Harbour Lights [Bonus Track]",
        "Harbour Lights - Mono / 2009 Remaster",
        "Harbour Lights [Explicit]",
        'Harbour Lights - From "The Long Pier"',
        "HARBOUR LIGHTS (From the Motion Picture Soundtrack)",
        "Harbour Lights (feat. Bo [of The Wires]) - 2011 Remaster",
        "Harbour Lights (2011 Remaster",
    ],
)
def test_the_same_recording_under_another_title(title: str) -> None:
    assert title_key(title) == "harbourlights"


@pytest.mark.parametrize(
    ("title", "hint"),
    [
        ("Harbour Lights (Live)", "live"),
        ("Harbour Lights - Live at the Old Mill / 2011 Remaster", "live"),
        ("Harbour Lights - MTV Unplugged", "live"),
        ("Harbour Lights (Acoustic Version)", "acoustic"),
        ("Harbour Lights (Instrumental)", "instrumental"),
        ("Harbour Lights - Demo", "demo"),
        ("Harbour Lights (Bo Remix)", "remix"),
        ("Harbour Lights (Bo Remix Radio Edit)", "remix"),
        ("Harbour Lights (Extended Mix)", "extended"),
        ("Harbour Lights (Mirela's Version)", "rerecorded"),
        ("Harbour Lights (Spanish Version)", "version"),
        ("Harbour Lights (The Wires Cover)", "cover"),
    ],
)
def test_another_version_is_another_recording_of_the_same_song(title: str, hint: str) -> None:
    assert hint in version_hints(title)
    assert title_key(title) != "harbourlights"
    assert song_key(title) == "harbourlights"


def test_live_versions_are_equal_and_remixes_are_not() -> None:
    assert title_key("Song (Live)") == title_key("Song - Live in Nowhere, 1999") == title_key("Song [live at the Mill]")
    assert title_key("Song (Bo Remix)") != title_key("Song (Cy Remix)")
    assert title_key("Song (Bo Remix)") == title_key("Song - Bo Remix")


@pytest.mark.parametrize(
    "title",
    [
        "Live Forever",
        "Love - Live and Let Go",
        "(I Never Get No) Rest",
        "Song (The Way We Live)",
        "Song - With You",
        "Edit",
    ],
)
def test_words_of_a_title_are_no_version(title: str) -> None:
    assert version_hints(title) == frozenset()
    assert title_key(title) == match_key(title)


def test_a_title_that_is_only_a_qualifier_keeps_its_words() -> None:
    assert title_key("(Live)") == "live"
    assert version_hints("(Live)") == frozenset()


def test_parts_are_numbered_alike_and_stay_apart() -> None:
    assert title_key("Suite, Pt. II") == title_key("Suite (Part 2)") != title_key("Suite, Pt. 1")


def test_guests_of_a_title() -> None:
    assert title_guests("Song (feat. Ada Vale, Bo & Cy) - Remastered") == ("Ada Vale", "Bo", "Cy")
    assert title_guests("Song") == ()


@pytest.mark.parametrize(
    "name",
    [
        "Earth, Wind & Fire", "Simon & Garfunkel", "Tyler, the Creator", "Florence + the Machine", "AC/DC", "AC / DC",
        "Black Country, New Road", "Belle and Sebastian", "Me vs Hero", "Malcolm X Ensemble", "Hall & Oates",
    ],
)  # fmt: skip
def test_names_of_bands_stay_whole(name: str) -> None:
    assert split_artists(name) == ((name,), ())


@pytest.mark.parametrize(
    ("credit", "mains", "guests"),
    [
        ("Ada feat. Bo", ("Ada",), ("Bo",)),
        ("Ada (ft. Bo, Cy & Di)", ("Ada",), ("Bo", "Cy", "Di")),
        ("Ada [with Bo]", ("Ada",), ("Bo",)),
        ("Ada Featuring Tyler, the Creator & Bo", ("Ada",), ("Tyler, the Creator", "Bo")),
        ("Ada feat. Earth, Wind & Fire", ("Ada",), ("Earth, Wind & Fire",)),
        ("Ada; Bo", ("Ada", "Bo"), ()),
        ("Ada Vale / Bo Quill", ("Ada Vale", "Bo Quill"), ()),
        ("Ada x Bo", ("Ada", "Bo"), ()),
        ("Ada\x00Bo", ("Ada", "Bo"), ()),
        ("Ada & Bo feat. Cy", ("Ada & Bo",), ("Cy",)),
        ("", (), ()),
        ("(feat. Bo)", ("(feat. Bo)",), ()),
    ],
)
def test_credits_are_split(credit: str, mains: tuple[str, ...], guests: tuple[str, ...]) -> None:
    assert split_artists(credit) == (mains, guests)


def test_an_ampersand_parts_names_that_stand_alone_elsewhere() -> None:
    known = {match_key(name) for name in ("Ada", "Bo", "Simon", "Earth", "Wind")}
    assert split_artists("Ada & Bo", known=known) == (("Ada", "Bo"), ())
    assert split_artists("Ada & Nobody", known=known) == (("Ada & Nobody",), ())
    assert split_artists("Simon & Garfunkel", known=known) == (("Simon & Garfunkel",), ())
    assert split_artists("Ada & Bo", known=known | {"adaandbo"}) == (("Ada & Bo",), ())


_texts = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            [
                *("Song", "The", "live", "(Live)", "[2011", "remaster]", "feat.", "Bo", "-", ")", "(", "Remix", "Pt."),
                *("II", "&", "+", "'n'", "n", "/", ";", ",", "x", "!", "$", "é", "東京", "Demo", "!!!", "with", "Mix"),
            ]
        ),
        max_size=9,
    ).map(" ".join),
)


@given(_texts)
def test_keys_are_idempotent_and_never_fail(text: str) -> None:
    key = match_key(text)
    assert match_key(key) == key
    key = title_key(text)
    assert title_key(key) == key
    assert song_key(song_key(text)) == song_key(text)
    assert key.startswith(song_key(text))
    mains, guests = split_artists(text)
    assert bool(mains) == bool(text.strip())
    assert all(name.strip() for name in (*mains, *guests, *title_guests(text)))


@given(_texts)
def test_case_does_not_matter_to_ascii(text: str) -> None:
    if text.isascii():
        assert title_key(text.upper()) == title_key(text.lower())


@pytest.mark.parametrize(
    ("credit", "key"),
    [("The Ada", "ada"), ("Ada feat. Bo", "ada"), ("Ada; Bo", "ada"), ("Ada & Bo", "adaandbo"), ("", "")],
)
def test_the_lead_artist_of_a_credit(credit: str, key: str) -> None:
    assert lead_key(credit) == key
