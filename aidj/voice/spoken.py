"""From the text that is shown to the text that is said, and back: which shown word is being said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aidj.errors import VoiceError
from aidj.model import Pause, Phonemes, SpokenText, Word
from aidj.voice import cleaning
from aidj.voice.capitals import say_capitals
from aidj.voice.letters import said_as, say_letters
from aidj.voice.mapped import MappedText
from aidj.voice.numerals import say_numerals
from aidj.voice.pronunciation import Pronunciation, Saying, SpokenWords, built_in
from aidj.voice.years import say_years

SPOKEN_VERSION = 2
"""Goes up with every change of the result, so that kept speech is made anew."""

DASH_PAUSE_S = 0.3
"""How long a dash between words is silent; to engines without pauses it is a comma."""

_MAX_SHOWN_CHARS = 4 * cleaning.MAX_SPOKEN_CHARS
_MAX_ROUNDS = 4
_PLACES = re.compile(f" {cleaning.DASH} |[{chr(cleaning.NAME_MARKS.start)}-{chr(cleaning.NAME_MARKS.stop - 1)}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A shown text as it is said."""

    text: SpokenText
    """What an engine is given."""
    shown: str
    """What was to be said, as it is shown."""
    mapped: MappedText
    """The spoken text, and where in the shown one each of its characters comes from."""
    sayings: tuple[Saying, ...] = ()
    """The names in it that are said in a way of their own, in order."""
    left_out: tuple[str, ...] = ()
    """Words, as shown, that this voice cannot say; a line with one of them had better be worded without it."""

    def shown_word(self, word: Word) -> Word:
        """Return when a word of the shown text sounds, for a word that an engine reports of the spoken one.

        Several spoken words may be one shown word ("eh see dee see"), which then comes again. Offsets never run
        backwards, and never leave the shown text.
        """
        start, end = self.mapped.original_span(word.start_char, word.start_char + word.length)
        return Word(word.start_s, start, end - start)


def spoken_text(
    text: str,
    *,
    language: str,
    pronunciation: Pronunciation | None = None,
    max_chars: int = cleaning.MAX_SPOKEN_CHARS,
) -> Spoken:
    """Return how a text is said.

    Signs and abbreviations are words, names are respelled, letters that a voice of this language cannot read are
    romanised or left out, and nothing is left that an engine could take for a command.

    Parameters
    ----------
    text : str
        As it is shown; it is never altered.
    language : str
        The voice's, such as ``en`` or ``pt-br``.
    pronunciation : Pronunciation, optional
        How names are said; by default what comes with aidj for the language.
    max_chars : int
        A longer text is cut after a sentence, or else after a word.

    Raises
    ------
    VoiceError
        If nothing in it can be said.
    """
    known = built_in(language.lower()) if pronunciation is None else pronunciation
    plain = cleaning.plain_characters(MappedText.of(text).cut(_MAX_SHOWN_CHARS))
    marked, names = _mark_names(cleaning.without_editions(plain), known, language)
    said, left_out = _said(marked, language, known.words)
    said = said.cut(cleaning.sentence_end(said.text, _room(said.text, names, max_chars)))
    if not _PLACES.search(said.text) and not any(char.isalnum() for char in said.text):
        raise VoiceError(
            "There is nothing in this text that can be said",
            where=f"“{' '.join(text.split())[:80]}”",
            cause=f"a voice that speaks “{language}” cannot tell how {left_out[0]} is said" if left_out else None,
            hint='say how it sounds: aidj say NAME --fix "a word that sounds like it"' if left_out else None,
        )
    return _finished(text, said, names, left_out)


def _mark_names(
    text: MappedText, known: Pronunciation, language: str
) -> tuple[MappedText, tuple[tuple[Saying, str], ...]]:
    """Put one character in the place of each known name, so that no rule touches what is said for it."""
    names: list[tuple[Saying, str]] = []
    places: list[tuple[int, int, str]] = []
    for start, end, saying in list(known.find(text.text))[: len(cleaning.NAME_MARKS)]:
        try:
            said = say_name(saying, language, known.words)
        except VoiceError:  # only phonemes are known, and only an engine that takes them could say it
            continue
        places.append((start, end, chr(cleaning.NAME_MARKS[len(names)])))
        names.append((saying, said))
    return text.replace(places), tuple(names)


def _said(text: MappedText, language: str, words: SpokenWords) -> tuple[MappedText, tuple[str, ...]]:
    """Apply all rules; what one takes away can bring together what another one knows, hence the rounds."""
    for _ in range(_MAX_ROUNDS):
        before = text.text
        text = cleaning.tidy(cleaning.say_signs(text, words.signs))
        if text.text == before:
            break
    text = say_numerals(text, counted=words.counted, rulers=words.rulers, ordinals=words.ordinals)
    text = say_years(text, language)
    text = say_capitals(text, words.initialisms)
    text, left_out = say_letters(text, language)
    return cleaning.tidy(text), left_out


def _room(text: str, names: Sequence[tuple[Saying, str]], max_chars: int) -> int:
    """Return how many characters of a text with marks for names make that many once the names are said."""
    long = 0
    for place, char in enumerate(text):
        is_name = ord(char) in cleaning.NAME_MARKS
        long += len(names[ord(char) - cleaning.NAME_MARKS.start][1]) if is_name else 1
        if long > max_chars:
            return place
    return len(text)


def _finished(shown: str, text: MappedText, names: Sequence[tuple[Saying, str]], left_out: tuple[str, ...]) -> Spoken:
    """Put the names in and make pauses of the dashes, keeping account of where both stand."""
    pauses: list[Pause] = []
    phonemes: list[Phonemes] = []
    said: list[Saying] = []
    grown = 0

    def place(match: re.Match[str]) -> str:
        nonlocal grown
        at = match.start() + grown
        if match[0][0] == " ":
            new = ", "
            pauses.append(Pause(at + 1, DASH_PAUSE_S))
        else:
            saying, new = names[ord(match[0]) - cleaning.NAME_MARKS.start]
            said.append(saying)
            if saying.ipa:
                phonemes.append(Phonemes(at, len(new), saying.ipa))
        grown += len(new) - len(match[0])
        return new

    text = text.sub(_PLACES, place)
    return Spoken(
        text=SpokenText(text=text.text, pauses=tuple(pauses), phonemes=tuple(phonemes)),
        shown=shown,
        mapped=text,
        sayings=tuple(said),
        left_out=left_out,
    )


def say_name(saying: Saying, language: str, words: SpokenWords) -> str:
    """Return the letters to be read for a name; for one with phonemes only, what is read by engines that take none."""
    if saying.say:
        plain = cleaning.plain_characters(MappedText.of(saying.say))
        return cleaning.tidy(plain).text
    name = said_as(saying.name, saying.language, language.lower().split("-")[0]) if saying.language else saying.name
    nameless = Pronunciation(words=words)
    return spoken_text(name, language=language, pronunciation=nameless).text.text


def can_say(text: str, *, language: str, pronunciation: Pronunciation | None = None) -> bool:
    """Tell whether a voice of this language can say all of a name or a text."""
    try:
        return not spoken_text(text, language=language, pronunciation=pronunciation).left_out
    except VoiceError:
        return False


def without_names(pronunciation: Pronunciation) -> Pronunciation:
    """Return a language's words alone: how a voice reads names by itself."""
    return replace(pronunciation, sayings=())
