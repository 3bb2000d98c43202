"""Is a finished text true? Every number, name, title and date in it must come from the facts.

What the facts allow is taken out of the text first: names and titles as they are, and all that slots say. What remains
may hold only words of the language: no number, no date, no name, and nothing that claims what no fact can hold, such
as awards or charts. The ties between the names must be those of the facts as well. The checker reads texts of any
origin; it would rather refuse a true one than let a false one pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from aidj.script.allowed import TITLES, Allowed
from aidj.script.facts import FACTS, Facts
from aidj.script.figures import Figure, Token, tokens_of
from aidj.script.lines import Lines
from aidj.script.reading import Language, Reading, Sentence, is_mark, quotes_of, script_of
from aidj.script.relations import NEEDED, Ties, wrong_ties
from aidj.script.wordlists import Phrases, any_of

_NEAR_CHARS = 12
"""A word that qualifies a number ends so close before it."""
_VERB_CHARS = 30
_FEW_WORDS = 5
_KNOWN_SHARE = 0.6
"""Of the words of a text that could be checked at all so many are ones that the language's lines use."""


def untrue(text: str, facts: Facts, lines: Lines) -> list[str]:
    """Return what of a text does not come from the facts, in plain words; nothing where all of it does.

    Parameters
    ----------
    text : str
        A finished text, from a template or from anywhere.
    facts : Facts
        All that may be said, see `FACTS`.
    lines : Lines
        The language that it is written in.
    """
    known = {name: value for name, value in facts.items() if name in FACTS}
    checker = _checker(lines)
    allowed = Allowed(known, lines.words)
    reading = Reading(text, allowed, checker.language)
    return list(dict.fromkeys(checker.complaints(reading, allowed, known)))


_checkers: dict[str, _Checker] = {}


def _checker(lines: Lines) -> _Checker:
    known = _checkers.get(lines.language)
    if known is None or known.language.lines is not lines:
        known = _checkers[lines.language] = _Checker(Language(lines))
    return known


class _Checker:
    """All checks of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._lists = language.lists
        self._ties = Ties(language)
        self._checks: tuple[Callable[[Reading, Allowed, Facts], Iterator[str]], ...] = (
            self._claims,
            self._quotes,
            self._words,
            self._calendar,
            self._figures,
            self._spans,
            self._shelves,
            lambda reading, allowed, facts: wrong_ties(reading, allowed, self._ties),
        )

    def complaints(self, reading: Reading, allowed: Allowed, facts: Facts) -> Iterator[str]:
        """Yield all that is wrong, check by check."""
        for check in self._checks:
            yield from check(reading, allowed, facts)

    # --- words --------------------------------------------------------------------------------------------------------

    def _claims(self, reading: Reading, allowed: Allowed, facts: Facts) -> Iterator[str]:
        for match in self.language.claims.finditer(reading.rest):
            is_needed = any(
                pattern.fullmatch(match.group()) and allowed.has(*NEEDED[fact]) for pattern, fact in self._ties.needs
            )
            if is_needed or self.language.says(reading.rest, *match.span()):
                continue
            yield f"“{match.group()}” claims what no fact says"

    def _quotes(self, reading: Reading, allowed: Allowed, facts: Facts) -> Iterator[str]:
        for quote in quotes_of(reading.rest):
            rest = "".join(c for c in quote if c.isalnum() and not is_mark(c))
            if rest and quote.casefold() not in self.language.quoted:
                yield f"“{reading.shown(quote)}” is no title that is known"

    def _words(self, reading: Reading, allowed: Allowed, facts: Facts) -> Iterator[str]:
        """No word may be a name: with a capital letter where the language has none, or in a foreign script."""
        for token in tokens_of(reading.rest):
            if not token.is_word or is_mark(token.text[0]):
                continue
            if not script_of(token.text) <= self.language.scripts:
                yield f"“{token.text}” is no word of this language and no name that is known"
            elif token.text != token.text.lower():
                begins = reading.begins_sentence(token.start)
                is_known = self.language.knows(token.text, begins=begins) or self.language.numbers.is_number(token)
                if not is_known and not self._is_part_of_date(token):
                    yield f"“{token.text}” is no name that is known"
        yield from self._small_names(reading)
        words = [token.text for token in tokens_of(reading.rest) if token.is_word]
        known = sum(self.language.knows(word, begins=True) for word in words)
        if len(words) >= _FEW_WORDS and known < _KNOWN_SHARE * len(words):
            yield f"it is not in the language “{self.language.lines.language}”, or uses too many words of its own"

    def _small_names(self, reading: Reading) -> Iterator[str]:
        """Behind "title by" stands a name, however it is written."""
        for sentence in reading.sentences:
            for mention in sentence.mentions:
                match = self._ties.by.match(sentence.text, mention.start + 1)
                word = tokens_of(sentence.text[match.end() :])[:1] if match and mention.slots & {*TITLES} else []
                if word and word[0].is_word and word[0].text.casefold() not in self.language.vocabulary:
                    yield f"“{word[0].text}” is no name that is known"

    def _is_part_of_date(self, token: Token) -> bool:
        return any(pattern.fullmatch(token.text) for pattern, _ in (*self._months, *self._weekdays, *self._seasons))

    # --- the calendar -------------------------------------------------------------------------------------------------

    @cached_property
    def _months(self) -> tuple[tuple[Phrases, int], ...]:
        return self._of_calendar("months", first=1)

    @cached_property
    def _weekdays(self) -> tuple[tuple[Phrases, int], ...]:
        return self._of_calendar("weekdays", first=0)

    def _of_calendar(self, table: str, *, first: int) -> tuple[tuple[Phrases, int], ...]:
        from babel import Locale

        locale = Locale.parse(self.language.lines.words.locale)
        names: dict[int, set[str]] = {}
        for context in ("format", "stand-alone"):
            wide = (locale.months if table == "months" else locale.days)[context]["wide"]
            for number, name in wide.items():
                names.setdefault(number, set()).add(name)
        for name, number in self._lists.table(table).items():
            names.setdefault(int(number), set()).add(name)
        found = []
        for number, known in sorted(names.items()):
            capital = {name for name in known if name != name.lower()}
            # "may" and "march" are words; "May" and "March" are months.
            found.append((any_of(capital, exact_case=True), number))
            found.append((any_of(known - capital), number))
        return tuple(found)

    @cached_property
    def _seasons(self) -> tuple[tuple[Phrases, str], ...]:
        groups = self._lists.group("seasons").items()
        capital = self.language.lines.language == "de"
        return tuple((any_of(words, exact_case=capital), name) for name, words in groups)

    @cached_property
    def _dayparts(self) -> tuple[tuple[Phrases, frozenset[str]], ...]:
        parts: dict[str, set[str]] = {}
        for name, words in self._lists.group("dayparts").items():
            for word in words:
                parts.setdefault(word, set()).add(name)
        return tuple((any_of([word]), frozenset(names)) for word, names in parts.items())

    def _calendar(self, reading: Reading, allowed: Allowed, facts: Facts) -> Iterator[str]:
        dates = (*allowed.dates.released, *allowed.dates.heard)
        rest = self._without(reading.rest, "not_weekdays", "not_seasons")
        for pattern, month in self._months:
            for match in pattern.finditer(rest):
                near = rest[match.end() : match.end() + 10]
                years = re.findall(r"\d{4}", near)
                if not any(date.month == month and (not years or str(date.year) == years[0]) for date in dates):
                    yield f"“{match.group()}{f' {years[0]}' if years else ''}” is no month that is known"
        weekday = facts.get("weekday")
        for pattern, number in self._weekdays:
            for match in pattern.finditer(rest):
                if weekday != _WEEKDAYS[number] and not self.language.says(rest, *match.span()):
                    yield f"“{match.group()}” is not the day that it is"
        for pattern, season in self._seasons:
            if (found := pattern.search(rest)) and not allowed.is_season(season):
                yield f"“{found.group()}” is no season that is known"
        for pattern, parts in self._dayparts:
            if (found := pattern.search(rest)) and facts.get("daypart") not in parts:
                yield f"“{found.group()}” is not the time of day"

    # --- numbers ------------------------------------------------------------------------------------------------------

    def _figures(self, reading: Reading, allowed: Allowed, facts: Facts) -> Iterator[str]:
        for match in any_of(self._lists.words("many")).finditer(reading.rest):
            yield f"“{match.group()}” is no number that is known"
        for sentence in reading.sentences:
            text = self._without(sentence.text, "not_numbers", "not_ordinals")
            for figure in self.language.numbers.find(tokens_of(text)):
                is_own = not figure.text[0].isdigit() and self.language.says(sentence.text, figure.start, figure.end)
                if not is_own and not self._may_say(figure, sentence, allowed):
                    unit = f" ({figure.unit})" if figure.unit else ""
                    yield f"“{figure.text}”{unit} is no number that the facts hold"

    def _may_say(self, figure: Figure, sentence: Sentence, allowed: Allowed) -> bool:
        value, numbers = figure.value, self.language.numbers
        if figure.kind == "decade":
            return any(value in (decade, decade % 100) for decade in allowed.decades)
        if figure.kind == "ordinal":
            return value in allowed.counts("years") or self._is_day_of_month(figure, sentence, allowed)
        if figure.text.casefold() in self._articles:
            return True  # see `_spans`
        if figure.is_loose and (figure.unit is None or (value == 1 and figure.unit in ("songs", "artists"))):
            return True
        counts_something = numbers.unit_after(tokens_of(sentence.text[figure.end :])[:1], 0) is not None
        if 1000 <= value <= 2999 and not counts_something and (figure.unit is None or value in allowed.years()):
            return value in self._years(figure, sentence, allowed) or value in allowed.counts(None)
        is_round = value % 10 == 0 and 20 <= value <= 90 and figure.unit in (None, "years")
        if is_round and any(value == decade % 100 for decade in allowed.decades):
            return True  # los ochenta, gli anni ottanta
        before = sentence.text[max(0, figure.start - _NEAR_CHARS) : figure.start]
        if figure.unit in ("weeks", "months", "years", "hours", "minutes", "days") and self._is_span(
            value, figure.unit, before, allowed
        ):
            return True
        if self._is_day_of_month(figure, sentence, allowed):
            return True
        counts = allowed.counts(figure.unit)
        if self._over.search(before):
            return any(value < count <= 1.25 * value for count in counts)
        if self._under.search(before):
            return any(0.9 * value <= count < value for count in counts)
        return value in counts

    def _years(self, figure: Figure, sentence: Sentence, allowed: Allowed) -> frozenset[int]:
        """Return the years that may be named here: those of what the words before speak of, a release or listening."""
        before = re.split(r"[\U000F0000-\U0010FFFD]", sentence.text[: figure.start])[-1][-_VERB_CHARS:]
        made = bool(self._ties.released.search(before))
        heard = bool(self._ties.heard.search(before))
        if not made and not heard and self._ties.released.search(sentence.text):
            made, heard = True, bool(self._ties.heard.search(sentence.text))
        return allowed.years(released=made or not heard, heard=heard or not made)

    def _is_day_of_month(self, figure: Figure, sentence: Sentence, allowed: Allowed) -> bool:
        near = sentence.text[max(0, figure.start - _NEAR_CHARS) : figure.end + _NEAR_CHARS]
        for pattern, month in self._months:
            if pattern.search(near):
                dates = (*allowed.dates.released, *allowed.dates.heard)
                return any(date.month == month and date.day == figure.value for date in dates)
        return False

    @cached_property
    def _over(self) -> re.Pattern[str]:
        return re.compile(f"(?:{any_of(self._lists.words('over')).pattern})\\s*$", re.IGNORECASE)

    @cached_property
    def _under(self) -> re.Pattern[str]:
        return re.compile(f"(?:{any_of(self._lists.words('under')).pattern})\\s*$", re.IGNORECASE)

    def _is_span(self, value: float, unit: str, before: str, allowed: Allowed) -> bool:
        """Whether something took about so long; "more than" and "nearly" are meant as they are said."""
        spans = allowed.spans(unit)
        if self._over.search(before):
            return any(value <= span < value + 1 for span in spans)
        if self._under.search(before):
            return any(value - 0.5 <= span <= value for span in spans)
        if unit == "days":
            return value in spans
        return any(abs(span - value) <= max(0.5 if unit != "minutes" else 2.5, 0.0) for span in spans)

    def _spans(self, reading: Reading, allowed: Allowed, facts: Facts) -> Iterator[str]:
        """Check "for a year", "a week ago": an article is a number here."""
        numbers = self.language.numbers
        for sentence in reading.sentences:
            for place, token in enumerate(sentence.tokens[:-1]):
                if token.text.casefold() not in self._articles:
                    continue
                following = sentence.tokens[place + 1]
                unit = numbers.unit_after((following,), 0)
                if unit not in ("days", "weeks", "months", "years", "decades"):
                    continue
                before, behind = sentence.text[: token.start].rstrip(), sentence.text[following.end :].lstrip(" ,")
                if not (self._before_span.search(before) or self._behind_span.match(behind)):
                    continue
                if self.language.says(sentence.text, token.start, following.end):
                    continue
                is_known = self._is_span(1, unit, before[-_NEAR_CHARS:] + " ", allowed) and unit != "decades"
                if not is_known and 1 not in allowed.counts(unit):
                    yield f"“{token.text} {following.text}” is not how long it was"

    @cached_property
    def _articles(self) -> frozenset[str]:
        return frozenset(self._lists.words("articles"))

    @cached_property
    def _before_span(self) -> re.Pattern[str]:
        return re.compile(f"(?:{any_of(self._lists.words('span_before')).pattern})$", re.IGNORECASE)

    @cached_property
    def _behind_span(self) -> Phrases:
        return any_of(self._lists.words("span_after"))

    # --- shelves ------------------------------------------------------------------------------------------------------

    @cached_property
    def _only_if(self) -> tuple[tuple[Phrases, str], ...]:
        return tuple((any_of(words), rotation) for rotation, words in self._lists.group("only_if").items())

    def _shelves(self, reading: Reading, allowed: Allowed, facts: Facts) -> Iterator[str]:
        for pattern, rotation in self._only_if:
            if (found := pattern.search(reading.rest)) and rotation not in (
                facts.get("rotation"),
                facts.get("theme_value"),
            ):
                yield f"“{found.group()}” is not what this song is"

    def _without(self, text: str, *names: str) -> str:
        """Return a text with phrases blanked out that only look like what is searched for; offsets stay."""
        for name in names:
            text = any_of(self._lists.words(name)).blanked(text)
        return text


_WEEKDAYS: Mapping[int, str] = dict(
    enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
)
