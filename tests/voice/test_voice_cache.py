import logging
import os
from dataclasses import replace

import numpy as np
import pytest

from aidj.errors import VoiceError
from aidj.voice import CachedVoice, Pyttsx3Voice, SilentVoice, ToneVoice
from aidj.voice.cache import _pack, _read

TEXT = "Here is Marrow, with Slow Boat."


class Counting(ToneVoice):
    """A voice that counts how often it had to speak."""

    calls = 0

    def speak(self, text):
        type(self).calls += 1
        return super().speak(text)


@pytest.fixture
def counting():
    Counting.calls = 0
    return Counting()


def same(one, other):
    return one == other and one.samples.tobytes() == other.samples.tobytes()


def test_it_speaks_once(tmp_path, counting):
    voice = CachedVoice(counting, tmp_path / "deep" / "cache")
    first, second = voice.speak(TEXT), voice.speak(TEXT)
    assert same(first, second)
    assert Counting.calls == 1
    assert same(CachedVoice(counting, tmp_path / "deep" / "cache").speak(TEXT), first)
    assert Counting.calls == 1
    assert (voice.name, voice.voice, voice.probe()) == ("tone", "tone", None)


def test_what_makes_another_sound_is_another_entry(tmp_path):
    voices = [
        ToneVoice(),
        ToneVoice(pace_wpm=150),
        ToneVoice(voice="other"),
        ToneVoice(rate=44100),
        SilentVoice(),
    ]
    for voice in voices:
        assert CachedVoice(voice, tmp_path).speak(TEXT).rate == voice.rate
    CachedVoice(ToneVoice(), tmp_path).speak(TEXT + " And more.")
    assert len(list(tmp_path.iterdir())) == 6


def test_the_key_of_the_real_voice():
    request = Pyttsx3Voice("en-us+f2", 150).request("A & B")
    assert request["spoken"] == "A and B"
    assert "pyttsx3" in str(request["version"])
    assert set(request) == {"engine", "version", "voice", "pace_wpm", "cleaning", "worker", "spoken"}


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
def test_a_damaged_file_is_made_again(tmp_path, counting, caplog, damage):
    voice = CachedVoice(counting, tmp_path)
    first = voice.speak(TEXT)
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    with caplog.at_level(logging.WARNING):
        assert same(voice.speak(TEXT), first)
    assert "made again" in caplog.text
    assert Counting.calls == 2
    voice.speak(TEXT)
    assert Counting.calls == 2


def test_a_folder_that_cannot_be_written_costs_nothing(tmp_path, counting, caplog):
    (tmp_path / "file").write_text("in the way")
    voice = CachedVoice(counting, tmp_path / "file" / "cache")
    assert same(voice.speak(TEXT), voice.speak(TEXT))
    assert "cannot be kept" in caplog.text


def test_a_failure_is_not_kept(tmp_path):
    voice = CachedVoice(ToneVoice(), tmp_path)
    with pytest.raises(VoiceError):
        voice.speak(" ")
    assert not list(tmp_path.iterdir())


def test_the_folder_stays_small(tmp_path, counting):
    texts = [f"This is line {number}." for number in range(6)]
    size = len(_pack(counting.speak(texts[0])))
    voice = CachedVoice(counting, tmp_path, max_bytes=3 * size + size // 2)
    for age, text in enumerate(texts[:3]):
        voice.speak(text)
        newest = max(tmp_path.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, (1000 + age, 1000 + age))
    voice.speak(texts[0])  # used again: the next oldest goes instead
    Counting.calls = 0
    voice.speak(texts[3])
    voice.speak(texts[0])
    assert Counting.calls == 1
    assert len(list(tmp_path.iterdir())) == 3
    voice.speak(texts[1])
    assert Counting.calls == 2


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
