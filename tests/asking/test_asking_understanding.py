"""What requests come to, and their follow-ups."""

from __future__ import annotations

from dataclasses import replace

import pytest
from asked import NOW, asked, refined, songs, then
from asked_table import TABLE
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.asking import Names, Understood, languages, load_vocabulary, read_request
from aidj.asking.vocabulary import MEANINGS
from aidj.selection import MOODS, Query, Without, dump_query, parse_query

ROWS = [(language, *row) for language, rows in TABLE.items() for row in rows]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}: {row[1]}")
def test_a_request_means_this(row: tuple[str, ...]) -> None:
    language, text, document, *left = row
    understood = asked(text, language)
    assert understood.query == parse_query(document)
    assert [one.phrase for one in understood.left] == (left[0] if left else [])
    assert understood.language == language or "bpm" in text


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}: {row[1]}")
def test_the_words_tell_the_language_too(row: tuple[str, ...]) -> None:
    """Asked of a presenter of another language; short requests may be understood in both, and then alike or told."""
    language, text, document, *left = row
    other = "it" if language != "it" else "de"
    understood = asked(text, other)
    if understood.language == language:
        assert understood.query == parse_query(document)
    else:
        assert len(understood.left) <= len(left), "another language is only taken if it understands as much"


def test_every_language_has_requests_enough_and_the_same_meanings() -> None:
    assert set(languages()) == set(TABLE)
    for language, rows in TABLE.items():
        assert len(rows) >= (40 if language in ("en", "de", "es") else 15)
        known = {rule.meaning for rule in load_vocabulary(language).rules}
        assert set(MEANINGS) <= known
        moods = {rule.value for rule in load_vocabulary(language).rules if rule.meaning == "moods"}
        assert moods & set(MOODS)


def test_an_arc_for_a_run() -> None:
    understood = asked("for a 45 minute run")
    assert understood.arc == ((9.0, "up"), (27.0, "steady"), (9.0, "down"))
    longer = refined(understood, "longer")
    assert sum(minutes for minutes, _ in longer.arc) == longer.query.minutes == 67.5


def test_more_and_less_of_a_shelf_turn_dials() -> None:
    assert asked("more new releases, less deep cuts").dials == {"new_release": 2.0, "deep_cut": 0.5}
    assert asked("no new releases").dials == {"new_release": 0.0}


@pytest.mark.parametrize(
    "name", ["Slow", "Mellow", "The Nineties", "Hour", "Upbeat", "Without You", "I Want You", "No More Calm Nights"]
)
def test_a_name_in_quotes_is_no_command(name: str) -> None:
    for text in (f'"{name}"', f"“{name}”", f"«{name.lower()}»", f'play "{name.upper()}" please'):
        query = asked(text).query
        (one,) = (*query.artists, *query.albums, *query.titles)
        assert one == name
        assert query == Query(artists=query.artists, albums=query.albums, titles=query.titles)


@settings(deadline=None)
@given(st.sampled_from(songs()), st.sampled_from(sorted(TABLE)))
def test_no_name_of_the_library_in_quotes_is_a_command(song: object, language: str) -> None:
    for name in (song.artist, song.album, song.title):  # type: ignore[attr-defined]
        understood = asked(f'"{name}"', language)
        query = understood.query
        assert understood.left == ()
        assert query == Query(artists=query.artists, albums=query.albums, titles=query.titles)


def test_a_name_that_is_also_a_word_is_told() -> None:
    understood = asked("something slow")
    assert understood.query == Query(tempo_bpm=(20.0, 90.0))
    assert understood.notes == ("“slow” is also an artist here; put it in quotes to mean that",)
    assert asked("something from the nineties").notes == (
        "“the nineties” is also an artist here; put it in quotes to mean that",
    )


def test_what_is_guessed_is_told() -> None:
    assert asked("velvet harbor").notes == ("“velvet harbor” was taken for Velvet Harbour",)
    assert asked("bowline").notes == ("“bowline” was taken for Ada Bowline or Jonah Bowline",)


def test_a_title_and_part_of_an_album_are_told() -> None:
    assert asked("play lanterns").notes == ("“lanterns” was taken for the song Lanterns",)
    assert asked("Moons").notes == ("“Moons” was taken for the album Paper Moons",)
    assert asked("mellow Lanterns").left[0].reason == "a song here is called so; put it in quotes to mean that"


@pytest.mark.parametrize("text", ["play Kessel", "slow", "play slow and quiet jazz", "quiet"])
def test_a_short_title_takes_nothing_from_what_is_understood_without_it(text: str) -> None:
    named = [replace(songs()[0], title=title) for title in ("Kessel", "Slow", "Still", "Quiet", "Jazz")]
    names = Names.of([*songs(), *named])
    query = read_request(text, language="en", library_names=names, now=NOW).query
    assert query == asked(text).query
    assert query != Query()


def test_one_thing_after_another_is_understood_but_cannot_be_done() -> None:
    understood = asked("jazz, and then rock")
    assert understood.unknown == ()
    assert [left.reason for left in understood.left] == [
        "only one thing at a time can be asked for; ask for this afterwards"
    ]
    assert then("jazz", "then older").left == (), "a follow-up comes afterwards"


def test_the_same_is_told_once() -> None:
    understood = asked("blah mellow " * 20 + "and 20 songs and 20 songs")
    assert [left.phrase for left in understood.left] == ["blah", "20 songs"]
    assert [wish.phrase for wish in understood.readings] == ["mellow"]


def test_nothing_understood_is_said() -> None:
    understood = asked("quux flurble")
    assert understood.nothing
    assert [left.phrase for left in understood.left] == ["quux flurble"]
    assert not asked("jazz").nothing
    assert asked("").nothing


# --- follow-ups -------------------------------------------------------------------------------------------------------


def test_less_upbeat_goes_down_along_energy_and_tempo() -> None:
    before, after = then("upbeat rock"), then("upbeat rock", "less upbeat")
    assert before.query == Query(genres=("rock",), moods=("upbeat",))
    assert after.query == Query(genres=("rock",), energy=(0.3, 0.8), tempo_bpm=(96.0, 400.0))
    again = refined(after, "more").query
    assert again.tempo_bpm is not None
    assert again.tempo_bpm[0] < 96


def test_follow_ups_keep_what_they_do_not_name() -> None:
    first = "an hour of mellow jazz from the nineties"
    base = asked(first).query
    assert base == Query(genres=("jazz",), moods=("mellow",), years=(1990, 1999), minutes=60.0)
    assert then(first, "older").query.years == (1980, 1989)
    assert then(first, "older", "older").query.years == (1970, 1979)
    assert then(first, "newer").query.years == (2000, 2009)
    assert then(first, "shorter").query.minutes == 40
    assert then(first, "longer").query.minutes == 90
    assert then(first, "hold the Marta Kessel").query.without == Without(artists=("Marta Kessel",))
    assert then(first, "no jazz").query == Query(
        moods=("mellow",), years=(1990, 1999), minutes=60.0, without=Without(genres=("jazz",))
    )
    assert then(first, "rock instead").query.genres == ("rock",)
    assert then(first, "and some rock").query.genres == ("jazz", "rock")
    assert then(first, "more rock").query.genres == ("jazz", "rock")
    assert then(first, "no jazz", "jazz").query.without == Without(), "what is asked for again is no more left out"
    assert then(first, "faster").query.tempo_bpm == (120.0, 400.0)
    assert then(first, "faster", "slower").query.tempo_bpm == (104.0, 400.0)
    assert then(first, "calmer").query.energy == (0.0, 0.25)
    assert then(first, "start over, folk").query == Query(genres=("folk",))
    assert then(first, "less sad").query.without.moods == ("sad",)
    assert then("jazz", "more").left[0].reason == "more of what?"


STEPS = ["older", "newer", "faster", "slower", "calmer", "livelier", "shorter", "longer", "less upbeat", "more mellow"]


@settings(deadline=None)
@given(st.sampled_from(["jazz", "upbeat", "calm and slow", "1990s", "90 bpm"]), st.lists(st.sampled_from(STEPS)))
def test_any_row_of_follow_ups_is_a_query(first: str, steps: list[str]) -> None:
    query = then(first, *steps).query
    assert parse_query(dump_query(query) if query != Query() else "{}") == query


# --- any text ---------------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        *(
            "no",
            "not",
            "less",
            "more",
            "like",
            "by",
            "album",
            "whole album",
            "and",
            "or",
            ",",
            "but",
            "the",
            "hour",
            '"',
        ),
        *("90s", "1990", "to", "-", "until", "99:99", "7", "symphony", "bpm", "999999999999", "0 minutes", "slow"),
        *("Velvet Harbour", "Slow", "Mellow", "jazz", "favourites of", "run", "from", "between", "5000", "'", "ß", "½"),
    ]
)


def sound(understood: Understood, text: str) -> None:
    document = dump_query(understood.query)
    assert parse_query(document if understood.query != Query() else "{}") == understood.query
    for left in understood.left:
        assert left.phrase in text
        assert left.reason
    assert understood.arc == () or abs(sum(m for m, _ in understood.arc) - (understood.query.minutes or 30)) < 0.1


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.sampled_from(sorted(TABLE)))
def test_any_text_has_an_answer(text: str, language: str) -> None:
    sound(asked(text, language), text)


@settings(max_examples=200, deadline=None)
@given(st.lists(WORDS, max_size=9), st.lists(WORDS, max_size=5))
def test_any_words_have_an_answer(words: list[str], more: list[str]) -> None:
    text, follow = " ".join(words), " ".join(more)
    understood = asked(text)
    sound(understood, text)
    sound(refined(understood, follow), follow)


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=15))
def test_any_name_in_a_library_is_only_a_name(name: str) -> None:
    from made_up import track

    names = Names.of([track(1, artist=name, album=name, title=name, genres=(name,), moods=(name,), work=name)])
    understood = read_request(f'jazz, "{name}"', language="en", library_names=names, now=NOW)
    sound(understood, f'jazz, "{name}"')
    assert read_request("slow jazz", language="en", library_names=names, now=NOW).query.minutes is None


def test_a_very_long_request_is_read_up_to_a_length() -> None:
    understood = asked("jazz " * 5000)
    assert understood.query.genres == ("jazz",)
    assert "only the first 300 characters were read" in understood.notes


def test_an_empty_library_understands_the_grammar() -> None:
    understood = read_request("slow jazz by Somebody from the 90s", language="en", library_names=Names.of([]), now=NOW)
    assert understood.query == Query(genres=("jazz",), tempo_bpm=(20.0, 90.0), years=(1990, 1999))
    assert [left.phrase for left in understood.left] == ["Somebody"]
