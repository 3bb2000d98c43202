"""The length of an M4A, to the frame."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.audio import open_source
from aidj.audio.mp4 import exact_frames
from aidj.output import write_audio_file


@pytest.mark.parametrize("rate", [44100, 48000])
@pytest.mark.parametrize("n_frames", [132437, 100001, 61440, 62459, 1543])
def test_as_many_frames_come_out_as_went_in(tmp_path: Path, rate: int, n_frames: int) -> None:
    tone = np.sin(2 * np.pi * 440 * np.arange(n_frames) / rate) * 0.3
    path = tmp_path / "tone.m4a"
    write_audio_file(path, [np.stack([tone, tone], axis=1).astype(np.float32)], rate=rate, n_frames=n_frames, tags={})
    source = open_source(path)
    assert source.n_frames == n_frames
    heard = 0
    while len(block := source.read(5000)):
        heard += len(block)
    source.close()
    assert heard == n_frames


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_what_was_told(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("mp4") / "x.m4a"
    path.write_bytes(b"\x00\x00\x00\x10ftypM4A \x00\x00\x00\x00" + data)
    assert exact_frames(path, 44100, 12345) == 12345
