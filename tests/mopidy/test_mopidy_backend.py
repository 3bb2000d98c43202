"""What Mopidy's way through its tracks is to the session, without Mopidy's player."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("mopidy", reason="Mopidy is not installed")

from aidj.mopidy.backend import AidjBackend
from aidj.mopidy.uris import number_of, uri_of

PATIENCE_S = 60.0


@pytest.fixture
def backend(measured_short_songs: Path, tmp_path: Path) -> Iterator[AidjBackend]:
    shutil.copytree(measured_short_songs, tmp_path / "home")
    backend = AidjBackend({"aidj": {"data": str(tmp_path / "home"), "presenter": None, "talk": "silent"}}, None)
    yield backend
    backend.playback.end()


def test_the_same_track_is_the_same_session_and_goes_on_where_it_was(backend: AidjBackend) -> None:
    url = backend.playback.translate_uri("aidj:radio")
    assert url
    for uri in ("aidj:radio", "aidj:radio:1", "aidj:radio", "aidj:radio:-1"):
        assert backend.playback.translate_uri(uri) == url
    backend.leave()
    assert backend.playback.translate_uri("aidj:radio") != url


def test_behind_the_end_nothing_begins_by_itself(backend: AidjBackend) -> None:
    url = backend.playback.translate_uri("aidj:radio")
    stream = backend.playback._stream
    assert url
    assert stream
    with urlopen(url, timeout=PATIENCE_S) as heard:
        heard.read(1000)
        stream.session.stop()
        while heard.read(4096):
            pass
    assert stream.ended
    assert backend.playback.translate_uri("aidj:radio:1") is None
    assert backend.playback.translate_uri("aidj:radio:1")  # the listener has pressed play


def test_what_is_wrong_in_the_settings_is_told_and_plays_nothing(
    backend: AidjBackend, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "home" / "config.yaml").write_text("talk: {level: shouting}\n", encoding="utf-8")
    assert backend.playback.translate_uri("aidj:radio") is None
    assert "shouting" in caplog.text


@pytest.mark.parametrize(
    "uri", ["aidj:", "aidj:radio:", "aidj:radio:x", "aidj:radio:1:2", "spotify:radio", "aidj:radio\n", ""]
)
def test_other_addresses_are_not_ours(backend: AidjBackend, uri: str) -> None:
    assert number_of(uri) is None
    assert backend.library.lookup(uri) == []
    assert backend.playback.translate_uri(uri) is None


@given(st.integers(min_value=-999_999_999, max_value=999_999_999))
def test_an_address_keeps_its_number(number: int) -> None:
    assert number_of(uri_of(number)) == number
