"""Hearing a name, and setting it right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from aidj.cli import main

pytest.importorskip("espeakng_loader", exc_type=ImportError)


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Call `aidj say`; return its exit code and all that it printed, on one line."""

    def call(*arguments: str) -> tuple[int, str]:
        code = main(["say", *arguments, "--data", str(tmp_path / "data"), "--out", str(tmp_path / "name.wav")])
        out, err = capsys.readouterr()
        return code, " ".join((out + err).split())

    return call


def test_a_name_is_heard(say, tmp_path: Path) -> None:
    code, text = say("Sigur", "Rós")
    assert code == 0
    assert "spoken: sigger rohss" in text
    assert "phonemes: sˈɪɡɚ ɹˈoʊs" in text
    assert "from what comes with aidj" in text
    with soundfile.SoundFile(tmp_path / "name.wav") as file:
        assert file.title == "Sigur Rós"
        assert "ynthetic speech" in file.comment
        samples = file.read()
    assert samples.ndim == 1
    assert np.abs(samples).max() > 0.01


def test_a_respelling_is_kept_heard_and_forgotten(say, tmp_path: Path) -> None:
    own = tmp_path / "data" / "voices" / "pronunciation" / "en.yaml"
    code, text = say("INXS", "--fix", "ink sis")
    assert code == 0
    assert f"Kept in {own}" in text
    assert "spoken: ink sis" in text
    assert f"INXS: ink sis, from {own}" in text
    assert "spoken: Marrow and ink sis" in say("Marrow & INXS")[1]
    assert "spoken: inks" in say("inxs", "--fix", "inks")[1]
    assert own.read_text(encoding="utf-8").count("match") == 1
    code, text = say("INXS", "--forget")
    assert (code, "spoken: in excess" in text) == (0, True)
    code, text = say("INXS", "--forget")
    assert (code, "You have not said how “INXS” is said" in text) == (1, True)


def test_phonemes_are_kept(say, tmp_path: Path) -> None:
    code, text = say("Marrow", "--ipa", "mˈɑːɹoʊ")
    assert code == 0
    assert "Marrow: /mˈɑːɹoʊ/" in text


def test_another_language(say, tmp_path: Path) -> None:
    code, text = say("Marrow & Mina", "--language", "es", "--fix", "marou i mina")
    assert code == 0
    assert "spoken: marou i mina" in text
    assert (tmp_path / "data" / "voices" / "pronunciation" / "es.yaml").is_file()


def test_what_cannot_be_said(say, tmp_path: Path) -> None:
    code, text = say("東京, with Slow Boat")
    assert code == 0
    assert "Left out: 東京" in text
    code, text = say("東京")
    assert code == 1
    assert "aidj say NAME --fix" in text
    code, text = say("Marrow", "--fix", "!!")
    assert (code, "--fix: There is nothing in this" in text) == (1, True)
    code, text = say("M" * 101, "--fix", "em")
    assert (code, "longer than a name" in text) == (1, True)
    assert not (tmp_path / "data" / "voices").exists()


def test_silence_is_called_silence(say, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "voices" / "presenters"
    folder.mkdir(parents=True)
    (folder / "nobody.yaml").write_text(
        "schema: aidj.presenter/2\nname: Nobody\nengine: captions\nlanguage: en\nlicence: none\norigin: nowhere\n"
    )
    code, text = say("Marrow", "--presenter", "nobody")
    assert code == 0
    assert "Nobody says it: " in text.replace("Nobody says it in", "")
    assert "s of silence (captions 1)" in text
    with soundfile.SoundFile(tmp_path / "name.wav") as file:
        assert "ynthetic" not in file.comment
        assert not file.read().any()


def test_only_wav(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["say", "Marrow", "--out", str(tmp_path / "a.mp3"), "--data", str(tmp_path)]) == 1
    assert "ends in .wav" in capsys.readouterr().err
