"""The demo songs: each score with its tags, its file format and how the invented listener heard it.

Artists, albums and labels are made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from aidj.demo import scores
from aidj.demo.score import SongSpec

COMMENT = "Composed by aidj's own code as a demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSong:
    """One song of the demo library."""

    spec: SongSpec
    title: str
    artist: str
    guest: str = ""
    album: str
    genre: str
    released: str | int
    """A date as a tag has it, or how many days before today."""
    first_released: str = ""
    track_number: int = 1
    suffix: str = ".flac"
    label: str = "Invented Records"
    tagged_tempo: bool = False
    """Whether the file's tags tell tempo and key."""
    heard: tuple[tuple[int, int, int], ...] = ()
    """Eras of listening: from and to so many days ago, and how many plays."""

    @property
    def credit(self) -> str:
        """The artist as printed, guest and all."""
        return f"{self.artist} feat. {self.guest}" if self.guest else self.artist

    def release_date(self, today: date) -> str:
        """Return the date of release as the tag has it."""
        return self.released if isinstance(self.released, str) else (today - timedelta(days=self.released)).isoformat()

    def tags(self, today: date) -> dict[str, str]:
        """Return the file's tags, in `write_audio_file`'s keys."""
        tags = {
            "title": self.title,
            "artist": self.credit,
            "album": self.album,
            "albumartist": self.artist,
            "date": self.release_date(today),
            "genre": self.genre,
            "tracknumber": str(self.track_number),
            "discnumber": "1",
            "composer": "aidj",
            "label": self.label,
            "comment": COMMENT,
        }
        if self.first_released:
            tags["originaldate"] = self.first_released
        if self.tagged_tempo:
            tags["bpm"] = f"{self.spec.bpm:g}"
            tags["initialkey"] = self.spec.key
        return tags


_ACCORDIONS = "Seventeen Sleepy Accordions"
_TELEPHONES = "The Wooden Telephone Exchange"
_VOLTAGE = "Grandmother Voltage"
_BATTERIES = "Otto Mattock and the Lemon Batteries"
_SAMBAS = "Bureau of Polite Sambas"
_MARMALADE = "Pixel Marmalade"
_PANCAKE = "Brother Pancake's Sunday Organ"

SONGS: tuple[DemoSong, ...] = (
    DemoSong(
        spec=scores.NEON_UMBRELLA,
        title="Neon Umbrella",
        artist=_ACCORDIONS,
        album="Umbrella Weather",
        genre="Synth Pop",
        released="1983-09-12",
        tagged_tempo=True,
        heard=((1560, 1250, 19), (1180, 880, 22)),
    ),
    DemoSong(
        spec=scores.PAPER_BOATS,
        title="Paper Boats at Midnight",
        artist=_ACCORDIONS,
        album="Folding Instructions",
        genre="Electropop",
        released=1,
        suffix=".m4a",
    ),
    DemoSong(
        spec=scores.LOST_MITTEN,
        title="Waltz for a Lost Mitten",
        artist=_TELEPHONES,
        album="Mittens and Other Weather",
        genre="Chamber Folk",
        released="1991-11",
        track_number=4,
        heard=((1020, 1000, 2), (410, 400, 1)),
    ),
    DemoSong(
        spec=scores.BREAD_CRUMBS,
        title="Bread Crumbs to Bergamot",
        artist=_TELEPHONES,
        album="Marmalade Roads",
        genre="Folk",
        released="2007-05-21",
        track_number=2,
        heard=((640, 560, 7), (120, 2, 29)),
    ),
    DemoSong(
        spec=scores.FOG,
        title="Where the Fog Keeps Its Keys",
        artist=_VOLTAGE,
        album="Low Tide Machinery",
        genre="Ambient",
        released="2013-02-08",
        track_number=3,
        heard=((610, 590, 2),),
    ),
    DemoSong(
        spec=scores.LULLABY,
        title="Lullaby for Radiators",
        artist=_VOLTAGE,
        album="Low Tide Machinery",
        genre="Ambient",
        released="2013-02-08",
        track_number=4,
        heard=((608, 600, 1),),
    ),
    DemoSong(
        spec=scores.ELEVATOR,
        title="Elevator to the Moon Garage",
        artist=_VOLTAGE,
        guest=_MARMALADE,
        album="Moon Garage",
        genre="Drum & Bass",
        released=15,
        tagged_tempo=True,
    ),
    DemoSong(
        spec=scores.KITCHEN_FLOOR,
        title="Kitchen Floor Philosophy",
        artist=_BATTERIES,
        album="Questions for the Fridge",
        genre="House",
        released="2019-06-14",
        suffix=".mp3",
        tagged_tempo=True,
        heard=((420, 200, 14), (160, 1, 36)),
    ),
    DemoSong(
        spec=scores.LEFT_SHOE,
        title="Left Shoe Shuffle",
        artist=_BATTERIES,
        album="Live Wires, Dead Socks",
        genre="Rock",
        released="1991",
        track_number=6,
        suffix=".mp3",
        heard=((910, 700, 13), (520, 215, 16)),
    ),
    DemoSong(
        spec=scores.CAFE_WITHOUT_CHAIRS,
        title="Café Without Chairs",
        artist=_SAMBAS,
        guest=_MARMALADE,
        album="Please Form a Circle",
        genre="Bossa Nova",
        released="1998-04-03",
        track_number=5,
        heard=((760, 480, 18), (400, 148, 17)),
    ),
    DemoSong(
        spec=scores.TRAM,
        title="Slow Tram to Lemon Street",
        artist=_SAMBAS,
        album="Timetable in Five",
        genre="Jazz",
        released="2016-10-28",
        suffix=".opus",
        heard=((1790, 1150, 26),),
    ),
    DemoSong(
        spec=scores.BAKERY,
        title="Boss Fight at the Bakery",
        artist=_MARMALADE,
        album="Flour Level",
        genre="Chiptune",
        released="2021-03-19",
        track_number=9,
        suffix=".mp3",
        heard=((210, 90, 11), (75, 5, 21)),
    ),
    DemoSong(
        spec=scores.HOMEWORK,
        title="Homework in the Rain",
        artist=_MARMALADE,
        guest=_VOLTAGE,
        album="Homework in the Rain",
        genre="Lo-Fi Hip Hop",
        released=24,
    ),
    DemoSong(
        spec=scores.PANCAKES,
        title="Carry the Pancakes Home",
        artist=_PANCAKE,
        album="Stack Them High (Anniversary Batter)",
        genre="Gospel",
        released="2011-10-03",
        first_released="1986",
        track_number=7,
        heard=((1400, 1050, 17), (900, 760, 12)),
    ),
)
"""Fourteen songs by seven artists, grouped by artist."""
