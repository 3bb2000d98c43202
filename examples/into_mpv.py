"""Play a session in mpv over its IPC socket, as any program does that uses mpv as its player.

mpv reads the samples from a FIFO and so sets the pace. Its own clock says what has been heard: title and text change
when the sound does. Its keys for the next and the previous file, and `l` for like, reach the session; pause, volume
and quit are mpv's own. For Linux and macOS.

mpv --idle --input-ipc-server=/tmp/mpv-socket --force-window &
python examples/into_mpv.py DATA_FOLDER /tmp/mpv-socket     (DATA_FOLDER has been scanned before)
"""

import json
import os
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import aidj

KEYS = {">": "skip", "NEXT": "skip", "<": "previous", "PREV": "previous", "l": "like"}
NEAR: dict[str, str | float] = {
    "cache": "no",
    "demuxer-readahead-secs": 0,
    "stream-buffer-size": 4096,
    "audio-buffer": 0.1,
}
"""mpv reads ahead as little as it can, so that a skip is heard soon."""


class Mpv:
    """The JSON IPC of a running mpv: a line for each command, a line for each answer or event."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))

    def command(self, *words: str | float) -> None:
        # As a list: nothing in a title is expanded or split.
        self._socket.sendall(json.dumps({"command": words}).encode() + b"\n")

    def messages(self) -> Iterator[dict[str, Any]]:
        with self._socket.makefile("rb") as lines:
            for line in lines:
                yield json.loads(line)

    def close(self) -> None:
        self._socket.close()


def follow(mpv: Mpv, session: aidj.Session) -> None:
    """Pass keys on to the session, and what it does to mpv, until one of the two has had enough."""
    commands = {"skip": session.skip, "previous": session.previous, "like": session.like}
    for message in mpv.messages():
        match message:
            case {"event": "property-change", "name": "time-pos", "data": float(time_s)}:
                for event in session.events(round(time_s * session.rate)):
                    if isinstance(event, aidj.Ended):
                        return
                    show(mpv, event)
            case {"event": "client-message", "args": ["aidj", word]} if word in commands:
                commands[word]()
            case {"event": "end-file", "reason": "stop" | "quit" | "error"}:
                return


def show(mpv: Mpv, event: aidj.Event) -> None:
    match event:
        case aidj.TrackStarted():
            title = f"{event.track.artist} – {event.track.title}"
            mpv.command("set_property", "file-local-options/force-media-title", title)
            print(f"♪ {title}", flush=True)
        case aidj.LinkStarted():
            mpv.command("show-text", event.link.text or "", 6000)
            print(f"“{event.link.text}”", flush=True)


def main(data: Path, ipc: Path) -> None:
    mpv, stop = Mpv(ipc), threading.Event()
    with tempfile.TemporaryDirectory() as folder, aidj.Session(data) as session:
        fifo = Path(folder) / "session.wav"
        os.mkfifo(fifo)
        sink = aidj.WavSink(fifo, paced=False)
        feeding = threading.Thread(target=aidj.play, args=(session, sink), kwargs={"stop": stop})
        feeding.start()
        try:
            for option, value in NEAR.items():
                mpv.command("set_property", option, value)
            for key, word in KEYS.items():
                mpv.command("keybind", key, f"script-message aidj {word}")
            mpv.command("observe_property", 1, "time-pos")
            mpv.command("loadfile", str(fifo))
            with suppress(ConnectionError):  # mpv has been closed
                follow(mpv, session)
        finally:
            stop.set()
            feeding.join()
            mpv.close()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(*map(Path, sys.argv[1:]))
