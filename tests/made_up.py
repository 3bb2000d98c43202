"""Made-up tracks and histories in memory, for the tests of the pure rooms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from aidj.model import Candidate, Offers, PartialDate, Plays, Rotation, Track

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
DAY_S = 86400


def track(number: int = 0, *, artist: str | None = None, guests: Sequence[str] = (), **fields: object) -> Track:
    """Return a track that nobody recorded; equal numbers make equal tracks."""
    artist = artist if artist is not None else f"Nobody {number % 97}"
    made = Track(
        id=f"{number:032x}",
        path=Path(f"/music/{number:05d}.flac"),
        title=f"Made-up Song {number}",
        artist=" feat. ".join([artist, *guests]),
        artists=(artist,) if artist else (),
        guests=tuple(guests),
        album=f"Made-up Album {number // 10}",
        released=PartialDate(1990 + number % 30),
        duration_s=200.0,
        added_at=NOW,
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def library(size: int, *, artists: int, seed: int, shortest_s: float = 120, longest_s: float = 360) -> list[Track]:
    """Return a library: a few artists have much of it, one song in ten is new, one in twelve has a guest."""
    rng = np.random.default_rng(seed)
    tracks = []
    for number in range(size):
        new = rng.random() < 0.1
        day = PartialDate(2026, int(rng.integers(8, 12)), int(rng.integers(1, 21)))
        guest = [f"Nobody {int(artists * rng.random())}"] if rng.random() < 1 / 12 else []
        tracks.append(
            track(
                number,
                artist=f"Nobody {int(artists * rng.random() ** 2)}",
                guests=guest,
                id=f"{int(rng.integers(1 << 62)):032x}",
                released=day if new else PartialDate(int(rng.integers(1970, 2026))),
                duration_s=float(rng.uniform(shortest_s, longest_s)),
            )
        )
    return tracks


def history(tracks: int, count: int, *, seed: int, days: float = 1500) -> Plays:
    """Return that many plays: few tracks have most of them, one in ten was skipped."""
    rng = np.random.default_rng(seed)
    skipped = rng.random(count) < 0.1
    return Plays(
        track=(tracks * rng.random(count) ** 2).astype(np.int32),
        listened_at=np.sort(int(NOW.timestamp()) - (days * DAY_S * rng.random(count)).astype(np.int64)),
        skipped=skipped,
        heard=~skipped,
    )


def plays(rows: Iterable[tuple[int, float] | tuple[int, float, str]]) -> Plays:
    """Return a history of (track, days ago[, "skip" or "short"])."""
    full = sorted((NOW.timestamp() - row[1] * DAY_S, row[0], row[2] if len(row) > 2 else "listen") for row in rows)
    return Plays(
        track=np.array([number for _, number, _ in full], np.int32),
        listened_at=np.array([at for at, _, _ in full]).astype(np.int64),
        skipped=np.array([kind == "skip" for *_, kind in full], np.bool_),
        heard=np.array([kind == "listen" for *_, kind in full], np.bool_),
    )


def offers(rows: Iterable[tuple[int, float]]) -> Offers:
    """Return what was offered, of (track, days ago)."""
    full = sorted((int(NOW.timestamp() - days * DAY_S), number) for number, days in rows)
    return Offers(
        track=np.array([number for _, number in full], np.int32),
        offered_at=np.array([at for at, _ in full], np.int64),
    )


def candidate(
    number: int = 0, rotation: Rotation = "deep_cut", *, score: float | None = None, **fields: object
) -> Candidate:
    """Return a candidate with a made-up track."""
    terms: dict[str, float | int | str] = {"listens": 0}
    if rotation == "current_favourite":
        terms = {"listens": 5, "days_heard": 4, "days_silent": 9}
    if rotation == "forgotten_favourite":
        terms = {"listens": 9, "days_heard": 7, "days_silent": 200}
    if fields.pop("resting", False):
        terms["resting"] = 1
    return Candidate(
        track=track(number, **fields),  # type: ignore[arg-type]
        rotation=rotation,
        score=-number / 100 if score is None else score,
        terms=terms,
        why="made up",
    )


SHELVES_SHARES: Mapping[Rotation, float] = {
    "new_release": 1 / 6,
    "forgotten_favourite": 1 / 6,
    "current_favourite": 1 / 2,
    "deep_cut": 1 / 6,
}


def shelves(sizes: Mapping[Rotation, int], *, artists: int, seed: int, longest_s: float = 360) -> list[Candidate]:
    """Return so many candidates of each rotation, best first; some artists have more, some songs have guests."""
    rng = np.random.default_rng(seed)
    made: list[Candidate] = []
    for rotation, size in sizes.items():
        for place in range(size):
            number = int(rng.integers(1 << 40))
            guests = [f"Nobody {int(artists * rng.random())}"] if rng.random() < 1 / 12 else []
            made.append(
                candidate(
                    number,
                    rotation,
                    score=-place / 100,
                    artist=f"Nobody {int(artists * rng.random() ** 1.5)}",
                    guests=guests,
                    album=f"Made-up Album {int(rng.integers(artists * 2))}",
                    released=PartialDate(int(rng.integers(1960, 2026))),
                    duration_s=float(rng.uniform(100, longest_s)),
                )
            )
    return made
