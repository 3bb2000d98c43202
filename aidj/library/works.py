"""Which work a track is a movement of: from its tags, else from its title.

A work is named so that all its movements share one text: "Ludwig van Beethoven: Symphony No. 7 in A major, Op. 92".
Titles are trusted only where they are of the classical kind (`looks_classical`), for "Part 2: The Return" is a song.
Whether a work is really there, in at least two movements of one album, is for others to see: here is one track at a
time. The catalogues and the forms of titles are those of the MusicBrainz style guide for classical music.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aidj.names import match_key, song_key


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPart:
    """A track's place in a work."""

    work: str
    movement: str | None = None
    movement_number: int | None = None


_GENRE = re.compile(
    r"^(?!.*\b(?:rock|metal|soap|pop)\b).*"
    r"\b(?:classical|klassik|classique|cl[aá]sica|classica|baroque|barock|opera|oper|oratorio|renaissance|romantic era"
    r"|symphon\w*|chamber|orchestral|choral|early music|concerto|sonata)\b",
    re.IGNORECASE,
)
_CATALOGUE = re.compile(
    r"\b(?:op(?:\.|us)?\s?(?:posth\.?\s?)?\d|(?:bwv|hwv|twv|buxwv|wwv|rv|kv|swv|woo|trv|sz\.?|fp|jw|bb)\s?\d"
    r"|hob\.?\s?[ivx\d]|(?:k|d|s|l|m|b|h|g|z|wq)\.\s?\d|[kdg]\s\d{2})",
    re.IGNORECASE,
)
_FORM = (
    r"symphon(?:y|ie|ia)|sinfonia|sinfonie|sinfonietta|sonat[ae]|sonatina|concert[oi]|konzert|quartett?|quintett?|trio"
    r"|sextett?|octett?|suite|partita|serenade|divertimento|cantata|kantate|mass|messe|missa|requiem|oratorio|rhapsody"
    r"|[ée]tudes?|preludes?|nocturnes?|variations|overture|fantas(?:y|ia|ie)|rondo|ballade|polonaise|mazurka|waltz(?:es)?"
    r"|impromptus?|stabat mater|magnificat|passion|ballet"
)
_FORM_WORD = re.compile(rf"\b(?:{_FORM})\b", re.IGNORECASE)
_FORM_AND_NUMBER = re.compile(
    rf"\b(?:{_FORM})\b.*?(?:\b(?:no|nr|num)\b\.?\s?\d|n[°º]\s?\d|#\s?\d"
    r"|\bin [a-h](?:s|es|is|[- ]?(?:flat|sharp)|[#♭♯])?[ -](?:major|minor|moll|dur)\b)",
    re.IGNORECASE,
)

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ROMAN = r"(?:X{0,3}(?:IX|IV|V?I{1,3}|V)|X{1,3})"
_MOVEMENT_WORD = r"(?:movement|mvmt|mvt|mov|satz)\b\.?"
_DASH = r"\s+[-–—]\s+"
_NUMBERED = re.compile(
    # "2nd movement", "(Second Movement)", "Mvt. 2", "2. Satz"
    rf"(?:\s*:\s*|{_DASH}|,\s*|\s+\(|\s+)(?:(?P<ordinal>(?:\d{{1,2}}(?:st|nd|rd|th|\.)|{'|'.join(_ORDINALS)}))"
    rf"\s+{_MOVEMENT_WORD}|{_MOVEMENT_WORD}\s*(?P<counted>\d{{1,2}}|{_ROMAN})(?![\w]))\)?(?:\s*[.:,)]\s*|{_DASH}|\s+|$)"
    # "II. Allegretto", "IV Finale"; a Roman number without a sign behind it must be no word: "I Know", "X"
    rf"|(?:\s*:\s*|\s*;\s*|{_DASH}|,\s+|(?<=\d)\s+|(?<=[\"”’'])\s+)"
    rf"(?:(?P<roman>{_ROMAN})(?:\s*[.):]\s*|{_DASH}|$)|(?-i:(?P<bare>(?!(?:I|X)\b){_ROMAN})(?=\s+[A-ZÀ-Þ])))"
    # "1. Adagio", "No. 4 in E minor"
    rf"|(?:\s*:\s*|{_DASH})(?:(?:no|nr)\.?\s*)?(?P<arabic>\d{{1,2}})(?:\s*[.):]\s+|\s*,\s+|(?=\s+in\s)|$)"
    rf"|(?:\s*:\s*|{_DASH})(?:no|nr)\.\s*(?P<piece>\d{{1,3}})\b\s*"
    # "2 Andante"
    rf"|(?:\s*:\s*|{_DASH})(?-i:(?P<loose>\d{{1,2}})(?=\s+[A-ZÀ-Þ]))",
    re.IGNORECASE,
)
_DIVISION = re.compile(
    rf"(?:\s*[:,;]\s*|{_DASH})(?=(?:act|akt|acte|atto|scene|szene|part|pt|teil|book|tableau)\b\.?\s*(?:\d+|{_ROMAN})\b)",
    re.IGNORECASE,
)
_TRACK_NUMBER = re.compile(r"^(?:\d{1,2}\s+[-–—]|0\d\.?)\s+")  # but "9. Symphonie" is the ninth
_COLON, _SPACED_DASH = re.compile(r"\s*:\s+"), re.compile(_DASH)
_ABBREVIATION = re.compile(r"\b(Op|No|Nr|Hob|K|D|S|L|M|B|H|G|Z|Sz|Wq)\.?(?<=\.)(?=\d)")
_MODE = re.compile(r"(?<=[\s-])(Major|Minor|Flat|Sharp)\b")
_LOOSE_ENDS = " \t,;:-–—.("


def looks_classical(title: str, *, composer: str | None = None, genres: Sequence[str] = ()) -> bool:
    """Tell whether a title can be trusted to name a work.

    So it is where a genre says so, where a composer is tagged and a catalogue number is in the title, or where the
    title holds a form with its number or key ("Symphony No. 7", "Sonata in B minor").
    """
    return bool(
        any(_GENRE.search(genre) for genre in genres)
        or (composer and _CATALOGUE.search(title))
        or (_FORM_WORD.search(title) and _CATALOGUE.search(title))
        or _FORM_AND_NUMBER.search(title)
    )


def work_of(
    title: str,
    *,
    work: str | None = None,
    grouping: str | None = None,
    movement: str | None = None,
    movement_number: int | None = None,
    composer: str | None = None,
    genres: Sequence[str] = (),
) -> WorkPart | None:
    """Return the work that a track is part of; None for a song, and for a work in one piece.

    Parameters
    ----------
    title : str
        The track's title.
    work, grouping, movement, movement_number
        What the tags of these names say. A grouping counts only where it names a work: others group by mood.
    composer, genres
        As tagged.
    """
    classical = looks_classical(f"{title} {work or ''}", composer=composer, genres=genres)
    from_title = _from_title(_without_composer(title, composer), known_composer=bool(composer)) if classical else None
    tagged = bool(movement or movement_number)
    name = work
    if not name and grouping and (tagged or (classical and _names_work(grouping, title))):
        name = grouping
    if name and not tagged and not classical:
        name = None  # taggers note the work of a song too: the song
    if name:
        whole = _without_composer(name, composer)
        inner = _from_title(whole, known_composer=bool(composer)) if classical else None
        if inner and (inner.movement_number or not tagged) and _CATALOGUE.search(whole):
            from_title = from_title or inner  # "Symphony no. 7, op. 92: II. Allegretto" noted as the work
            whole = inner.work
        if not tagged and from_title is None and song_key(name) == song_key(title):
            return None
        rest = from_title or _behind(title, whole)
    elif from_title:
        whole, rest = from_title.work, from_title
    else:
        return None
    return WorkPart(
        work=_normal(whole, composer),
        movement=movement or (rest.movement if rest else None),
        movement_number=movement_number or (rest.movement_number if rest else None),
    )


def _from_title(title: str, *, known_composer: bool) -> WorkPart | None:
    """Cut a title of the classical kind into work and movement."""
    title = _TRACK_NUMBER.sub("", title)
    numbered = next((match for match in _NUMBERED.finditer(title) if _may_divide(match)), None)
    division = _DIVISION.search(title)
    if division and (numbered is None or division.start() < numbered.start()) and _is_work(title[: division.start()]):
        return WorkPart(work=title[: division.start()], movement=title[division.end() :].strip() or None)
    if numbered:
        movement = title[numbered.end() :]
        return WorkPart(
            work=title[: numbered.start()], movement=movement.strip() or None, movement_number=_number_of(numbered)
        )
    for separator in (_COLON, _SPACED_DASH):
        match = separator.search(title)
        while match and not _is_plain_work(title[: match.start()]):
            match = separator.search(title, match.end())
        if match and title[match.end() :].strip() and song_key(f"x - {title[match.end() :]}") != "x":  # not "- Live"
            return WorkPart(work=title[: match.start()], movement=title[match.end() :].strip())
    match = _COLON.search(title)  # "Carmen: Habanera", where the word in front is not the composer's name
    if match and known_composer and match.start() and not _is_plain_work(title[match.end() :]):
        return WorkPart(work=title[: match.start()], movement=title[match.end() :].strip() or None)
    return None


def _may_divide(match: re.Match[str]) -> bool:
    """Tell whether a work can end where a number stands; "2 Andante" needs something that is surely a work in front."""
    front = match.string[: match.start()]
    return _is_plain_work(front) if match["loose"] else _is_work(front)


def _is_work(text: str) -> bool:
    return any(char.isalpha() for char in text)


def _is_plain_work(text: str) -> bool:
    """Tell whether a text names a work by itself: a form with a number, a catalogue number, a mass."""
    return bool(_FORM_AND_NUMBER.search(text) or _CATALOGUE.search(text))


def _names_work(grouping: str, title: str) -> bool:
    key = match_key(grouping)
    return bool(_is_plain_work(grouping) or (key and match_key(title).startswith(key)))


def _number_of(match: re.Match[str]) -> int | None:
    found = match.groupdict()
    text = next(found[name] for name in found if found[name])
    text = text.casefold()
    if text in _ORDINALS:
        return _ORDINALS.index(text) + 1
    text = re.sub(r"(?:st|nd|rd|th|\.)$", "", text)
    return (int(text) if text.isdecimal() else _from_roman(text)) or None


def _from_roman(text: str) -> int:
    values = [{"i": 1, "v": 5, "x": 10}[char] for char in text]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))


def _behind(title: str, work: str) -> WorkPart | None:
    """Return what a title says behind the name of the work that it begins with."""
    if not title.casefold().startswith(work.casefold()) or len(title) == len(work):
        return None
    if found := _NUMBERED.match(title, len(work)):
        return WorkPart(work=work, movement=title[found.end() :].strip() or None, movement_number=_number_of(found))
    return WorkPart(work=work, movement=title[len(work) :].strip(_LOOSE_ENDS) or None)


def _without_composer(text: str, composer: str | None) -> str:
    """Return a title without the composer in front: "Beethoven: Symphony …", "Ludwig van Beethoven - …"."""
    if not composer:
        return text
    surname = composer.partition(",")[0] if "," in composer else composer.rpartition(" ")[2]
    for separator in (_COLON, _SPACED_DASH):
        match = separator.search(text)
        if match and match_key(text[: match.start()]) in {match_key(composer), match_key(surname)}:
            return text[match.end() :]
    return text


def _normal(work: str, composer: str | None) -> str:
    """Return a work's name in one form, with its composer in front."""
    work = " ".join(work.split()).rstrip(_LOOSE_ENDS).lstrip()
    work = _MODE.sub(lambda match: match[0].lower(), _ABBREVIATION.sub(r"\1. ", work))
    return f"{composer}: {work}" if composer else work
