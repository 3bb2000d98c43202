"""Plans of a few short songs with links in them, and presenters of their own, for tests that turn plans into sound."""

from __future__ import annotations

from datetime import UTC, datetime

from aidj.home import Home
from aidj.model import Item, Link, Plan, Set, TrackRef

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)


def songs_of(home: Home, count: int) -> list[Item]:
    """Return the first songs of a library, by title."""
    tracks = sorted(home.library.tracks(), key=lambda track: track.title)[:count]
    return [Item(track=TrackRef(id=t.id, path=t.path, artist=t.artist, title=t.title)) for t in tracks]


def plan_of(*entries: Item | Link, title: str, theme: str) -> Plan:
    """Return a plan of one set, presented by Ella."""
    return Plan(
        title=title,
        planned_at=NOW,
        seed=7,
        minutes=2.0,
        presenter="ella",
        sets=(Set(theme=theme, entries=entries),),
    )


def write_presenter(home: Home, file: str, **other: str) -> str:
    """Write a presenter's file into a data folder; return what the presenter is called in plans."""
    keys = {"name": "Nobody", "engine": "auto", "language": "en", "licence": "none needed", "origin": "nowhere"}
    folder = home.voices_folder / "presenters"
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{key}: {value}" for key, value in {"schema": "aidj.presenter/2", **keys, **other}.items()]
    (folder / f"{file}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file
