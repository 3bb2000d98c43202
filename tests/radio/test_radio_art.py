"""Album art: which terminal gets it, from which file, and what is sent. The library of the extra is really used."""

from __future__ import annotations

import base64
import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from made_up_radio import RATE, console, playing

from aidj.radio.art import ArtProtocol, Picture, Pictures, art_protocol, protocol_of
from aidj.radio.pictures import MOST_BYTES, picture_of
from aidj.radio.view import art_size, screen

ENVIRONMENTS = (
    ({"TERM": "xterm-kitty"}, "kitty"),
    ({"TERM": "xterm-ghostty"}, "kitty"),
    ({"TERM": "foot"}, "sixel"),
    ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, "sixel"),
    ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "sixel"),
    ({"TERM": "xterm-256color", "KONSOLE_VERSION": "230801"}, "sixel"),
    ({"TERM": "xterm-256color", "KONSOLE_VERSION": "210801"}, None),
    ({"TERM": "xterm-256color", "KONSOLE_VERSION": "²³"}, None),
    ({"TERM": "xterm-256color"}, None),
    ({"TERM": "tmux-256color", "TERM_PROGRAM": "WezTerm"}, None),
    ({"TERM": "xterm-kitty", "TMUX": "/tmp/socket"}, None),
    ({"TERM": "dumb"}, None),
    ({}, None),
)


@pytest.mark.parametrize(("environ", "name"), ENVIRONMENTS)
def test_the_environment_tells_the_protocol(environ: dict[str, str], name: str | None) -> None:
    assert protocol_of(environ) == name


@pytest.fixture
def terminal() -> Iterator[Callable[..., Any]]:
    """A way to consoles on a terminal whose cells are 10 x 20 pixels; what is sent to it is kept."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 800, 480))
    file = os.fdopen(theirs, "w", encoding="utf-8")
    yield lambda **other: console(80, 24, file=file, **other)
    file.close()
    os.close(ours)


def test_a_terminal_that_can_gets_pictures(terminal: Callable[..., Any]) -> None:
    pytest.importorskip("textual_image")
    protocol = art_protocol(terminal(), environ={"TERM": "foot"})
    assert protocol is not None
    assert (protocol.name, protocol.cell_pixels) == ("sixel", (10, 20))
    chosen = art_protocol(terminal(), "kitty", {})
    assert chosen is not None
    assert chosen.name == "kitty"


def test_a_terminal_that_cannot_gets_none(terminal: Callable[..., Any]) -> None:
    kitty = {"TERM": "xterm-kitty"}
    assert art_protocol(terminal(), environ={"TERM": "xterm"}) is None
    assert art_protocol(terminal(), "none", kitty) is None
    assert art_protocol(terminal(no_color=True), environ=kitty) is None
    assert art_protocol(terminal(color_system="256"), environ=kitty) is None
    assert art_protocol(console(), environ=kitty) is None, "no terminal"


def test_without_the_extra_there_are_none(terminal: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "textual_image.renderable", None)
    assert art_protocol(terminal(), environ={"TERM": "foot"}) is None
    assert sys.__stdout__ is not None


# Where the picture comes from -----------------------------------------------------------------------------------------


def encoded(colour: tuple[int, int, int], form: str = "PNG", size: tuple[int, int] = (300, 300)) -> bytes:
    image = pytest.importorskip("PIL.Image")
    data = io.BytesIO()
    image.new("RGB", size, colour).save(data, form)
    return data.getvalue()


RED, BLUE = (200, 10, 10), (10, 10, 200)


def song(folder: Path, picture: bytes | None = None) -> Path:
    """Write a FLAC file of one second, with a picture in its tags."""
    import numpy as np
    import soundfile
    from mutagen.flac import FLAC
    from mutagen.flac import Picture as Embedded

    folder.mkdir(exist_ok=True)
    path = folder / "song.flac"
    soundfile.write(path, np.zeros((8000, 2)), 8000)
    if picture is not None:
        embedded = Embedded()
        embedded.type, embedded.mime, embedded.data = 3, "image/png", picture
        tags = FLAC(path)
        tags.add_picture(embedded)
        tags.save()
    return path


def colour_of(path: Path, most_pixels: tuple[int, int] = (100, 100)) -> tuple[int, ...] | None:
    picture = picture_of(path, most_pixels)
    return None if picture is None else picture.getpixel((5, 5))


def near(colour: tuple[int, ...] | None, wanted: tuple[int, ...]) -> bool:
    return colour is not None and all(abs(a - b) < 12 for a, b in zip(colour, wanted, strict=True))


def test_the_picture_in_the_file_comes_first(tmp_path: Path) -> None:
    path = song(tmp_path, encoded(RED))
    (tmp_path / "cover.jpg").write_bytes(encoded(BLUE, "JPEG"))
    assert near(colour_of(path), RED)


@pytest.mark.parametrize("name", ["cover.jpg", "Folder.JPG", "FRONT.png"])
def test_then_the_one_beside_it(tmp_path: Path, name: str) -> None:
    path = song(tmp_path)
    (tmp_path / "holiday.jpg").write_bytes(encoded(RED, "JPEG"))
    (tmp_path / name).write_bytes(encoded(BLUE, "PNG" if name.endswith("png") else "JPEG"))
    assert near(colour_of(path), BLUE)


def test_a_picture_keeps_its_proportions(tmp_path: Path) -> None:
    path = song(tmp_path, encoded(RED, size=(400, 100)))
    picture = picture_of(path, (100, 100))
    assert picture is not None
    assert picture.size == (100, 25)


@pytest.mark.parametrize("damage", ["cut", "text", "empty", "huge", "bomb"])
def test_a_damaged_picture_is_none(tmp_path: Path, damage: str) -> None:
    whole = encoded(RED)
    bomb = whole[:16] + struct.pack(">II", 60_000, 60_000) + whole[24:]
    data = {"cut": whole[:60], "text": b"no picture", "empty": b"", "huge": whole + b"\0" * MOST_BYTES, "bomb": bomb}
    path = song(tmp_path, data[damage])
    assert picture_of(path, (100, 100)) is None
    (tmp_path / "cover.jpg").write_bytes(encoded(BLUE, "JPEG"))
    assert near(colour_of(path), BLUE)


def test_a_song_that_is_gone_has_no_picture(tmp_path: Path) -> None:
    assert picture_of(tmp_path / "nowhere" / "song.flac", (100, 100)) is None


# What is sent ---------------------------------------------------------------------------------------------------------


def waited_for(pictures: Pictures, path: Path, columns: int, lines: int) -> Picture | None:
    for _ in range(1000):
        if (picture := pictures.of(path, columns, lines)) is not None:
            return picture
        time.sleep(0.02)
    return None


def test_sixels_fit_their_place(tmp_path: Path, terminal: Callable[..., Any]) -> None:
    pytest.importorskip("textual_image")
    protocol = art_protocol(terminal(), "sixel", {})
    assert protocol is not None
    pictures = Pictures(protocol)
    path = song(tmp_path, encoded(RED))
    picture = waited_for(pictures, path, 14, 7)
    assert picture is not None
    assert (picture.columns, picture.lines) == (14, 7)
    assert pictures.of(path, 14, 7) is picture, "made once"
    place, sixels = picture.placed(2)
    assert place.text == "\x1b[3;1H"
    assert re.match(r'\x1bP[0-9;]*q"1;1;140;140', sixels.text)
    assert sixels.text.endswith("\x1b\\")
    assert sixels.text.count("\x1b") == 2
    assert picture.removed() == []
    assert pictures.of(path, 0, 0) is None
    pictures.close()


def test_after_a_zoom_there_is_none(tmp_path: Path, terminal: Callable[..., Any]) -> None:
    pytest.importorskip("textual_image")
    out = terminal()
    protocol = art_protocol(out, "sixel", {})
    assert protocol is not None
    pictures = Pictures(protocol)
    path = song(tmp_path, encoded(RED))
    assert waited_for(pictures, path, 14, 7) is not None
    fcntl.ioctl(out.file.fileno(), termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 1600, 960))
    assert pictures.of(path, 14, 7) is None
    pictures.close()


def test_a_song_without_a_picture_is_asked_for_once(tmp_path: Path, terminal: Callable[..., Any]) -> None:
    pytest.importorskip("textual_image")
    protocol = art_protocol(terminal(), "sixel", {})
    assert protocol is not None
    pictures = Pictures(protocol)
    other = tmp_path / "other"
    assert pictures.of(song(tmp_path), 14, 7) is None
    assert waited_for(pictures, song(other, encoded(BLUE)), 14, 7) is not None, "the one before is done by now"
    assert pictures.of(tmp_path / "song.flac", 14, 7) is None
    pictures.close()


def test_only_what_stands_beside_a_picture_gives_way() -> None:
    columns, lines = art_size((80, 24))
    assert columns == 2 * lines > 0
    protocol = ArtProtocol(name="sixel", console=console(), cell_pixels=(10, 20))
    picture = Picture(columns=columns, lines=lines, protocol=protocol, image=None, sixels="\x1bPq\x1b\\")
    settings: dict[str, Any] = {"frame": 0, "rate": RATE, "level": None, "size": (80, 24), "has_art": True}
    with_it, without = screen(playing(), art=picture, **settings), screen(playing(), **settings)
    indents = [line.indent for line in with_it.lines]
    assert indents[2 : 2 + lines] == [columns + 2] * lines
    assert set(indents[:2] + indents[2 + lines :]) == {0}
    assert with_it.lines[10:] == without.lines[10:]
    assert screen(playing(), art=picture, **settings, show_keys=True).picture is None
    assert art_size((40, 12)) == (0, 0)


PROGRAM = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from rich.console import Console
from aidj.radio.art import Pictures, art_protocol
from aidj.radio.painting import Painter
from aidj.radio.view import art_size, screen
from made_up_radio import RATE, playing
console = Console()
pictures = Pictures(art_protocol(console))
painter = Painter(console)
picture = None
for n in range(1000):
    picture = pictures.of(Path(sys.argv[2]), *art_size((80, 24)))
    painter.paint(screen(playing(), frame=n, rate=RATE, level=None, size=(80, 24), art=picture, has_art=True))
    if picture is not None:
        break
    time.sleep(0.02)
painter.paint(screen(playing(), frame=n, rate=RATE, level=None, size=(80, 24), has_art=True))
print("KEYS LEFT:", sys.stdin.readline())
pictures.close()
"""


def test_kitty_gets_the_picture_and_the_keys_stay_where_they_are(tmp_path: Path) -> None:
    pytest.importorskip("textual_image")
    path = song(tmp_path, encoded(RED))
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 800, 480))
    environ = {name: value for name, value in os.environ.items() if name not in ("TMUX", "NO_COLOR")}
    environ |= {"TERM": "xterm-kitty", "COLORTERM": "truecolor", "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", PROGRAM, str(Path(__file__).parents[1]), str(path)]
    os.write(ours, b"typed meanwhile\n")  # a question to the terminal would swallow this
    received = bytearray()

    def receive() -> None:
        while True:
            try:
                data = os.read(ours, 65536)
            except OSError:
                return
            received.extend(data)

    reader = threading.Thread(target=receive, daemon=True)
    reader.start()
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environ)
    os.close(theirs)
    assert process.wait(120) == 0, received.decode(errors="replace")[-2000:]
    reader.join(20)
    os.close(ours)
    text = received.decode()
    assert "KEYS LEFT: typed meanwhile" in text
    payload = "".join(re.findall(r"\x1b_G[^;]*;([^\x1b]*)\x1b\\", text))
    assert base64.b64decode(payload).startswith(b"\x89PNG")
    assert text.count("\U0010eeee") == art_size((80, 24))[0] * art_size((80, 24))[1]
    assert not re.search(r"\x1b\[c|\x1b\[16t|a=q", text), "nothing is asked of the terminal"
