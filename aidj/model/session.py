"""A session as a document: songs, links, sets, and how one song becomes the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from aidj.model.choice import LeftOut, Rotation

LinkKind = Literal["opening", "intro", "back_announce", "set_change", "jump", "closing"]
"""What a spoken link is for."""


LINK_KINDS: tuple[LinkKind, ...] = ("opening", "intro", "back_announce", "set_change", "jump", "closing")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRef:
    """How a plan names a track: by content, by place, and by what a person calls it."""

    id: str | None = None
    path: Path | None = None
    artist: str = ""
    title: str = ""
    album: str | None = None
    duration_s: float | None = None


TransitionKind = Literal["gapless", "segue", "crossfade", "beatmix", "gap"]
"""How one song becomes the next: without a break, when it fades, over each other, beat on beat, or after silence."""

TRANSITION_KINDS: tuple[TransitionKind, ...] = ("gapless", "segue", "crossfade", "beatmix", "gap")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A wish how a song begins after the one before it."""

    kind: TransitionKind
    length_s: float | None = None
    """Of a crossfade, a beatmix or a gap; None leaves it to the songs."""
    bars: float | None = None
    """The length of a crossfade or a beatmix in bars, instead of seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """How a song was begun after the one before it, and why so. Written by the timeline."""

    kind: TransitionKind
    overlap_s: float
    """How long both sound; negative is silence between them."""
    why: tuple[str, ...] = ()
    """What spoke for it, and what spoke against the others, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A song's place in a plan."""

    track: TrackRef
    rotation: Rotation = "request"
    why: str = ""
    score: float | None = None
    terms: Mapping[str, float | int | str] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    """The rules that gave way for it, in words."""
    propensity: float | None = None
    """How likely the noise was to bring it up, 0 to 1: what evaluating the choice later needs."""
    plays_s: float | None = None
    """How long it is expected to sound before the next song begins; None where unknown."""
    transition: Transition | None = None
    """How the song before becomes this one; None leaves it to the timeline."""
    joined: Joined | None = None
    """What the timeline made of it; None until laid out."""
    untouched: bool | None = None
    """Whether nothing may be mixed into it; None goes by its genre and by what the listener keeps beside the file."""
    pinned_s: float | None = None
    """When it must begin, counted from the session's start; None where it just follows."""
    cut_s: float | None = None
    """It was skipped: it fades out after so many seconds of it were heard. None where it plays on."""
    starts_s: float | None = None
    """Where it starts in the rendered session; None until rendered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The place of a spoken link in a plan, and the facts it may use."""

    kind: LinkKind
    facts: Mapping[str, str | int] = field(default_factory=dict)
    text: str | None = None
    """What is said; None until written. A text written by hand is spoken as it is."""
    line: str | None = None
    """Id of the line the text was made from; None for a text written by hand."""
    speech_s: float | None = None
    """Length of the speech; None until spoken."""
    cut_s: float | None = None
    """It was hushed: it fades out after so many seconds of it were heard. None where it is said to its end."""
    engine: str | None = None
    """The speech engine that spoke it, with its version; None until spoken."""
    voice: str | None = None
    """Which of the engine's voices; None until spoken."""
    text_hash: str | None = None
    """SHA-256 of the text that was spoken, in hexadecimal digits; None until spoken."""
    starts_s: float | None = None
    """Where it starts in the rendered session; None until rendered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """A few songs with one theme, and the links between them."""

    theme: str
    """In words, as they follow "here are": "songs you have not heard for a long time"."""
    theme_kind: str = ""
    """What kind of theme it is, such as ``decade`` or ``season``; empty for a theme in words of one's own."""
    theme_value: str = ""
    """Which one of its kind, such as ``1990`` or ``indie rock``: what presenters of other languages go by."""
    theme_artist: str = ""
    """The artist that the theme names."""
    order_cost: Mapping[str, float] = field(default_factory=dict)
    """What the order of the songs costs: ``total``, and the parts that add up to it."""
    entries: tuple[Item | Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A rotation's part in a session."""

    target: float
    """Of all songs, 0 to 1, as habit, default and dials have it among rotations that have songs."""
    pool: int
    """Songs to choose from."""
    songs: int
    """Songs chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """On what a choice rests."""

    basis: str = ""
    """What is known of the listener, in words."""
    shares: Mapping[Rotation, Share] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A session as a document: what plays, in which order, why, and where something is said."""

    title: str
    planned_at: datetime
    """The moment the session was planned for, with its zone."""
    seed: int
    minutes: float
    """The length asked for."""
    presenter: str
    """Name of the presenter, or the path of a presenter file."""
    target_lufs: float = -16.0
    """The loudness of every song."""
    settings: Mapping[str, str | int | float] = field(default_factory=dict)
    """What was asked for beyond the length: dials, a query, an arc; empty for the usual."""
    notes: tuple[str, ...] = ()
    """What could not be had, and which rule gave way, in words."""
    mix: Mix | None = None
    """How the choice was made; None for a plan written by hand."""
    sets: tuple[Set, ...]

    def items(self) -> tuple[Item, ...]:
        """Return all songs in order."""
        return tuple(entry for part in self.sets for entry in part.entries if isinstance(entry, Item))

    def links(self) -> tuple[Link, ...]:
        """Return all links in order."""
        return tuple(entry for part in self.sets for entry in part.entries if isinstance(entry, Link))
