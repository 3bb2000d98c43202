"""Artist names and titles as people write them, brought to one form, so that a file and a listen can be compared.

Four questions, one function each: do two names say the same (`match_key`), do two titles name the same recording
(`title_key`) or the same song (`song_key`), which version is it (`version_hints`), and who plays (`split_artists`,
`title_guests`). Keys are for comparing, never for showing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from functools import cache, lru_cache

_CACHE = 1 << 17

KEY_VERSION = 1
"""Raised whenever a key of the same text changes, so that stored keys are made again."""

SAME_RECORDING = frozenset({"remaster", "edit", "mono", "stereo", "explicit", "clean"})
"""Hints that leave the recording the same one for matching; every other hint makes another version of the song."""

_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i", "ŋ": "n"}
)
_MARKS = re.compile(  # combining marks that people leave out; those that spell (Indic vowels, Thai, kana) stay
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\ufe20-\ufe2f]"
)
_APOSTROPHES = re.compile("['’‘ʼʹ`´′]")
_N_FOR_AND = re.compile(r"(?<=\w)(?:\s*['’‘`´]n['’‘`´]\s*|\s+['’‘`´]?n['’‘`´]?\s+)(?=\w)")
_BETWEEN_WORDS = re.compile(r"(?<=\w)\s*(?:&|\s\+\s)\s*(?=\w)")
_DOLLAR, _BANG = re.compile(r"\$(?=[^\W\d])|(?<=[^\W\d])\$"), re.compile(r"(?<=[^\W\d_])!(?=[^\W\d_])")
_SPECIAL, _NO_LETTERS = re.compile(r"[&+$!'’‘ʼʹ`´′,]|\bn\b|^\W*the\b"), re.compile(r"[^a-z0-9]+")
_THE_LAST, _THE_FIRST = re.compile(r",\s*the$"), re.compile(r"^\W*the\s+(?=.*\w)")


@lru_cache(_CACHE)
def match_key(text: str) -> str:
    """Bring a name or a title to the form in which two spellings of it are equal.

    Unicode compatibility form, case, accents, punctuation and spaces go; ``&``, ``+`` between words and ``'n'`` become
    "and"; a leading "The" (or a trailing ", The") goes; ``$`` and ``!`` inside a word are the letters they stand for
    (A$AP, P!nk). Letters of every script stay. A name of nothing but signs ("!!!", "÷") keeps its signs. Idempotent;
    empty only for a text without any visible character.
    """
    text = text.strip()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        text = unicodedata.normalize("NFC", _MARKS.sub("", text).translate(_LETTERS))
    plain = text = " ".join(text.casefold().split())
    if _SPECIAL.search(text):
        text = _THE_FIRST.sub("", _THE_LAST.sub("", text), count=1)
        text = _BETWEEN_WORDS.sub(" and ", _N_FOR_AND.sub(" and ", text))
        text = _BANG.sub("i", _DOLLAR.sub("s", _APOSTROPHES.sub("", text)))
    if text.isascii():
        text = _NO_LETTERS.sub("", text)
    elif not text.isalnum():
        text = "".join(c for c in text if c.isalnum() or unicodedata.category(c)[0] == "M")
    return text or "".join(c for c in plain if unicodedata.category(c)[0] not in "ZC")


_ONE_I = str.maketrans({"ı": "i", "\u0307": None})


def caseless(text: str) -> str:
    """Return a text in which all is equal that a pattern without regard to case takes for equal.

    Quick to look into, so that a pattern need not be made for what is not there. (To such a pattern i is i, with a dot
    above it or without.)
    """
    return text.casefold().translate(_ONE_I)


# --- titles -----------------------------------------------------------------------------------------------------------

_KIND = r"(?:version|ver\.?|edit|mix|cut|take)"
_TWELVE = r"12(?:\s?(?:[\"”″]|''|inch))"


def _rule(hint: str, *patterns: str) -> tuple[str, str]:
    return hint, "|".join(f"(?:{p})" for p in patterns)


# A qualifier is what stands in brackets or after a dash, cut at commas, slashes and semicolons; each part is held
# against these rules. "" is a rule without a hint: packaging, which says nothing about the recording.
_SAME = (
    _rule("remaster", r"\bre-?master(?:ed|ing)?\b", r"^(?:19|20)\d\d (?:stereo |mono )?mix$"),
    _rule("mono", r"\bmono\b"),
    _rule("stereo", r"\bstereo\b"),
    _rule(
        "edit",
        rf"^(?:the )?(?:radio|single|short(?:er)?|video|tv|promo|us|uk|main|45|7\S*)(?: (?:radio|single))? {_KIND}$",
        rf"^(?:radio|single) {_KIND}\b",
        r"^edit(?:ed)?(?: version)?$|\b(?:radio|single) edit$",
    ),
    _rule("explicit", r"^(?:explicit|dirty)(?: version)?$"),
    _rule("clean", r"^(?:clean|censored)(?: version)?$"),
    _rule(
        "",
        rf"^(?:the )?(?:original|album|lp|ep|film|movie|soundtrack|standard|full length|studio|cd) {_KIND}$",
        r"^(?:original|single|soundtrack|bonus|hidden track|ost)$",
        r"\b(?:deluxe|expanded|special|anniversary|collector'?s|limited|bonus|international)\b.* (?:edition|version)$",
        r"^(?:super )?deluxe$|\bbonus track\b|^(?:digital|itunes|japan(?:ese)?) bonus\b|^from the vault$",
        r"^(?:music |theme )?from (?:the )?(?:[\"“‘']|\w+ )*(?:motion picture|film|movie|soundtrack|series|album)\b",
        r"^(?:music |theme )?from [\"“]|\boriginal (?:motion picture |television )?soundtrack\b",
        r"^(?:official )?(?:music |lyric |audio )?(?:video|audio|visuali[sz]er)$",
    ),
)
_OTHER = (
    _rule(
        "live",
        r"^(?:recorded )?live$",
        r"^(?:recorded )?live (?:at|in|from|on|@|version|sessions?|acoustic|take|recording|performance|edit|bonus)\b",
        r"^live (?:studio|re-?master|mix|lounge|\W*\d)",
        r"^(?:acoustic|solo|bbc|in concert|mtv|unplugged|radio|studio|tour|\d{4})\b.* live$",
        r"\b(?:en vivo|en directo|ao vivo|dal vivo|en public|unplugged|in concert)\b",
        r"^(?:mtv|concert|live .*) version$|\blive (?:at|from)\b",
        r"\b(?:bbc|peel|kexp|maida vale|radio \d|in-?studio|live)\b.* sessions?\b",
    ),
    _rule("acoustic", r"^(?:\w+ )?acoustic$", r"\bacoustic (?:version|ver\.?|mix|session|demo|live|take|edit)\b"),
    _rule("instrumental", rf"\binstrumental(?: {_KIND})?$"),
    _rule("demo", r"^demo\b", r"\bdemo(?: version| recording)?(?: \d{4})?$"),
    _rule("karaoke", r"\bkaraoke\b"),
    _rule("acappella", r"\ba ?cap+ell?a\b"),
    _rule("extended", rf"^extended$|^(?:extended|long|maxi|full|{_TWELVE})(?: \w+)? {_KIND}$", rf"^{_TWELVE}$"),
    _rule("rerecorded", r"\bre-?record(?:ed|ing)\b", r"^\w+['’]s version$"),
    _rule("cover", r"\bcover(?: version)?$"),
    _rule("alternate", r"\balternat(?:e|ive)\b.*", r"\bout-?takes?\b", r"^take \d+|\btake \d+$", r"\brehearsal\b"),
    _rule("speed", r"^(?:sped[- ]?up|slowed|nightcore|slowed (?:down|\+|and|&)).*"),
    _rule(
        "remix",
        r"\bre-?mix(?:ed)?\b|\brmx\b|\bmega-?mix\b|\bmash-?up\b|\bre-?work(?:ed)?\b",
        r"\b(?:bootleg|vip|refix|re-?edit|flip|dub)(?: mix| version)?$",
    ),
    _rule("mix", r"\bmix$|\w edit$"),
    _rule("session", r"\bsessions?$|^spotify singles\b"),
    _rule("version", r"\b(?:version|ver\.)$", r"^(?:solo )?(?:piano|orchestral|strings?)$"),
)
_NAMED = frozenset({"remix", "mix", "version", "cover", "alternate", "speed", "session"})  # told apart by their words
_GENERAL = frozenset({"mix", "version", "session"})  # they say nothing beside a particular one: "Acoustic Version"

_OPEN, _CLOSE = "([{（【", ")]}）】"
_BRACKETS = re.compile(f"[{re.escape(_OPEN + _CLOSE)}]")
_PARTS = re.compile(r"\s*[/;,()\[\]{}|]\s*")
_DASH = re.compile(r"\s+[-–—―]+\s+")
_GUEST = re.compile(r"^\W*(?:feat\b\.?|ft\b\.?|featuring\b|with\b|w/)\s*", re.IGNORECASE)
_GUEST_INLINE = re.compile(r"(?<=\S)\s+(?:feat\.?|ft\.?|featuring)\s+", re.IGNORECASE)
_NUMBERED = re.compile(r"\b(part|pt\.?|vol\.?|volume)\s*(\d+|[ivx]{1,4})\b", re.IGNORECASE)
_QUALIFIED = re.compile(
    rf"[{re.escape(_OPEN + _CLOSE)}]|\s[-–—―]|\b(?:feat|ft|featuring|part|pt|vol|volume)\b", re.IGNORECASE
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}


def _groups(title: str) -> list[tuple[str, bool]]:
    """Cut a title into pieces: (text, is it in brackets). A bracket that is never closed reaches to the end."""
    pieces: list[tuple[str, bool]] = []
    depth, start = 0, 0
    for match in _BRACKETS.finditer(title):
        step = 1 if match[0] in _OPEN else -1 if depth else 0
        if depth + step == 0 or depth == 0:
            pieces.append((title[start : match.start()], depth > 0))
            start = match.end()
        depth += step
    pieces.append((title[start:], depth > 0))
    return [piece for piece in pieces if piece[0].strip()]


@cache
def _compiled(rules: tuple[tuple[str, str], ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return rules as they are used: made when a title first has a qualifier, as most have none."""
    return tuple((hint, re.compile(pattern)) for hint, pattern in rules)


@lru_cache(1 << 14)
def _classify(qualifier: str) -> tuple[tuple[str, str], ...] | None:
    """Return (hint, words for the key) of a qualifier; None if it is simply part of the title."""
    found: list[tuple[str, str]] = []
    known = False
    for part in _PARTS.split(" ".join(qualifier.casefold().split())):
        same = [hint for hint, pattern in _compiled(_SAME) if pattern.search(part)]
        other = [hint for hint, pattern in _compiled(_OTHER) if pattern.search(part)]
        general = _GENERAL if same or set(other) - _GENERAL else frozenset()
        other = [hint for hint in other if hint not in general][: None if general else 1]
        known = known or bool(same or other)
        found += [(hint, "") for hint in same if hint]
        found += [("remix" if hint == "mix" else hint, match_key(part) if hint in _NAMED else hint) for hint in other]
    return tuple(found) if known else None


def _number(match: re.Match[str]) -> str:
    number = match[2].casefold()
    word = "part" if match[1].casefold().startswith("p") else "vol"
    return f"{word} {number if number.isdigit() else _ROMAN.get(number, number)}"


@lru_cache(_CACHE)
def _parse(title: str) -> tuple[str, frozenset[str], tuple[str, ...], str]:
    """Return (song key, hints, sorted words of other versions, guest credit) of a title."""
    if not _QUALIFIED.search(title):
        return match_key(title), frozenset(), (), ""
    words: list[str] = []
    hints: list[tuple[str, str]] = []
    guests = ""

    def keep(text: str) -> bool:
        nonlocal guests
        if guest := _GUEST.match(text):
            if rest := text[guest.end() :].strip():
                guests = guests or rest
                return False
            return True
        if (found := _classify(text)) is None:
            return True
        hints.extend(found)
        return False

    for text, bracketed in _groups(title):
        if bracketed:
            if keep(text):
                words.append(text)
            continue
        first, *rest = _DASH.split(text)
        segments = [first]
        for segment in rest:
            if segment[:4].casefold() == "with" or keep(segment):  # "Song - With You" is a title
                segments += [segment]
        for segment in segments:
            head, *tail = _GUEST_INLINE.split(segment, maxsplit=1)
            words.append(head)
            guests = guests or "".join(tail).strip()
    base = " ".join(words)
    key = match_key(_NUMBERED.sub(_number, base))
    if not any(c.isalnum() for c in key):
        whole = match_key(title)
        if any(c.isalnum() for c in whole):  # "(Live)": a title that is nothing but its qualifier
            return whole, frozenset(), (), guests
        key = whole
    return key, frozenset(h for h, _ in hints), tuple(sorted({w for _, w in hints if w})), guests


def title_key(title: str) -> str:
    """Return the key under which two titles (of one artist) name the same recording.

    It is `match_key` without what does not make another recording: guests ("(feat. X)"), remasters, mono and stereo,
    radio edits and single or album versions, explicit and clean ones, bonus tracks and editions, "(From the Motion
    Picture ...)". What is another recording stays in the key: a live, acoustic, instrumental, demo, extended or a
    cappella version by that one word, wherever and whenever it was made ("- Live at X" and "(Live 1986)" are equal);
    a remix, cover, alternate take or otherwise named version by all its words. "Pt. II" equals "Part 2".
    Idempotent.
    """
    song, _, others, _ = _parse(title)
    return song + "".join(others)


def song_key(title: str) -> str:
    """Return the key under which all versions of a song are equal: `title_key` without any version."""
    return _parse(title)[0]


def version_hints(title: str) -> frozenset[str]:
    """Return which version of the song a title says it is; empty for a plain title.

    Of ``remaster edit mono stereo explicit clean`` (the same recording, see `SAME_RECORDING`) and ``live acoustic
    instrumental demo karaoke acappella extended rerecorded cover alternate speed remix session version`` (another).
    """
    return _parse(title)[1]


def title_guests(title: str) -> tuple[str, ...]:
    """Return the guests that a title names: ``("X", "Y")`` for "Song (feat. X & Y)"."""
    return _guest_list(_parse(title)[3])


# --- artists ----------------------------------------------------------------------------------------------------------

_SURE = re.compile(r"\s*[;\x00␀]\s*|\s+[x×]\s+|\s*\\+\s*")
_SPACED_SLASH = re.compile(r"\s+/\s+")
_UNSURE = re.compile(r"\s*[,，、]\s+|\s+&\s+|\s+\+\s+|\s*/\s*|\s+(?:and|und|y|et|e|x|vs\.?)\s+", re.IGNORECASE)
_LIST = re.compile(r"\s*[,，、]\s+(?:(?:and|&)\s+)?|\s+&\s+|\s+and\s+", re.IGNORECASE)
_NOT_ALONE = re.compile(
    r"^(?:the|his|her|their|los|las|die|les|sons|friends|co|company|orchestra|jr|sr)\b", re.IGNORECASE
)
_ONE_NAME = frozenset(  # they turn up in guest lists, where a comma or "&" otherwise parts names
    match_key(name)
    for name in (
        "Earth, Wind & Fire", "Simon & Garfunkel", "Hall & Oates", "Above & Beyond", "Chase & Status", "Sly & Robbie",
        "Blood, Sweat & Tears", "Crosby, Stills & Nash", "Crosby, Stills, Nash & Young", "Emerson, Lake & Palmer",
        "Peter, Paul and Mary", "Mumford & Sons", "Iron & Wine", "Dan + Shay", "Belle and Sebastian", "Sofi & Tukker",
        "Black Country, New Road", "She & Him", "Ike & Tina Turner", "Salt-N-Pepa", "Macklemore & Ryan Lewis",
        "Brooks & Dunn", "Big & Rich", "Matt and Kim", "Angus & Julia Stone", "Ashford & Simpson", "Sam & Dave",
    )
)  # fmt: skip


def _rejoined(credit: str, separator: re.Pattern[str]) -> tuple[str, ...]:
    """Split a list of names, but not before "the" or "his" ("Tyler, the Creator", "Florence + the Machine")."""
    names: list[str] = []
    end = 0
    for match in separator.finditer(credit):
        if not _NOT_ALONE.match(credit[match.end() :]):
            names.append(credit[end : match.start()])
            end = match.end()
    names.append(credit[end:])
    return tuple(name.strip() for name in names if name.strip())


def _guest_list(credit: str) -> tuple[str, ...]:
    names: list[str] = []
    for part in _SURE.split(credit):
        for name in _SPACED_SLASH.split(part.strip(" ,&")):
            names += [name] if match_key(name) in _ONE_NAME else _rejoined(name, _LIST)
    return tuple(dict.fromkeys(name for name in names if name))


def _main_list(part: str, known: Container[str]) -> tuple[str, ...]:
    pieces = _SPACED_SLASH.split(part)
    if len(pieces) > 1 and all(len(piece.strip()) > 2 for piece in pieces):  # "AC / DC" is no list
        return tuple(name for piece in pieces for name in _main_list(piece.strip(), known))
    names = _rejoined(part, _UNSURE) if known else ()
    if len(names) > 1 and match_key(part) not in known and all(match_key(name) in known for name in names):
        return names
    return (part.strip(),) if part.strip() else ()


_SEVERAL = re.compile(r"[;,&+/\\\x00␀(\[×，、]|\s(?:feat|ft|featuring|and|und|y|et|e|x|vs)\b", re.IGNORECASE)
_BRACKET_GUEST = re.compile(r"[\(\[]\s*(?:feat\.?|ft\.?|featuring|with|w/)\s+([^\)\]]+)[\)\]]?", re.IGNORECASE)


def _split(credit: str, known: Container[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    credit = credit.strip()
    if not _SEVERAL.search(credit):
        return ((credit,) if credit else ()), ()
    guests: list[str] = [name for match in _BRACKET_GUEST.finditer(credit) for name in _guest_list(match[1])]
    rest = _BRACKET_GUEST.sub(" ", credit).strip()
    head, *tail = _GUEST_INLINE.split(rest)
    guests += [name for part in tail for name in _guest_list(part)]
    mains = tuple(dict.fromkeys(name for part in _SURE.split(head) for name in _main_list(part, known)))
    if not mains:
        return ((credit,) if credit else ()), ()
    return mains, tuple(name for name in dict.fromkeys(guests) if name not in mains)


@lru_cache(_CACHE)
def _split_alone(credit: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return _split(credit, frozenset())


def split_artists(credit: str, *, known: Container[str] = frozenset()) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split a printed artist credit into main artists and guests; the first main artist is the lead.

    What always parts names: ``;``, a slash with spaces around it, `` x ``, and the multi-value marks that
    taggers leave. ``feat.``, ``ft.`` and ``featuring`` (anywhere), and ``with`` (in brackets), begin the guests.

    What parts names only on evidence: ``,``, ``&``, ``+``, ``and``, ``vs.`` and a slash without spaces, because they
    stand in the names of bands too ("Earth, Wind & Fire", "AC/DC"). Evidence is that *every* name between them is in
    ``known`` (and the whole is not), the `match_key` of names that stand alone somewhere else in the same library.
    Without it the credit stays one name. Among guests a comma or "&" does part names, but never before "the" or "his"
    ("Tyler, the Creator"), nor in a few well-known names.

    Returns ``((), ())`` for an empty credit; otherwise at least one main artist.
    """
    return _split(credit, known) if known else _split_alone(credit)


def lead_key(credit: str) -> str:
    """Return the `match_key` of the lead artist of a printed credit; empty for an empty one."""
    mains, _ = split_artists(credit)
    return match_key(mains[0]) if mains else ""
