"""The command that reads a request in words, says what it means, and writes it down."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import datetime

import numpy as np
from rich.table import Table
from rich.text import Text

from aidj.asking import Names, Understood, read_request, translation_body, wish_words
from aidj.cli.screen import Screen, plain
from aidj.cli.sources import home_of
from aidj.cli.wishing import DIALS, asking_language, check_asked, doubts, translator_of
from aidj.config import FILE_NAME, Settings, load_settings
from aidj.errors import QueryError
from aidj.files import write_text
from aidj.home import Home
from aidj.selection import dump_query, matching, select
from aidj.session import known_features


def ask(options: argparse.Namespace, screen: Screen) -> int:
    """Say what a request means and how many songs answer to it; print or write it as a document."""
    if options.output and options.output.exists() and not options.force:
        raise QueryError(
            "There is a file of that name already", where=str(options.output), hint="replace it with --force"
        )
    now = datetime.now().astimezone()
    with home_of(options) as home:
        settings = load_settings(home.folder)
        steps = _read(options, home, settings, now)
        if options.show_payload:
            return _show_payload(home, settings, steps, screen)
        for step in steps:
            if options.explain:
                _explain(step, screen)
            for line in doubts(step):
                screen.note(line)
        check_asked(steps[0])
        asked = steps[-1]
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


def _read(options: argparse.Namespace, home: Home, settings: Settings, now: datetime) -> list[Understood]:
    """Return what is understood of the request, and after each follow-up."""
    folders = (home.voices_folder,)
    language = asking_language(options, settings, folders)
    names = Names.of(home.library.tracks())
    translator = None if options.show_payload else translator_of(settings)
    steps: list[Understood] = []
    for text in (" ".join(options.text), *options.then):
        steps.append(
            read_request(
                text,
                language=language,
                library_names=names,
                now=now,
                folders=folders,
                refine=steps[-1] if steps else None,
                translator=translator,
            )
        )
    return steps


def _show_payload(home: Home, settings: Settings, steps: Sequence[Understood], screen: Screen) -> int:
    """Print what would be sent: to standard output the requests alone, one on each line."""
    if settings.translator is None:
        where = home.folder / FILE_NAME
        screen.say(f"Nothing leaves this machine: no language model that may read requests is set in {where}.")
        return 0
    bodies = [translation_body(settings.translator, step.texts) for step in steps if step.unknown]
    if not bodies:
        screen.say("Nothing leaves this machine: every word was understood here.")
        return 0
    screen.note(
        f"Nothing was sent. Asking sends this to {settings.translator.url}; a request whose answer is refused is sent "
        "once more, with the answer and the reason."
    )
    for body in bodies:
        screen.raw(body.decode("utf-8") + "\n")
    return 0


def _explain(asked: Understood, screen: Screen) -> None:
    """Print what each phrase was taken for."""
    screen.say(f"“{asked.texts[-1]}” (read as {asked.language})", style="bold")
    table = Table.grid(padding=(0, 2))
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for wish in asked.readings:
        table.add_row(Text(plain(f"  “{wish.phrase}”")), Text(plain(wish_words(wish))))
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
