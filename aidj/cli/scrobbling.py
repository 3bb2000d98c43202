"""What is told to ListenBrainz: what waits, what was refused, what exactly would be sent; send it, or forget it."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from rich.table import Table
from rich.text import Text

from aidj.cli.screen import Screen, plain
from aidj.cli.sources import home_of
from aidj.config import FILE_NAME, load_settings
from aidj.errors import ConfigError
from aidj.home import Home
from aidj.model import Listen
from aidj.scrobbling import (
    BATCH,
    Account,
    Scrobble,
    Sender,
    Service,
    address_of,
    check_account,
    document_of,
    playing_now_body,
    submission_body,
)

_MOST_SHOWN = 20
_SET_IT = (
    "put 'scrobble: {listenbrainz: {token_file: token.txt}}' into %s, and your user token, which is at "
    "https://listenbrainz.org/settings/, into token.txt beside it"
)
_EXAMPLE = Listen(
    listened_at=datetime(2026, 11, 21, 20, 0, tzinfo=UTC),
    artist="An Artist",
    title="A Title",
    album="An Album",
    duration_s=217.4,
    recording_mbid="00000000-0000-4000-8000-000000000000",
    isrc="QZAAA2600001",
    source="aidj",
)


def scrobbles(options: argparse.Namespace, screen: Screen) -> int:
    """Show what waits for ListenBrainz and what was refused, or do with it what is asked."""
    with home_of(options) as home:
        account = load_settings(home.folder).scrobble
        if options.forget:
            screen.say(f"Forgotten: {_listens(home.scrobbles.forget())}. They are never sent; your history keeps them.")
            return 0
        if options.retry:
            screen.say(f"Queued once more: {_listens(home.scrobbles.retry())}.")
        if options.show_payload:
            return _show_payload(home, account, screen)
        if options.send:
            return _send(home, _needed(account, home), screen)
        if not options.retry:
            _show(home, account, screen)
    return 0


def _show(home: Home, account: Account | None, screen: Screen) -> None:
    counts = home.scrobbles.counts()
    if account is None:
        screen.say("Nothing is told to ListenBrainz. To have it told what you hear here: " + _how(home) + ".")
    else:
        screen.say(f"What you hear is told to ListenBrainz: {address_of(account)}")
        try:
            check_account(account)
        except ConfigError as error:
            screen.error(error)
    if account is not None or counts.pending or counts.sent or counts.refused:
        screen.say(f"Sent: {counts.sent:,}. Waiting: {counts.pending:,}. Refused: {counts.refused:,}.")
    for title, found in (("Waiting", home.scrobbles.waiting()), ("Refused", home.scrobbles.refused())):
        if found:
            screen.say(f"\n{title}:", style="bold")
            _list(found, screen)
    if counts.pending and account is not None:
        screen.say("\nThey are sent while a session plays, or now with: aidj scrobbles --send")


def _list(found: Sequence[Scrobble], screen: Screen) -> None:
    table = Table.grid(padding=(0, 2))
    for each in found[:_MOST_SHOWN]:
        at = f"{each.listened_at.astimezone():%Y-%m-%d %H:%M}"
        table.add_row(at, Text(plain(f"{each.artist} – {each.title}")), Text(plain(each.reason), style="dim"))
    screen.table(table)
    if len(found) > _MOST_SHOWN:
        screen.say(f"and {len(found) - _MOST_SHOWN:,} more")


def _show_payload(home: Home, account: Account | None, screen: Screen) -> int:
    batch = home.scrobbles.waiting(BATCH)
    if account is None:
        screen.note("Nothing is sent anywhere: no account is set.")
    else:
        screen.note(f"POST {address_of(account)}")
        screen.note("Authorization: Token …, your user token")
    if batch:
        bodies = [submission_body([each.document for each in batch])]
    else:
        screen.note("Nothing waits. At a song's beginning this would be sent, and this once it counts as heard:")
        bodies = [playing_now_body(_EXAMPLE), submission_body([document_of(_EXAMPLE)])]
    for body in bodies:
        screen.raw(plain(json.dumps(json.loads(body), ensure_ascii=False, indent=2)) + "\n")
    return 0


def _send(home: Home, account: Account, screen: Screen) -> int:
    before = home.scrobbles.counts()

    def pause(seconds: float) -> bool:
        time.sleep(seconds)
        return True

    trouble = Sender(home.scrobbles, Service(account), pause=pause, tell=screen.problem).send_all()
    after = home.scrobbles.counts()
    screen.say(f"Sent: {_listens(after.sent - before.sent)}.")
    if trouble is None:
        return 0
    what_to_do = {
        "unauthorised": f"The token is not accepted: look at 'scrobble' in {home.folder / FILE_NAME}.",
        "elsewhere": f"There is no ListenBrainz at that address: look at 'scrobble' in {home.folder / FILE_NAME}.",
        "busy": "A session that plays is sending them.",
    }.get(trouble.kind, "Try again later, or leave it to the next session.")
    screen.problem(f"{_listens(after.pending)} still waiting ({trouble.why}). {what_to_do}")
    return 1


def _needed(account: Account | None, home: Home) -> Account:
    if account is None:
        raise ConfigError("No account at ListenBrainz is set", where=str(home.folder / FILE_NAME), hint=_how(home))
    return account


def _how(home: Home) -> str:
    return _SET_IT % (home.folder / FILE_NAME)


def _listens(count: int) -> str:
    return f"{count:,} {'listen' if count == 1 else 'listens'}"
