"""Names in other scripts, written in Latin letters by rule: Cyrillic, Greek, Hangul, Kana, Devanagari and a few more.

The result is read as English would be ("sh", "ch", "zh"); `aidj.voice.letters` turns that into what another voice
needs. Scripts that do not write their vowels (Arabic, Hebrew) or whose signs are read differently in each name (Han)
cannot be romanised by rule: they are not here. Cyrillic, Greek: after BGN/PCGN and ELOT 743, simplified for
saying. Hangul: the Revised Romanization. Kana: Hepburn.
"""

from __future__ import annotations

import re
import unicodedata

ROMANISED = ("CYRILLIC", "GREEK", "HANGUL", "HIRAGANA", "KATAKANA", "DEVANAGARI", "GEORGIAN", "ARMENIAN")
"""Scripts, as Unicode names them, that `romanise` knows."""


def _sounds(text: str) -> list[str]:
    return ["" if sound == "_" else sound for sound in text.split()]


def _table(letters: str, sounds: str) -> dict[str, str]:
    return dict(zip(letters, _sounds(sounds), strict=True))


_CYRILLIC = _table(
    "абвгдежзийклмнопрстуфхцчшщъыьэюяёђѓєѕіїјљњћќўџґ",
    "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya yo dj gj ye dz i yi y ly ny ch kj w j g",
)
_CYRILLIC_BY_LANGUAGE = {
    "uk": _table("гиїй", "h i yi y"),
    "bg": _table("щъ", "sht u"),
    "sr": _table("хцј", "h ts y"),
}
_UKRAINIAN = frozenset("іїєґ")
_SERBIAN = frozenset("ђјљњћџ")

_GREEK = _table("αβγδεζηθικλμνξοπρσςτυφχψω", "a v g th e z i th i k l m n x o p r s s t i f h ps o")
_GREEK_PAIRS = {
    "ου": "u", "αι": "e", "ει": "i", "οι": "i", "υι": "i", "αυ": "av", "ευ": "ev", "μπ": "b", "ντ": "d", "γκ": "g",
    "γγ": "ng", "γχ": "nh", "τζ": "dz", "τσ": "ts",
}  # fmt: skip
_GREEK_NAMES = _table(
    "αβγδεζηθικλμνξοπρστυφχψω",
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi "
    "chi psi omega",
)
_GEORGIAN = _table(
    "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
    "a b g d e v z t i k l m n o p zh r s t u p k gh k sh ch ts dz ts ch kh j h",
)
_ARMENIAN = _table(
    "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆև",
    "a b g d e z e u t zh i l kh ts k h dz gh ch m y n sh o ch p j r s v t r ts v p k o f yev",
)

_HANGUL_FIRST = _sounds("g kk n d tt r m b pp s ss _ j jj ch k t p h")
_HANGUL_VOWELS = _sounds("a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i")
_HANGUL_LAST = _sounds("_ k k k n n n t l k m l l l p l m p p t t ng t t k t p t")
_HANGUL_LAST_BEFORE_VOWEL = _sounds("_ g kk ks n nj n d r lg lm lb ls lt lp r m b ps s ss ng j ch k t p _")

_KANA = {
    **_table("あいうえおかきくけこさしすせそたちつてと", "a i u e o ka ki ku ke ko sa shi su se so ta chi tsu te to"),
    **_table("なにぬねのはひふへほまみむめもやゆよ", "na ni nu ne no ha hi fu he ho ma mi mu me mo ya yu yo"),
    **_table(
        "らりるれろわをんゐゑゔがぎぐげござじずぜぞ", "ra ri ru re ro wa o n i e vu ga gi gu ge go za ji zu ze zo"
    ),
    **_table("だぢづでどばびぶべぼぱぴぷぺぽ", "da ji zu de do ba bi bu be bo pa pi pu pe po"),
    **_table("ぁぃぅぇぉゃゅょゎゕゖ", "a i u e o ya yu yo wa ka ke"),
}
_SMALL_KANA = frozenset("ぁぃぅぇぉゃゅょゎ")

_DEVANAGARI_VOWELS = _table("अआइईउऊऋएऐओऔऑऍ", "a aa i ee u oo ri e ai o au o e")
_DEVANAGARI_CONSONANTS = _table(
    "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसहळ",
    "k kh g gh n ch chh j jh n t th d dh n t th d dh n p f b bh m y r l v sh sh s h l",
)
_DEVANAGARI_SIGNS = _table("ािीुूृेैोौॉॅ", "aa i ee u oo ri e ai o au o e")


def romanise(word: str, language: str | None = None) -> str:
    """Return a word of one of the scripts in `ROMANISED` in Latin letters; one of a script without case as a name.

    Parameters
    ----------
    word : str
        Letters and their marks of one script.
    language : str, optional
        Whose letters they are, where it matters: ``uk``, ``bg``, ``sr``. Told from the letters if not given.
    """
    script = unicodedata.name(word[0], "").split(" ")[0] if word else ""
    if script == "CYRILLIC":
        said = _cyrillic(unicodedata.normalize("NFC", word).lower(), language)
    elif script == "GREEK":
        said = _greek(word.lower())
    elif script == "HANGUL":
        said = _hangul(word)
    elif script in ("HIRAGANA", "KATAKANA"):
        said = _kana(word)
    elif script == "DEVANAGARI":
        said = _devanagari(word)
    else:
        table = {"GEORGIAN": _GEORGIAN, "ARMENIAN": _ARMENIAN}.get(script, {})
        said = "".join(table.get(char, "") for char in unicodedata.normalize("NFC", word.lower()).replace("ու", "ո"))
    return said if word[:1].islower() and script in ("CYRILLIC", "GREEK", "ARMENIAN") else said[:1].upper() + said[1:]


def _cyrillic(word: str, language: str | None) -> str:
    letters = set(word)
    if language is None:
        language = "uk" if letters & _UKRAINIAN else "sr" if letters & _SERBIAN else "ru"
    table = {**_CYRILLIC, **_CYRILLIC_BY_LANGUAGE.get(language, {})}
    if language == "ru":  # "e" at the beginning and after a vowel or a sign
        word = re.sub(r"(?<![^\Wаеёиоуыэюяъь])е", "є", word)
        word = re.sub(r"ий$|ый$", "и", word)  # Чайковский
        word = re.sub(r"(?<=[еои])го$", "во", word)
    return "".join(table.get(char, _without_marks(char, table)) for char in word)


def _greek(word: str) -> str:
    plain: list[tuple[str, bool, bool]] = []
    for char in unicodedata.normalize("NFC", word):
        parts = unicodedata.normalize("NFD", char)
        # A dialytika keeps two vowels apart; an accent on the first of them as well.
        apart = "\u0308" in parts or (plain and plain[-1][1] and parts[0] in "ιυ")
        plain.append((parts[0], len(parts) > 1 and not apart, bool(apart)))
    if len(plain) == 1:
        return _GREEK_NAMES.get(plain[0][0], "")
    said, at = "", 0
    while at < len(plain):
        pair = plain[at][0] + (plain[at + 1][0] if at + 1 < len(plain) and not plain[at + 1][2] else "")
        if pair in _GREEK_PAIRS:
            sound = _GREEK_PAIRS[pair]
            after = plain[at + 2][0] if at + 2 < len(plain) else "σ"
            if sound in ("av", "ev") and after in "θκξπσςτφχψ":
                sound = sound[0] + "f"
            if at and sound in ("b", "d", "g"):
                sound = {"b": "mb", "d": "nd", "g": "ng"}[sound]
            said, at = said + sound, at + 2
        else:
            said, at = said + _GREEK.get(pair[:1], ""), at + 1
    return said


def _hangul(word: str) -> str:
    said, carried = "", ""
    syllables = [ord(char) - 0xAC00 for char in unicodedata.normalize("NFC", word) if "가" <= char <= "힣"]
    for place, number in enumerate(syllables):
        first, vowel, last = _HANGUL_FIRST[number // 588], _HANGUL_VOWELS[number // 28 % 21], number % 28
        following = _HANGUL_FIRST[syllables[place + 1] // 588] if place + 1 < len(syllables) else None
        if carried:
            said += carried
        elif first == "r" and said.endswith("l"):
            said += "l"
        elif first == "r" and said.endswith(("m", "ng")):
            said += "n"
        else:
            said += first
        said += vowel
        carried = ""
        if following == "" and last:  # the next syllable begins with a vowel
            carried = _HANGUL_LAST_BEFORE_VOWEL[last]
            if carried == "ng":
                said, carried = said + "ng", ""
        elif last:
            sound = _HANGUL_LAST[last]
            nasal = following in ("n", "m")
            said += {"k": "ng", "t": "n", "p": "m"}.get(sound, sound) if nasal else sound
    return said


def _kana(word: str) -> str:
    said, doubled = "", False
    for char in unicodedata.normalize("NFC", word):
        if "ァ" <= char <= "ヶ":
            char = chr(ord(char) - 0x60)
        if char == "っ":
            doubled = True
            continue
        if char == "ー":  # a long vowel is said as a plain one
            continue
        sound = _KANA.get(char, "")
        if char in _SMALL_KANA and said:
            if sound[0] == "y":
                head = said[:-1] if said[-1] in "iu" else said
                said = head + (sound[1:] if head.endswith(("sh", "ch", "j")) else sound)
            else:
                said = said[:-1] + ("w" if said.endswith(("ku", "gu")) else "") + sound
            continue
        if doubled and sound:
            said += "t" if sound.startswith("ch") else sound[0]
            doubled = False
        said += sound
    return re.sub(r"ou|oo", "o", re.sub(r"uu", "u", said))


def _devanagari(word: str) -> str:
    said = ""
    word = unicodedata.normalize("NFC", word)
    for place, char in enumerate(word):
        if char in _DEVANAGARI_CONSONANTS:
            following = word[place + 1 : place + 2]
            sounds = following not in _DEVANAGARI_SIGNS and following not in ("्", "़") and following != ""
            said += _DEVANAGARI_CONSONANTS[char] + ("a" if sounds else "")
        elif char in "ंँ":
            said += "n"
        elif char == "़" and word[place + 1 : place + 2] not in _DEVANAGARI_SIGNS and place + 1 < len(word):
            said += "a"
        else:
            said += _DEVANAGARI_SIGNS.get(char) or _DEVANAGARI_VOWELS.get(char, "")
    return said


def _without_marks(char: str, table: dict[str, str]) -> str:
    return table.get(unicodedata.normalize("NFD", char)[:1], "")
