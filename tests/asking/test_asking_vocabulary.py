"""The words of the languages, as documents."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from asked import NAMES

from aidj.asking import languages, load_vocabulary, read_request
from aidj.asking.tokens import tokens
from aidj.errors import QueryError
from aidj.selection import Query

NOW = datetime.fromisoformat("2026-11-21T20:30:00+00:00")
HEAD = "schema: aidj.asking/1\n"


def own(folder: Path, text: str, language: str = "en") -> Path:
    (folder / "asking").mkdir(exist_ok=True)
    (folder / "asking" / f"{language}.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("phrases: {}\n", 1, "schema"),
        (HEAD + "phrases: {fillers: um}\n", 2, "filler"),
        (HEAD + "phrases: {bpm: '{m} bpm'}\n", 2, "{m}"),
        (HEAD + "phrases:\n  filler: um\nnumbers: {dozen: many}\n", 4, "dozen"),
        (HEAD + "phrases: um\n", 2, "phrases"),
        (HEAD + "phrases: {}\nmoods: {mellow: no}\n", 3, "mellow"),
        (HEAD + "phrases: [", 2, "YAML"),
    ],
)
def test_a_mistake_names_its_line(tmp_path: Path, text: str, line: int, part: str) -> None:
    with pytest.raises(QueryError) as caught:
        load_vocabulary("en", (own(tmp_path, text),))
    assert f"en.yaml:{line}" in str(caught.value)
    assert part in str(caught.value)


def test_ones_own_words_come_to_those_that_are_there(tmp_path: Path) -> None:
    folder = own(tmp_path, HEAD + "phrases: {}\nmoods: {mellow: wibbly}\ngenres: {spaghetti western: cowboy}\n")
    own(tmp_path, HEAD + "phrases: {filler: ons}\ngenres: {jazz: jas}\n", "nds")
    understood = read_request(
        "something wibbly, cowboy jazz", language="en", library_names=NAMES, now=NOW, folders=(folder,)
    )
    assert understood.query == Query(moods=("mellow",), genres=("spaghetti western", "jazz"))
    assert "nds" in languages((folder,))
    assert read_request("ons jas", language="nds", library_names=NAMES, now=NOW, folders=(folder,)).language == "nds"


def test_an_unknown_language_is_told_for_a_vocabulary_and_read_by_the_words_otherwise() -> None:
    with pytest.raises(QueryError, match="en"):
        load_vocabulary("xx")
    assert read_request("langsame Lieder", language="xx", library_names=NAMES, now=NOW).language == "de"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hip-Hop, please!", ["hip", "hop", "please"]),
        ("don't play R&B", ["dont", "play", "r", "b"]),
        ("l'été d'Éloïse", ["l", "ete", "d", "eloise"]),
        ("the '90s and the 80's", ["the", "90s", "and", "the", "80s"]),
        ("1.5 hours, 45min", ["1.5", "hours", "45min"]),
        ("until 7:30", ["until", "7:30"]),
        ('play "Rock" now', ["play", "", "now"]),
        ("play 'Hold the Line' now", ["play", "", "now"]),
        ("guns n' roses 'n' jazz", ["guns", "n", "roses", "n", "jazz"]),
        ("„So so“ «si si»", ["", ""]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert [token.word for token in tokens(text)] == words
