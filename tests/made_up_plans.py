"""Made-up plans for the property tests of the document: every field, and texts that are hard on YAML."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from hypothesis import strategies as st

from aidj.model import (
    LINK_KINDS,
    ROTATIONS,
    Item,
    LeftOut,
    Link,
    Mix,
    Plan,
    Set,
    Share,
    TrackRef,
    Transition,
)
from aidj.plan.form import FIRST_YEAR, LAST_YEAR

HOSTILE = (
    *(
        "",
        " ",
        "\n",
        "null",
        "~",
        "yes",
        "No",
        "on",
        "1999",
        "0x1f",
        "1_000",
        "1:30",
        "1e3",
        ".inf",
        ".nan",
        "-",
        "- a",
    ),
    *(
        "a: b",
        "a #b",
        "#1",
        "*NSYNC",
        "&c",
        "!!!",
        "!!python/object:os.system",
        "@x",
        "`x`",
        "%x",
        "{a}",
        "[a]",
        "|",
        ">",
    ),
    *(
        "---",
        "...",
        "'",
        '"',
        "\\",
        "\t",
        "\r\n",
        "\x85",
        "\u2028",
        "\u2029",
        "\ufeff",
        "\0",
        "\x1b[31m",
        "\udcff",
        "😀",
    ),
    *("2026-11-21", "2026-02-30", "12:30:45", "=", "<<", "? a", "\u202eabc", " leading", "trailing ", "x" * 500),
    *("two\nlines", "two\n\n  indented\nlines\n", "word " * 60, "e\u0301", "{artist}", "../../etc", "%(a)s {0}"),
)
texts = st.sampled_from(HOSTILE) | st.text(max_size=40) | st.text(st.characters(codec=None), max_size=20)
words = texts.filter(bool)
seconds = st.none() | st.floats(0, 1e5).map(lambda value: round(value, 4))
numbers = st.integers(-(10**12), 10**12)
paths = st.none() | texts.filter(lambda text: "\0" not in text).map(lambda text: Path("/music", text.strip("/") or "a"))
tracks = st.builds(
    TrackRef,
    id=st.none() | words,
    path=paths,
    artist=texts,
    title=words,
    album=st.none() | words,
    duration_s=seconds,
)
transitions = st.builds(Transition, kind=st.sampled_from(("gapless", "segue"))) | st.builds(
    Transition, kind=st.sampled_from(("crossfade", "gap")), length_s=seconds
)
items = st.builds(
    Item,
    track=tracks,
    rotation=st.sampled_from(ROTATIONS),
    why=texts,
    score=st.none() | st.floats(-200, 200).map(lambda value: round(value, 4)),
    terms=st.dictionaries(words, texts | numbers | st.floats(-1e9, 1e9).map(lambda value: round(value, 4)), max_size=4),
    rules=st.lists(texts, max_size=3).map(tuple),
    propensity=st.none() | st.floats(0, 1).map(lambda value: float(f"{value:.4g}")),
    plays_s=seconds,
    transition=st.none() | transitions,
    pinned_s=seconds,
    cut_s=seconds,
    starts_s=seconds,
)
links = st.builds(
    Link,
    kind=st.sampled_from(LINK_KINDS),
    facts=st.dictionaries(words, texts | numbers, max_size=4),
    text=st.none() | texts,
    line=st.none() | texts,
    speech_s=seconds,
    cut_s=seconds,
    engine=st.none() | texts,
    voice=st.none() | texts,
    text_hash=st.none() | texts,
    starts_s=seconds,
)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
decimals = st.floats(-1e9, 1e9).map(lambda value: round(value, 4))
sets = st.builds(
    Set,
    theme=texts,
    theme_kind=texts,
    theme_value=texts,
    theme_artist=texts,
    order_cost=st.dictionaries(words, decimals, max_size=3),
    entries=st.lists(items | links, max_size=3).map(tuple),
)
counts = st.integers(0, 10**6)
mixes = st.builds(
    Mix,
    basis=texts,
    shares=st.dictionaries(
        st.sampled_from(ROTATIONS),
        st.builds(Share, target=st.floats(0, 1).map(lambda value: round(value, 4)), pool=counts, songs=counts),
    ),
    left_out=st.lists(st.builds(LeftOut, reason=texts, tracks=counts, example=texts), max_size=3).map(tuple),
)
plans = st.builds(
    Plan,
    title=texts,
    planned_at=st.builds(
        lambda day, clock, zone: datetime.combine(day, clock, zone),
        st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)),
        st.times(),
        zones,
    ),
    seed=st.integers(-(10**20), 10**20),
    minutes=st.floats(0, 1440).map(lambda value: round(value, 4)),
    presenter=texts,
    target_lufs=st.floats(-40, -8).map(lambda value: round(value, 4)),
    settings=st.dictionaries(words, texts | numbers | decimals, max_size=3),
    notes=st.lists(texts, max_size=3).map(tuple),
    mix=st.none() | mixes,
    sets=st.lists(sets, max_size=3).map(tuple),
)
