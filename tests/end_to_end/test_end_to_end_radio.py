"""`aidj radio` as a person runs it: in a real terminal (tmux), and in pipes."""

from __future__ import annotations

import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

pytestmark = pytest.mark.slow

PATIENCE_S = 60.0
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES", "TMUX")},
    "OPENBLAS_NUM_THREADS": "1",
}


@pytest.fixture
def data(measured_short_songs: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(measured_short_songs, tmp_path / "home"))


def radio(data: Path, *options: str, talk: str = "silent") -> list[str]:
    return [sys.executable, "-m", "aidj", "radio", "--data", str(data), "--talk", talk, *options]


def run_to_its_end(command: list[str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, capture_output=True, timeout=180, env=ENVIRONMENT, stdin=subprocess.DEVNULL)


def words(stream: bytes) -> str:
    """Return what was printed, wherever its lines were broken."""
    return " ".join(stream.decode().split())


# In a terminal --------------------------------------------------------------------------------------------------------


class Window:
    """A shell in a tmux server of its own."""

    def __init__(self, size: tuple[int, int], folder: Path, **environment: str) -> None:
        self._name = f"aidj-test-{uuid4().hex[:8]}"
        self._folder = folder
        columns, lines = size
        given = {"PS1": "ready> ", "TERM": "tmux-256color", **environment}
        shell = ["env", *(f"{name}={value}" for name, value in given.items()), "bash", "--noprofile", "--norc"]
        self._tmux(
            *("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(lines), *shell),
            environment={**ENVIRONMENT, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"},
        )
        self.wait(lambda: "ready>" in self.text)

    def run(self, *command: str) -> None:
        """Type a command; what is left of the terminal is looked at before and behind it."""
        script = self._folder / f"{uuid4().hex[:8]}.sh"
        quoted = " ".join(f"'{word}'" for word in command)
        script.write_text(f"stty -a > before\n{quoted}\necho code $?\nstty -a > after\n")
        self.keys(f"cd {self._folder}; clear; . ./{script.name}", "Enter")

    def keys(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        self._tmux("send-keys", "-l", text)

    def resize(self, columns: int, lines: int) -> None:
        self._tmux("resize-window", "-x", str(columns), "-y", str(lines))

    @property
    def text(self) -> str:
        return self._tmux("capture-pane", "-p")

    @property
    def coloured(self) -> str:
        return self._tmux("capture-pane", "-p", "-e")

    @property
    def modes(self) -> tuple[str, ...]:
        """Whether the cursor is shown, and the alternate screen."""
        return tuple(self._tmux("display-message", "-p", "#{cursor_flag} #{alternate_on}").split())

    @property
    def child(self) -> int:
        """The process that runs in the shell."""
        shell = self._tmux("display-message", "-p", "#{pane_pid}").strip()
        return int(subprocess.run(["ps", "-o", "pid=", "--ppid", shell], capture_output=True, text=True).stdout)

    def wait(self, true: Callable[[], object]) -> None:
        until_s = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < until_s, f"it did not happen:\n{self.text}"
            time.sleep(0.05)

    def sees(self, pattern: str) -> re.Match[str]:
        """Wait until the screen shows something."""
        found: list[re.Match[str]] = []

        def look() -> bool:
            found.extend(re.finditer(pattern, self.text, re.MULTILINE))
            return bool(found)

        self.wait(look)
        return found[0]

    def ended(self) -> int:
        """Wait for the shell; return the exit code, with everything as it was before."""
        code = int(self.sees(r"^code (\d+)$")[1])
        self.wait(lambda: (self._folder / "after").exists() and "ready>" in self.text)
        assert (self._folder / "after").read_text() == (self._folder / "before").read_text()
        assert self.modes == ("1", "0"), "the cursor is back, and so is the shell's own screen"
        return code

    def close(self) -> None:
        self._tmux("kill-server")

    def _tmux(self, *words: str, environment: dict[str, str] | None = None) -> str:
        run = subprocess.run(
            ["tmux", "-L", self._name, *words], capture_output=True, text=True, timeout=30, env=environment
        )
        return run.stdout


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Callable[..., Window]]:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    opened: list[Window] = []

    def open_window(columns: int = 80, lines: int = 24, **environment: str) -> Window:
        opened.append(Window((columns, lines), tmp_path, **environment))
        return opened[-1]

    yield open_window
    for window in opened:
        window.close()


NOW = r"^♪ (Test Song \d+)"


def test_an_evening_in_a_terminal(window: Callable[..., Window], data: Path) -> None:
    there = window()
    there.run(*radio(data, "--output", "null", talk="normal"))
    first = there.sees(NOW)[1]
    assert there.modes == ("0", "1")
    there.sees(r"deep cut: .*in the library|deep cut: .*not heard")
    there.sees(r"^▌ .*\w")
    there.sees(r"^  Test Artist \d+ – Test Song \d+ +deep cut +0:\d\d$")
    there.sees(r"space pause .*\? keys")

    there.keys("n")
    there.sees(f"Skipping “{first}” …")
    there.wait(lambda: (now := re.search(NOW, there.text, re.MULTILINE)) and now[1] != first)

    there.keys("?")
    there.sees(r"Stop what is being said")
    there.keys("?")
    there.sees(NOW)

    there.keys("h")
    there.sees(r"Hushed\.|Nothing is being said\.")
    there.keys("Space")
    there.sees(r"^‖ Test Song \d+")
    there.keys("Space")
    there.sees(NOW)
    there.keys("l")
    there.sees(r"♥ liked")
    there.wait(lambda: re.search(r"\x1b\[[\d;:]*3\d", there.coloured))
    there.keys("T")
    there.sees(r"talk chatty")
    there.keys("-")
    there.sees(r"volume -3 dB")

    there.resize(200, 60)
    there.sees(r"^♪ Test Song \d+ .*Next$")
    there.resize(80, 24)
    there.wait(lambda: all(len(line) <= 80 for line in there.text.splitlines()))
    there.sees(r"^Next$")

    there.keys("c")
    there.sees(r"Another set is on its way …")
    there.sees(r"another set was asked for")

    there.keys("q")
    assert there.ended() == 0
    there.sees(r"\d+ seconds, \d songs, \d skipped\.")


def test_a_request_is_typed_and_answered(window: Callable[..., Window], data: Path) -> None:
    there = window()
    there.run(*radio(data, "--output", "null"))
    there.sees(NOW)
    there.keys("/")
    there.sees(r"^Request:")
    there.type("Test Artist 3 q")
    there.keys("BSpace", "BSpace")
    there.sees(r"^Request: Test Artist 3\s*$")
    there.keys("Enter")
    there.sees(r"Asking for “Test Artist 3” …")
    there.sees(r"Test Artist 3: ")
    there.keys("q")
    assert there.ended() == 0


@pytest.mark.parametrize("how", ["C-c", "HUP", "crash", "crash beside"])
def test_the_terminal_is_given_back_whatever_happens(window: Callable[..., Window], data: Path, how: str) -> None:
    there = window()
    if how.startswith("crash"):
        broken = "faces.screen" if how == "crash" else "null.NullSink.write"
        program = (
            "import sys; from aidj.cli import main; from aidj.output import null; from aidj.radio import faces\n"
            "def fail(*_, **__): raise ZeroDivisionError\n"
            f"{broken} = fail\n"
            "sys.exit(main(sys.argv[1:]))"
        )
        there.run(sys.executable, "-c", program, *radio(data, "--output", "null")[3:])
        there.sees("ZeroDivisionError")
        assert there.ended() == 1
        return
    there.run(*radio(data, "--output", "null"))
    there.sees(NOW)
    if how == "C-c":
        there.keys("C-c")
    else:
        os.kill(there.child, signal.SIGHUP)
    assert there.ended() == 130
    assert "Traceback" not in there.text
    there.sees(r"\d songs?")


def test_ctrl_z_gives_the_terminal_back_and_fg_goes_on(window: Callable[..., Window], data: Path) -> None:
    there = window()
    there.keys(f"cd {data.parent}; stty -a > before; " + " ".join(radio(data, "--output", "null")), "Enter")
    there.sees(NOW)
    there.keys("C-z")
    there.sees("Stopped")
    there.wait(lambda: there.modes == ("1", "0"))
    there.keys("stty -a > after; touch is_written; clear", "Enter")
    there.wait(lambda: (data.parent / "is_written").exists())
    before, after = ((data.parent / name).read_text() for name in ("before", "after"))
    assert before == after
    there.keys("fg", "Enter")
    there.sees(NOW)
    assert there.modes == ("0", "1")
    there.keys("i")
    there.sees("in the library|not heard")
    there.keys("q")
    there.sees(r"\d+ seconds, \d songs?\.")
    assert there.modes == ("1", "0")


def test_without_colours_there_are_none(window: Callable[..., Window], data: Path) -> None:
    there = window(NO_COLOR="1")
    there.run(*radio(data, "--output", "null"))
    there.sees(NOW)
    codes = {code for codes in re.findall(r"\x1b\[([\d;:]*)m", there.coloured) for code in re.split("[;:]", codes)}
    assert codes <= {"", "0", "1", "2", "3", "4", "7", "22", "23", "24", "27", "39", "49"}, (
        "bold, dim and the like only"
    )
    there.keys("q")
    assert there.ended() == 0


@pytest.mark.parametrize(("options", "term"), [(["--plain"], "tmux-256color"), ([], "dumb")])
def test_lines_instead_of_a_screen(window: Callable[..., Window], data: Path, options: list[str], term: str) -> None:
    there = window(100, 40, TERM=term)
    there.run(*radio(data, "--output", "null", *options))
    there.sees(r"^Now: .*Test Song \d+")
    assert there.modes == ("1", "0")
    there.keys("n")
    there.sees("Skipping “Test Song")
    there.keys("/")
    there.sees("Request .*:")
    there.type("zzz")
    there.sees("Request .*: zzz")
    there.keys("C-u", "Enter")
    there.sees("Nothing is asked for")
    there.keys("w")
    there.sees(r"\d:\d\d of \d:\d\d")
    there.keys("q")
    assert there.ended() == 0
    assert "\x1b" not in there.coloured.replace("\x1b[0m", "")


# In pipes -------------------------------------------------------------------------------------------------------------


def run_until(
    command: list[str], enough: Callable[[bytes], object], ends_by: signal.Signals = signal.SIGTERM
) -> tuple[int, bytes, str]:
    """Run a command until it has printed enough, end it; return its exit code, its output and its words."""
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, env=ENVIRONMENT
        ) as process,
    ):
        assert process.stdout is not None
        out = b""
        while not enough(out):
            piece = os.read(process.stdout.fileno(), 65536)
            assert piece, "it ended too soon"
            out += piece
        process.send_signal(ends_by)
        out += process.stdout.read()
        process.wait(PATIENCE_S)
        errors.seek(0)
        return process.returncode, out, words(errors.read())


def test_without_a_terminal_there_are_lines_with_the_time(data: Path) -> None:
    code, out, errors = run_until(radio(data, "--output", "null"), lambda out: b"Now: " in out, signal.SIGINT)
    *lines, last = out.decode().splitlines()
    assert any(re.match(r"\d\d:\d\d:\d\d .*Test Song \d+", line) for line in lines)
    assert re.match(r"\d+ seconds, \d songs?\.", last)
    assert (code, errors, b"\x1b" in out) == (130, "", False)


@pytest.mark.parametrize("form", ["wav", "f32"])
def test_samples_go_to_standard_output_and_words_to_standard_error(data: Path, form: str) -> None:
    frame_bytes = 8 if form == "f32" else 4
    seconds = 2
    code, samples, said = run_until(
        radio(data, "--output", "pipe", "--format", form),
        lambda out: len(out) > seconds * 44100 * frame_bytes and any(out[-40000:]),
    )
    assert code == 130, said
    assert "Test Song" in said
    assert re.search(r"\d+ seconds, \d songs?\.", said)
    if form == "wav":
        assert samples[:4] == b"RIFF"
        assert struct.unpack("<HHI", samples[20:28]) == (1, 2, 44100)
        if shutil.which("ffmpeg"):
            checked = subprocess.run(["ffmpeg", "-v", "error", "-i", "-", "-f", "null", "-"], input=samples)
            assert checked.returncode == 0
        samples = samples[44:]
    frames = np.frombuffer(samples, "<f4" if form == "f32" else "<i2").reshape(-1, 2).astype(float)
    full = 1.0 if form == "f32" else 32767
    assert 0.05 < np.abs(frames).max() / full <= 1
    assert np.abs(frames[-1]).max() < 0.05 * full, "it ends in a fade"


def test_a_reader_that_has_enough_ends_it_quietly(data: Path) -> None:
    command = " ".join(f"'{word}'" for word in radio(data, "--output", "pipe"))
    run = run_to_its_end(["bash", "-c", f"set -o pipefail; {command} | head -c 400000 | wc -c"])
    assert words(run.stdout) == "400000"
    assert run.returncode == 0, run.stderr
    assert b"Traceback" not in run.stderr
    assert b"Broken" not in run.stderr


def test_a_file_is_written_and_none_is_overwritten(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "evening.wav"
    command = radio(data, "--output", str(out))
    code, _, said = run_until(command, lambda out: b"Now: " in out)
    assert code == 130, said
    header = out.read_bytes()[:44]
    assert struct.unpack("<I", header[40:44])[0] == out.stat().st_size - 44, "the header knows the length"
    run = run_to_its_end(command)
    assert run.returncode == 1
    assert "a file of that name already" in words(run.stderr)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--output", "evening.mp3"], "aidj render -o evening.mp3"),
        (["--output", "null", "--device", "2"], "exclude each other"),
        (["--output", "null", "--format", "wav"], "--output pipe"),
        (["--output", "null", "no-such-plan.yaml"], "no-such-plan.yaml"),
        (["--output", "null", "--genre", "polka"], "polka"),
        (["--output", "null", "--resume"], "no session to go on with"),
    ],
)
def test_what_cannot_be_is_said(data: Path, options: list[str], said: str) -> None:
    run = run_to_its_end(radio(data, *options))
    assert run.returncode == 1
    assert re.search(said, words(run.stderr + run.stdout))
    assert b"Traceback" not in run.stderr


def test_music_that_was_never_scanned_just_plays(measured_short_songs: Path, tmp_path: Path) -> None:
    command = radio(tmp_path / "new", "--music", str(measured_short_songs.parent / "music"), "--output", "null")
    code, out, said = run_until(command, lambda out: b"Now: " in out)
    assert code == 130, said
    assert re.search(rb"\d+ seconds, \d songs?\.", out)
