"""Which titles and tags name a movement of a work, and which only look so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidj.library.works import WorkPart, work_of

BEETHOVEN = "Ludwig van Beethoven"
CLASSICAL = ("Classical",)

TITLES = [
    ("Symphony No. 7 in A major, Op. 92: II. Allegretto", "Symphony No. 7 in A major, Op. 92", 2, "Allegretto"),
    ("Symphony No. 7 in A Major, Op.92: III. Presto", "Symphony No. 7 in A major, Op. 92", 3, "Presto"),
    ("Symphony No. 7 in A major, Op. 92 - II. Allegretto", "Symphony No. 7 in A major, Op. 92", 2, "Allegretto"),
    ("Symphony No. 7 in A major, Op. 92 – IV Finale", "Symphony No. 7 in A major, Op. 92", 4, "Finale"),
    ("Symphony No. 7 in A major, Op. 92, II. Allegretto", "Symphony No. 7 in A major, Op. 92", 2, "Allegretto"),
    ("Symphony No. 7 in A major, Op. 92 I. Vivace", "Symphony No. 7 in A major, Op. 92", 1, "Vivace"),
    ("Symphony No. 7 in A major, Op. 92: II", "Symphony No. 7 in A major, Op. 92", 2, None),
    ("Piano Sonata No. 14 – 1. Adagio sostenuto", "Piano Sonata No. 14", 1, "Adagio sostenuto"),
    ("Piano Sonata No. 14: 1) Adagio sostenuto", "Piano Sonata No. 14", 1, "Adagio sostenuto"),
    (
        'Piano Sonata No. 14 in C-sharp minor, Op. 27, No. 2 "Moonlight": I. Adagio sostenuto',
        'Piano Sonata No. 14 in C-sharp minor, Op. 27, No. 2 "Moonlight"',
        1,
        "Adagio sostenuto",
    ),
    ("Requiem in D minor, K. 626: Lacrimosa", "Requiem in D minor, K. 626", None, "Lacrimosa"),
    ("Requiem, K. 626: Lacrimosa", "Requiem, K. 626", None, "Lacrimosa"),
    ("Requiem, K. 626: III. Sequentia: Lacrimosa", "Requiem, K. 626", 3, "Sequentia: Lacrimosa"),
    ("Mass in B minor, BWV 232: Kyrie eleison", "Mass in B minor, BWV 232", None, "Kyrie eleison"),
    ("Mass No. 6 in E-flat major, D. 950: Gloria", "Mass No. 6 in E-flat major, D. 950", None, "Gloria"),
    ("Symphony No. 5: Mvt. 2", "Symphony No. 5", 2, None),
    ("Symphony No. 5: Mvt. 2: Andante", "Symphony No. 5", 2, "Andante"),
    ("Symphony No. 5, 2nd movement", "Symphony No. 5", 2, None),
    ("Symphony No. 5 (2nd movement)", "Symphony No. 5", 2, None),
    ("Symphony No. 5 - Second Movement", "Symphony No. 5", 2, None),
    ("Symphony No. 5, 1st movement: Allegro con brio", "Symphony No. 5", 1, "Allegro con brio"),
    ("String Quartet No. 14 in D minor, D 810: II. Andante con moto", "String Quartet No. 14 in D minor, D 810", 2,
     "Andante con moto"),
    ("Brandenburg Concerto No. 3 in G major, BWV 1048: I. (Allegro)", "Brandenburg Concerto No. 3 in G major, BWV 1048",
     1, "(Allegro)"),
    ("Cello Suite No. 1 in G major, BWV 1007: Prélude", "Cello Suite No. 1 in G major, BWV 1007", None, "Prélude"),
    ("Cello Suite No. 1 in G major, BWV 1007 - Courante", "Cello Suite No. 1 in G major, BWV 1007", None, "Courante"),
    ('Violin Concerto in E major, RV 269 "Spring": III. Allegro', 'Violin Concerto in E major, RV 269 "Spring"', 3,
     "Allegro"),
    ("Preludes, Op. 28: No. 4 in E minor", "Preludes, Op. 28", 4, "in E minor"),
    ("Nocturnes, Op. 9: No. 2 in E-flat major", "Nocturnes, Op. 9", 2, "in E-flat major"),
    ("Symphony No. 9 in D minor, Op. 125: IV. Presto - Allegro assai", "Symphony No. 9 in D minor, Op. 125", 4,
     "Presto - Allegro assai"),
    ("Violin Sonata No. 9, Op. 47: XII. Finale", "Violin Sonata No. 9, Op. 47", 12, "Finale"),
    ("01 - Violin Concerto in D major: II. Aria", "Violin Concerto in D major", 2, "Aria"),
    ("02. Violin Concerto in D major: Aria", "Violin Concerto in D major", None, "Aria"),
    ("9. Symphonie in d-moll - 2 Molto vivace", "9. Symphonie in d-moll", 2, "Molto vivace"),
    ("Sinfonie Nr. 3 in Es-dur: 2. Satz", "Sinfonie Nr. 3 in Es-dur", 2, None),
]  # fmt: skip


@pytest.mark.parametrize(("title", "work", "number", "movement"), TITLES, ids=[row[0] for row in TITLES])
def test_titles_that_speak_for_themselves(title: str, work: str, number: int | None, movement: str | None) -> None:
    assert work_of(title) == WorkPart(work=work, movement=movement, movement_number=number)


COMPOSED = [
    ("Beethoven: Symphony No. 7 in A major, Op. 92: II. Allegretto", f"{BEETHOVEN}: Symphony No. 7 in A major, Op. 92"),
    (f"{BEETHOVEN} - Symphony No. 7 in A major, Op. 92: II. Allegretto",
     f"{BEETHOVEN}: Symphony No. 7 in A major, Op. 92"),
    ("Symphony No. 7 in A major, Op. 92: II. Allegretto", f"{BEETHOVEN}: Symphony No. 7 in A major, Op. 92"),
    ("Egmont, Op. 84: Overture", f"{BEETHOVEN}: Egmont, Op. 84"),
    ("Fidelio, Op. 72, Act 1: O welche Lust", f"{BEETHOVEN}: Fidelio, Op. 72"),
    ("An die ferne Geliebte, Op. 98: I. Auf dem Hügel", f"{BEETHOVEN}: An die ferne Geliebte, Op. 98"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "work"), COMPOSED, ids=[row[0] for row in COMPOSED])
def test_the_composer_stands_in_front_once(title: str, work: str) -> None:
    found = work_of(title, composer=BEETHOVEN)
    assert found
    assert found.work == work


def test_a_composer_written_in_reverse() -> None:
    found = work_of("Bach: Partita No. 2 in D minor, BWV 1004: V. Chaconne", composer="Bach, Johann Sebastian")
    assert found
    assert found.work == "Bach, Johann Sebastian: Partita No. 2 in D minor, BWV 1004"


OPERAS = [
    ("Die Zauberflöte, Act 1: Der Vogelfänger bin ich ja", "Die Zauberflöte", "Act 1: Der Vogelfänger bin ich ja"),
    ("Die Zauberflöte, K. 620, Act II Scene 3: Der Hölle Rache", "Die Zauberflöte, K. 620",
     "Act II Scene 3: Der Hölle Rache"),
    ("Carmen: Habanera", "Carmen", "Habanera"),
    ("Messiah, HWV 56, Pt. 1: No. 2, Comfort ye", "Messiah, HWV 56", "Pt. 1: No. 2, Comfort ye"),
    ("Messiah, HWV 56: I know that my Redeemer liveth", "Messiah, HWV 56", "I know that my Redeemer liveth"),
    ("The Planets: IV. Jupiter", "The Planets", "Jupiter"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "work", "movement"), OPERAS, ids=[row[0] for row in OPERAS])
def test_titles_of_tracks_that_are_tagged_classical(title: str, work: str, movement: str) -> None:
    found = work_of(title, composer="Cy Em", genres=CLASSICAL)
    assert found
    assert (found.work, found.movement) == (f"Cy Em: {work}", movement)


SONGS = [
    "Part 2: The Return",
    "Chapter 4: X",
    "Star Wars: Episode IV",
    "Suite: Judy",
    "Act II: Date at Eight",
    "Volume 1: Fade Out",
    "Song No. 9: Reprise",
    "Interlude: Pt. 1",
    "Bittersweet Symphony",
    "Mass Appeal: II. Revenge",
    "Trio - Live",
    "2112: I. Overture",
    "Shine On, Pts. 1-5",
    "III. Telegraph Road",
    "Opus: The Song - 2. Verse",
    "Movement 2: Get Up",
    "Love in A Minor",
    "Malcolm X: The Movie",
    "Concerto for a Rainy Day: Standing in the Rain",
    "Rock Sonata: I. Fast",
    "Everything: Volume II",
    "Title: The Subtitle - 3. Bonus",
]


@pytest.mark.parametrize("title", SONGS)
@pytest.mark.parametrize("composer", [None, "A. Writer"])
@pytest.mark.parametrize("genres", [(), ("Rock",), ("Rock Opera",), ("Soundtrack",)])
def test_songs_stay_alone(title: str, composer: str | None, genres: tuple[str, ...]) -> None:
    assert work_of(title, composer=composer, genres=genres) is None


@pytest.mark.parametrize(
    "title",
    [
        "Symphony No. 7 in A major, Op. 92",
        "Nocturne in E-flat major, Op. 9, No. 2",
        "Clair de lune",
        "Beethoven: Für Elise",
        "Beethoven: Symphony No. 7 in A major, Op. 92",
        "I. Allegro",
    ],
)
def test_a_work_in_one_piece_is_no_movement(title: str) -> None:
    assert work_of(title, composer=BEETHOVEN, genres=CLASSICAL) is None


def test_an_unknown_composer_in_front_is_no_work() -> None:
    assert work_of("Debussy: Clair de lune", genres=CLASSICAL) is None


def test_tags_come_before_the_title() -> None:
    found = work_of("Track two", work="Symphony in C", movement="Andante", movement_number=2, composer="Di Em")
    assert found == WorkPart(work="Di Em: Symphony in C", movement="Andante", movement_number=2)
    found = work_of("Symphony in C: II. Andante", work="Symphony in C", composer="Di Em", genres=CLASSICAL)
    assert found == WorkPart(work="Di Em: Symphony in C", movement="Andante", movement_number=2)


def test_the_work_of_a_movement_is_cut_from_its_tag() -> None:
    name = "Symphony no. 7 in A major, op. 92: II. Allegretto"
    found = work_of("II. Allegretto", work=name, composer=BEETHOVEN)
    assert found == WorkPart(
        work=f"{BEETHOVEN}: Symphony no. 7 in A major, op. 92", movement="Allegretto", movement_number=2
    )


def test_the_work_tag_of_a_song_is_the_song() -> None:
    assert work_of("Yesterday's News (Live)", work="Yesterday's News", composer="A. Writer", genres=("Pop",)) is None


def test_a_grouping_counts_where_it_names_the_work() -> None:
    found = work_of("Adagio", grouping="Piano Concerto No. 2", composer="Di Em", genres=CLASSICAL)
    assert found == WorkPart(work="Di Em: Piano Concerto No. 2")
    found = work_of("Ode: III. Slow", grouping="Ode", movement="Slow", movement_number=3)
    assert found == WorkPart(work="Ode", movement="Slow", movement_number=3)
    assert work_of("Adagio", grouping="For the evening", genres=CLASSICAL) is None
    assert work_of("Some Song", grouping="Party") is None


@given(st.text(max_size=60), st.none() | st.text(max_size=20), st.none() | st.text(max_size=20))
def test_any_text_is_survived(title: str, work: str | None, composer: str | None) -> None:
    found = work_of(title, work=work, composer=composer, genres=CLASSICAL)
    assert found is None or found.movement_number is None or found.movement_number > 0
