"""The command that reads a request in words, says what it means, and writes it down."""

from __future__ import annotations

import argparse
from datetime import datetime

import numpy as np
from rich.table import Table
from rich.text import Text

from aidj.asking import Names, Understood, refine, understand
from aidj.cli.screen import Screen, plain
from aidj.cli.sources import home_of
from aidj.cli.wishing import DIALS, asking_language, check_asked, doubts
from aidj.config import load_settings
from aidj.errors import QueryError
from aidj.files import write_text
from aidj.home import Home
from aidj.selection import dump_query, matching, select
from aidj.session import known_features

_MODES = {"not": "without ", "less": "less ", "more": "more "}


def ask(options: argparse.Namespace, screen: Screen) -> int:
    """Say what a request means and how many songs answer to it; print or write it as a document."""
    if options.output and options.output.exists() and not options.force:
        raise QueryError(
            "There is a file of that name already", where=str(options.output), hint="replace it with --force"
        )
    now = datetime.now().astimezone()
    with home_of(options) as home:
        folders = (home.voices_folder,)
        language = asking_language(options, load_settings(home.folder), folders)
        names = Names.of(home.library.tracks())
        asked = understand(" ".join(options.text), language=language, library_names=names, now=now, folders=folders)
        steps = [asked]
        for text in options.then:
            asked = refine(asked, text, library_names=names, now=now, folders=folders)
            steps.append(asked)
        for step in steps:
            if options.explain:
                _explain(step, screen)
            for line in doubts(step):
                screen.note(line)
        check_asked(steps[0])
        if options.explain:
            _count(home, asked, now, screen)
    if options.output:
        write_text(options.output, dump_query(asked.query), kind=QueryError)
        screen.say(f"Written to {options.output}. Then: aidj plan --request {options.output}{_beside(asked)}")
    elif not options.explain:
        screen.raw(dump_query(asked.query))
        if beside := _beside(asked):
            screen.note(f"The document does not hold all of it; plan it with --ask, or add:{beside}")
    return 0


def _explain(asked: Understood, screen: Screen) -> None:
    """Print what each phrase was taken for."""
    screen.say(f"“{asked.texts[-1]}” (read as {asked.language})", style="bold")
    table = Table.grid(padding=(0, 2))
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for wish in asked.readings:
        value = wish.value if isinstance(wish.value, tuple) else (wish.value,)
        shown = " or ".join(f"{one:g}" if isinstance(one, float) else str(one) for one in value)
        means = _MODES.get(wish.mode, "") + _FIELDS.get(wish.field, wish.field.replace("_", " "))
        table.add_row(Text(plain(f"  “{wish.phrase}”")), Text(plain(f"{means}: {shown}" if shown else means)))
    screen.table(table)


def _count(home: Home, asked: Understood, now: datetime, screen: Screen) -> None:
    """Print what the request comes to, step by step."""
    tracks = home.library.tracks()
    listener = home.listener(tracks, now)
    features, sound_notes = known_features(home, tracks)
    query = asked.query
    matches = matching(query, tracks, plays=listener.plays, now=now, features=features)
    screen.say("\nAsked for", style="bold")
    for step in matches.steps:
        screen.say(f"  {step}")
    count = int(matches.mask.sum())
    if query.rotations:
        rng = np.random.default_rng(0)  # how many there are does not hang on chance
        settings = load_settings(home.folder).mix
        picked = select(tracks, listener, now=now, rng=rng, settings=settings, query=query, features=features)
        count = sum(picked.pools.get(rotation, 0) for rotation in query.rotations)
        screen.say(f"  only {' or '.join(name.replace('_', ' ') for name in query.rotations)}: {count:,} left")
    if query.minutes:
        screen.say(f"  {query.minutes:g} minutes")
    if query.whole_album:
        screen.say("  the whole album, in its order")
    for text in (_arc(asked), _dials(asked)):
        if text:
            screen.say(f"  {text}")
    screen.say(f"\n{'1 song answers' if count == 1 else f'{count:,} songs answer'} to it, of {len(tracks):,}.")
    for note in (*matches.notes, *(sound_notes if query.tempo_bpm or query.energy or query.moods else ())):
        screen.note(f"{note[0].upper()}{note[1:]}{'' if note.endswith('.') else '.'}")


def _arc(asked: Understood) -> str:
    return f"energy: {', '.join(f'{minutes:g} min {way}' for minutes, way in asked.arc)}" if asked.arc else ""


def _dials(asked: Understood) -> str:
    return ", ".join(f"{name.replace('_', ' ')}s {factor:g}x" for name, factor in asked.dials.items())


def _beside(asked: Understood) -> str:
    """Return the options for what a request document does not hold."""
    arc = ", ".join(f"{minutes:g} {way}" for minutes, way in asked.arc)
    dials = [f" --{option} {asked.dials[name]:g}x" for option, name in DIALS.items() if name in asked.dials]
    return (f' --arc "{arc}"' if arc else "") + "".join(dials)


_FIELDS = {
    "genres": "genre",
    "artists": "artist",
    "albums": "album",
    "works": "work",
    "titles": "title",
    "moods": "mood",
    "tempos": "tempo",
    "activity": "music for",
    "decade": "recorded in the ten years from",
    "decade_early": "recorded early in the ten years from",
    "decade_mid": "recorded in the middle of the ten years from",
    "decade_late": "recorded late in the ten years from",
    "year": "recorded in",
    "years": "recorded from and to",
    "since": "recorded since",
    "before": "recorded until",
    "heard_in": "heard in",
    "heard_from_to": "heard from and to",
    "until": "until (minutes after midnight)",
    "again": "once more",
    "anew": "begin anew",
    "bpm": "beats per minute, about",
    "bpm_from_to": "beats per minute, from and to",
    "bpm_over": "beats per minute, at least",
    "bpm_under": "beats per minute, at most",
    "hours_and_half": "hours and a half",
    "half_hour": "half an hour",
}
