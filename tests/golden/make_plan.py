"""Write the golden plan anew: ``python tests/golden/make_plan.py``. Look at the difference before you keep it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

from aidj.model import Item, LeftOut, Link, Mix, Plan, Set, Share, TrackRef, Transition
from aidj.plan import save_plan

GOLDEN = Path(__file__).with_name("plan.yaml")


def golden_plan() -> Plan:
    """A rendered session of three songs by artists who do not exist, with texts and names that are hard on YAML."""
    opening = Link(
        kind="opening",
        facts={
            "weekday": "Saturday",
            "daypart": "evening",
            "presenter": "Vera",
            "artist": "Glass & Gravel",
            "songs": 2,
            "theme": "songs from the 1990s",
            "theme_kind": "decade",
            "theme_value": "1990",
        },
        text="Good evening: this is Vera.\nThe voice you hear is synthetic; the songs are “yours” #1.",
        line="opening-03",
        speech_s=6.25,
        engine="espeak 1.52",
        voice="en-gb",
        text_hash="0" * 64,
        starts_s=0.0,
    )
    by_hand = Link(
        kind="set_change", text="- no:\t'yes'", facts={"listens": 41, "title": "1999", "last_heard": "2025-09-30"}
    )
    songs = (
        Item(
            track=TrackRef(
                id="00000000000000000000000000000001",
                path=Path("/music/Glass & Gravel/Yes/01 #1: null.flac"),
                artist="Glass & Gravel",
                title="Yes",
                album="~",
                duration_s=241.48,
            ),
            rotation="forgotten_favourite",
            why="41 listens on 23 days, none for 417 days",
            score=1.7312,
            terms={"listens": 41, "days_heard": 23, "days_silent": 417, "last_heard": "2025-09-30"},
            propensity=0.001235,
            plays_s=236.1,
            starts_s=4.5,
        ),
        Item(
            track=TrackRef(path=Path("/music/Маяк Север/Ночной поезд.mp3"), artist="Маяк Север", title="Ночной поезд"),
            rotation="new_release",
            why="came out today, not heard yet",
            score=-0.5,
            terms={"listens": 0, "new_days": 0},
            rules=("the same artist again after less than 3 songs",),
            plays_s=180.0,
            transition=Transition(kind="crossfade", length_s=6.0),
            starts_s=240.6,
        ),
        Item(
            track=TrackRef(artist="!!!", title="1999", path=Path("/music/caf\udce9.ogg")),
            transition=Transition(kind="gapless"),
            pinned_s=600.0,
        ),
    )
    return Plan(
        title="Saturday evening, 21 November 2026",
        planned_at=datetime(2026, 11, 21, 20, 0, tzinfo=timezone(timedelta(hours=1))),
        seed=20261121,
        minutes=10.0,
        presenter="ella",
        target_lufs=-16.0,
        settings={"new": 2.0, "arc": "30 up, 15 down", "talk": "chatty", "personal": "off"},
        notes=("10 minutes were asked for, but the 3 tracks there are make about 9: no song is played twice.",),
        mix=Mix(
            basis="412 listens since 2019 of songs that are here",
            shares={
                "new_release": Share(target=0.3333, pool=12, songs=1),
                "forgotten_favourite": Share(target=0.1667, pool=40, songs=1),
            },
            left_out=(
                LeftOut(reason="heard within 12 hours", tracks=3, example="Glass & Gravel – No"),
                LeftOut(reason="shorter than 30 s", tracks=1),
            ),
        ),
        sets=(
            Set(
                theme="songs from the 1990s",
                theme_kind="decade",
                theme_value="1990",
                order_cost={"total": 1.25, "tempo": 0.75, "key": 0.5},
                entries=(opening, *songs[:2]),
            ),
            Set(
                theme="songs of your 2014, when you played !!! more than anyone else",
                theme_kind="artist_year",
                theme_value="2014",
                theme_artist="!!!",
                entries=(by_hand, songs[2], Link(kind="closing")),
            ),
        ),
    )


if __name__ == "__main__":
    save_plan(golden_plan(), GOLDEN)
