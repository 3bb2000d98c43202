"""What sessions put before the listener: remembered by plan, so that planning again replaces and never adds."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from aidj.database import transaction
from aidj.model import Offers, Plan, Track
from aidj.names import lead_key, title_key


def plan_key(plan: Plan) -> str:
    """Return the name under which a plan's offers are kept: its moment, seed and length."""
    return f"{plan.planned_at.astimezone(UTC).isoformat()} seed {plan.seed} minutes {plan.minutes:g}"


def remember(db: sqlite3.Connection, plan: Plan) -> str:
    """Store which songs a plan offers, in place of those of an earlier plan with the same key; return the key."""
    key = plan_key(plan)
    rows = [
        (
            place,
            item.track.id,
            item.track.artist,
            item.track.title,
            item.rotation,
            item.propensity,
        )
        for place, item in enumerate(plan.items())
    ]
    with transaction(db):
        db.execute("DELETE FROM planned WHERE plan_key = ?", (key,))
        planned_id = db.execute(
            "INSERT INTO planned (plan_key, planned_at) VALUES (?, ?)", (key, _seconds(plan.planned_at))
        ).lastrowid
        db.executemany(
            f"INSERT INTO offers (planned_id, place, track_id, artist, title, rotation, propensity)"
            f" VALUES ({planned_id}, ?, ?, ?, ?, ?, ?)",
            rows,
        )
    return key


def forget(db: sqlite3.Connection, key: str) -> bool:
    """Forget a plan's offers; return whether there were any such plan."""
    with transaction(db):
        return db.execute("DELETE FROM planned WHERE plan_key = ?", (key,)).rowcount > 0


def offers_of(db: sqlite3.Connection, tracks: Sequence[Track], before: datetime, *, by_name: bool = True) -> Offers:
    """Return what sessions planned for an earlier moment offered of these tracks.

    A track is known by its id and, once its file has changed, `by_name`: by its lead artist and title.
    """
    rows = db.execute(
        "SELECT planned_at, track_id, artist, title FROM offers JOIN planned ON planned.id = planned_id"
        " WHERE planned_at < ? ORDER BY planned_at, plan_key, place",
        (_seconds(before),),
    ).fetchall()
    if not rows:
        return Offers.none()
    by_id = {track.id: i for i, track in enumerate(tracks)}
    strangers = {(row[2], row[3]) for row in rows if row[1] not in by_id} if by_name else set()
    wanted = {(lead_key(artist), title_key(title)) for artist, title in strangers}
    named: dict[tuple[str, str], int] = {}
    if wanted:
        artists = {artist for artist, _ in wanted}
        for i, track in enumerate(tracks):
            lead = lead_key(track.lead)
            if lead in artists and (name := (lead, title_key(track.title))) in wanted:
                named.setdefault(name, i)
    found = []
    for at_s, track_id, artist, title in rows:
        place = by_id.get(track_id)
        if place is None and named:
            place = named.get((lead_key(artist), title_key(title)))
        if place is not None:
            found.append((at_s, place))
    return Offers(
        track=np.array([i for _, i in found], np.int32),
        offered_at=np.array([at_s for at_s, _ in found], np.int64),
    )


def _seconds(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a zone")
    return int(moment.timestamp() // 1)
