"""Holidays: which songs belong to one, and in which weeks of the year it is.

The evidence is in genre, title and album, never in the artist's name: a band may be called after any feast. Only what
belongs to a holiday and to nothing else is looked for, so "Holiday", "New Year's Day" and "Easter" alone say nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from aidj.model import Track
from aidj.selection.phrases import Phrases
from aidj.selection.words import plain_words

Holiday = Literal["christmas", "winter", "new_year", "halloween", "hanukkah", "easter"]
Hemisphere = Literal["north", "south"]

HOLIDAY_WEEKS: Mapping[Holiday, str] = {
    "christmas": "from the Thursday before Advent to 6 January",
    "winter": "as Christmas in the north; June to August in the south",
    "new_year": "26 December to 6 January",
    "halloween": "17 to 31 October",
    "hanukkah": "from a week before the first candle to the eighth day",
    "easter": "from Palm Sunday to Easter Monday",
}
"""When the songs of each holiday are welcome, in words. "winter" is snow and sleighs without a word of Christmas."""


def in_season(today: date, hemisphere: Hemisphere) -> frozenset[Holiday]:
    """Return the holidays whose weeks a day lies in."""
    found: set[Holiday] = set()
    month_day = (today.month, today.day)
    if today >= advent(today.year) - timedelta(days=3) or month_day <= (1, 6):
        found.add("christmas")
    if today.month in (6, 7, 8) if hemisphere == "south" else "christmas" in found:
        found.add("winter")
    if month_day >= (12, 26) or month_day <= (1, 6):
        found.add("new_year")
    if (10, 17) <= month_day <= (10, 31):
        found.add("halloween")
    # Hanukkah can reach into January: the one that began last year counts too.
    if any(-7 <= today.toordinal() - _first_candle_day(year) <= 8 for year in (today.year, today.year - 1)):
        found.add("hanukkah")
    if -7 <= (today - easter(today.year)).days <= 1:
        found.add("easter")
    return frozenset(found)


def advent(year: int) -> date:
    """Return the first Sunday of Advent: the fourth Sunday before 25 December."""
    christmas = date(year, 12, 25)
    return christmas - timedelta(days=christmas.isoweekday() + 21)


def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (the Meeus/Jones/Butcher rule)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    ll = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * ll) // 451
    month, day = divmod(h + ll - 7 * m + 114, 31)
    return date(year, month, day + 1)


def first_candle(year: int) -> date:
    """Return the evening on which Hanukkah begins: the one before 25 Kislev."""
    return date.fromordinal(_first_candle_day(year))


def _first_candle_day(year: int) -> int:
    """Return it as an ordinal day, since the one of the year 9999 lies beyond all dates, and that of 0 before them."""
    jewish_year = year + 3761
    start = _new_year(jewish_year)
    # Marheshvan has its 30th day only in years of 355 or 385 days; Tishri always has 30.
    long_marheshvan = (_new_year(jewish_year + 1) - start) % 10 == 5
    return start + 30 + (30 if long_marheshvan else 29) + 24 - 1


def _new_year(jewish_year: int) -> int:
    """Return the ordinal day of 1 Tishri (after Reingold and Dershowitz, Calendrical Calculations)."""
    before, this, after = (_days_to_molad(year) for year in range(jewish_year - 1, jewish_year + 2))
    delay = 2 if after - this == 356 else 1 if this - before == 382 else 0
    return this + delay - 1_373_427


def _days_to_molad(jewish_year: int) -> int:
    months = (235 * jewish_year - 234) // 19
    days = 29 * months + (12_084 + 13_753 * months) // 25_920
    return days + 1 if 3 * (days + 1) % 7 < 3 else days


# --- words ------------------------------------------------------------------------------------------------------------

_Label = Holiday | Literal["seasonal", "otherwise"]
_KINDS_OF_MUSIC = "{album,classics,collection,favorites,favourites,hits,music,party,playlist,songs,sounds,tunes}"

_GENRES: Mapping[_Label, tuple[str, ...]] = {
    "christmas": (
        "{christmas,xmas,x mas,navidad,navidena,villancico,villancicos,natale,advent,kerst,kerstmis,jul,julmusik}",
        "weihnacht*",
        "^ noel $",
        "{musique,musiques,chant,chants,chanson,chansons} de noel",
    ),
    "halloween": ("halloween",),
    "hanukkah": ("{hanukkah,hannukah,hanukah,chanukah,chanukkah}",),
    "easter": ("{easter,ostern,osterlieder,paques}",),
    "seasonal": ("{holiday,holidays,seasonal}",),  # means Christmas, unless the titles name another holiday
    "otherwise": ("billie holiday",),
}

# Lines that name the feast, and songs that are sung at no other time.
_TITLES: Mapping[_Label, tuple[str, ...]] = {
    "christmas": (
        "{christmas,christmastime,christmases,xmas,x mas}",
        "{weihnacht,urweihnacht,jullied,julsang,kerstlied}*",
        "{navidad,navidades,navidena,navidenas,villancico,villancicos,kerstmis,kerst,julmusik,julafton}",
        "{buon,bianco,di,a} natale",
        "{feliz natal,god jul,glaedelig jul}",
        "{jingle bells,jingle bell,jingle bell rock,stille nacht,noche de paz,astro del ciel,douce nuit,silent night}",
        "{santa,santas} {claus,clauss,baby,tell me,coming,sleigh,workshop,helper,helpers,reindeer,song,bring my baby}",
        "{dear,hey,be,mr,mrs} santa",
        "^ noel $",
        "{first,papa,pere,joyeux,merry,petit,vive,noel,a,au,de,pour} noel",
        "deck the {hall,halls}",
        "{o,oh} holy night",
        "{minuit chretien,minuit chretiens,away in a manger,hark the herald,little drummer boy,we three kings}",
        "god rest {ye,you} merry",
        "{adeste fideles,o come all ye faithful,in dulci jubilo,ding dong merrily,carol of the bells,silver bells}",
        "{holly jolly,mistletoe,o tannenbaum,oh tannenbaum,mon beau sapin,ihr kinderlein kommet,o du frohliche}",
        "{alle jahre wieder,tochter zion,leise rieselt der schnee,kling glockchen,es ist ein ros entsprungen}",
        "{macht hoch die tur,lasst uns froh und munter,vive le vent,il est ne le divin enfant,campana sobre campana}",
        "{les anges dans nos campagnes,tu scendi dalle stelle,peces en el rio,burrito sabanero,little saint nick}",
        "{fairytale of new york,run rudolph run,run run rudolph,rudolph the red nosed,have yourself a merry}",
        "{do you hear what i hear,what child is this,mele kalikimaka,susser die glocken nie klingen}",
        "{morgen kinder wirds was geben,entre le boeuf et l ane gris}",
        "{most wonderful time of the year,happy holiday,happy holidays,holiday season}",
        f"holiday {_KINDS_OF_MUSIC}",
    ),
    "winter": (
        "{let it snow,winter wonderland,frosty the snowman,baby its cold outside,^ sleigh ride,marshmallow world}",
        "{schneeflockchen weissrockchen,jetzt fangt das schneien an}",
    ),
    "new_year": (
        "{auld lang syne,happy new year,happy new years,doing new years eve,bonne annee,feliz ano nuevo}",
        "{prospero ano,frohes neues jahr,guten rutsch,buon anno}",
    ),
    "halloween": (
        f"halloween {_KINDS_OF_MUSIC}",
        "halloween {night,theme,spooktacular,special}",
        "{happy,this is,its,spooky,scary,kids} halloween",
        "{monster mash,trick or treat,spooky scary skeletons}",
    ),
    "hanukkah": ("{hanukkah,hannukah,hanukah,chanukah,chanukkah,dreidel,dreydl,ocho kandelikas,maoz tzur}",),
    "easter": (
        "easter {bunny,parade,egg,eggs,basket}",
        "{peter cottontail,^ happy easter $,frohe ostern,joyeuses paques}",
        "{osterhas,osterlied}*",
    ),
    "otherwise": (  # what has such words and is no holiday's: a film, a street, a singer, a joke
        "{merry christmas mr lawrence,nightmare before christmas,christmas steps,silent night bodom night}",
        "{every day,everyday} is halloween",
        "{billie,roman} holiday",
        "santa {fe,monica,maria,barbara,cruz,lucia,ana,rosa}",
        "happy holidays you bastard*",
    ),
}
_CONCERT = Phrases({True: ("{live,concert,concerts,konzert,jam,tour,bootleg}",)})
_IN_GENRES = Phrases(_GENRES)
_IN_TITLES = Phrases(_TITLES)


def out_of_season(
    tracks: Sequence[Track], plain: Mapping[str, str], today: date, hemisphere: Hemisphere
) -> NDArray[np.bool_]:
    """Return which tracks belong to holidays of which none is now, shape (n_tracks,).

    Parameters
    ----------
    plain : mapping from every title and album to its `plain_words`
    """
    welcome = in_season(today, hemisphere)
    mask = np.zeros(len(tracks), np.bool_)
    told = _IN_TITLES.among(plain)
    festive = {track.album for track in tracks if track.title in told}
    genres = {genres for genres in {track.genres for track in tracks} if _of_genres(genres)}
    for index, track in enumerate(tracks):
        if track.title in told or track.album in told or track.genres in genres:
            # An album called just "Christmas" is one if a song on it says so too.
            album = track.album if track.album in festive or " " in plain[track.album or ""] else None
            holidays = holidays_of(track.title, album, track.artist, track.genres)
            mask[index] = bool(holidays) and holidays.isdisjoint(welcome)
    return mask


def holidays_of(title: str, album: str | None, artist: str, genres: tuple[str, ...]) -> frozenset[Holiday]:
    """Return the holidays a song belongs to; empty for the songs of any day."""
    of_genres = _of_genres(genres)
    found = _of_title(title, artist) | (of_genres - {"seasonal"})
    if album and not _CONCERT.labels(album):  # "Live at Christmas 1989" holds the songs of any day
        found |= _of_title(album, artist)
    return _only_holidays(found) or (frozenset({"christmas"}) if "seasonal" in of_genres else frozenset())


@lru_cache(1 << 12)
def _of_genres(genres: tuple[str, ...]) -> frozenset[_Label]:
    found: set[_Label] = set()
    for genre in genres:
        labels = _IN_GENRES.labels(genre)
        found |= labels if "otherwise" not in labels else frozenset()
    return frozenset(found)


def _of_title(title: str, artist: str) -> frozenset[_Label]:
    labels = _IN_TITLES.labels(title)
    if not labels:
        return frozenset()
    if name := plain_words(artist):  # a band's name in its own titles says nothing
        labels = _IN_TITLES.labels(f" {plain_words(title)} ".replace(f" {name} ", " "))
    return frozenset() if "otherwise" in labels else labels


def _only_holidays(labels: frozenset[_Label]) -> frozenset[Holiday]:
    return frozenset(holiday for holiday in HOLIDAY_WEEKS if holiday in labels)
