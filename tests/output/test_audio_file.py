import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from aidj.errors import AudioError, OutputError
from aidj.output import SUFFIXES, Chapter, audio_file, preferred_rate, write_audio_file

TAGS = {
    "title": "Ein schöner Abend",
    "artist": "aidj",
    "album": "Abende",
    "albumartist": "Various",
    "date": "2026-11-20",
    "genre": "Mix",
    "tracknumber": "3/9",
    "comment": "first line\nsecond line",
    "composer": "Ozan Quill",
    "isrc": "XXAI12600001",
    "copyright": "nobody",
    "lyrics": "la\nla",
    "synthetic_speech": "1",
}
CHAPTERS = (Chapter(0.0, 0.75, "One — = öne"), Chapter(0.75, 1.5, "Two; #2"), Chapter(1.5, 2.25, "Three"))


def music(rate: int, n_frames: int, channels: int = 2) -> NDArray[np.float32]:
    """A rising tone with a wavering level: every moment is unlike every other."""
    t = np.arange(n_frames) / rate
    tone = 0.3 * np.sin(2 * np.pi * (200 * t + 400 * t * t)) * (0.6 + 0.4 * np.sin(9 * t * t))
    left_right = [tone + 0.1 * np.sin(2 * np.pi * (330 + 40 * channel) * t) for channel in range(channels)]
    return np.stack(left_right, axis=1).astype(np.float32)


def blocks(samples: NDArray[np.float32], size: int = 5000) -> Iterator[NDArray[np.float32]]:
    for start in range(0, len(samples), size):
        yield samples[start : start + size]


def decode(path: Path) -> tuple[int, NDArray[np.float32]]:
    import av

    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        channels = stream.channels
        parts = [
            frame.to_ndarray().T if frame.format.is_planar else frame.to_ndarray().reshape(-1, channels)
            for frame in container.decode(stream)
        ]
        samples = np.concatenate(parts)
        if samples.dtype.kind == "i":
            samples = samples / np.float32(2 ** (8 * samples.dtype.itemsize - 1))
        return stream.rate, samples.astype(np.float32)


def lag_of(decoded: NDArray[np.float32], original: NDArray[np.float32]) -> int:
    part = original[10000:20000, 0]
    scores = [float(part @ decoded[10000 + lag : 20000 + lag, 0]) for lag in range(-2500, 2500)]
    return int(np.argmax(scores)) - 2500


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(("rate", "channels"), [(44100, 2), (48000, 2), (22050, 1)])
def test_every_format_keeps_length_level_and_place(tmp_path: Path, suffix: str, rate: int, channels: int) -> None:
    import soundfile
    import soxr

    n_frames = rate * 2 + 777
    original = music(rate, n_frames, channels)
    path = tmp_path / f"mix{suffix}"
    write_audio_file(path, blocks(original), rate=rate, n_frames=n_frames)

    out_rate, decoded = decode(path)
    if out_rate != rate:
        original = soxr.resample(original, rate, out_rate)
    expected = round(n_frames * out_rate / rate)
    if suffix == ".m4a":  # FFmpeg returns the rest of the last AAC frame too
        assert expected <= len(decoded) < expected + 1024
        decoded = decoded[:expected]
    else:
        assert len(decoded) == expected
        assert soundfile.info(str(path)).frames == expected
    assert decoded.shape[1] == channels
    assert lag_of(decoded, original) == 0
    level_db = 10 * np.log10(np.mean(decoded**2) / np.mean(original**2))
    assert abs(level_db) < 0.1
    assert list(tmp_path.iterdir()) == [path]


def test_m4a_states_its_length_to_the_sample(tmp_path: Path) -> None:
    import av

    path = tmp_path / "mix.m4a"
    write_audio_file(path, blocks(music(44100, 50001)), rate=44100, n_frames=50001)
    with av.open(str(path)) as container:
        assert container.streams.audio[0].duration == 50001


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_untouched_16_bit_music_comes_out_bit_by_bit(tmp_path: Path, suffix: str) -> None:
    import soundfile

    original = np.random.default_rng(1).integers(-32768, 32768, (30000, 2)).astype(np.int16)
    path = tmp_path / f"mix{suffix}"
    write_audio_file(path, blocks(original.astype(np.float32) / 32768), rate=44100, n_frames=30000)
    assert np.array_equal(soundfile.read(str(path), dtype="int16")[0], original)


@pytest.mark.parametrize("n_frames", [1, 575, 1152, 1153, 5000])
@pytest.mark.parametrize("silent", [False, True])
def test_short_and_silent_mp3s_are_exact_too(tmp_path: Path, n_frames: int, silent: bool) -> None:
    import soundfile

    path = tmp_path / "short.mp3"
    samples = music(44100, n_frames) * np.float32(not silent)
    write_audio_file(path, blocks(samples), rate=44100, n_frames=n_frames)
    assert len(path.read_bytes()) % 626 == 0  # each frame at the one bit rate
    assert len(soundfile.read(str(path))[0]) == n_frames
    assert len(decode(path)[1]) == n_frames


def test_mp3_is_joint_stereo_at_one_bit_rate_and_seekable(tmp_path: Path) -> None:
    import mutagen.mp3
    import soundfile

    path = tmp_path / "mix.mp3"
    write_audio_file(path, blocks(music(44100, 200_000)), rate=44100, n_frames=200_000, tags=TAGS)
    info = mutagen.mp3.MP3(path).info
    assert info.bitrate_mode == mutagen.mp3.BitrateMode.CBR
    assert info.encoder_info.startswith("LAME")
    assert round(info.bitrate, -3) == 192_000
    assert abs(info.length - 200_000 / 44100) < 1e-6
    assert not info.sketchy
    data = path.read_bytes()
    start = data.index(b"Info") - 36
    assert [data[start + 626 * frame + 3] >> 6 for frame in range(100)] == [1] * 100  # channel mode: joint stereo
    whole, _ = soundfile.read(str(path), dtype="float32")
    part, _ = soundfile.read(str(path), start=123_456, frames=1000, dtype="float32")
    assert np.array_equal(part, whole[123_456:124_456])


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_chapters_are_read_back(tmp_path: Path, suffix: str) -> None:
    import av

    path = tmp_path / f"mix{suffix}"
    n_frames = round(44100 * 2.25)
    write_audio_file(path, blocks(music(44100, n_frames)), rate=44100, n_frames=n_frames, tags=TAGS, chapters=CHAPTERS)
    with av.open(str(path)) as container:
        read = sorted(container.chapters(), key=lambda chapter: chapter["start"] * chapter["time_base"])
    assert [chapter["metadata"]["title"] for chapter in read] == [chapter.title for chapter in CHAPTERS]
    for got, wanted in zip(read, CHAPTERS, strict=True):
        assert abs(got["start"] * got["time_base"] - wanted.start_s) < 0.002
        assert abs(got["end"] * got["time_base"] - wanted.end_s) < 0.02


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_tags_are_read_back(tmp_path: Path, suffix: str) -> None:
    import tinytag

    path = tmp_path / f"mix{suffix}"
    write_audio_file(path, blocks(music(44100, 30000)), rate=44100, n_frames=30000, tags=TAGS, chapters=CHAPTERS[:1])
    tag = tinytag.TinyTag.get(str(path))
    assert (tag.title, tag.artist, tag.album, tag.albumartist) == ("Ein schöner Abend", "aidj", "Abende", "Various")
    assert (tag.year, tag.genre, tag.composer, tag.track, tag.track_total) == ("2026-11-20", "Mix", "Ozan Quill", 3, 9)
    assert tag.comment == "first line\nsecond line"
    other = tag.as_dict()
    assert other["isrc"] == ["XXAI12600001"]
    assert other["copyright"] == ["nobody"]
    assert other["lyrics"] == ["la\nla"]
    assert other["synthetic_speech"] == ["1"]


def test_an_independent_reader_agrees_on_mp3_and_m4a_tags(tmp_path: Path) -> None:
    import mutagen.mp3
    import mutagen.mp4

    for suffix in (".mp3", ".m4a"):
        path = tmp_path / f"mix{suffix}"
        write_audio_file(path, blocks(music(44100, 30000)), rate=44100, n_frames=30000, tags=TAGS, chapters=CHAPTERS)
    tags = mutagen.mp3.MP3(tmp_path / "mix.mp3").tags
    assert tags is not None
    assert tags["TIT2"].text == ["Ein schöner Abend"]
    assert tags["TXXX:SYNTHETIC_SPEECH"].text == ["1"]
    assert tags["CTOC:toc"].child_element_ids == ["chp0", "chp1", "chp2"]
    assert (tags["CHAP:chp1"].start_time, tags["CHAP:chp1"].end_time) == (750, 1500)
    items = mutagen.mp4.MP4(tmp_path / "mix.m4a").tags
    assert items is not None
    assert items["\xa9nam"] == ["Ein schöner Abend"]
    assert items["trkn"] == [(3, 9)]
    assert bytes(items["----:com.apple.iTunes:SYNTHETIC_SPEECH"][0]) == b"1"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_samples_give_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    paths = [tmp_path / f"{name}{suffix}" for name in "ab"]
    for path in paths:
        write_audio_file(path, blocks(music(44100, 30000)), rate=44100, n_frames=30000, tags=TAGS, chapters=CHAPTERS)
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_hostile_tags_break_nothing(tmp_path: Path, suffix: str) -> None:
    import tinytag

    evil = 'a\0b\n"c" --> \u202e\ud800' + "x" * 500
    path = tmp_path / f"mix{suffix}"
    tags = {"title": evil, "comment": evil, "bpm": "fast", "tracknumber": "-1", "date": "soon", "a=b\n": evil, "x": ""}
    write_audio_file(
        path, blocks(music(44100, 30000)), rate=44100, n_frames=30000, tags=tags, chapters=[Chapter(0, 0.5, evil)]
    )
    title = tinytag.TinyTag.get(str(path)).title
    assert title is not None
    assert title.startswith('a b "c" --> xxx')
    assert len(decode(path)[1]) >= 30000


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_mix_cut_short_leaves_nothing_and_keeps_what_was_there(tmp_path: Path, suffix: str) -> None:
    def broken() -> Iterator[NDArray[np.float32]]:
        yield music(44100, 20000)
        raise AudioError("the file ends early", where="song.mp3")

    path = tmp_path / f"mix{suffix}"
    path.write_bytes(b"an older mix")
    with pytest.raises(AudioError, match="ends early"):
        write_audio_file(path, broken(), rate=44100, n_frames=40000)
    assert path.read_bytes() == b"an older mix"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_of_the_source_is_not_taken_for_one_of_the_disk(tmp_path: Path) -> None:
    def broken() -> Iterator[NDArray[np.float32]]:
        yield music(44100, 20000)
        raise OSError("the music disk went away")

    with pytest.raises(OSError, match="music disk"):
        write_audio_file(tmp_path / "mix.flac", broken(), rate=44100, n_frames=40000)


@pytest.mark.parametrize(("n_frames", "word"), [(9999, "more"), (10001, "fewer")])
@pytest.mark.parametrize("suffix", [".wav", ".mp3"])
def test_more_or_fewer_samples_than_announced(tmp_path: Path, n_frames: int, word: str, suffix: str) -> None:
    with pytest.raises(OutputError, match=word):
        write_audio_file(tmp_path / f"mix{suffix}", blocks(music(44100, 10000)), rate=44100, n_frames=n_frames)
    assert not list(tmp_path.iterdir())


def test_samples_too_loud_or_no_numbers(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    import soundfile

    samples = np.array([[2.0, -2.0], [np.nan, np.inf], [1.0, -1.0], [0.5, 0.0]], np.float32)
    write_audio_file(tmp_path / "mix.wav", iter([samples]), rate=44100, n_frames=4)
    read, _ = soundfile.read(str(tmp_path / "mix.wav"), dtype="int16")
    assert read.tolist() == [[32767, -32768], [0, 0], [32767, -32768], [16384, 0]]
    assert "no numbers" in caplog.text


@pytest.mark.parametrize(
    "bad", [np.zeros(10, np.float32), np.zeros((10, 3), np.float32), np.zeros((10, 0), np.float32)]
)
def test_blocks_of_a_wrong_shape(tmp_path: Path, bad: NDArray[np.float32]) -> None:
    with pytest.raises(OutputError, match="shape"):
        write_audio_file(tmp_path / "mix.wav", iter([bad]), rate=44100, n_frames=10)
    with pytest.raises(OutputError, match="shape"):
        write_audio_file(tmp_path / "mix.wav", iter([music(44100, 5), bad]), rate=44100, n_frames=15)
    assert not list(tmp_path.iterdir())


def test_where_a_file_cannot_go(tmp_path: Path) -> None:
    def write(path: Path) -> None:
        write_audio_file(path, blocks(music(44100, 100)), rate=44100, n_frames=100)

    with pytest.raises(OutputError, match=r"'\.ogg' cannot be written.*\.mp3, \.opus, \.flac, \.m4a or \.wav"):
        write(tmp_path / "mix.ogg")
    with pytest.raises(OutputError, match="no suffix"):
        write(tmp_path / "mix")
    with pytest.raises(OutputError, match="folder does not exist"):
        write(tmp_path / "nowhere" / "mix.wav")
    (tmp_path / "folder.wav").mkdir()
    with pytest.raises(OutputError, match="folder of that name"):
        write(tmp_path / "folder.wav")
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="is a file, not a folder"):
        write(tmp_path / "file" / "mix.wav")
    with pytest.raises(OutputError, match="no length"):
        write_audio_file(tmp_path / "mix.wav", iter([]), rate=44100, n_frames=0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.wav"]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_an_unwritable_folder(tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(OutputError, match="may not write"):
        write_audio_file(tmp_path / "mix.wav", blocks(music(44100, 100)), rate=44100, n_frames=100)


@pytest.mark.skipif(sys.platform != "linux", reason="needs a limit on the length of files")
def test_no_room_left(tmp_path: Path) -> None:
    program = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from aidj.errors import OutputError
from aidj.output import SUFFIXES, write_audio_file
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
rng = np.random.default_rng(1)
for suffix in SUFFIXES:
    noise = (rng.standard_normal((5000, 2)) * 0.2).astype(np.float32)
    try:
        write_audio_file(Path(sys.argv[1]) / f"mix{suffix}", [noise] * 60, rate=44100, n_frames=300_000)
    except OutputError as error:
        print(suffix, error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(SUFFIXES), done.stdout
    assert all(str(tmp_path) in line for line in lines)
    assert not list(tmp_path.iterdir())


def test_new_files_have_ordinary_permissions(tmp_path: Path) -> None:
    write_audio_file(tmp_path / "mix.wav", blocks(music(44100, 100)), rate=44100, n_frames=100)
    (tmp_path / "other").touch()
    assert (tmp_path / "mix.wav").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_wav_longer_than_4_gb_is_rf64(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import soundfile

    monkeypatch.setattr(audio_file, "_RF64_FROM_BYTES", 1000)
    path = tmp_path / "long.wav"
    write_audio_file(
        path, blocks(music(44100, 10000)), rate=44100, n_frames=10000, tags=TAGS, chapters=[Chapter(0, 0.2, "One")]
    )
    data = path.read_bytes()
    assert data[:4] == b"RF64"
    assert int.from_bytes(data[20:28], "little") == len(data) - 8
    assert soundfile.info(str(path)).frames == 10000
    assert len(decode(path)[1]) == 10000


def test_rates_to_mix_at() -> None:
    assert preferred_rate(".OPUS") == 48000
    assert preferred_rate(".mp3") == 44100
    with pytest.raises(OutputError):
        preferred_rate(".ogg")
