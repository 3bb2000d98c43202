from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from aidj import __version__
from aidj.errors import AudioError, OutputError
from aidj.model import Speech
from aidj.output import FileOutput, MemoryOutput, Output, mix_tags, to_pydub, write_mix
from aidj.output.tags import COMPOSITE_SYNTHETIC
from aidj.timeline.model import Clip, Mark, Timeline

RATE = 44100
SPEECH = Speech(text="Hello.", samples=np.zeros(RATE, np.float32), rate=RATE, engine="fake", voice="fake")
SONGS = (
    Mark(kind="song", start_s=0, end_s=1.5, title="One", artist="Ozan Quill", path=Path("/music/one.flac")),
    Mark(kind="song", start_s=1.5, end_s=3.0, title="Two", artist="The Paper Lanterns"),
)
LINK = Mark(kind="link", start_s=1.0, end_s=2.0, title="Link", text="Hello.", presenter="Vera")


def timeline(*marks: Mark, clips: tuple[Clip, ...] = ()) -> Timeline:
    return Timeline(rate=RATE, n_frames=3 * RATE, clips=clips, marks=marks)


def voice(source: Speech | Path) -> Clip:
    return Clip(source=source, lane="voice", start_frames=RATE, n_frames=RATE)


def blocks() -> Iterator[NDArray[np.float32]]:
    rng = np.random.default_rng(1)
    for _ in range(6):
        yield (rng.standard_normal((RATE // 2, 2)) * 0.05).astype(np.float32)


def test_tags_say_that_speech_is_synthetic() -> None:
    tags = mix_tags(timeline(*SONGS, LINK, clips=(voice(SPEECH),)), title="Evening\nmix", date=date(2026, 11, 20))
    assert tags["title"] == "Evening mix"
    assert tags["artist"] == "aidj"
    assert tags["date"] == "2026-11-20"
    assert tags["encoder"] == f"aidj {__version__}"
    assert "synthetic" in tags["comment"]
    assert "Vera" in tags["comment"]
    assert tags["digital_source_type"] == COMPOSITE_SYNTHETIC
    assert tags["synthetic_speech"] == "1"


def test_tags_say_nothing_of_speech_where_there_is_none() -> None:
    human = replace(SPEECH, synthetic=False)
    for mix in (
        timeline(*SONGS),
        timeline(*SONGS, LINK, clips=(voice(human),)),
        timeline(*SONGS, LINK, clips=(voice(Path("/jingles/hello.wav")),)),
    ):
        assert set(mix_tags(mix, title="x", date=date(2026, 1, 1))) == {"title", "artist", "date", "genre", "encoder"}


def test_a_spoken_link_of_unknown_origin_counts_as_synthetic() -> None:
    assert "synthetic_speech" in mix_tags(timeline(*SONGS, LINK), title="x", date=date(2026, 1, 1))


def test_a_whole_mix(tmp_path: Path) -> None:
    import av
    import tinytag

    path = tmp_path / "evening.mp3"
    files = write_mix(path, timeline(*SONGS, LINK), blocks(), title="Evening", date=date(2026, 11, 20))
    assert [file.name for file in files] == [
        "evening.mp3", "evening.cue", "evening.m3u8", "evening.tracks.json", "evening.vtt",
    ]  # fmt: skip
    assert sorted(tmp_path.iterdir()) == sorted(files)
    tag = tinytag.TinyTag.get(str(path))
    assert (tag.title, tag.artist, tag.year) == ("Evening", "aidj", "2026-11-20")
    assert tag.as_dict()["digital_source_type"] == [COMPOSITE_SYNTHETIC]
    with av.open(str(path)) as container:
        titles = [chapter["metadata"]["title"] for chapter in container.chapters()]
    assert titles == ["Ozan Quill - One", "The Paper Lanterns - Two"]


def test_a_mix_cut_short_leaves_no_file_at_all(tmp_path: Path) -> None:
    def broken() -> Iterator[NDArray[np.float32]]:
        yield from list(blocks())[:2]
        raise AudioError("cannot go on")

    with pytest.raises(AudioError):
        write_mix(tmp_path / "x.mp3", timeline(*SONGS), broken(), title="x", date=date(2026, 1, 1))
    assert not list(tmp_path.iterdir())


def test_outputs_are_interchangeable(tmp_path: Path) -> None:
    import soundfile

    memory = MemoryOutput()
    outputs: list[Output] = [memory, FileOutput(path=tmp_path / "x.wav", title="x", date=date(2026, 1, 1))]
    files = [output.write(timeline(*SONGS), blocks()) for output in outputs]
    assert files[0] == ()
    assert memory.timeline == timeline(*SONGS)
    read, _ = soundfile.read(str(files[1][0]), dtype="float32")
    assert np.abs(read - memory.samples).max() <= 0.51 / 32768
    assert MemoryOutput().samples.shape == (0, 2)


def test_pydub_segment() -> None:
    segment = to_pydub(blocks(), RATE)
    assert (segment.channels, segment.frame_rate, segment.sample_width) == (2, RATE, 2)
    assert segment.frame_count() == 3 * RATE
    expected = np.concatenate(list(blocks()))
    samples = np.array(segment.get_array_of_samples()).reshape(-1, 2) / 32768
    assert np.abs(samples - expected).max() <= 0.51 / 32768
    assert to_pydub([np.zeros((10, 1), np.float32)], 22050).channels == 1
    assert len(to_pydub([], RATE)) == 0
    with pytest.raises(OutputError, match="shape"):
        to_pydub([np.zeros((10, 1), np.float32), np.zeros((10, 2), np.float32)], RATE)
