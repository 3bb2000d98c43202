"""Where a song begins, and where the link before it is spoken, after all that was placed before. Decides; adds nothing.

Conventions: seconds on the session's clock, unless a name says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

from aidj.model import TalkSettings
from aidj.sequencing import follows
from aidj.timeline.beatmatch import why_not
from aidj.timeline.choosing import BREATH_S, CLASSICAL_BREATH_S, choose, natural, wished_gap_s
from aidj.timeline.cutting import after_skip
from aidj.timeline.handover import Handover
from aidj.timeline.judging import Side
from aidj.timeline.model import on_frame
from aidj.timeline.pins import NOTED_SILENCE_S, SHORTEST_S, join_pinned, silence_note, transition_note
from aidj.timeline.placed import OpenSong, Song, Start, Talk, name_of
from aidj.timeline.places import PAUSE_S, Spot
from aidj.timeline.seams import Seam, cut_at, segue
from aidj.timeline.talk import TalkPlace, place_talk

LEAD_IN_S = 0.1
"""Silence before the first word or note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What a song or a link begins after."""

    rate: int
    handover: Handover
    settings: TalkSettings
    song: OpenSong | None
    """The song that is not over yet."""
    talks: tuple[Talk, ...]
    """The links that wait to be said."""
    anything: bool
    """Whether there is anything before it at all."""
    end_s: float
    """When all is over that is settled."""
    spoken_s: float
    """When the last speech is over."""
    cut_s: float | None
    """When the song before was skipped, and the next may begin; None where it ended by itself."""


def alone(before: Before, talk: Talk) -> TalkPlace:
    """Place a link that no song follows at once."""
    return place_talk(_spot(before, talk, None, None, 0.0), before.settings.placement)


def following(before: Before, song: Song, side: Side) -> Start:
    """Begin a song where the one before it and the link between them, the last that waits, have it begin."""
    talk = before.talks[-1] if before.talks else None
    last, cut_s, wish = before.song, before.cut_s, song.item.transition
    seam = _seam(before, last, song, side, spoken=talk is not None) if last else None
    ended_s = before.end_s if cut_s is None else cut_s
    joins_at_s = last.at_s(seam.next_starts_s) if last and seam else max(LEAD_IN_S, ended_s)
    starts_s = max(joins_at_s, before.spoken_s)
    place: TalkPlace | None = None
    if talk is not None:
        apart = wish is not None and wish.kind == "gap"
        spot = _spot(before, talk, song, side, starts_s)
        place = place_talk(spot, "gap" if apart else before.settings.placement)
        if talk.link.cut_s is None:
            starts_s = place.song_starts_s
        else:  # nothing waits for what is no longer said
            hushed_s = on_frame(place.speech_starts_s, before.rate) + on_frame(talk.link.cut_s, before.rate)
            starts_s = min(place.song_starts_s, max(starts_s, hushed_s))
    if cut_s is not None:
        return Start(seam=after_skip(starts_s, song.analysis.cue_in_s, cut_s), starts_s=starts_s, place=place)
    if last and starts_s != joins_at_s:
        seam = segue(last.song.analysis, song.analysis, last.on_file_s(starts_s))
    note: str | None = None
    if before.anything:
        untouched = last is not None and (last.song.untouched or song.untouched)
        why = "one of the two is to be left alone" if untouched else "what is said before it takes its time"
        beats = why_not(last.song.analysis, song.analysis) if last else None
        note = transition_note(name_of(song), wish, seam, starts_s - joins_at_s, why, beats)
    return Start(seam=seam, starts_s=starts_s, place=place, notes=(note,) if note else ())


def pinned(before: Before, song: Song, side: Side, pin_s: float) -> Start:
    """Begin a song at its pinned time, and end early what would still sound."""
    last, wish = before.song, song.item.transition
    lead_s, place = _lead(before, song, side, pin_s)
    quiet_by_s = pin_s - lead_s
    seam: Seam | None = None
    ended_s = max(before.end_s, before.spoken_s)
    notes: list[str | None] = []
    if last:
        made, pinned_on_file_s = last.song.analysis, last.on_file_s(pin_s)
        if not before.talks:
            seam = join_pinned(last.side, side, wish, pinned_on_file_s)
        elif (last.ends_s if _apart(before, song) else last.quiet_at_s) <= quiet_by_s:
            seam = segue(made, song.analysis, pinned_on_file_s)
        else:
            seam = cut_at(made, song.analysis, last.on_file_s(quiet_by_s), pinned_on_file_s)
        ended_s = max(ended_s, last.at_s(seam.ends_s))
        notes.append(transition_note(name_of(song), wish, seam, 0.0, "it has to begin where it is pinned"))
    silent_s = quiet_by_s - ended_s
    if silent_s > NOTED_SILENCE_S:
        notes.append(silence_note(name_of(song), pin_s, silent_s))
    said = tuple(note for note in notes if note)
    return Start(seam=seam, starts_s=pin_s, place=place, quiet_by_s=quiet_by_s, notes=said)


def earliest_pin_s(before: Before, song: Song, side: Side) -> float:
    """Return the first moment to which a song can be pinned, after what sounds before it."""
    earliest_s = max(before.end_s, before.spoken_s)
    if before.song:
        earliest_s = max(earliest_s, before.song.starts_s + SHORTEST_S)
    return earliest_s + _lead(before, song, side, 0.0)[0]


def _lead(before: Before, song: Song, side: Side, pin_s: float) -> tuple[float, TalkPlace | None]:
    """Return how long before a pin the song before has to be quiet, and where the last link stands."""
    gap_s = wished_gap_s(song.item.transition) if before.song else 0.0
    if not before.talks:
        return gap_s, None
    *earlier, last = before.talks
    earlier_s = sum(PAUSE_S + talk.speech.duration_s for talk in earlier)
    spot = _spot(before, last, song, side, pin_s, for_pin=True)
    place = place_talk(spot, "gap" if gap_s else before.settings.placement)
    if earlier and place.speech_starts_s >= pin_s:
        place = place_talk(spot, "gap")
    before_pin_s = pin_s - place.speech_starts_s
    return max(gap_s, earlier_s + PAUSE_S + before_pin_s if before_pin_s > 0 else 0.0), place


def _seam(before: Before, last: OpenSong, song: Song, side: Side, *, spoken: bool) -> Seam:
    """Choose how a song follows the one before it; `spoken` is whether a link stands between them."""
    wish = song.item.transition
    cut = wish is not None and wish.kind == "gapless" and _on_album(before, song)  # no room between whole files
    if spoken and (wish is None or wish.kind == "beatmix" or cut):
        return natural(last.side, side)
    return choose(
        last.side,
        side,
        wish=wish,
        handover=before.handover,
        neighbours=follows(last.song.track, song.track),
        untouched=last.song.untouched or song.untouched,
        breath_s=CLASSICAL_BREATH_S if last.song.classical or song.classical else BREATH_S,
        mixed=not (last.song.run or song.run),
        same_recording=last.song.track.id == song.track.id,
        earliest_s=last.on_file_s(last.busy_until_s),
    )


def _spot(
    before: Before, talk: Talk, song: Song | None, side: Side | None, joins_at_s: float, *, for_pin: bool = False
) -> Spot:
    """Return what a link stands between: the song before, and the one to come if it comes at once."""
    last = before.song
    neighbours = song is not None and _on_album(before, song)
    return Spot(
        speech_s=talk.speech.duration_s,
        free_from_s=max(before.spoken_s, before.cut_s or 0.0) if before.anything else LEAD_IN_S - PAUSE_S,
        joins_at_s=joins_at_s,
        before=last.side if last and not for_pin else None,
        before_ends_s=last.ends_s if last and not for_pin else 0.0,
        after=side,
        # Between two songs of an album run there is a gap for it, or nothing.
        before_alone=neighbours or (last is not None and last.song.untouched),
        after_alone=neighbours or (song is not None and song.untouched),
        pinned=for_pin,
        breath_s=CLASSICAL_BREATH_S if last and last.song.classical else PAUSE_S,
    )


def _on_album(before: Before, song: Song) -> bool:
    """Return whether a song follows the one before it on its album."""
    return before.song is not None and follows(before.song.song.track, song.track)


def _apart(before: Before, song: Song) -> bool:
    """Return whether a link before a song may stand over nothing at all of the song before."""
    wish = song.item.transition
    gap = wish is not None and wish.kind == "gap"
    return before.settings.placement == "gap" or gap or _on_album(before, song)
