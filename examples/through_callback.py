"""Play a session through a sound device's callback: for a player that has its own way to the loudspeakers.

The device's thread asks the session for frames; another one shows what happens, when it is heard and not when it is
read. While it plays, type `skip`, `like`, `change`, `hush`, `pause`, `resume` or `stop`, and Enter.

python examples/through_callback.py DATA_FOLDER [--silent]     (DATA_FOLDER has been scanned before)
"""

import sys
import threading
import time
from collections.abc import Generator
from pathlib import Path

import miniaudio
import numpy as np
from numpy.typing import NDArray

import aidj

BUFFER_S = 0.3
"""How much sound lies between a read and the ear. More of it forgives a busy machine, less obeys a key sooner."""


def callback(session: aidj.Session) -> Generator[bytes | NDArray[np.float32], int, None]:
    """Yield as many frames as the device asks for. A callback of sounddevice does the same in one line."""
    n_frames = yield b""
    while True:
        n_frames = yield session.read(n_frames)


def obey(session: aidj.Session) -> None:
    """Do what is typed: every command may be given from any thread."""
    commands = {
        "skip": session.skip,
        "like": session.like,
        "change": session.change_set,
        "hush": session.hush,
        "pause": session.pause,
        "resume": session.resume,
        "stop": session.stop,
    }
    for line in sys.stdin:
        if command := commands.get(line.strip()):
            command()


def told(event: aidj.Event) -> str | None:
    match event:
        case aidj.TrackStarted():
            return f"♪ {event.track.artist} – {event.track.title} ({event.item.why})"
        case aidj.LinkStarted():
            return f"“{event.link.text}”"
        case aidj.Skipped():
            return f"skipped after {event.after_s:.0f} s"
        case aidj.Problem():
            return f"! {event.text}"
        case aidj.Ended():
            return f"The end: {event.reason}"
    return None


def main(data: Path, *, silent: bool) -> None:
    with aidj.Session(data) as session:
        device = miniaudio.PlaybackDevice(
            sample_rate=session.rate,
            nchannels=2,
            output_format=miniaudio.SampleFormat.FLOAT32,
            buffersize_msec=round(1000 * BUFFER_S / 3),
            callback_periods=3,
            backends=[miniaudio.Backend.NULL] if silent else None,
        )
        frames = callback(session)
        next(frames)
        device.start(frames)
        threading.Thread(target=obey, args=(session,), daemon=True).start()
        ended = False
        while not ended:
            time.sleep(0.05)
            for event in session.events(session.frame - round(BUFFER_S * session.rate)):
                if text := told(event):
                    print(text, flush=True)
                ended = ended or isinstance(event, aidj.Ended)
        device.close()


if __name__ == "__main__":
    if len(sys.argv) == 1 or sys.argv[1].startswith("-"):
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), silent="--silent" in sys.argv[2:])
