"""The examples run as their docstrings say, each in a process of its own, against the real programs."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
import soundfile
from songs import RATE, make_measured_home, pulse, write_song

import aidj
from aidj.home import open_home
from aidj.plan import load_plan, save_plan
from aidj.session import plan_session

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
PAGE = EXAMPLES.parent / "docs" / "embedding.md"
LONGEST_S = 90.0
"""How long something may take on a machine that has much else to do."""
SONGS = 6
SILENCE_S = 1.5
HISTORY = "#AUDIOSCROBBLER/1.1\n#TZ/UTC\n#CLIENT/test\n" + "".join(
    f"Test Artist {n % (SONGS // 2)}\tTest Album {n // 2}\tTest Song {n}\t1\t34\tL\t{1_700_000_000 + 40_000 * n}\t\n"
    for n in range(SONGS)
)

T = TypeVar("T")


def until(found: Callable[[], T], what: str) -> T:
    """Wait for something to be true, and return it."""
    deadline = time.monotonic() + LONGEST_S
    while not (result := found()):
        assert time.monotonic() < deadline, f"not within {LONGEST_S:.0f} s: {what}"
        time.sleep(0.05)
    return result


class Program:
    """A program that runs, and what it has printed so far."""

    def __init__(self, command: Sequence[str | Path]) -> None:
        self.process = subprocess.Popen(
            list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.lines: list[str] = []
        self.errors: list[str] = []
        self._readers = [
            threading.Thread(target=self._keep, args=streams)
            for streams in ((self.process.stdout, self.lines), (self.process.stderr, self.errors))
        ]
        for reader in self._readers:
            reader.start()

    def _keep(self, stream: Any, lines: list[str]) -> None:
        lines.extend(line.rstrip("\n") for line in stream)

    def type(self, text: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{text}\n")
        self.process.stdin.flush()

    def said(self, pattern: str, after: int = 0) -> str:
        """Wait for a line that begins so, behind the first `after` ones."""

        def found() -> list[str]:
            assert self.process.poll() is None or not self._readers[0].is_alive(), self.errors
            return [line for line in self.lines[after:] if re.match(pattern, line)]

        return until(found, f"{pattern!r} in {self.lines[after:]}, {self.errors}")[0]

    def ended(self) -> int:
        """Wait for its end, and return its exit code."""
        code = self.process.wait(LONGEST_S)
        for reader in self._readers:
            reader.join(LONGEST_S)
        return code


@contextmanager
def running(*command: str | Path) -> Iterator[Program]:
    program = Program(command)
    try:
        yield program
    finally:
        if program.process.poll() is None:
            program.process.kill()
        program.ended()
        for stream in (program.process.stdin, program.process.stdout, program.process.stderr):
            assert stream
            stream.close()


def example(name: str, *arguments: str | Path) -> list[str | Path]:
    return [sys.executable, EXAMPLES / f"{name}.py", *arguments]


def run(name: str, *arguments: str | Path) -> list[str]:
    """Run an example to its end; return its lines."""
    done = subprocess.run(example(name, *arguments), capture_output=True, text=True, timeout=LONGEST_S)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def needs(program: str) -> str:
    return shutil.which(program) or pytest.skip(f"{program} is not installed")


def music_in(folder: Path) -> Path:
    """Write songs with silence before and behind them."""
    for n in range(SONGS):
        silence = np.zeros((round(SILENCE_S * RATE), 2), np.float32)
        samples = np.concatenate([silence, pulse(30.0 + n, seed=n, level_db=-20 + n), silence])
        tags = {"artist": f"Test Artist {n % (SONGS // 2)}", "title": f"Test Song {n}", "date": str(1990 + 3 * n)}
        write_song(folder / f"{n}.flac", samples, **tags)
    return folder


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with music, a data folder that knows it, and a plan."""
    from conftest import NOW

    folder = tmp_path_factory.mktemp("examples")
    with open_home(make_measured_home(folder / "data", music_in(folder / "music"), now=NOW)) as home:
        save_plan(plan_session(home, minutes=2, now=NOW, seed=3), folder / "plan.yaml")
    return folder


@pytest.fixture
def data(measured: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(measured / "data", tmp_path / "data"))


def test_every_example_is_run_here_and_says_how() -> None:
    tests = Path(__file__).read_text(encoding="utf-8")
    for path in EXAMPLES.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert f'"{path.stem}"' in tests, f"no test runs {path.name}"
        assert text.startswith('"""'), f"{path.name} does not begin with what it shows"
        assert f"python examples/{path.name} " in text.split('"""')[1], f"{path.name} does not say how it is run"


@pytest.mark.parametrize("name", sorted(path.stem for path in EXAMPLES.glob("*.py")))
def test_help_is_what_an_example_says_of_itself(name: str) -> None:
    done = subprocess.run(example(name, "--help"), capture_output=True, text=True, timeout=LONGEST_S)
    text = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8").split('"""')[1]
    assert (done.stdout, done.stderr.rstrip()) == ("", text.rstrip())


def test_plan_only(measured: Path, data: Path, tmp_path: Path) -> None:
    (tmp_path / ".scrobbler.log").write_text(HISTORY)
    lines = run("plan_only", data, measured / "music", tmp_path / ".scrobbler.log")
    assert [line.partition(".")[0] for line in lines] == [str(n + 1) for n in range(len(lines))]
    assert len(lines) >= 4
    assert all("Test Artist" in line and "[" in line for line in lines)


def test_own_voice(measured: Path, data: Path, tmp_path: Path) -> None:
    (line,) = run("own_voice", data, measured / "plan.yaml", tmp_path / "hum.flac")
    links = load_plan(tmp_path / "hum.plan.yaml").links()
    assert [link.engine for link in links if link.speech_s] == ["humming"] * len(links)
    assert soundfile.info(tmp_path / "hum.flac").duration == pytest.approx(float(line.split()[0]), abs=1)


def test_to_pydub(measured: Path, data: Path, tmp_path: Path) -> None:
    (line,) = run("to_pydub", data, measured / "plan.yaml", tmp_path / "teaser.wav")
    samples, rate = soundfile.read(tmp_path / "teaser.wav")
    assert len(samples) == 10 * rate
    assert float(line.split()[0]) > 60
    # The jingle is the first thing that is heard: its two notes, one after the other.
    heard = samples[np.flatnonzero(np.abs(samples).max(axis=1) > 0.01)[0] :, 0]
    for start_s, hertz in ((0.01, 660), (0.16, 880)):
        note = heard[round(start_s * rate) : round((start_s + 0.1) * rate)]
        spectrum = np.abs(np.fft.rfft(note * np.hanning(len(note)), rate))
        assert abs(int(spectrum.argmax()) - hertz) < 15


def test_through_callback(data: Path) -> None:
    with running(*example("through_callback", data, "--silent")) as player:
        first = player.said("♪")
        player.type("skip")
        player.said("skipped after")
        second = player.said("♪", after=player.lines.index(first) + 1)
        assert second != first
        player.type("stop")
        player.said("The end")
        assert (player.ended(), player.errors) == (0, [])


class MpvSocket:
    """A second program at the same mpv: what it answers is what it plays."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(LONGEST_S)
        try:
            self._socket.connect(str(path))
        except OSError:
            self._socket.close()
            raise
        self._lines = self._socket.makefile("rb")
        self._asked = 0

    def ask(self, *words: str) -> Any:
        self._asked += 1
        self._socket.sendall(json.dumps({"command": words, "request_id": self._asked}).encode() + b"\n")
        for line in self._lines:
            answer = json.loads(line)
            if answer.get("request_id") == self._asked and "event" not in answer:
                return answer.get("data")
        raise AssertionError("mpv has gone")

    def get(self, name: str) -> Any:
        return self.ask("get_property", name)

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


def mpv_at(path: Path) -> MpvSocket | None:
    try:
        return MpvSocket(path)
    except OSError:
        return None


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder with a short name: the path of a socket has at most 104 characters on some systems."""
    with tempfile.TemporaryDirectory(prefix="aidj-") as folder:
        yield Path(folder)


def test_into_mpv(data: Path, short_folder: Path) -> None:
    ipc = short_folder / "mpv"
    options = ["--idle", "--ao=null", "--no-config", "--no-terminal", f"--input-ipc-server={ipc}"]
    with running(needs("mpv"), *options) as player:
        mpv = until(lambda: mpv_at(ipc), "mpv answers")
        with running(*example("into_mpv", data, ipc)) as program:
            first = program.said("♪").removeprefix("♪ ")
            assert until(lambda: mpv.get("media-title") == first, "mpv shows the song")
            at_s = mpv.get("time-pos")
            assert until(lambda: mpv.get("time-pos") > at_s + 1, "mpv goes on")
            mpv.ask("keypress", ">")
            second = program.said("♪", after=len(program.lines)).removeprefix("♪ ")
            assert second != first
            assert until(lambda: mpv.get("media-title") == second, "mpv shows the next song")
            assert mpv.get("path").endswith("session.wav")
            mpv.ask("quit")
            assert (program.ended(), program.errors) == (0, [])
        mpv.close()
        player.ended()


def test_into_mpd(data: Path, short_folder: Path) -> None:
    server, client = needs("mpd"), needs("mpc")
    at = short_folder / "mpd"
    (short_folder / "playlists").mkdir()
    (short_folder / "mpd.conf").write_text(
        f'''
        music_directory "{short_folder / "playlists"}"
        playlist_directory "{short_folder / "playlists"}"
        db_file "{short_folder / "database"}"
        bind_to_address "{at}"
        zeroconf_enabled "no"
        audio_output {{
            type "null"
            name "nothing"
        }}
        '''
    )

    def mpc(*words: str) -> list[str]:
        done = subprocess.run([client, f"--host={at}", *words], capture_output=True, text=True, timeout=LONGEST_S)
        return done.stdout.splitlines() if done.returncode == 0 else []

    def place() -> tuple[int, int]:
        """Which entry plays, from 1, and how many seconds of it have sounded."""
        found = re.search(r"\[playing\] #(\d+)/\d+ +(\d+):(\d+)/", "".join(mpc("status")))
        return (int(found[1]), 60 * int(found[2]) + int(found[3])) if found else (0, 0)

    with running(server, "--no-daemon", "--stderr", short_folder / "mpd.conf"):
        until(lambda: mpc("status"), "MPD answers")
        queued = run("into_mpd", data, short_folder / "links", at)
        listed = mpc("playlist")
        assert len(listed) == len(queued)
        for line, shown in zip(queued, listed, strict=True):
            if line.startswith("♪ "):
                assert shown == line.removeprefix("♪ ").replace(" – ", " - ")
            else:
                assert shown.endswith(f" - {line[1:-1]}")
        assert any(line.startswith("“") for line in queued)
        assert until(lambda: place()[1] >= 2, "MPD plays on")
        assert place()[0] == 1
        speech, _ = soundfile.read(sorted((short_folder / "links").iterdir())[0])
        assert np.abs(speech).max() > 0.05
        mpc("next")
        assert until(lambda: place()[0] == 2 and place()[1] >= 1, "MPD plays a song")
        for number, line in enumerate(queued):
            entry = ask_mpd(at, f"playlistinfo {number}")
            if line.startswith("♪ "):
                start, end = entry["Range"].split("-")
                assert float(start) == pytest.approx(SILENCE_S, abs=0.1)
                if number + 1 < len(queued) and queued[number + 1].startswith("“"):  # spoken when it is over
                    assert float(end) == pytest.approx(soundfile.info(entry["file"]).duration - SILENCE_S, abs=0.3)
        assert ask_mpd(at, "status")["xfade"] == "5"


def ask_mpd(path: Path, command: str) -> dict[str, str]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(LONGEST_S)
        connection.connect(str(path))
        connection.sendall(f"{command}\nclose\n".encode())
        with connection.makefile(encoding="utf-8") as lines:
            return {key: value for key, _, value in (line.rstrip("\n").partition(": ") for line in lines)}


class Listener:
    """Hears a stream in a thread of its own."""

    def __init__(self, url: str, **fields: str) -> None:
        self.answer = urllib.request.urlopen(urllib.request.Request(url, headers=fields), timeout=LONGEST_S)
        self.heard = bytearray()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        with self.answer:
            while piece := self.answer.read1(65536):
                self.heard += piece

    def ended(self) -> bytes:
        self._thread.join(LONGEST_S)
        return bytes(self.heard)


def test_http_stream(data: Path, tmp_path: Path) -> None:
    with running(*example("http_stream", data, "0")) as station:
        url = station.said("http://")
        first = Listener(url)
        assert first.answer.headers["Content-Type"] == "audio/mpeg"
        song = station.said("♪").removeprefix("♪ ")
        second, titled = Listener(url), Listener(url, **{"Icy-MetaData": "1"})
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{url}elsewhere", timeout=LONGEST_S)
        until(lambda: len(second.heard) > 60_000 and len(titled.heard) > 60_000, "three listeners hear")
        with urllib.request.urlopen(f"{url}skip", data=b"", timeout=LONGEST_S) as answer:
            assert answer.status == 204
        following = station.said("♪", after=station.lines.index(f"♪ {song}") + 1).removeprefix("♪ ")
        until(lambda: following.encode() in titled.heard, "the next title in the stream")
        station.process.send_signal(signal.SIGINT)
        assert (station.ended(), station.errors) == (0, [])
        assert station.lines[-1] == "Off the air."
        whole, part, mixed = first.ended(), second.ended(), titled.ended()

    # Who came later hears the same, from a whole frame on.
    at = whole.find(part[:20_000])
    assert at > 0
    shared = min(len(part), len(whole) - at)
    assert whole[at : at + shared] == part[:shared]
    (tmp_path / "part.mp3").write_bytes(part)
    samples, rate = soundfile.read(tmp_path / "part.mp3")
    assert rate == 44100
    assert len(samples) / rate == pytest.approx(len(part) * 8 / 192_000, abs=0.2)
    assert np.abs(samples).max() > 0.05

    music, titles = without_titles(mixed, int(titled.answer.headers["icy-metaint"]))
    assert titles[0] == f"StreamTitle='{song}';"
    assert f"StreamTitle='{following}';" in titles
    assert whole.find(music[:20_000]) > 0


def without_titles(stream: bytes, every: int) -> tuple[bytes, list[str]]:
    """Take apart what an ICY stream holds: the music, and the titles in between."""
    music, titles = bytearray(), []
    while len(stream) > every:
        music += stream[:every]
        n_bytes = 16 * stream[every]
        if n_bytes:
            titles.append(stream[every + 1 : every + 1 + n_bytes].rstrip(b"\0").decode())
        stream = stream[every + 1 + n_bytes :]
    return bytes(music + stream), titles


# The page about embedding ---------------------------------------------------------------------------------------------


def test_embedding_as_the_page_tells_it(
    measured: Path,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its code runs from top to bottom, on a silent sound device; the timer that a display has is played here."""
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    shutil.move(data, tmp_path / "aidj-data")
    (tmp_path / "music").symlink_to(measured / "music")
    write_spotify_export(tmp_path / "my_spotify_data.zip")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(aidj, "DeviceSink", partial(aidj.DeviceSink, silent=True))
    names: dict[str, Any] = {}
    shown = ""

    def run_until(marker: str) -> None:
        while blocks:
            block = blocks.pop(0)
            exec(compile(block, PAGE.name, "exec"), names)
            if marker in block:
                return
        raise AssertionError(f"no block has {marker!r}")

    def until_shown(pattern: str) -> None:
        def found() -> bool:
            nonlocal shown
            names["on_timer"]()
            shown += capsys.readouterr().out
            return re.search(pattern, shown) is not None

        until(found, pattern)

    run_until("aidj.render(")
    assert (tmp_path / "tonight.mp3").stat().st_size > 100_000
    assert capsys.readouterr().out.count("·") == len(names["plan"].items())

    run_until("playing.start()")
    try:
        run_until("def on_timer")
        until_shown("♪ Test Artist")
        shown = ""
        run_until("session.skip()")
        until_shown("♪ Test Artist")
        until_shown("(?i)199|nineties")
        stopping = next(n for n, block in enumerate(blocks) if "playing.join()" in block)
        assert "def callback" in blocks[stopping - 1]
    except BaseException:
        names["stop"].set()
        names["session"].close()
        raise
    run_until("playing.join()")
    assert not names["playing"].is_alive()

    run_until("wait=True")
    rendered_s = soundfile.info("tonight.mp3").duration  # with the same songs, and another voice
    assert int(capsys.readouterr().out.split()[0]) == pytest.approx(rendered_s, abs=20)
    names["callback"](block := np.ones((512, 2), np.float32), 512, None, None)
    assert not block.any()  # the session is closed

    run_until("class Announcer")
    said = capsys.readouterr().out
    assert re.search(r"^opening: Test Artist \d, Test Song \d\.", said, re.MULTILINE)
    assert not blocks


def write_spotify_export(path: Path) -> None:
    rows = [
        {
            "ts": f"2024-0{n + 1}-15T12:00:00Z",
            "ms_played": 34_000,
            "master_metadata_track_name": f"Test Song {n}",
            "master_metadata_album_artist_name": f"Test Artist {n % (SONGS // 2)}",
            "master_metadata_album_album_name": None,
        }
        for n in range(SONGS)
    ]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Streaming_History_Audio_2024.json", json.dumps(rows))
