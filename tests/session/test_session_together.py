"""What belongs together stays together, from the tags to the timeline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
import pytest
from songs import RATE, pulse, ticking, write_song

from aidj.home import Home, open_home
from aidj.model import Item, Plan, TalkSettings
from aidj.selection import Query
from aidj.session import Wishes, plan_session, realise

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
SILENT = Wishes(talk=TalkSettings(level="silent"))
WORKS = {
    "Imaginary Symphony No. 1 in C major, Op. 3": 3,
    "Imaginary Sonata No. 2 in D minor, Op. 9": 4,
    "Imaginary Quartet No. 5, Op. 12": 3,
}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_home(tmp_path / "home") as opened:
        yield opened


def classical_library(folder: Path) -> None:
    number = 0
    for at, (work, movements) in enumerate(WORKS.items()):
        for movement in range(1, movements + 1):
            number += 1
            write_song(
                folder / f"disc {at}" / f"{movement:02d}.flac",
                pulse(24 + movement, seed=number, fade_s=2.0),
                artist=f"Made-up Ensemble {at}",
                composer=f"Nobody Composer {at}",
                title=f"{work}: {'I' * movement if movement < 4 else 'IV'}. Allegro",
                album=f"Imaginary Works {at}",
                genre="Classical",
                tracknumber=str(movement),
            )
    for single in range(6):
        write_song(
            folder / "singles" / f"{single}.flac",
            pulse(31 + single, seed=40 + single, fade_s=2.0),
            artist=f"Single Player {single}",
            title=f"Little Piece {single}",
            album=f"Singles {single}",
        )


def album_blocks(plan: Plan) -> list[list[Item]]:
    return [list(items) for _, items in groupby(plan.items(), key=lambda item: item.track.album)]


@pytest.mark.parametrize("seed", range(4))
def test_a_classical_library_never_plays_a_lone_movement(home: Home, tmp_path: Path, seed: int) -> None:
    classical_library(tmp_path / "music")
    home.library.scan([tmp_path / "music"], now=NOW)
    assert {track.work for track in home.library.tracks() if track.work}
    plan = plan_session(home, minutes=5, now=NOW, seed=seed)
    movements = {f"Imaginary Works {at}": count for at, count in enumerate(WORKS.values())}
    blocks = [block for block in album_blocks(plan) if block[0].track.album in movements]
    assert blocks, "five minutes hold one work at least"
    for block in blocks:
        assert len(block) == movements[block[0].track.album or ""]
        numerals = [item.track.title.split(": ")[1].split(".")[0] for item in block]
        assert numerals == ["I", "II", "III", "IV"][: len(block)]
        assert all(item.transition and item.transition.kind == "gapless" for item in block[1:])
    for part in plan.sets:
        for one, two in zip(part.entries, part.entries[1:], strict=False):
            if isinstance(one, Item) and not isinstance(two, Item):
                follower = next(
                    (entry for entry in part.entries[part.entries.index(two) :] if isinstance(entry, Item)), None
                )
                assert follower is None or follower.track.album != one.track.album, "nothing is said inside a work"


def test_songs_that_run_into_each_other_stay_so(home: Home, tmp_path: Path) -> None:
    """A live recording, cut in three files at full level, among songs that end."""
    music = tmp_path / "music"
    concert = pulse(90.0, seed=5)
    for number in range(3):
        write_song(
            music / "live" / f"{number + 1:02d}.flac",
            concert[number * 30 * RATE : (number + 1) * 30 * RATE],
            artist="Made-up Concert Band",
            title=f"Part of the Night {number + 1}",
            album="Imaginary Live Album",
            tracknumber=str(number + 1),
        )
    for number in range(8):
        silence = np.zeros((RATE // 2, 2), np.float32)
        write_song(
            music / f"{number}.flac",
            np.concatenate([pulse(31 + number, seed=number, fade_s=3.0), silence]),
            artist=f"Somebody {number}",
            title=f"Song {number}",
            album=f"Album {number}",
            tracknumber="1",
        )
    home.library.scan([music], now=NOW)
    plan = plan_session(home, minutes=6, now=NOW, wishes=SILENT)
    live = [block for block in album_blocks(plan) if block[0].track.album == "Imaginary Live Album"]
    assert [[item.track.title[-1] for item in block] for block in live] == [["1", "2", "3"]]
    timeline = realise(home, plan, rate=RATE).timeline
    clips = [clip for clip in timeline.clips if isinstance(clip.source, Path) and clip.source.parent.name == "live"]
    for one, two in pairwise(clips):
        assert abs(two.start_frames - one.end_frames) <= 0.03 * RATE  # no gap, and no overlap worth the name


def test_tempo_and_energy_are_asked_of_the_tags(home: Home, tmp_path: Path) -> None:
    music = tmp_path / "music"
    for number in range(10):
        write_song(
            music / f"{number}.flac",
            pulse(31 + number, seed=number, fade_s=2.0),
            artist=f"Somebody {number}",
            title=f"Song {number}",
            album=f"Album {number}",
            bpm=str(80 + 10 * number),
            replaygain_track_gain=f"{6 - 2 * number} dB",
        )
    home.library.scan([music], now=NOW)
    slow = plan_session(home, minutes=2, now=NOW, wishes=replace(SILENT, query=Query(tempo_bpm=(75.0, 105.0))))
    assert {item.track.title for item in slow.items()} == {"Song 0", "Song 1", "Song 2"}
    loud = plan_session(home, minutes=2, now=NOW, wishes=replace(SILENT, query=Query(energy=(0.7, 1.0))))
    assert {item.track.title for item in loud.items()} <= {"Song 6", "Song 7", "Song 8", "Song 9"}
    assert loud.items()
    assert not any("could not be judged" in note for note in (*slow.notes, *loud.notes))
    assert any("by the files' tags" in note for note in slow.notes)


def test_tempo_is_asked_of_the_sound_once_the_library_is_measured(home: Home, tmp_path: Path) -> None:
    music = tmp_path / "music"
    for number, bpm in enumerate((90, 96, 140, 150)):
        write_song(music / f"{number}.flac", ticking(bpm, 45), artist=f"Somebody {number}", title=f"Song {number}")
    home.library.scan([music], now=NOW)
    slow = Wishes(query=Query(tempo_bpm=(85.0, 105.0)))
    home.analyses.of(home.library.tracks())
    plan = plan_session(home, minutes=1.4, now=NOW, wishes=replace(slow, talk=SILENT.talk))
    assert {item.track.title for item in plan.items()} == {"Song 0", "Song 1"}
    assert not any("tags" in note for note in plan.notes)


def test_a_silent_file_is_left_out_and_said(home: Home, tmp_path: Path) -> None:
    music = tmp_path / "music"
    write_song(music / "0.flac", np.zeros((40 * RATE, 2), np.float32), artist="Nobody", title="Hush")
    for number in range(1, 4):
        write_song(music / f"{number}.flac", pulse(40, seed=number), artist=f"Somebody {number}", title=f"S{number}")
    home.library.scan([music], now=NOW)
    plan = plan_session(home, minutes=2.5, now=NOW, wishes=SILENT)
    assert "Hush" not in {item.track.title for item in plan.items()}
    assert any("silent from beginning to end" in note for note in plan.notes)
