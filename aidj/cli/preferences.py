"""The settings, and what became of a mix: what the listener tells about taste in general."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from rich.table import Table
from rich.text import Text

from aidj.cli.screen import Screen, plain
from aidj.cli.sources import home_of
from aidj.config import FILE_NAME, Settings, load_settings
from aidj.errors import ConfigError, PlanError
from aidj.home import default_data_folder
from aidj.model import LINK_KINDS, ROTATIONS, Listen, Plan
from aidj.plan import load_plan
from aidj.selection import HYGIENE_RULES, MixSettings, dump_query

_WORDS: Mapping[str, str] = {
    "new_days": "days that a release, or a file newly added, counts as new",
    "new_offers": "times a new release is offered without being heard",
    "new_rest_days": "days between two offers of a new release",
    "forgotten_days": "days of silence that make a favourite a forgotten one",
    "forgotten_min_days_heard": "days a song must have been heard on to be a forgotten favourite",
    "current_min_days_heard": "days a song must have been heard on to be a current favourite",
    "rest_hours": "hours that a song rests after it was heard",
    "repeat_days": "days that a song rests after a session offered it (fewer in a small library)",
    "skip_rest_days": "days that a song rests after it was skipped",
    "noise": "how much chance there is in the ranks; 0 is none",
    "min_duration_s": "seconds; shorter tracks stay out",
    "hemisphere": "whose summer is meant",
}
_EXAMPLE = """\
mix:
  forgotten_days: 120
  dials: {new_release: 2}
  rules_off: [holiday]
seams:
  transition: crossfade 8
talk:
  level: chatty
"""
"""How the file may look; every key is optional."""
_SKIP_PLAYED_S = 10.0
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""No mix was heard before; it is a date mistyped."""


def settings(options: argparse.Namespace, screen: Screen) -> int:
    """Print all settings with their values."""
    path = (options.data or default_data_folder()) / FILE_NAME
    kept, usual = load_settings(path.parent), MixSettings()
    now = kept.mix
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("setting", "value", "usual", "what it is"):
        table.add_column(heading, overflow="fold")
    for name, words in _WORDS.items():
        value, default = getattr(now, name), getattr(usual, name)
        table.add_row(name, Text(_shown(value), style="" if value == default else "bold"), _shown(default), words)
    for rotation in ROTATIONS[:-1]:
        dial = now.dials.get(rotation, 1.0)
        words = f"factor on the share of {rotation.replace('_', ' ')}s"
        table.add_row(f"dials: {rotation}", Text(f"{dial:g}", style="" if dial == 1 else "bold"), "1", words)
    for rule, words in HYGIENE_RULES.items():
        on = rule in now.hygiene
        table.add_row(f"rule: {rule}", Text("on" if on else "off", style="" if on else "bold"), "on", words)
    for name, value, usual_value, words in (*_seam_rows(kept), *_talk_rows(kept), *_asking_rows(kept)):
        table.add_row(name, Text(value, style="" if value == usual_value else "bold"), usual_value, words)
    screen.table(table)
    screen.say(f"\nKept in {path}" + ("" if path.exists() else ", which is not there yet: these are the usual ones."))
    screen.say("It is a text file. It holds only what you want otherwise, for example:\n")
    screen.say(_EXAMPLE.rstrip())
    return 0


def _seam_rows(kept: Settings) -> list[tuple[str, str, str, str]]:
    alone = "; ".join(dump_query(kept.leave_alone).splitlines()) if kept.leave_alone else "none"
    return [
        ("transition", str(kept.handover), "auto", "how songs hand over: auto, crossfade, cut or gap, and a length"),
        ("beatmix", "on" if kept.handover.beatmix else "off", "on", "whether songs may be laid beat on beat"),
        ("leave_alone", alone, "none", "the songs into which nothing is mixed"),
    ]


def _talk_rows(kept: Settings) -> list[tuple[str, str, str, str]]:
    talk, usual, writer = kept.talk, Settings().talk, kept.writer
    off = ", ".join(kind for kind in LINK_KINDS if kind in talk.kinds_off)
    rows = [
        ("level", talk.level, usual.level, "how much is said: silent, rare, normal or chatty"),
        ("kinds_off", off or "none", "none", f"kinds of links that are never said: {', '.join(LINK_KINDS)}"),
        ("personal", _on(talk.personal), _on(usual.personal), "whether links tell what you have heard, and how often"),
        (
            "disclose",
            _on(talk.disclose),
            _on(usual.disclose),
            "whether the first link says that the voice is synthetic",
        ),
        ("placement", talk.placement, usual.placement, "where it is said: gap, over (music), or auto, as it fits best"),
        ("duck_db", f"{talk.duck_db:g}", f"{usual.duck_db:g}", "decibels by which music is lowered under speech"),
        ("dip_db", f"{talk.dip_db:g}", f"{usual.dip_db:g}", "how much further where consonants are"),
        ("voice_db", f"{talk.voice_db:g}", f"{usual.voice_db:g}", "how much louder the presenter is than usual"),
        ("presenter", kept.presenter or "as usual", "as usual", "who speaks: a name, or a presenter file"),
        (
            "writer",
            f"{writer.model} at {writer.url}" if writer else "none",
            "none",
            "a language model that words links",
        ),
    ]
    return [(f"talk: {name}", value, usual_value, words) for name, value, usual_value, words in rows]


def _asking_rows(kept: Settings) -> list[tuple[str, str, str, str]]:
    words = "whether the writer may read words in a request that are not understood here"
    return [("asking: llm", _on(kept.translator is not None), "off", words)]


def _on(value: bool) -> str:
    return "on" if value else "off"


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def heard(options: argparse.Namespace, screen: Screen) -> int:
    """Record that a mix was listened to: its songs as listens, some of them as skips."""
    document = load_plan(options.plan)
    items = document.items()
    wrong = [number for number in options.skipped if not 1 <= number <= len(items)]
    if wrong:
        raise PlanError(
            f"The plan has no song {wrong[0]}",
            where=str(options.plan),
            hint=f"its songs have the numbers 1 to {len(items)}; see: aidj show {options.plan}",
        )
    begun = _begun(options, document)
    listens = []
    at_s = 0.0
    for number, item in enumerate(items, start=1):
        if item.starts_s is None and any(other.starts_s is not None for other in items):
            continue  # it was left out of the mix
        at_s = item.starts_s if item.starts_s is not None else at_s
        skipped = number in options.skipped
        if item.track.artist and item.track.title:
            listens.append(
                Listen(
                    listened_at=begun + timedelta(seconds=at_s),
                    artist=item.track.artist,
                    title=item.track.title,
                    album=item.track.album,
                    duration_s=item.track.duration_s,
                    played_s=_SKIP_PLAYED_S if skipped else item.plays_s,
                    kind="skip" if skipped else "listen",
                    source="aidj",
                )
            )
        at_s += item.plays_s or item.track.duration_s or 0.0
    with home_of(options) as home:
        added = home.history.log(listens)
        home.history.remember(document)
    skips = sum(listen.kind == "skip" for listen in listens)
    screen.say(
        f"{len(listens) - skips} songs of {plain(document.title)} count as heard, {skips} as skipped"
        + (f"; {len(listens) - added} of them were known before." if added < len(listens) else ".")
    )
    return 0


def _begun(options: argparse.Namespace, document: Plan) -> datetime:
    """Return when listening began, UTC, if that can be."""
    moment, hint = options.date or document.planned_at, "say with --date when you began to listen, as 2026-11-21T20:00"
    now = datetime.now(UTC)
    if _EARLIEST <= moment <= now:
        return moment.astimezone(UTC)
    when = f"{moment:%Y-%m-%d %H:%M}" if moment > now else f"{moment.date()}"
    what = f"A mix cannot have been heard at {when}: that is " + ("still to come" if moment > now else "too long ago")
    if options.date:
        raise ConfigError(what, where="--date", cause="a mistyped date", hint=hint)
    raise PlanError(what, where=str(options.plan), cause="the session was planned for another time", hint=hint)
