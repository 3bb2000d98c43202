"""The commands by which a listener says what to play more of, never again, or not for a while."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rich.table import Table
from rich.text import Text

from aidj.cli.explaining import find_item, name_of
from aidj.cli.screen import Screen, plain
from aidj.cli.sources import home_of
from aidj.errors import ConfigError
from aidj.model import Opinion, Track, Verdict
from aidj.names import lead_key, match_key, song_key
from aidj.plan import load_plan

_DASH = re.compile(r"\s+[-–—]\s+")
_SAID = {"like": "You like", "ban": "Never again:", "rest": "Not for a while:"}
_WRITE_IT = 'write it as "Artist - Title"'


@dataclass(frozen=True, slots=True)
class Subject:
    """What an opinion is about."""

    artist: str
    title: str | None = None
    album: str | None = None

    def __str__(self) -> str:
        named = self.title or self.album
        kind = " (album)" if self.album and not self.title else ""
        return f"{self.artist} – {named}{kind}" if named else f"everything by {self.artist}"


def say(options: argparse.Namespace, screen: Screen) -> int:
    """Keep opinions; all of those that a call names, or none."""
    now = datetime.now().astimezone()
    verdict: Verdict = options.verdict
    until = now + timedelta(days=options.days) if verdict == "rest" else None
    with home_of(options) as home:
        library = Names(home.library.tracks())
        subjects = list(_subjects(options, library))
        if not subjects:
            raise ConfigError("Nothing is named", hint=f"{_WRITE_IT}, or name an --artist or an --album")
        for subject in subjects:
            home.history.say(
                Opinion(
                    verdict=verdict,
                    artist=subject.artist,
                    title=subject.title,
                    album=subject.album,
                    said_at=now,
                    until=until,
                )
            )
    for subject in subjects:
        screen.say(f"{_SAID[verdict]} {subject}" + (f", until {until:%Y-%m-%d}" if until else "") + ".")
    return 0


def opinions(options: argparse.Namespace, screen: Screen) -> int:
    """List opinions, or take some back."""
    with home_of(options) as home:
        known = home.history.opinions(datetime.now().astimezone())
        if options.take_back:
            return max([_take_back(home.history.take_back, text, known, screen) for text in options.take_back])
    if not known:
        screen.say('Nothing is said yet. Say it with: aidj like "Artist - Title"; aidj ban and aidj rest likewise.')
        return 0
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("", "what", "said on", "until"):
        table.add_column(heading, overflow="fold")
    for opinion in known:
        subject = Subject(opinion.artist, opinion.title, opinion.album)
        until = f"{opinion.until.astimezone():%Y-%m-%d}" if opinion.until else ""
        said_on = f"{opinion.said_at.astimezone():%Y-%m-%d}"
        table.add_row(opinion.verdict, Text(plain(subject)), said_on, until)
    screen.table(table)
    return 0


def _take_back(take_back: object, text: str, known: Sequence[Opinion], screen: Screen) -> int:
    assert callable(take_back)
    for artist, name in _splits(text):
        for kind in ("title", "album"):
            if take_back(artist, **{kind: name}):
                screen.say(f"Taken back: {Subject(artist, **{kind: name})}.")
                return 0
    if take_back(text):
        screen.say(f"Taken back: {Subject(text)}.")
        return 0
    names = [str(Subject(opinion.artist, opinion.title, opinion.album)) for opinion in known]
    near = difflib.get_close_matches(text, names, n=1, cutoff=0.4)
    screen.problem(
        f"Nothing was said of '{text}'. " + (f"Did you mean: {near[0]}?" if near else "List it all with: aidj opinions")
    )
    return 1


def _subjects(options: argparse.Namespace, library: Names) -> Iterator[Subject]:
    songs: list[str] = options.songs
    if songs and len(songs) > 1 and _is_plan(songs[0]):
        document = load_plan(Path(songs[0]))
        for asked in songs[1:]:
            track = document.items()[find_item(document, asked) - 1].track
            if not track.artist or not track.title:
                raise ConfigError(f"The plan gives song {asked} no artist and title ({name_of(track)})", hint=_WRITE_IT)
            yield library.song(f"{track.artist} - {track.title}", force=True)
        songs = []
    for text in songs:
        yield library.song(text, force=options.force)
    for text in options.album:
        yield library.album(text, force=options.force)
    for text in options.artist:
        yield library.artist(text, force=options.force)


def _is_plan(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):
        return False


def _splits(text: str) -> list[tuple[str, str]]:
    """Return each way to read a text as artist and title, at its dashes from left to right."""
    cuts = [(text[: dash.start()].strip(), text[dash.end() :].strip()) for dash in _DASH.finditer(text)]
    return [(artist, name) for artist, name in cuts if artist and name]


class Names:
    """The artists, songs and albums of a library by name, as it spells them."""

    def __init__(self, tracks: Sequence[Track]) -> None:
        self._artists: dict[str, str] = {}
        self._songs: dict[str, dict[str, str]] = {}
        self._albums: dict[str, dict[str, str]] = {}
        for track in tracks:
            for name in (*track.artists, *track.guests, track.album_artist or ""):
                if key := match_key(name):
                    self._artists.setdefault(key, name)
            lead = lead_key(track.artist)
            self._songs.setdefault(lead, {}).setdefault(song_key(track.title), track.title)
            if track.album:
                for artist in {lead, lead_key(track.album_artist or track.artist)}:
                    self._albums.setdefault(artist, {}).setdefault(song_key(track.album), track.album)

    def artist(self, text: str, *, force: bool) -> Subject:
        """Return an artist. Raises ConfigError if the library has none of that name."""
        name = self._artists.get(match_key(text)) or self._artists.get(lead_key(text))
        if name is None and not force:
            raise _unknown("artist", text, self._near_artists(text))
        return Subject(name or text.strip())

    def song(self, text: str, *, force: bool) -> Subject:
        """Return a song, given as "Artist - Title". Raises ConfigError if the library has none of that name."""
        artist, title = self._named(text, self._songs, "song", force=force)
        return Subject(artist, title=title)

    def album(self, text: str, *, force: bool) -> Subject:
        """Return an album, given as "Artist - Album". Raises ConfigError if the library has none of that name."""
        artist, album = self._named(text, self._albums, "album", force=force)
        return Subject(artist, album=album)

    def _named(self, text: str, known: dict[str, dict[str, str]], kind: str, *, force: bool) -> tuple[str, str]:
        splits = _splits(text)
        if not splits:
            raise ConfigError(
                f"'{text}' has no artist", hint=f'write it as "Artist - {"Album" if kind == "album" else "Title"}"'
            )
        for artist, name in splits:
            lead = lead_key(artist)
            if found := known.get(lead, {}).get(song_key(name)):
                return self._artists.get(lead, artist), found
        if force:
            return splits[0]
        raise _unknown(kind, text, self._near(splits, known))

    def _near(self, splits: Sequence[tuple[str, str]], known: dict[str, dict[str, str]]) -> list[str]:
        """Return the names that may be meant: of a known artist its nearest, else the nearest artists' own."""
        near: list[str] = []
        for artist, name in splits:
            keys = [lead_key(artist)] if lead_key(artist) in known else _close(lead_key(artist), known)
            for key in keys:
                names = known[key]
                near += [f"{self._artists.get(key, key)} - {names[found]}" for found in _close(song_key(name), names)]
            if not near:
                near += [f"something by {self._artists.get(key, key)}" for key in keys]
        return near[:3]

    def _near_artists(self, text: str) -> list[str]:
        return [self._artists[key] for key in _close(match_key(text), self._artists)]


def _close(word: str, known: dict[str, str] | dict[str, dict[str, str]]) -> list[str]:
    return difflib.get_close_matches(word, known, n=3, cutoff=0.6)


def _unknown(kind: str, text: str, near: Sequence[str]) -> ConfigError:
    meant = " or ".join(f"'{name}'" for name in near)
    return ConfigError(
        f"The library has no {kind} '{text}'",
        cause="a misspelling" if near else "it was never scanned",
        hint=(f"did you mean {meant}? " if near else "") + "To keep it all the same: --force",
    )
