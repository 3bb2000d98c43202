from __future__ import annotations

import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutagen import id3
from tinytag import TinyTag

from aidj.library.id3 import plain_tags

SOUND = b"\xff\xfb\x90\x64" + bytes(500)


def synchsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def tag(major: int, flags: int, body: bytes) -> bytes:
    return b"ID3" + bytes([major, 0, flags]) + synchsafe(len(body)) + body


def frame(name: bytes, content: bytes, *, flags: int = 0, size: bytes | None = None) -> bytes:
    return name + (size or len(content).to_bytes(4, "big")) + bytes([0, flags]) + content


def read(data: bytes) -> tuple[str | None, str | None]:
    found = TinyTag.get("x.mp3", file_obj=plain_tags(io.BytesIO(data)), duration=False)
    return found.title, found.artist


TITLE = b"\x01" + "ÿÿ Títle".encode("utf-16")
ARTIST = b"\x00Somebody"


def test_unsynchronised_tag_of_version_3() -> None:
    body = frame(b"TIT2", TITLE) + frame(b"TPE1", ARTIST)
    raw = tag(3, 0x80, body.replace(b"\xff", b"\xff\x00")) + SOUND
    assert read(raw) == ("ÿÿ Títle", "Somebody")
    judge = id3.ID3(io.BytesIO(raw))
    assert judge["TIT2"].text == ["ÿÿ Títle"]


def test_extended_header_of_version_3() -> None:
    body = (6).to_bytes(4, "big") + bytes(6) + frame(b"TIT2", TITLE) + frame(b"TPE1", ARTIST)
    assert read(tag(3, 0x40, body) + SOUND) == ("ÿÿ Títle", "Somebody")


def test_extended_header_of_version_4() -> None:
    body = synchsafe(6) + b"\x01\x00" + frame(b"TPE1", ARTIST)
    assert read(tag(4, 0x40, body) + SOUND) == (None, "Somebody")


def test_frames_of_version_4_with_flags() -> None:
    unsync = TITLE.replace(b"\xff", b"\xff\x00")
    packed = synchsafe(len(ARTIST)) + zlib.compress(ARTIST)
    body = frame(b"TIT2", synchsafe(len(TITLE)) + unsync, flags=0x03) + frame(b"TPE1", packed, flags=0x09)
    assert read(tag(4, 0, body) + SOUND) == ("ÿÿ Títle", "Somebody")
    secret = frame(b"TIT2", b"\x03xyz", flags=0x04) + frame(b"TPE1", ARTIST)
    assert read(tag(4, 0, secret) + SOUND) == (None, "Somebody")


def test_frame_sizes_as_old_itunes_wrote_them() -> None:
    long = b"\x03" + b"x" * 299
    body = frame(b"TALB", long, size=(300).to_bytes(4, "big")) + frame(b"TPE1", ARTIST) + bytes(64)
    assert read(tag(4, 0, body) + SOUND)[1] == "Somebody"
    body = frame(b"TALB", long, size=synchsafe(300)) + frame(b"TPE1", ARTIST) + bytes(64)
    assert read(tag(4, 0, body) + SOUND)[1] == "Somebody"


def test_version_2_and_a_picture_in_between() -> None:
    def short(name: bytes, content: bytes) -> bytes:
        return name + len(content).to_bytes(3, "big") + content

    body = short(b"TT2", b"\x00Old") + short(b"PIC", b"\x00JPG\x00\x00" + b"\xff" * 5000) + short(b"TP1", ARTIST)
    assert read(tag(2, 0, body) + SOUND) == ("Old", "Somebody")


def test_a_tag_that_breaks_off_keeps_its_first_frames() -> None:
    body = frame(b"TPE1", ARTIST) + frame(b"TIT2", b"\x03" + b"y" * 400)
    assert read(tag(3, 0, body)[:60]) == (None, "Somebody")


@pytest.mark.parametrize("data", [b"", b"ID3", b"ID3\x09\x00\x00\x7f\x7f\x7f\x7f", b"x" * 200])
def test_no_tags(data: bytes) -> None:
    assert read(data) == (None, None)


@given(st.integers(2, 4), st.integers(0, 255), st.binary(max_size=300))
def test_no_bytes_make_it_fail(major: int, flags: int, body: bytes) -> None:
    plain = plain_tags(io.BytesIO(tag(major, flags, body) + SOUND)).read()
    assert len(plain) < 2 * len(body) + 2000


@pytest.mark.parametrize(("content_type", "kept"), [(0, True), (1, True), (2, True), (5, False), (6, False)])
def test_only_texts_that_are_sung_are_taken_for_lyrics_with_times(content_type: int, kept: bool) -> None:
    synced = b"\x00eng\x02" + bytes([content_type]) + b"\x00" + b"la la\x00" + (12500).to_bytes(4, "big")
    raw = tag(3, 0, frame(b"SYLT", synced) + frame(b"TPE1", ARTIST)) + SOUND
    found = TinyTag.get("x.mp3", file_obj=plain_tags(io.BytesIO(raw)), duration=False)
    assert ("00:12.50" in " ".join(found.other.get("lyrics", []))) is kept
    assert found.artist == "Somebody"
