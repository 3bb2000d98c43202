"""The bench of the voice counts as it should."""

import pytest
from bench_modules import bench_module

voice_heard = bench_module("voice_heard")
voice_session = bench_module("voice_session")
voice_soak = bench_module("voice_soak")


@pytest.mark.parametrize(
    ("wanted", "heard", "errors"),
    [
        ("a b c", "a b c", 0),
        ("a b c", "a x c", 1),
        ("a b c", "a c", 1),
        ("a b c", "a b b c", 1),
        ("a b c", "", 3),
        ("", "a b", 2),
        ("a b c d", "b c d e", 2),
    ],
)
def test_word_errors_are_the_edit_distance(wanted: str, heard: str, errors: int) -> None:
    assert voice_heard.word_errors(wanted.split(), heard.split()) == errors
    assert voice_heard.word_errors(heard.split(), wanted.split()) == errors


def test_there_are_thirty_different_texts_in_words_a_recogniser_can_give_back() -> None:
    assert len(set(voice_session.TEXTS)) == 30
    assert not any(char.isdigit() for text in voice_session.TEXTS for char in text)
    assert voice_heard.words_of("That’s it: Good-bye.") == ["that's", "it", "good", "bye"]


def test_a_soak_finds_nothing_bad_in_a_few_utterances() -> None:
    texts = list(voice_session.TEXTS[:2])
    found = voice_soak.soak(texts, 4)
    if not found.speech_s:
        pytest.skip("; ".join(found.bad))
    assert (found.count, found.bad) == (4, [])
