"""A small made-up library to ask for things in."""

from __future__ import annotations

from datetime import UTC, datetime

from made_up import track

from aidj.asking import Names, Understood, read_request
from aidj.model import PartialDate, Track

NOW = datetime(2026, 11, 21, 20, 30, tzinfo=UTC)


def songs() -> list[Track]:
    """Return songs by invented artists; some are named like words of a request."""
    rows: list[dict[str, object]] = [
        {"artist": "Velvet Harbour", "album": "Paper Moons", "genres": ("Indie Rock",), "title": "Low Tide"},
        {"artist": "Velvet Harbour", "album": "Velvet Harbour", "genres": ("Indie Rock",), "title": "Lanterns"},
        {"artist": "Marta Kessel", "album": "Grün", "genres": ("Jazz",), "title": "Nachtzug"},
        {"artist": "Los Faroles", "album": "Calle Mayor", "genres": ("Latin Pop",), "title": "Vuelve"},
        {"artist": "Éloïse Brume", "album": "Sans Toi", "genres": ("Chanson",), "title": "La Marée"},
        {"artist": "Slow", "album": "Mellow", "genres": ("Shoegaze", "Rock"), "title": "Without You"},
        {"artist": "The Nineties", "album": "Hour", "genres": ("Hip-Hop/Rap",), "title": "No More Calm Nights"},
        {"artist": "Tin & Copper", "album": "Upbeat", "genres": ("Blues",), "title": "I Want You"},
        {"artist": "Ada Bowline", "album": "Drift", "genres": ("Ambient", "Electronic"), "title": "Still"},
        {"artist": "Jonah Bowline", "album": "Fathoms", "genres": ("Folk",), "title": "Tar"},
        {"artist": "Nobody 5", "album": "Count", "genres": ("Heavy Metal",), "title": "Iron"},
    ]
    made = [track(number, released=PartialDate(1990 + 3 * number), **row) for number, row in enumerate(rows)]  # type: ignore[arg-type]
    movements = ("Poco sostenuto", "Allegretto", "Presto")
    made += [
        track(
            50 + number,
            artist="An Orchestra",
            title=f"Symphony No. 7: {movement}",
            album="The Symphonies",
            genres=("Classical",),
            composer="Anton Vesper",
            work="Symphony No. 7 in A major",
            movement=movement,
            movement_number=number + 1,
        )
        for number, movement in enumerate(movements)
    ]
    return made


NAMES = Names.of(songs())


def asked(text: str, language: str = "en") -> Understood:
    return read_request(text, language=language, library_names=NAMES, now=NOW)


def then(first: str, *more: str) -> Understood:
    """Ask, and change it by follow-ups."""
    understood = asked(first)
    for text in more:
        understood = refined(understood, text)
    return understood


def refined(before: Understood, text: str) -> Understood:
    return read_request(text, language=before.language, library_names=NAMES, now=NOW, refine=before)
