"""Make tagged MP3, FLAC and M4A copies of some of the real songs: those formats, tested on real music.

python tests/real_copies.py FOLDER_OF_SONGS FOLDER_FOR_COPIES   prints what it made; exits with an error if it cannot.
"""

from __future__ import annotations

import sys
from pathlib import Path

from aidj.audio import StereoReader
from aidj.output import write_audio_file

RATE = 44100
SECONDS = 150
COPIES = (  # suffix, tags: names made up for the test
    (
        ".mp3",
        {"title": "Copied Daylight", "artist": "The Test Press", "album": "Second Pressing", "date": "2026-11-20"},
    ),
    (".flac", {"title": "Lossless Rain", "artist": "Flat Response", "album": "Bit for Bit", "date": "2009"}),
    (".m4a", {"title": "Small Container", "artist": "Box & Lid", "album": "Packed", "date": "2018-03"}),
    (".mp3", {"title": "Frame by Frame", "artist": "The Reservoirs", "album": "Constant", "date": "1999-05-17"}),
)


def make_copies(songs: Path, folder: Path) -> list[Path]:
    """Return the copies made from the longest songs, one for each of `COPIES`."""
    originals = sorted(songs.rglob("*.ogg"), key=lambda path: (-path.stat().st_size, path.name))[: len(COPIES)]
    if len(originals) < len(COPIES):
        raise SystemExit(f"{songs} holds {len(originals)} Ogg files; {len(COPIES)} are needed")
    made = []
    for original, (suffix, tags) in zip(originals, COPIES, strict=True):
        reader = StereoReader(original, RATE)
        samples = reader.read(SECONDS * RATE)
        reader.close()
        path = folder / f"{tags['artist']} - {tags['title']}{suffix}"
        write_audio_file(path, [samples], rate=RATE, n_frames=len(samples), tags=tags)
        made.append(path)
    return made


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:])
    target.mkdir(parents=True, exist_ok=True)
    for copy in make_copies(source, target):
        print(copy)  # noqa: T201
