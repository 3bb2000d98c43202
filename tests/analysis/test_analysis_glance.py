"""A glance at a recording: what it takes to play it, and nothing that a full analysis would say otherwise."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile
from songs import pulse, write_song

from aidj.analysis import TABLES, Analyses
from aidj.analysis.analyse import analyse_file
from aidj.analysis.glance import glance_file
from aidj.database import open_database
from aidj.errors import AudioError
from aidj.model import Track

UNKNOWN = {"intro_end_s", "marker_sources", "energy", "rhythm", "tonality", "singing"}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_song(tmp_path_factory.mktemp("music") / "one.flac", pulse(20.0))


@pytest.fixture
def analyses(tmp_path: Path) -> Iterator[Analyses]:
    connection: sqlite3.Connection = open_database(tmp_path / "data", TABLES)
    yield Analyses(connection)
    connection.close()


def track_of(path: Path) -> Track:
    added_at = datetime(2026, 1, 1, tzinfo=UTC)
    return Track(id=path.stem, path=path, title="One", artist="Nobody", duration_s=20.0, added_at=added_at)


def test_a_glance_says_of_loudness_and_cue_points_what_an_analysis_says(path: Path) -> None:
    glance, full = glance_file(path), analyse_file(path)
    assert full.rhythm is not None
    for field in fields(glance):
        if field.name not in UNKNOWN:
            np.testing.assert_array_equal(getattr(glance, field.name), getattr(full, field.name), field.name)
    assert glance.rhythm is glance.tonality is glance.singing is glance.intro_end_s is None
    assert len(glance.energy) == 0
    assert set(glance.marker_sources) <= set(full.marker_sources)


def test_what_was_glanced_at_is_not_measured_to_be_played_and_still_missing(analyses: Analyses, path: Path) -> None:
    track = track_of(path)
    assert analyses.glance(track) is None
    found, failures = analyses.of([track])
    assert not failures
    assert found[track.id].rhythm is None
    assert analyses.stored(track) is None
    assert analyses.missing([track]) == (track,)
    assert not analyses.measure([track])
    measured, _ = analyses.of([track])
    assert measured[track.id].rhythm is not None


def test_a_file_that_cannot_be_played_cannot_be_glanced_at(analyses: Analyses, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.flac"
    damaged.write_bytes(b"fLaC and nothing else")
    assert isinstance(analyses.glance(track_of(damaged)), AudioError)
    empty = tmp_path / "empty.wav"
    soundfile.write(empty, np.zeros((0, 2)), 44100)
    assert isinstance(analyses.glance(track_of(empty)), AudioError)
    _, failures = analyses.of([track_of(damaged)])
    assert set(failures) == {"damaged"}
