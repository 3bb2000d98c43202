"""Have MPD play a session: its own files from cue point to cue point, and what the presenter says as files between.

MPD mixes in one way only, so this is less than a session of aidj's own: songs that follow each other are crossfaded,
all over the same time, and the presenter speaks between songs, never over them. The queue that MPD has is replaced.
Every client shows titles, and the presenter's words, as for any song.

MPD has to run as the same user and to be reached over a local socket: then it plays files outside its music folder.

python examples/into_mpd.py DATA_FOLDER LINKS_FOLDER ~/.config/mpd/socket     (DATA_FOLDER has been scanned before)
"""

import os
import socket
import sys
from datetime import datetime
from pathlib import Path

import numpy as np
import soundfile

import aidj

CROSSFADE_S = 5.0
"""MPD crossfades songs of 20 s and more; shorter files, such as most links, it plays one after the other."""


class Mpd:
    """MPD's protocol: a line for each command, lines with an "OK" behind them for each answer."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("rb")
        self._lines.readline()

    def command(self, name: str, *arguments: object) -> dict[str, str]:
        quoted = [str(word).replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") for word in arguments]
        line = " ".join([name, *(f'"{word}"' for word in quoted)])
        self._socket.sendall(os.fsencode(line) + b"\n")
        answer: dict[str, str] = {}
        for raw in self._lines:
            text = raw.decode("utf-8", "replace").rstrip("\n")
            if text == "OK":
                return answer
            if text.startswith("ACK"):
                raise SystemExit(f"MPD says: {text}")
            key, _, value = text.partition(": ")
            answer[key] = value
        raise SystemExit("MPD has closed the connection.")


def write_link(path: Path, speech: aidj.Speech, *, gain_db: float, presenter: str) -> None:
    """Write what is said as a file whose tags say who speaks, and what."""
    gain = min(10 ** (gain_db / 20), 0.9 / float(np.abs(speech.samples).max(initial=1e-3)))
    with soundfile.SoundFile(path, "w", speech.rate, 1, format="FLAC") as file:
        file.artist, file.title = presenter, speech.text
        file.write(gain * speech.samples)


def main(data: Path, links: Path, mpd_socket: Path) -> None:
    links.mkdir(parents=True, exist_ok=True)
    mpd = Mpd(mpd_socket)
    with aidj.open_home(data) as home:
        plan = aidj.plan_session(home, minutes=30, now=datetime.now().astimezone())
        session = aidj.realise(home, plan, rate=44100, talk=aidj.TalkSettings(placement="gap"))
        marks = session.timeline.marks
        tracks = [track for mark in marks if mark.path and (track := home.library.find(mark.path))]
        analyses, _ = home.analyses.of(tracks)

    recordings = {track.path: analyses[track.id] for track in tracks}
    speeches = iter([clip.source for clip in session.timeline.clips if isinstance(clip.source, aidj.Speech)])
    level_db = 0.0
    mpd.command("clear")
    for number, (mark, following) in enumerate(zip(marks, [*marks[1:], None], strict=True)):
        if mark.kind == "link":
            if following and following.path:  # as loud as the song that it introduces
                level_db = recordings[following.path].loudness_lufs - session.target_lufs
            path = links / f"{number:03d}.flac"
            write_link(path, next(speeches), gain_db=level_db, presenter=mark.presenter)
            mpd.command("addid", path.resolve())
            print(f"“{mark.text}”")
        elif mark.path:
            recording = recordings[mark.path]
            end_s = recording.cue_out_s
            if following and following.kind == "song":  # which fades in from where this one may be left
                end_s = min(recording.start_next_s + CROSSFADE_S, recording.duration_s)
            song = mpd.command("addid", mark.path)
            mpd.command("rangeid", song["Id"], f"{recording.cue_in_s:.3f}:{end_s:.3f}")
            print(f"♪ {mark.artist} – {mark.title}")
    mpd.command("crossfade", round(CROSSFADE_S))
    for mode in ("random", "repeat", "single", "consume"):
        mpd.command(mode, 0)
    mpd.command("play", 0)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    main(*map(Path, sys.argv[1:]))
