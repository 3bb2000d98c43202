"""What becomes audible at which frame of what is laid out: the events a listener is told of, and notes for the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from aidj.model import Item, Link, Plan, Track
from aidj.session.audible import Cue
from aidj.session.entries import entries_of, set_numbers
from aidj.session.events import Ended, Event, LinkStarted, SetChanged, Skipped, TrackStarted, Word
from aidj.session.laid import Laid
from aidj.session.play_log import LinkSpoken, SongBegan, SongHeard
from aidj.session.recording import listen_after_s
from aidj.timeline import Song


def cues_of(laid: Laid, plan: Plan, *, cuts: Mapping[int, bool], ends: str) -> tuple[Cue, ...]:
    """Return all that becomes audible, in the order of its frames.

    Parameters
    ----------
    laid : Laid
        What is heard.
    plan : Plan
        The same, with when everything begins: see `Laid.filled`.
    cuts : mapping of int to bool
        The songs that are left early, by their place, and whether because the listener did not want them.
    ends : str
        Why the session ends where the plan does, in words.
    """
    cues = _cues_of_sets(laid, plan)
    entries = entries_of(plan)
    for number, what in laid.placed.items():
        if number not in laid.marks:
            continue
        entry = entries[number]
        if isinstance(what, Song) and isinstance(entry, Item):
            cues += _cues_of_song(laid, number, entry, what.track, cuts)
        elif isinstance(entry, Link):
            cues += _cues_of_link(laid, number, entry)
    if laid.is_whole:
        end = laid.timeline.n_frames
        cues.append(Cue(frame=end, event=Ended(frame=end, reason=ends)))
    return tuple(sorted(cues, key=lambda cue: cue.frame))


def _cues_of_sets(laid: Laid, plan: Plan) -> list[Cue]:
    sets = set_numbers(plan)
    begins: dict[int, int] = {}  # a link may be spoken over its song, or not at all: which is heard first, tells
    for number in laid.marks:
        start = laid.start_frame(number)
        begins[sets[number]] = min(start, begins.get(sets[number], start))
    return [
        Cue(frame=start, event=SetChanged(frame=start, theme=plan.sets[place].theme)) for place, start in begins.items()
    ]


def _cues_of_song(laid: Laid, number: int, item: Item, track: Track, cuts: Mapping[int, bool]) -> list[Cue]:
    rate, start, end = laid.timeline.rate, laid.start_frame(number), laid.end_frame(number)
    played_s = (end - start) / rate
    started = TrackStarted(frame=start, item=item, track=track, plays_s=round(played_s, 3))
    cues = [Cue(frame=start, event=started, note=SongBegan(number=number, track=track), song=number)]
    if item.cut_s is not None:
        played_s = min(played_s, item.cut_s)
        end = start + round(played_s * rate)
    heard = SongHeard(number=number, item=item, track=track, played_s=played_s, unwanted=cuts.get(number, False))
    counts_s = listen_after_s(track)
    if counts_s <= played_s:
        listened = replace(heard, played_s=counts_s, unwanted=False)
        cues.append(Cue(frame=start + round(counts_s * rate), note=listened))
    event: Event | None = None
    if number in cuts and item.cut_s is not None:
        event = Skipped(frame=end, item=item, after_s=round(played_s, 3))
    cues.append(Cue(frame=end, event=event, note=heard))
    return cues


def _cues_of_link(laid: Laid, number: int, link: Link) -> list[Cue]:
    if link.cut_s == 0.0:
        return []  # hushed before its first word
    start, end, mark = laid.start_frame(number), laid.end_frame(number), laid.marks[number]
    said = laid.said.get(number)
    note = LinkSpoken(said=said) if said is not None else None
    cues = [Cue(frame=start, event=LinkStarted(frame=start, link=link), note=note)]
    for word in mark.words:
        frame = start + round(word.start_s * laid.timeline.rate)
        if frame < end:
            text = mark.text[word.start_char : word.start_char + word.length]
            event = Word(frame=frame, text=text, start_char=word.start_char, length=word.length)
            cues.append(Cue(frame=frame, event=event))
    return cues
