"""A plan that becomes a timeline: all at once for a file, or step by step while its beginning is heard already.

There is this one way, so that a session sounds the same in both. What has begun stays as it is; loudness and the level
of the voice are those of the first step. Whatever fails on the way costs itself and not the session: a file that is
gone, a line that cannot be written, a voice that does not answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from aidj.errors import PlanError
from aidj.home import Home
from aidj.model import Item, Link, Plan, TalkSettings, Track, TrackRef
from aidj.script import Said
from aidj.session.begun import Begun
from aidj.session.entries import Entry, entries_of, numbered, with_entries
from aidj.session.laid import Laid
from aidj.session.link_writing import LinkWriting
from aidj.session.playable import Playable
from aidj.session.presenting import Speaking, Warn, check_presenter, once_each, telling_of
from aidj.session.speaking import LinkSpeech, RehearsedLinks, SpokenLinks
from aidj.session.treatment import handover_of, songs_of, talk_of
from aidj.timeline import PEAK_CEILING_DBTP, Layout, Song, Talk, common_target_lufs, room_s
from aidj.voice import Presenter, load_presenter

Progress = Callable[[str, int, int], None]
"""Called with what is being done ("Measuring", "Speaking", "Mixing"), how much of it is done, and of how much."""

LOUDNESS_NOTE = "About the loudness: "
"""How a note about it begins; like those of the timeline it is made anew each time."""


def no_progress(what: str, done: int, of: int) -> None:
    """Tell nobody."""


class Programme:
    """Lays out a plan, as often as it changes ahead of what is heard.

    Serves the thread that opened the home.

    Parameters
    ----------
    rate : int
        Frames per second.
    warn : callable
        Told what had to be left out, and why.
    ceiling_dbtp : float
        The true peak that the mix will be held to.
    progress : callable, optional
        See `Progress`.
    changed : callable, optional
        Called, on some thread, when something has been spoken that was left out for the time being.
    rehearsal : bool
        Whether nothing is spoken: how long each text takes is estimated.
    """

    def __init__(
        self,
        home: Home,
        *,
        rate: int,
        speaking: Speaking,
        warn: Warn,
        ceiling_dbtp: float = PEAK_CEILING_DBTP,
        progress: Progress = no_progress,
        changed: Callable[[], None] = lambda: None,
        rehearsal: bool = False,
    ) -> None:
        self._home = home
        self._rate = rate
        self._speaking = speaking
        self._warn = warn = once_each(warn)
        self._ceiling_dbtp = ceiling_dbtp
        self._rehearsal = rehearsal
        self._to_say = 0
        self._songs = Playable(
            home, warn, measuring=lambda done, of, track: progress("Measuring", done, of), trusting=rehearsal
        )
        self._links: LinkSpeech = RehearsedLinks(rate)
        if not rehearsal:
            told = lambda done: progress("Speaking", done, self._to_say)  # noqa: E731
            self._links = SpokenLinks(home, speaking, rate=rate, warn=warn, progress=told, changed=changed)
        self._presenter: Presenter | None = None
        self._target_lufs: float | None = None
        self._notes: tuple[str, ...] = ()
        self._begun = Begun()

    @property
    def target_lufs(self) -> float:
        """The loudness of every song; known from the first step on."""
        assert self._target_lufs is not None
        return self._target_lufs

    def track(self, item: Item) -> Track | None:
        """Return the track of a song of the plan, if it can be played."""
        return self._songs.track(item)

    def may_play(self, item: Item) -> bool:
        """Return whether a song of the plan can be played, as far as is known."""
        return self._songs.may_play(item)

    def fix(self, laid: Laid, begun: int) -> None:
        """Keep the first entries of a plan as they were laid out: they are heard already."""
        self._begun.keep(laid, begun)

    def fixed(self) -> Begun:
        """Return what was kept so far, for `loosen`."""
        return self._begun.copy()

    def loosen(self, fixed: Begun) -> None:
        """Keep no more than was kept once: the rest can still change."""
        self._begun = fixed.copy()

    def let_go(self, plan: Plan) -> None:
        """Forget all that was spoken but for what is ahead in a plan."""
        ahead = entries_of(plan)[len(self._begun) :]
        self._links.forget({entry.text for entry in ahead if isinstance(entry, Link) and entry.text})

    def restart(self, begun: int) -> None:
        """Lay out what comes from an entry on as a new beginning, after silence."""
        self._begun.restart(begun)

    def get_ready(self, presenter: Presenter) -> None:
        """Have the voice of a presenter ready before there is anything to say."""
        self._links.get_ready(presenter)

    def has_spoken(self) -> bool:
        """Return whether something was spoken that the last step had left out for the time being."""
        return self._links.has_spoken()

    def close(self) -> None:
        """Wait for nothing that is still being spoken."""
        self._links.close()

    def lay_out(
        self, plan: Plan, *, songs: int | None = None, is_final: bool = True, wait_for: int | None = None
    ) -> Laid:
        """Lay out a plan as far as some songs beyond those that have begun.

        Parameters
        ----------
        plan : Plan
            Begins with the entries that were fixed; a cut may have been written into them.
        songs : int, optional
            How many more are laid out; by default all of them.
        is_final : bool
            Whether nothing will be added behind the plan.
        wait_for : int, optional
            What is said before so many of these songs is waited for; by default all of it. The rest is left out as long
            as it is being spoken.

        Raises
        ------
        PlanError
            If none of the songs can be played.
        ConfigError, ScriptError
            If the presenter or the lines are wrong, or the presenter bears the name of an artist in the library.
        """
        if self._presenter is None and plan.links():
            self._presenter = load_presenter(plan.presenter, extra_folders=(self._home.voices_folder,))
            if not self._rehearsal:
                check_presenter(self._home, self._presenter)
        tracks = self._playable(plan)
        talk = talk_of(plan, self._speaking.talk)
        end, is_whole = self._horizon(plan, tracks, songs)
        plan, said = self._written(plan, tracks, talk, end)
        entries = entries_of(plan)
        ready = songs_of(entries, tracks, self._songs.analyses)
        if self._target_lufs is None:
            self._agree_on_loudness(plan, list(ready.values()))
        speeches, coming = self._speeches(entries[:end], list(ready), wait_for)
        fixed = len(self._begun)
        placed: dict[int, Song | Talk] = {}
        for number, entry in enumerate(entries[: max(end, fixed)]):
            if number < fixed:
                what = self._begun.placed(number, entry)
            elif number in ready:
                what = ready[number]
            else:
                what = speeches.get(number)
            if what is not None:
                placed[number] = what
        if not is_whole or not is_final:
            is_whole = False
            while placed and isinstance(placed[last := max(placed)], Talk) and last >= fixed:
                del placed[last]  # spoken before the song that is not there yet
        layout, numbers = self._begun.laid_out(placed, lambda: self._empty_layout(plan, talk))
        timeline = layout.finish()
        return Laid(
            plan=plan,
            timeline=timeline,
            placed=placed,
            marks=dict(zip(numbers, timeline.marks, strict=True)),
            said=said,
            fixed=fixed,
            is_whole=is_whole,
            coming=coming,
            notes=(*self._notes, *layout.notes),
        )

    def _playable(self, plan: Plan) -> dict[TrackRef, Track]:
        """Return the songs that can be played; once some have begun, perhaps none.

        Raises PlanError as `lay_out` does.
        """
        begun = len(self._begun)
        if not begun:
            return self._songs.of(plan)
        self._songs.look_again([entry for entry in entries_of(plan)[begun:] if isinstance(entry, Item)])
        try:
            return self._songs.of(plan)
        except PlanError:  # what was played is no mistake
            return {}

    def _horizon(self, plan: Plan, tracks: Mapping[TrackRef, Track], songs: int | None) -> tuple[int, bool]:
        """Return how many entries are laid out, those that have begun included, and whether these are all."""
        entries = entries_of(plan)
        if songs is None:
            return len(entries), True
        fixed = len(self._begun)
        comes = [n for n, e in enumerate(entries) if n >= fixed and isinstance(e, Item) and e.track in tracks]
        end = comes[songs - 1] + 1 if len(comes) >= songs else len(entries)
        return end, end == len(entries)

    def _agree_on_loudness(self, plan: Plan, songs: Sequence[Song]) -> None:
        """Settle the loudness of the session, and note where it is not the one asked for."""
        asked_lufs, ceiling_dbtp = plan.target_lufs, self._ceiling_dbtp
        runs = {song.track: song.run or (song.analysis,) for song in songs}
        self._target_lufs = target_lufs = common_target_lufs(list(runs.values()), asked_lufs, ceiling_dbtp)
        if target_lufs < asked_lufs:
            softest = min(runs, key=lambda track: common_target_lufs([runs[track]], asked_lufs, ceiling_dbtp))
            note = (
                f"{LOUDNESS_NOTE}The session is {asked_lufs - target_lufs:.1f} LU softer than {asked_lufs:g} LUFS: "
                f"{softest.title} is so soft, or has such high peaks, that it cannot be lifted further, and the other "
                "songs come down to it."
            )
            self._notes = (note,)

    def _empty_layout(self, plan: Plan, talk: TalkSettings) -> Layout:
        return Layout(
            rate=self._rate,
            target_lufs=self.target_lufs,
            ceiling_dbtp=self._ceiling_dbtp,
            handover=handover_of(plan),
            talk=self._links.placing(talk),
        )

    def _written(
        self, plan: Plan, tracks: Mapping[TrackRef, Track], talk: TalkSettings, end: int
    ) -> tuple[Plan, dict[int, Said]]:
        """Return the plan with the links written that come before an entry, and what links say by their place."""
        if self._presenter is None:
            return plan, self._begun.said
        alone = {item.track for item in plan.items() if item.untouched}
        analyses = self._songs.analyses
        rooms_s = {
            track.id: room_s(analyses[track.id], untouched=reference in alone) for reference, track in tracks.items()
        }
        telling = telling_of(self._home, plan, self._presenter, replace(self._speaking, talk=talk), self._warn)
        begun = len(self._begun)
        pairs = numbered(plan)
        # What was left unsaid is not written any more once its place has gone by.
        places = [
            number
            for number, (_, entry) in enumerate(pairs)
            if number >= begun or isinstance(entry, Item) or entry.text is not None
        ]
        writing = LinkWriting(with_entries(plan, [pairs[number] for number in places]), tracks, telling, rooms_s)
        written = [entry for part in writing.sets(sum(number < end for number in places)) for entry in part.entries]
        for warning in writing.warnings:
            self._warn(warning)
        links = [number for number, entry in zip(places, written, strict=True) if isinstance(entry, Link)]
        said = {links[link]: what for link, what in writing.said.items()} | self._begun.said
        for number, entry in zip(places, written, strict=True):
            if number >= begun:
                pairs[number] = (pairs[number][0], entry)
        return with_entries(plan, pairs), said

    def _speeches(
        self, entries: Sequence[Entry], songs: Sequence[int], wait_for: int | None
    ) -> tuple[dict[int, Talk], frozenset[int]]:
        """Return the links among these entries that were spoken, by their place, and the places of those on their way.

        Parameters
        ----------
        songs : sequence of int
            The places of the songs.
        wait_for : int, optional
            See `lay_out`.
        """
        presenter, begun = self._presenter, len(self._begun)
        if presenter is None:
            return {}, frozenset()
        texts = {
            number: entry.text
            for number, entry in enumerate(entries)
            if isinstance(entry, Link) and entry.text and number >= begun
        }
        ahead = [number for number in songs if number >= begun]
        until = len(entries) if wait_for is None else max(ahead[:wait_for], default=-1)
        waited_for = [number for number in texts if number < until]
        self._to_say = len(waited_for)
        speeches = self._links.of(texts, presenter, self.target_lufs, wait_for=waited_for)
        talks: dict[int, Talk] = {}
        for number, speech in speeches.items():
            link = entries[number]
            assert isinstance(link, Link)
            flat = presenter.sound.duck == "flat"
            talks[number] = Talk(link=link, speech=speech, presenter=presenter.name, flat_duck=flat)
        return talks, self._links.coming(texts)
