"""Live sound through miniaudio: its silent device, and a real sound server whose devices are its own null sinks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from live_sound import Counting, Tone

from aidj.errors import OutputError
from aidj.output.device import DeviceSink
from aidj.output.playhead import Playhead
from aidj.output.playing import play
from aidj.output.ring import Ring
from aidj.output.sound_system import Device, choose_device, devices

RATE = 44100
LISTED = (
    Device(number=1, name="Built-in Audio", id="alsa::0,0", is_default=True),
    Device(number=2, name="USB Headphones", id="alsa::1,0", is_default=False),
    Device(number=3, name="USB Speaker 2", id="alsa::2,0", is_default=False),
)


@pytest.mark.parametrize(
    ("choice", "number"),
    [(2, 2), ("2", 2), ("usb headphones", 2), ("headph", 2), ("alsa::2,0", 3), (" Built-in ", 1), ("speaker", 3)],
)
def test_a_device_is_chosen_by_number_id_or_name(choice: str | int, number: int) -> None:
    assert choose_device(choice, LISTED).number == number


@pytest.mark.parametrize("choice", ["", 0, 4, "bluetooth"])
def test_an_unknown_device_lists_what_there_is(choice: str | int) -> None:
    with pytest.raises(OutputError, match="2 USB Headphones") as error:
        choose_device(choice, LISTED)
    assert error.value.what.startswith("There is no sound device")


def test_a_part_of_two_names_lists_both() -> None:
    with pytest.raises(OutputError, match="2 USB Headphones; 3 USB Speaker 2") as error:
        choose_device("usb", LISTED)
    assert "Built-in" not in str(error.value)


def test_the_playhead_stays_behind_the_device_and_counts_no_silence() -> None:
    rate, period = 1000, 40
    playhead = Playhead(rate, 0.12)
    playhead.restart(0.0)
    heard, given = [], 0
    for i in range(20):
        now_s = i * period / rate
        n_taken = 0 if 8 <= i < 14 else period  # silence in between
        playhead.hand_out(now_s, given, n_taken, period)
        given += n_taken
        heard += [playhead.heard(now_s), playhead.heard(now_s + 0.039)]
        assert heard[-1] <= given
    assert heard == sorted(heard)
    assert heard[2 * 12] == 8 * period, "in the silence all of it has been heard"
    assert playhead.heard(1e6) == given - 3 * period, "what it was given last may not have been heard"


def test_delay_behind_the_device_holds_the_playhead_back() -> None:
    near, far = Playhead(1000, 0.12), Playhead(1000, 0.12, 0.2)
    for playhead in (near, far):
        playhead.restart(0.0)
        for i in range(20):
            playhead.hand_out(i * 0.04, i * 40, 40, 40)
    assert near.heard(0.76) - far.heard(0.76) == 200


def test_a_device_that_is_served_too_late_has_run_dry() -> None:
    playhead = Playhead(1000, 0.12)
    playhead.restart(0.0)
    for now_s in (0.0, 0.5, 0.5, 0.54, 0.58, 0.62, 0.66):  # filling up may take its time
        playhead.hand_out(now_s, 0, 40, 40)
    assert playhead.underruns == 0
    playhead.hand_out(0.66 + 0.13, 0, 40, 40)
    assert playhead.underruns == 1


def test_the_silent_device_plays_to_the_end_in_real_time() -> None:
    began_s = time.monotonic()
    played = play(Tone(n_frames=RATE), DeviceSink(silent=True), stop=threading.Event())
    assert (played.end, played.n_frames, played.heard_frames) == ("ended", RATE, RATE)
    assert time.monotonic() - began_s >= 0.95


def test_a_sound_shorter_than_the_buffer_is_heard_too() -> None:
    assert play(Tone(n_frames=500), DeviceSink(silent=True), stop=threading.Event()).heard_frames == 500


def test_a_source_that_is_too_slow_is_counted_and_plays_on() -> None:
    sink = DeviceSink(silent=True, buffer_s=0.1)
    played = play(Tone(n_frames=20 * 1024, read_s=0.06), sink, stop=threading.Event())
    assert played.underruns > 1
    assert (played.end, played.heard_frames) == ("ended", 20 * 1024)


def test_pause_stops_pulling_and_resume_goes_on(playing: Callable[[DeviceSink], Counting]) -> None:
    sink = DeviceSink(silent=True)
    source = playing(sink)
    wait_for(lambda: sink.heard_frames > 2000)
    sink.pause()
    wait_for(lambda: still(lambda: (source.n_frames, sink.heard_frames)))
    read, heard = source.n_frames, sink.heard_frames
    assert 0 < read - heard <= sink.latency_s * RATE
    sink.resume()
    wait_for(lambda: sink.heard_frames > heard + RATE // 2)


def test_heard_frames_never_run_ahead(playing: Callable[[DeviceSink], Counting]) -> None:
    sink = DeviceSink(silent=True)
    source = playing(sink)
    seen = []
    for _ in range(60):
        heard = sink.heard_frames
        seen.append(heard)
        assert heard <= source.n_frames
        time.sleep(0.02)
    assert seen == sorted(seen)
    assert seen[-1] > 0


def test_a_sink_can_be_closed_twice_and_without_being_opened() -> None:
    sink = DeviceSink(silent=True)
    sink.close()
    sink.open(RATE)
    sink.close()
    sink.close()
    assert not sink.lost
    with pytest.raises(OutputError, match="not open"):
        sink.reopen()


def test_without_a_sound_system_the_error_says_what_to_do_and_nothing_else_is_printed(tmp_path: Path) -> None:
    (tmp_path / "no.conf").write_text("")
    program = """
import threading
from aidj.errors import OutputError
from aidj.output.device import DeviceSink
from aidj.output.playing import play
from aidj.output.ring import Ring
from aidj.output.sound_system import devices
from live_sound import Tone
for attempt in (devices, lambda: play(Tone(), DeviceSink(), stop=threading.Event())):
    try:
        print(attempt())
    except OutputError as error:
        print(error)
"""
    if sys.platform != "linux":
        pytest.skip("elsewhere the sound system cannot be taken away by the environment")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
        "ALSA_CONFIG_PATH": str(tmp_path / "no.conf"),
        "PULSE_SERVER": f"unix:{tmp_path}/none",
        "JACK_NO_START_SERVER": "1",
    }
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, timeout=30)
    assert run.stderr == ""
    lines = run.stdout.splitlines()
    assert len(lines) == 2
    assert all("--output null" in line and "--output pipe" in line for line in lines)


def test_without_its_library_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "miniaudio", None)
    for attempt in (devices, lambda: DeviceSink().open(RATE)):
        with pytest.raises(OutputError, match="pip install miniaudio"):
            attempt()


class SoundServer:
    """A PulseAudio of our own with two null sinks, on a socket of its own."""

    def __init__(self, folder: Path):
        self.socket = folder / "native"
        self._folder = folder
        self.environment = {
            **os.environ,
            **{name: str(folder) for name in ("HOME", "XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH")},
            "PULSE_SERVER": f"unix:{self.socket}",
        }

    def start(self) -> None:
        sinks = [
            f"module-null-sink sink_name={name} rate={rate} sink_properties=device.description={described}"
            for name, rate, described in (("one", 44100, "First"), ("two", 48000, "Second"))
        ]
        modules = [*sinks, f"module-native-protocol-unix auth-anonymous=1 socket={self.socket}"]
        options = ["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--log-level=error"]
        command = ["pulseaudio", *options, *(part for module in modules for part in ("-L", module))]
        self._process = subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL)
        wait_for(lambda: "two" in self.control("list", "short", "sinks"))

    def control(self, *words: str) -> str:
        command = ["pactl", *words]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=10).stdout

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(10)
        self.socket.unlink(missing_ok=True)


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundServer]:
    if shutil.which("pulseaudio") is None or shutil.which("pactl") is None:
        pytest.skip("pulseaudio and pulseaudio-utils are not installed")
    server = SoundServer(tmp_path_factory.mktemp("pulse"))
    server.start()
    monkeypatch.setenv("PULSE_SERVER", server.environment["PULSE_SERVER"])
    yield server
    server.kill()


@pytest.fixture
def playing() -> Iterator[Callable[[DeviceSink], Counting]]:
    """Plays an endless tone into a sink, in a thread, until the test ends."""
    stop, threads = threading.Event(), []

    def start(sink: DeviceSink) -> Counting:
        source = Counting(Tone())
        thread = threading.Thread(target=play, args=(source, sink), kwargs={"stop": stop})
        threads.append(thread)
        thread.start()
        return source

    yield start
    stop.set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def test_the_devices_of_a_sound_server_are_listed_and_played_by_name(server: SoundServer) -> None:
    server.control("set-default-sink", "two")
    assert devices() == (
        Device(number=1, name="First", id="pulseaudio:one", is_default=False),
        Device(number=2, name="Second", id="pulseaudio:two", is_default=True),
    )
    with pytest.raises(OutputError, match="1 First; 2 Second"):
        DeviceSink("third").open(RATE)


def test_what_a_sound_server_is_given_is_what_was_read_and_it_sounds(
    server: SoundServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[np.ndarray] = []
    take = Ring.take

    def watched(ring: Ring, n_frames: int) -> tuple[np.ndarray, int]:
        frames, n_taken = take(ring, n_frames)
        given.append(frames[:n_taken].copy())
        return frames, n_taken

    monkeypatch.setattr(Ring, "take", watched)
    record = ["parec", "-d", "one.monitor", "--format=float32le", "--rate=44100", "--channels=2", "--latency-msec=20"]
    recorded = tmp_path / "recorded.f32"
    with recorded.open("wb") as file, subprocess.Popen(record, env=server.environment, stdout=file) as recorder:
        wait_for(lambda: "parec" in server.control("list", "source-outputs"))
        played = play(Tone(n_frames=2 * RATE), DeviceSink("first"), stop=threading.Event())
        recorder.terminate()
    assert (played.end, played.heard_frames) == ("ended", 2 * RATE)
    ramp = RATE // 100
    np.testing.assert_array_equal(np.concatenate(given)[ramp:], Tone().samples(2 * RATE)[ramp:])

    # Under load the server, or its recorder, puts silence of its own in between; a long stretch is whole all the same.
    heard = np.fromfile(recorded, np.float32).reshape(-1, 2)[:, 0].astype(np.float64)
    # Wherever it is cut, a sine of this pitch satisfies x[n+1] + x[n-1] = 2 cos(w) x[n]; a click does not.
    fault = np.abs(heard[2:] + heard[:-2] - 2 * np.cos(2 * np.pi * 440 / RATE) * heard[1:-1]) > 2e-4
    stretches = np.split(heard[1:-1], np.flatnonzero(fault))
    loud = [stretch for stretch in stretches if len(stretch) > RATE // 4 and np.abs(stretch).max() > 0.4]
    assert loud
    assert np.abs(loud[0]).max() == pytest.approx(0.5, abs=1e-3)


def test_a_sound_server_that_dies_pauses_and_can_be_gone_on_with(
    server: SoundServer, playing: Callable[[DeviceSink], Counting]
) -> None:
    sink = DeviceSink()
    source = playing(sink)
    wait_for(lambda: sink.heard_frames > RATE // 10)
    server.kill()
    wait_for(lambda: sink.lost, 10)
    read, heard = source.n_frames, sink.heard_frames
    time.sleep(0.5)
    assert (source.n_frames, sink.heard_frames) == (read, heard), "nothing is pulled and nothing is heard"
    with pytest.raises(OutputError, match=r"--output"):
        sink.reopen()
    assert sink.lost
    server.start()
    sink.reopen("second")
    assert not sink.lost
    wait_for(lambda: sink.heard_frames > read, 10)


def test_a_device_can_be_changed_while_it_plays(server: SoundServer, playing: Callable[[DeviceSink], Counting]) -> None:
    sink = DeviceSink("first")
    playing(sink)
    wait_for(lambda: sink.heard_frames > 1000)
    sink.reopen(2)
    heard = sink.heard_frames
    wait_for(lambda: sink.heard_frames > heard + RATE // 2, 10)
    inputs = server.control("list", "short", "sink-inputs").splitlines()
    assert [line.split("\t")[1] for line in inputs] == ["1"], "the first device has been let go"


def still(value: Callable[[], object]) -> bool:
    before = value()
    time.sleep(0.25)
    return value() == before


def wait_for(true: Callable[[], bool], seconds: float = 5.0) -> None:
    until_s = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until_s, "it did not happen in time"
        time.sleep(0.01)
