import logging
import os
from dataclasses import replace

import numpy as np
import pytest

from aidj.voice import SilentVoice, SpeechCache, ToneVoice
from aidj.voice.cache import _pack, _read

TEXT = "Here is Marrow, with Slow Boat."
SPEECH = ToneVoice().speak(TEXT)


def key(text=TEXT, **more):
    return {"engine": "tone", "spoken": text, "words": [[1, 2.5]], **more}


def same(one, other):
    return replace(one, text="") == replace(other, text="") and one.samples.tobytes() == other.samples.tobytes()


def test_what_was_kept_is_found(tmp_path):
    cache = SpeechCache(tmp_path / "deep" / "cache")
    assert cache.find(key()) is None
    cache.keep(key(), SPEECH)
    assert same(cache.find(key()), SPEECH)
    assert same(SpeechCache(tmp_path / "deep" / "cache").find(dict(reversed(key().items()))), SPEECH)


@pytest.mark.parametrize(
    "other", [key(TEXT + " "), key(version="2"), key(engine="x"), key(words=[[1, 2.6]]), key("日本 \ud800")]
)
def test_another_key_is_another_entry(tmp_path, other):
    cache = SpeechCache(tmp_path)
    cache.keep(key(), SPEECH)
    assert cache.find(other) is None
    cache.keep(other, SilentVoice().speak("Other."))
    assert len(list(tmp_path.iterdir())) == 2
    assert same(cache.find(key()), SPEECH)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: data[:40],
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: data.replace(b"22050", b"44100"),
        lambda data: b"garbage" * 1000,
        lambda data: data + b"more",
    ],
)
def test_a_damaged_file_is_not_used_and_made_again(tmp_path, caplog, damage):
    cache = SpeechCache(tmp_path)
    cache.keep(key(), SPEECH)
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    with caplog.at_level(logging.WARNING):
        assert cache.find(key()) is None
    assert "made again" in caplog.text
    cache.keep(key(), SPEECH)
    assert same(cache.find(key()), SPEECH)


def test_a_folder_that_cannot_be_written_costs_nothing(tmp_path, caplog):
    (tmp_path / "file").write_text("in the way")
    cache = SpeechCache(tmp_path / "file" / "cache")
    cache.keep(key(), SPEECH)
    assert "cannot be kept" in caplog.text
    assert cache.find(key()) is None


def test_the_folder_stays_small(tmp_path):
    cache = SpeechCache(tmp_path, max_bytes=3 * len(_pack(SPEECH)) + 2000)
    for age in range(3):
        cache.keep(key(number=age), SPEECH)
        newest = max(tmp_path.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, (1000 + age, 1000 + age))
    assert cache.find(key(number=0)) is not None  # used again: the next oldest goes instead
    cache.keep(key(number=3), SPEECH)
    assert len(list(tmp_path.iterdir())) == 3
    assert [cache.find(key(number=n)) is not None for n in range(4)] == [True, False, True, True]


@pytest.mark.parametrize("is_16_bit", [True, False])
def test_samples_come_back_exactly(tmp_path, is_16_bit):
    rng = np.random.default_rng(1)
    samples = rng.uniform(-1, 1, 5000).astype(np.float32)
    if is_16_bit:
        samples = (np.round(samples * 32000) / 32768).astype(np.float32)
        samples[0] = -1.0 + 1 / 32768
    speech = replace(SilentVoice().speak(TEXT), samples=samples, text="")
    path = tmp_path / "x.speech"
    path.write_bytes(_pack(speech))
    assert path.stat().st_size < 5000 * (3 if is_16_bit else 5)
    assert same(_read(path), speech)
