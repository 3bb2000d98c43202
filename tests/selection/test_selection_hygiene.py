from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from made_up import NOW, history, library, plays, track

from aidj.model import Plays, Track
from aidj.selection.holidays import HOLIDAY_WEEKS, Hemisphere, advent, easter, first_candle, holidays_of, in_season
from aidj.selection.hygiene import is_kept_out, set_aside
from aidj.selection.settings import HYGIENE_RULES, HygieneRule
from aidj.selection.words import plain_words, plain_words_of

ALL = frozenset(HYGIENE_RULES)
JULY = datetime(2026, 7, 1, 12, tzinfo=UTC)
HOUR = 1 / 24

# What is kept out, and what is not -----------------------------------------------------------------------------------
# (title, artist, album, genre); minutes where they matter.

Row = tuple[str, str, str, str]

SLEEP_NOISE: Sequence[Row] = [
    ("White Noise for Baby Sleep", "Made-up Sleepers", "White Noise", ""),
    ("Brown Noise 10 Hours", "Made-up Sleepers", "", "Ambient"),
    ("Pink Noise Loop", "Made-up Sleepers", "Deep Rest", "New Age"),
    ("Track 3", "Rain Sounds", "Heavy Rain", ""),
    ("Heavy Rain", "Made-up Sleepers", "Rain Sounds for Sleeping", ""),
    ("Gentle Thunder", "Made-up Sleepers", "Thunderstorm Sounds", "New Age"),
    ("Ocean Waves", "Made-up Sleepers", "Sounds to Fall Into", "Nature Sounds"),
    ("Whisper", "Made-up Whisperer", "Tingles", "ASMR"),
    ("ASMR Tapping", "Made-up Whisperer", "", ""),
    ("Box Fan Noise", "Made-up Sleepers", "", ""),
    ("Vacuum Cleaner Sound", "Made-up Sleepers", "", "Other"),
    ("White Noise", "Made-up Sleepers", "Deep Sleep", ""),
    ("Regengeräusche", "Niemand", "", ""),
    ("Meeresrauschen", "Niemand", "Entspannung", ""),
    ("Regen zum Einschlafen", "Niemand", "", ""),
    ("Bruit blanc pour bébé", "Personne", "", ""),
    ("Bruits de la nature", "Personne", "", ""),
    ("Sonidos de lluvia", "Nadie", "Para dormir", ""),
    ("Ruido blanco para dormir", "Nadie", "", ""),
    ("Night 1", "Made-up Sleepers", "Night", "Sleep"),
    ("Forest Sounds", "Nature Sounds", "Morning", "Pop"),
    ("Weißes Rauschen für Babys", "Niemand", "", ""),
    ("Sonidos del mar", "Nadie", "", ""),
]

SONGS_LIKE_SLEEP_NOISE: Sequence[Row] = [
    ("White Noise", "Disclosure", "White Noise", ""),
    ("White Noise", "Disclosure", "Settle", "House"),
    ("Firebird", "White Noise", "White Noise", ""),
    ("Love Without Sound", "White Noise", "An Electric Storm", "Rock"),
    ("Rain", "The Beatles", "Past Masters", "Rock"),
    ("Rain", "Made-up Band", "Rain", ""),
    ("Sound of Rain", "Solange", "When I Get Home", ""),
    ("Purple Rain", "Prince", "Purple Rain", "Pop"),
    ("Pink Noise", "Laura Mvula", "Pink Noise", "Soul"),
    ("Sleep Sound", "Jamie xx", "In Colour", "Electronic"),
    ("Stück 1", "Pantha du Prince", "Black Noise", ""),
    ("Sleep", "Max Richter", "Sleep", "Classical"),
    ("Sleeping with Sirens", "Sleeping with Sirens", "Feel", "Post-Hardcore"),
    ("Enter Sandman", "Metallica", "Metallica", "Metal"),
    ("Rain Sounds", "Made-up Band", "Made-up Album", "Indie Rock"),
    ("Noise", "Merzbow", "Pulse Demon", "Noise"),
    ("Asleep", "The Smiths", "Louder Than Bombs", "Indie"),
    ("Riders on the Storm", "The Doors", "L.A. Woman", "Rock"),
    ("Rain on the Roof", "The Lovin' Spoonful", "Hums", ""),
    ("Weißes Rauschen", "Niemand", "Weißes Rauschen", ""),
    ("Deep Sleep", "Made-up Band", "Wide Awake", ""),
    ("Sounds of Rain and Fire", "Made-up Band", "", ""),
    ("Nature Boy", "Nat King Cole", "Unforgettable", "Jazz"),
]

CHILDREN: Sequence[Row] = [
    ("Made-up Train Song", "Nobody", "Trains", "Children's Music"),
    ("Der erfundene Zug", "Niemand", "Züge", "Kinderlieder"),
    ("Folge 1", "Niemand", "Der erfundene Bär", "Hörspiel Kinder"),
    ("Petit train inventé", "Personne", "Trains", "Musique pour enfants"),
    ("El tren inventado", "Nadie", "Trenes", "Infantil"),
    ("Baby Shark", "Pinkfong", "Best of Baby Shark", "Pop"),
    ("Wheels on the Bus", "Nobody", "Nursery Rhymes", ""),
    ("The Wheels on the Bus", "Nobody", "Songs for Kids", ""),
    ("Alle meine Entchen", "Niemand", "Die schönsten Kinderlieder", ""),
    ("Hänschen klein", "Niemand", "Singalong für Kinder", ""),
    ("Une souris verte", "Personne", "Comptines", ""),
    ("Frère Jacques", "Personne", "Chansons pour enfants", ""),
    ("Los pollitos dicen", "Nadie", "Canciones infantiles", ""),
    ("In der Weihnachtsbäckerei", "Rolf Zuckowski", "Winterkinder", ""),
    ("Lullabies for Babies", "Nobody", "", ""),
    ("Made-up Song", "Nobody", "Kids", "Kids"),
    ("Twinkle Twinkle Little Star", "Nobody", "Children's Favorites", ""),
    ("Schlaf, Kindlein, schlaf", "Niemand", "Schlaflieder", ""),
]

SONGS_LIKE_CHILDREN: Sequence[Row] = [
    ("Angels Don't Kill", "Children of Bodom", "Hate Crew Deathroll", "Metal"),
    ("Kids", "MGMT", "Oracular Spectacular", "Indie Pop"),
    ("Kids", "Made-up Band", "Kids", ""),
    ("Children", "Robert Miles", "Dreamland", "Trance"),
    ("Step by Step", "New Kids on the Block", "Step by Step", ""),
    ("Freeee", "Kids See Ghosts", "Kids See Ghosts", ""),
    ("No. 1", "Chick Corea", "Children's Songs", "Jazz"),
    ("No. 1", "Chick Corea", "Children's Songs", ""),
    ("Old MacDonald Had a Farm", "Ella Fitzgerald", "Whisper Not", "Jazz"),
    ("Frère Jacques", "Nobody", "Nobody Plays", ""),
    ("Träumerei", "Nobody", "Kinderszenen", "Classical"),
    ("Kinder", "Bettina Wegner", "Sind so kleine Hände", "Liedermacher"),
    ("Another Brick in the Wall", "Pink Floyd", "The Wall", "Rock"),
    ("Lullaby", "The Cure", "Disintegration", "Rock"),
    ("Baby", "Justin Bieber", "My World", "Pop"),
    ("Cool Kids", "Echosmith", "Talking Dreams", ""),
    ("Les enfants du Pirée", "Dalida", "Dalida", "Chanson"),
    ("School's Out", "Alice Cooper", "School's Out", "Rock"),
]

HOLIDAY: Sequence[Row] = [
    ("Last Christmas", "Wham!", "Music from the Edge of Heaven", "Pop"),
    ("All I Want for Christmas Is You", "Mariah Carey", "Merry Christmas", "Pop"),
    ("Jingle Bell Rock", "Bobby Helms", "", "Rock"),
    ("Silent Night", "Nobody", "Made-up Album", "Pop"),
    ("Cold December Night", "Michael Bublé", "Merry Christmas (Deluxe)", "Vocal"),
    ("Happy Xmas (War Is Over)", "John Lennon", "Shaved Fish", "Rock"),
    ("Santa Baby", "Eartha Kitt", "", "Jazz"),
    ("Santa Tell Me", "Ariana Grande", "", ""),
    ("Fairytale of New York", "The Pogues", "If I Should Fall from Grace with God", "Folk"),
    ("Driving Home for Christmas", "Chris Rea", "", "Rock"),
    ("Stille Nacht", "Niemand", "", ""),
    ("O Tannenbaum", "Niemand", "Die schönsten Weihnachtslieder", ""),
    ("Leise rieselt der Schnee", "Niemand", "", "Schlager"),
    ("Weihnachtsoratorium: Jauchzet, frohlocket", "Niemand", "", "Classical"),
    ("Petit Papa Noël", "Tino Rossi", "", "Chanson"),
    ("Minuit, chrétiens", "Personne", "", ""),
    ("Feliz Navidad", "José Feliciano", "", "Latin"),
    ("Los peces en el río", "Nadie", "Villancicos", ""),
    ("Made-up Sleigh Song", "Nobody", "Made-up Album", "Holiday"),
    ("Made-up Sleigh Song", "Nobody", "Made-up Album", "Christmas; Pop"),
    ("Winter Wonderland", "Nobody", "", "Jazz"),
    ("Let It Snow! Let It Snow! Let It Snow!", "Dean Martin", "", ""),
    ("Entre le bœuf et l’âne gris", "Personne", "", ""),
    ("Morgen, Kinder, wird's was geben", "Niemand", "", ""),
    ("What Child Is This?", "Nobody", "", "Folk"),
    ("Tu scendi dalle stelle", "Nessuno", "", ""),
    ("Auld Lang Syne", "Nobody", "", "Folk"),
    ("Happy New Year", "ABBA", "Super Trouper", "Pop"),
    ("Monster Mash", "Bobby “Boris” Pickett", "", "Rock"),
    ("This Is Halloween", "Danny Elfman", "", "Soundtrack"),
    ("Ghost Song", "Nobody", "Halloween Hits", ""),
    ("The Chanukah Song", "Adam Sandler", "", "Comedy"),
    ("I Have a Little Dreidel", "Nobody", "", ""),
    ("Here Comes Peter Cottontail", "Gene Autry", "", "Country"),
    ("Stups, der kleine Osterhase", "Niemand", "", ""),
    ("Everyday Is Christmas", "Sia", "Everyday Is Christmas", "Pop"),
]

SONGS_LIKE_HOLIDAY: Sequence[Row] = [
    ("Holiday", "Madonna", "Madonna", "Pop"),
    ("Holiday", "Green Day", "American Idiot", "Punk Rock"),
    ("Strange Fruit", "Billie Holiday", "The Billie Holiday Collection", "Jazz"),
    ("All of Me", "Billie Holiday", "Billie Holiday Classics", "billie holiday"),
    ("Acknowledgement", "John Coltrane", "A Love Supreme", "Jazz"),
    ("If I Had a Gun…", "Noel Gallagher's High Flying Birds", "Noel Gallagher's High Flying Birds", "Rock"),
    ("Merry Christmas Mr. Lawrence", "Ryuichi Sakamoto", "Merry Christmas Mr. Lawrence", "Soundtrack"),
    ("Christmas Steps", "Mogwai", "Come On Die Young", "Post-Rock"),
    ("Silent Night, Bodom Night", "Children of Bodom", "Hatebreeder", "Metal"),
    ("Santa Monica", "Everclear", "Sparkle and Fade", "Rock"),
    ("Santa Fe", "Bob Dylan", "The Bootleg Series", "Folk"),
    ("Dear Santa Fe", "Nobody", "", ""),
    ("Santa Lucia", "Nessuno", "", "Opera"),
    ("New Year's Day", "U2", "War", "Rock"),
    ("Easter", "Marillion", "Seasons End", "Prog Rock"),
    ("Easter", "Patti Smith Group", "Easter", "Rock"),
    ("Halloween", "Misfits", "Collection II", "Punk"),
    ("Sorry", "Halloween", "Halloween", "Metal"),
    ("Everyday Is Halloween", "Ministry", "Twitch", "Industrial"),
    ("I Want Out", "Helloween", "Keeper of the Seven Keys", "Metal"),
    ("Summer of '69", "Bryan Adams", "Reckless", "Rock"),
    ("Sommer", "Peter Fox", "", "Pop"),
    ("Winter", "Tori Amos", "Little Earthquakes", ""),
    ("Snow (Hey Oh)", "Red Hot Chili Peppers", "Stadium Arcadium", "Rock"),
    ("Joy to the World", "Three Dog Night", "Naturally", "Rock"),
    ("Advent", "Opeth", "Morningrise", "Metal"),
    ("Nathalie", "Gilbert Bécaud", "", "Chanson"),
    ("Natalia", "Nobody", "Natalie", "Pop"),
    ("Bohemian Rhapsody", "Queen", "Live at the Odeon, Christmas 1975", "Rock"),
    ("Candy Cane Children", "Christmas", "Christmas", "Rock"),
    ("Happy Holidays, You Bastard", "blink-182", "Take Off Your Pants and Jacket", "Punk"),
    ("Bodies", "Jul", "Rien 100 rien", "Rap"),
    ("Silent All These Years", "Tori Amos", "Little Earthquakes", ""),
    ("Night Bells", "Nobody", "Jingle", "Pop"),
]

PODCAST: Sequence[Row] = [
    ("A Talk with Nobody", "Nobody", "The Made-up Show", "Podcast"),
    ("Opening Words", "Nobody", "", "Speech"),
    ("Podcast Episode 12", "Nobody", "", ""),
    ("Folge 12: Der Anfang", "Niemand", "Der erfundene Podcast", ""),
    ("Episode 7", "Nobody", "The Made-up Podcast", "Other"),
]

SONGS_LIKE_PODCAST: Sequence[Row] = [
    ("Mix 12", "Nobody", "The Made-up Podcast", "Techno"),
    ("Speechless", "Lady Gaga", "The Fame Monster", "Pop"),
    ("Mr. Wendal", "Speech", "Hoopla", "Hip-Hop"),
    ("Episode 1", "Nobody", "Episodes", "Electronic"),
    ("Talk", "Coldplay", "X&Y", "Rock"),
    ("Folge mir", "Niemand", "", "Pop"),
]

AUDIOBOOK: Sequence[Row] = [
    ("Made-up Tale", "Nobody", "Made-up Tale", "Audiobook"),
    ("Erfundene Geschichte 3", "Niemand", "Erfundene Geschichte", "Hörbuch"),
    ("Erfundene Geschichte 3", "Niemand", "Erfundene Geschichte", "Hoerspiel"),
    ("Made-up Tale", "Nobody", "Made-up Tale (Unabridged)", ""),
    ("Teil 3", "Niemand", "Erfundenes (Ungekürzte Lesung)", ""),
    ("Conte inventé", "Personne", "Conte (livre audio)", ""),
    ("Cuento inventado", "Nadie", "Audiolibro", ""),
    ("Made-up Tale, read by Nobody", "Nobody", "Made-up Audiobook", "Other"),
    ("001/Der erfundene Fall", "TKKG", "Folge 1", ""),
]

SONGS_LIKE_AUDIOBOOK: Sequence[Row] = [
    ("Chapter 1", "Made-up Band", "Chapters", "Progressive Rock"),
    ("Kapitel 3", "Niemand", "Album", "Deutschrap"),
    ("Chapter Four", "Avenged Sevenfold", "Waking the Fallen", "Metal"),
    ("Chapter 12", "Made-up Band", "Book", ""),
    ("I Write the Book", "Made-up Band", "The Book", ""),
    ("Paperback Writer", "The Beatles", "1", "Rock"),
    ("Ungekürzte Version", "Niemand", "", ""),
    ("Whitey on the Moon", "Gil Scott-Heron", "Small Talk", "Spoken Word"),
    ("Hörspiel", "Niemand", "Erfundenes", ""),
]

TABLES: dict[HygieneRule, tuple[Sequence[Row], Sequence[Row]]] = {
    "sleep_noise": (SLEEP_NOISE, SONGS_LIKE_SLEEP_NOISE),
    "children": (CHILDREN, SONGS_LIKE_CHILDREN),
    "holiday": (HOLIDAY, SONGS_LIKE_HOLIDAY),
    "podcast": (PODCAST, SONGS_LIKE_PODCAST),
    "audiobook": (AUDIOBOOK, SONGS_LIKE_AUDIOBOOK),
}


def from_row(number: int, row: Row, **fields: object) -> Track:
    title, artist, album, genre = row
    genres = tuple(part.strip() for part in genre.split(";") if part)
    return track(number, title=title, artist=artist, album=album or None, genres=genres, **fields)  # type: ignore[arg-type]


def kept_out(tracks: Sequence[Track], rule: HygieneRule, now: datetime = JULY, past: Plays | None = None) -> list[bool]:
    masks = set_aside(tracks, past or Plays.none(), now=now, rules=frozenset({rule}))
    assert list(masks) == [rule]
    assert masks[rule].dtype == np.bool_
    return masks[rule].tolist()  # type: ignore[no-any-return]


CASES = [(rule, row, True) for rule, (odd, _) in TABLES.items() for row in odd]
CASES += [(rule, row, False) for rule, (_, songs) in TABLES.items() for row in songs]


@pytest.mark.parametrize(("rule", "row", "out"), CASES, ids=lambda value: str(value)[:60])
def test_the_tables(rule: HygieneRule, row: Row, out: bool) -> None:
    assert kept_out([from_row(0, row)], rule) == [out]


def test_the_tables_are_large_enough() -> None:
    assert len(CASES) >= 120
    assert len(set(map(str, CASES))) == len(CASES)


@pytest.mark.parametrize("rule", TABLES)
def test_songs_are_kept_out_by_no_rule(rule: HygieneRule) -> None:
    tracks = [from_row(number, row) for number, row in enumerate(TABLES[rule][1])]
    masks = set_aside(tracks, Plays.none(), now=JULY, rules=ALL)
    wrong = {other: [tracks[i].title for i in np.flatnonzero(mask)] for other, mask in masks.items() if mask.any()}
    assert wrong == {}


@given(st.lists(st.sampled_from([row for odd, songs in TABLES.values() for row in (*odd, *songs)]), max_size=12))
def test_each_track_is_judged_by_itself(rows: list[Row]) -> None:
    tracks = [from_row(number, row) for number, row in enumerate(rows)]
    together = set_aside(tracks, Plays.none(), now=JULY, rules=ALL)
    for number, song in enumerate(tracks):
        alone = set_aside([song], Plays.none(), now=JULY, rules=ALL)
        assert {rule: mask[number] for rule, mask in together.items()} == {
            rule: mask[0] for rule, mask in alone.items()
        }


@given(st.frozensets(st.sampled_from(sorted(HYGIENE_RULES))))
def test_only_the_rules_that_are_on_say_anything(rules: frozenset[HygieneRule]) -> None:
    tracks = [from_row(number, row) for number, row in enumerate([*SLEEP_NOISE, *AUDIOBOOK, *HOLIDAY])]
    past = plays([(0, 5)])
    every = set_aside(tracks, past, now=JULY, rules=ALL)
    some = set_aside(tracks, past, now=JULY, rules=rules)
    assert some.keys() == rules
    assert all((some[rule] == every[rule]).all() for rule in rules)


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30), st.lists(st.text(max_size=12), max_size=3))
def test_no_tag_is_too_strange(title: str, artist: str, album: str, genres: list[str]) -> None:
    song = track(0, title=title, artist=artist, album=album, genres=tuple(genres))
    assert set_aside([song], Plays.none(), now=JULY, rules=ALL).keys() == ALL
    assert not any(mask.any() for mask in set_aside([], Plays.none(), now=JULY, rules=ALL).values())


@given(st.lists(st.text(max_size=12)))
def test_words_of_many_texts_are_those_of_each(texts: list[str]) -> None:
    assert dict(plain_words_of(texts)) == {text: plain_words(text) for text in texts}


# Books ----------------------------------------------------------------------------------------------------------------


def book(chapters: int, minutes: float, genre: str = "", title: str = "Chapter {}") -> list[Track]:
    return [
        from_row(number, (title.format(number + 1), "Nobody", "Made-up Tale", genre), duration_s=minutes * 60)
        for number in range(chapters)
    ]


@pytest.mark.parametrize(
    ("tracks", "out"),
    [
        (book(12, 20), True),
        (book(12, 20, title="Kapitel {}: Der Morgen"), True),
        (book(12, 20, title="Chapitre {}"), True),
        (book(12, 4), False),  # 48 minutes: an album with a concept
        (book(3, 60), False),
        (book(12, 20, genre="Post-Rock"), False),
        (book(12, 20, title="Made-up Song {}"), False),
        (book(25, 6, title="Part {}"), False),  # improvisations
        (book(25, 6, title="Track {}"), False),  # a record without tags
    ],
)
def test_long_albums_of_chapters_are_books(tracks: list[Track], out: bool) -> None:
    assert kept_out(tracks, "audiobook") == [out] * len(tracks)


def test_a_long_file_for_books_or_of_spoken_words_is_one() -> None:
    m4b = track(0, path=Path("/music/tale.M4B"), duration_s=9000.0)
    reading = track(1, genres=("Spoken Word",), duration_s=1800.0)
    poem = track(2, genres=("Spoken Word",), duration_s=180.0)
    long_song = track(3, genres=("Ambient",), duration_s=3600.0)
    assert kept_out([m4b, reading, poem, long_song], "audiobook") == [True, True, False, False]


# Holidays -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "north"),
    [
        (date(2026, 11, 25), set()),
        (date(2026, 11, 26), {"christmas", "winter"}),  # Advent is on the 29th
        (date(2026, 12, 25), {"christmas", "winter"}),
        (date(2026, 12, 26), {"christmas", "winter", "new_year"}),
        (date(2026, 1, 6), {"christmas", "winter", "new_year"}),
        (date(2026, 1, 7), set()),
        (date(2026, 7, 1), set()),
        (date(2026, 10, 16), set()),
        (date(2026, 10, 17), {"halloween"}),
        (date(2026, 10, 31), {"halloween"}),
        (date(2026, 11, 1), set()),
        (date(2026, 3, 29), {"easter"}),  # Palm Sunday
        (date(2026, 4, 6), {"easter"}),
        (date(2026, 4, 7), set()),
        (date(2021, 11, 22), {"hanukkah"}),
        (date(2025, 1, 2), {"christmas", "winter", "new_year", "hanukkah"}),
    ],
)
def test_the_weeks_of_each_holiday(day: date, north: set[str]) -> None:
    assert in_season(day, "north") - {"hanukkah" if day.year == 2026 else ""} == north
    south = in_season(day, "south")
    assert ("winter" in south) == (day.month in (6, 7, 8))
    assert south - {"winter"} == in_season(day, "north") - {"winter"}


def test_movable_days() -> None:
    # from calendars: first Sunday of Advent; Easter Sunday; the evening of the first candle
    assert [advent(year) for year in (2022, 2023, 2024)] == [date(2022, 11, 27), date(2023, 12, 3), date(2024, 12, 1)]
    assert [easter(year) for year in (1818, 1943, 2000, 2024, 2038)] == [
        date(1818, 3, 22),
        date(1943, 4, 25),
        date(2000, 4, 23),
        date(2024, 3, 31),
        date(2038, 4, 25),
    ]
    assert [first_candle(year) for year in (2013, 2020, 2021, 2022, 2023, 2024, 2025, 2026, 2027)] == [
        date(2013, 11, 27),
        date(2020, 12, 10),
        date(2021, 11, 28),
        date(2022, 12, 18),
        date(2023, 12, 7),
        date(2024, 12, 25),
        date(2025, 12, 14),
        date(2026, 12, 4),
        date(2027, 12, 24),
    ]


@given(st.dates(), st.sampled_from(["north", "south"]))
@example(date.min, "north")
@example(date(1, 1, 5), "north")
@example(date.max, "north")
@example(date(9999, 1, 1), "south")
def test_every_date_has_an_answer(day: date, hemisphere: Hemisphere) -> None:
    assert in_season(day, hemisphere) <= set(HOLIDAY_WEEKS)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_holiday_has_weeks_and_they_end(day: date) -> None:
    year = [in_season(day + timedelta(days=ahead), "north") for ahead in range(0, 380, 4)]
    for holiday in HOLIDAY_WEEKS:
        days = sum(holiday in season for season in year)
        assert 1 <= days <= 25


def test_songs_return_in_their_weeks() -> None:
    titles = ("Last Christmas", "Monster Mash", "Here Comes Peter Cottontail", "Auld Lang Syne")
    tracks = [track(number, title=title) for number, title in enumerate(titles)]
    expected = {
        datetime(2026, 12, 24, tzinfo=UTC): [False, True, True, True],
        datetime(2026, 12, 31, tzinfo=UTC): [False, True, True, False],
        datetime(2026, 10, 31, tzinfo=UTC): [True, False, True, True],
        datetime(2026, 4, 4, tzinfo=UTC): [True, True, False, True],
    }
    for now, out in expected.items():
        assert kept_out(tracks, "holiday", now) == out


def test_the_day_is_the_listeners_own() -> None:
    song = [from_row(0, HOLIDAY[0])]
    moment = datetime(2027, 1, 7, 3, tzinfo=UTC)
    assert kept_out(song, "holiday", moment) == [True]
    assert kept_out(song, "holiday", moment.astimezone(timezone(-timedelta(hours=5)))) == [False]  # still the 6th


def test_snow_comes_with_winter() -> None:
    alone = track(0, title="Let It Snow")
    with_feast = track(1, title="Let It Snow", album="Made-up Christmas")
    july, december = datetime(2026, 7, 10, tzinfo=UTC), datetime(2026, 12, 20, tzinfo=UTC)

    def out(now: datetime, hemisphere: str) -> list[bool]:
        masks = set_aside(
            [alone, with_feast],
            Plays.none(),
            now=now,
            rules=frozenset({"holiday"}),
            hemisphere=hemisphere,  # type: ignore[arg-type]
        )
        return masks["holiday"].tolist()  # type: ignore[no-any-return]

    assert out(july, "north") == [True, True]
    assert out(december, "north") == [False, False]
    assert out(july, "south") == [False, False]
    assert out(december, "south") == [True, False]


def test_an_album_called_christmas_is_one_if_a_song_says_so_too() -> None:
    one, other = (track(number, album="Christmas") for number in (0, 1))
    carol = track(2, album="Christmas", title="Silent Night")
    assert kept_out([one, other], "holiday") == [False, False]
    assert kept_out([one, other, carol], "holiday") == [True, True, True]


def test_which_holidays() -> None:
    assert holidays_of("Monster Mash", None, "Nobody", ("Holiday",)) == {"halloween"}
    assert holidays_of("Made-up", None, "Nobody", ("Holiday",)) == {"christmas"}
    assert holidays_of("Auld Lang Syne", "Christmas Hits", "Nobody", ()) == {"new_year", "christmas"}
    assert is_kept_out("Christmas")
    assert is_kept_out("kids")
    assert not is_kept_out("Pop")


# Binges ---------------------------------------------------------------------------------------------------------------


def test_what_was_only_ever_heard_within_two_days_is_a_binge() -> None:
    rows: list[tuple[int, float] | tuple[int, float, str]] = [
        *[(0, 30 - number * HOUR) for number in range(40)],  # an evening
        *[(1, 30.0), (1, 28.0)],  # 48 hours to the second
        *[(2, 30.0), (2, 27.99)],
        *[(3, 30.0), (3, 29.9), (3, 5.0, "skip")],  # a skip is no listen
        *[(4, 30.0), (4, 29.9), (4, -3.0)],  # a wrong clock
        *[(5, 30.0, "skip")],
    ]
    tracks = [track(number) for number in range(7)]
    assert kept_out(tracks, "binge", NOW, plays(rows)) == [True, True, False, True, True, False, False]


@given(st.integers(0, 10_000))
def test_a_binge_is_as_it_is_written(seed: int) -> None:
    tracks = library(20, artists=5, seed=1)
    past = history(20, 60, seed=seed, days=8)
    out = kept_out(tracks, "binge", NOW, past)
    for number in range(20):
        at = past.listened_at[(past.track == number) & past.heard]
        assert out[number] == (len(at) > 0 and at.max() - at.min() <= 48 * 3600)
