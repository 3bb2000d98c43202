"""aidj in a real Mopidy without a sound card, asked over its JSON-RPC as any of its clients asks."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

PATIENCE_S = 90.0

if importlib.util.find_spec("mopidy") is None or importlib.util.find_spec("gi") is None:
    pytest.skip("Mopidy and PyGObject are not installed", allow_module_level=True)

CONFIG = """
[logging]
verbosity = 2
[core]
cache_dir = {folder}/cache
config_dir = {folder}/config
data_dir = {folder}/data
[audio]
mixer = none
output = audioconvert ! audio/x-raw,format=S16LE,channels=2 ! tee name=t
    ! queue ! filesink location={folder}/heard.pcm buffer-mode=unbuffered t. ! queue ! fakesink sync=true
[http]
hostname = 127.0.0.1
port = {port}
zeroconf =
[file]
enabled = false
[m3u]
enabled = false
[stream]
enabled = false
[softwaremixer]
enabled = false
[aidj]
data = {home}
talk = silent
"""


class Mopidy:
    """A Mopidy of its own, and what it says."""

    def __init__(self, folder: Path, home: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.heard = folder / "heard.pcm"
        self._log = folder / "log.txt"
        settings = folder / "mopidy.conf"
        settings.write_text(CONFIG.format(folder=folder, port=self._port, home=home), encoding="utf-8")
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [str(Path(sys.executable).parent / "mopidy"), "--config", str(settings)],
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "COLUMNS": "500"},
            )
        self.wait_for(self._is_up)

    def ask(self, method: str, **values: object) -> Any:
        asked = {"jsonrpc": "2.0", "id": 1, "method": f"core.{method}", "params": values}
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._port}/mopidy/rpc",
            json.dumps(asked).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            told = json.load(answer)
        assert "error" not in told, told
        return told["result"]

    def wait_for(self, what: Callable[[], object], wanted: object = True) -> None:
        until = time.monotonic() + PATIENCE_S
        while (seen := what()) != wanted:
            assert self._process.poll() is None, self.log
            assert time.monotonic() < until, f"{seen!r} did not become {wanted!r}: {self.log}"
            time.sleep(0.1)

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    @property
    def title(self) -> str:
        return self.ask("playback.get_stream_title") or ""

    @property
    def state(self) -> str:
        return str(self.ask("playback.get_state"))

    def tracks(self) -> list[str]:
        return [entry["track"]["uri"] for entry in self.ask("tracklist.get_tl_tracks")]

    def loud_s(self) -> float:
        """How much of what came out is no silence; what comes out begins anew with each track."""
        if not self.heard.exists():
            return 0.0
        samples = np.frombuffer(self.heard.read_bytes()[: self.heard.stat().st_size // 4 * 4], "<i2")
        blocks = np.abs(samples[: len(samples) // 8820 * 8820]).reshape(-1, 8820).max(axis=1, initial=0)
        return float((blocks > 100).sum()) / 10

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE_S)

    def _is_up(self) -> bool:
        try:
            return bool(self.ask("get_version"))
        except OSError:
            return False


@pytest.fixture(scope="module")
def mopidy(measured_short_songs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mopidy]:
    folder = tmp_path_factory.mktemp("mopidy")
    mopidy = Mopidy(folder, Path(shutil.copytree(measured_short_songs, folder / "home")))
    yield mopidy
    mopidy.close()
    assert "Traceback" not in mopidy.log
    assert not re.search(r"(WARNING|ERROR).* aidj\.", mopidy.log)


@pytest.fixture
def playing(mopidy: Mopidy) -> Iterator[Mopidy]:
    mopidy.ask("tracklist.clear")
    mopidy.ask("tracklist.add", uris=["aidj:radio"])
    mopidy.ask("playback.play")
    mopidy.wait_for(lambda: mopidy.loud_s() > 0.2)
    mopidy.wait_for(lambda: mopidy.title.startswith("Test Artist "))
    yield mopidy
    mopidy.ask("playback.stop")
    mopidy.heard.unlink()


def test_it_is_found_where_music_is_looked_for(mopidy: Mopidy) -> None:
    assert "aidj" in mopidy.ask("get_uri_schemes")
    assert ("aidj:", "aidj") in {(ref["uri"], ref["name"]) for ref in mopidy.ask("library.browse", uri=None)}
    assert [ref["uri"] for ref in mopidy.ask("library.browse", uri="aidj:")] == ["aidj:radio"]
    found = mopidy.ask("library.lookup", uris=["aidj:radio", "aidj:other", "aidj:radio:x"])
    assert {uri: [track["name"] for track in tracks] for uri, tracks in found.items()} == {
        "aidj:radio": ["aidj radio"],
        "aidj:other": [],
        "aidj:radio:x": [],
    }


def test_it_sounds_with_its_title(playing: Mopidy) -> None:
    playing.wait_for(lambda: playing.loud_s() > 2)
    assert playing.state == "playing"
    playing.wait_for(playing.tracks, ["aidj:radio:-1", "aidj:radio", "aidj:radio:1"])


def test_next_and_previous_reach_the_session(playing: Mopidy) -> None:
    playing.wait_for(playing.tracks, ["aidj:radio:-1", "aidj:radio", "aidj:radio:1"])
    first = playing.title
    playing.ask("playback.next")
    playing.wait_for(lambda: playing.title not in ("", first))
    playing.wait_for(lambda: playing.loud_s() > 0.5)
    second = playing.title
    playing.wait_for(playing.tracks, ["aidj:radio", "aidj:radio:1", "aidj:radio:2"])
    playing.ask("playback.next")
    playing.wait_for(lambda: playing.title not in ("", first, second))
    playing.wait_for(playing.tracks, ["aidj:radio:1", "aidj:radio:2", "aidj:radio:3"])
    third = playing.title
    playing.ask("playback.previous")  # at its beginning that is the song before
    playing.wait_for(lambda: playing.title in (second, third))
    playing.wait_for(playing.tracks, ["aidj:radio", "aidj:radio:1", "aidj:radio:2"])
    playing.wait_for(lambda: playing.loud_s() > 0.5)


def test_a_pause_stands_still_and_goes_on(playing: Mopidy) -> None:
    playing.wait_for(lambda: playing.loud_s() > 1)
    playing.ask("playback.pause")
    playing.wait_for(lambda: playing.state, "paused")
    title, position = playing.title, playing.ask("playback.get_time_position")
    time.sleep(1)
    assert playing.ask("playback.get_time_position") == position
    before_s = playing.loud_s()
    playing.ask("playback.resume")
    playing.wait_for(lambda: playing.loud_s() > before_s + 1)
    assert (playing.state, playing.title) == ("playing", title)


def test_stop_ends_the_session_and_play_begins_another(playing: Mopidy) -> None:
    playing.ask("playback.stop")
    assert playing.state == "stopped"
    first = streams(playing)[-1]
    playing.heard.unlink()
    assert not answers(first)
    playing.ask("playback.play")
    playing.wait_for(lambda: playing.loud_s() > 0.2)
    playing.wait_for(lambda: playing.title.startswith("Test Artist "))
    assert streams(playing)[-1] != first
    assert answers(streams(playing)[-1])


def streams(mopidy: Mopidy) -> list[str]:
    """Where Mopidy was told to listen, as its log has it."""
    return re.findall(r"http://127\.0\.0\.1:\d+/[\w-]+\.wav", mopidy.log)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=PATIENCE_S) as answer:
            return answer.status == 200
    except OSError:
        return False
