"""The command that shows one recording with its markers and where they come from, and sets them by hand."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
from rich.table import Table
from rich.text import Text

from aidj.analysis import (
    END_S,
    KEYS,
    HandSet,
    apply,
    constant_beats,
    mean_energy,
    merged,
    parse_sidecar,
    read_sidecar,
    sidecar_of,
    with_hand_set,
    write_sidecar,
    write_template,
)
from aidj.cli.screen import Screen, plain
from aidj.cli.sources import home_of
from aidj.cli.waveform import MARGIN, Label, View, draw
from aidj.errors import ConfigError, LibraryError
from aidj.home import Home
from aidj.keys import name_of
from aidj.library import read_alone
from aidj.model import Analysis, Key, MarkerSource, Track
from aidj.names import match_key

_CLOSE_UP_S = 20.0
_AROUND_S = 2.0
_MOST_COLUMNS = 152
_ROWS, _CLOSE_UP_ROWS = 6, 4
_HALVING_LU, _CLOSE_UP_HALVING_LU = 8.0, 12.0
_LISTED = 10
_STYLES: Mapping[MarkerSource, str] = {"sidecar": "bold green", "tag": "green", "lyrics": "yellow", "detected": ""}
_ENDINGS = {
    "cold": "cold: stops at once, without a tail",
    "fade": "faded out",
    "sustained": "on a held sound that dies away",
    "long_tail": "long tail: more than 15 s of decay",
}


def cue(options: argparse.Namespace, screen: Screen) -> int:
    """Show a recording; set values first, if asked to."""
    asked = " ".join(options.song)
    given = _given(options.set)
    with home_of(options) as home:
        track, lyrics, markers = _find(home, asked)
        if error := home.analyses.measure([track]).get(track.id):
            raise error
        detected = home.analyses.detected(track)
    assert detected is not None
    below = with_hand_set(detected, track.path, lyrics=lyrics, markers=markers, sidecar=False)
    if options.write:
        written = write_template(track.path, _as_hand_set(below), force=options.force)
        screen.say(f"Written: {written}. Take the # away from the lines that should hold.")
    if given:
        now = given if options.force and not options.write else merged(read_sidecar(track.path) or HandSet(), given)
        apply(below, now, "sidecar", str(sidecar_of(track.path)))  # refuses what contradicts the recording
        written = write_sidecar(track.path, given, force=options.force and not options.write)
        screen.say(f"Written: {written}")
    analysis = with_hand_set(detected, track.path, lyrics=lyrics, markers=markers)
    show(screen, track, analysis, ascii_only=options.plain or not screen.takes_blocks)
    return 0


# --- finding ----------------------------------------------------------------------------------------------------------


def _find(home: Home, asked: str) -> tuple[Track, str | None, Mapping[str, str]]:
    """Return a track with its lyrics and marker tags: of the library, or any sound file."""
    path = Path(asked).expanduser()
    try:
        there = path.is_file()
    except (OSError, ValueError):
        there = False
    track = home.library.find(asked) or (home.library.find(path) if there else None)
    if track is None and there:
        read = read_alone(path, datetime.now().astimezone())
        return read.track, read.lyrics, dict(read.markers)
    track = track or _named(home.library.tracks(), asked)
    return track, home.library.lyrics(track.id), home.library.markers(track.id)


def _named(tracks: Sequence[Track], asked: str) -> Track:
    """Return the one track whose artist and title hold all words of a text, or whose title it is.

    Raises
    ------
    LibraryError
        If none or several answer to it.
    """
    whole = match_key(asked)
    words = [word for word in map(match_key, asked.split()) if any(map(str.isalnum, word))] or [whole]
    keys = {track.id: match_key(_name(track)) for track in tracks}
    found = [track for track in tracks if all(word in keys[track.id] for word in words)] if whole else []
    exact = [track for track in found if whole in (match_key(track.title), keys[track.id])]
    found = exact or found
    if len(found) == 1:
        return found[0]
    if found:
        names = {_name(track) for track in found}
        listed = sorted(names) if len(names) > 1 else [str(track.path) for track in found]
        more = f", and {len(listed) - _LISTED} more" if len(listed) > _LISTED else ""
        raise LibraryError(
            f"'{asked}' may mean {len(found)} recordings",
            hint=f"name more of it, or its file: {'; '.join(listed[:_LISTED])}{more}",
        )
    spelt = {name for track in tracks for name in (_name(track), track.title)}
    near = difflib.get_close_matches(asked, sorted(spelt), n=1)
    raise LibraryError(
        f"There is no file and no song '{asked}'",
        cause=None if near else "it was never scanned, or the name is wrong",
        hint=f"did you mean '{near[0]}'?" if near else "scan your music with: aidj scan FOLDER, or name a sound file",
    )


def _name(track: Track) -> str:
    return f"{track.artist} – {track.title}"


# --- setting ----------------------------------------------------------------------------------------------------------


def _given(pairs: Sequence[str]) -> HandSet:
    """Read NAME=VALUE pairs as the lines of a sidecar; a name may go without its unit."""
    lines = []
    for pair in pairs:
        name, equals, value = pair.partition("=")
        name = name.strip()
        full = next((f"{name}{unit}" for unit in ("", "_s", "_db") if f"{name}{unit}" in KEYS), None)
        if full is None or not equals or not value.strip():
            near = difflib.get_close_matches(name, [key.removesuffix("_s").removesuffix("_db") for key in KEYS], n=1)
            raise ConfigError(
                f"'{pair}' cannot be set",
                where="--set",
                hint=f"did you mean {near[0]}=…?"
                if near and full is None
                else f"write it as NAME=VALUE; names are: {', '.join(KEYS)}",
            )
        lines.append(f"{full}: {value.strip()}\n")
    try:
        return parse_sidecar("".join(lines), "--set")
    except ConfigError as error:
        raise ConfigError(error.what, where="--set", cause=error.cause, hint=error.hint) from error


def _as_hand_set(analysis: Analysis) -> HandSet:
    """Return what was measured in the form in which it can be set; a tempo only where the beats lie on a grid."""
    rhythm, tonality, singing = analysis.rhythm, analysis.tonality, analysis.singing
    steady = rhythm is not None and constant_beats(rhythm)
    return HandSet(
        cue_in_s=_ms(analysis.cue_in_s),
        cue_out_s=_ms(analysis.cue_out_s),
        start_next_s=_ms(analysis.start_next_s),
        intro_end_s=_ms(analysis.intro_end_s),
        ending=analysis.ending,
        fade_starts_s=_ms(analysis.fade_starts_s),
        bpm=_ms(rhythm.bpm) if rhythm is not None and steady else None,
        first_beat_s=_ms(_first_bar_s(analysis)) if steady else None,
        beats_per_bar=rhythm.beats_per_bar if rhythm is not None and steady else None,
        key=tonality.key if tonality is not None else None,
        sung_s=None if singing is None else tuple((round(a, 2), round(b, 2)) for a, b in singing.ranges_s.tolist()),
    )


def _ms(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _first_bar_s(analysis: Analysis) -> float | None:
    """Return the first beat of a bar in the music."""
    rhythm = analysis.rhythm
    if rhythm is None or not len(rhythm.downbeats):
        return None
    bars_s = rhythm.beats_s[rhythm.downbeats]
    inside = bars_s[bars_s >= analysis.cue_in_s - 0.05]
    return float(inside[0]) if len(inside) else None


# --- showing ----------------------------------------------------------------------------------------------------------


def show(screen: Screen, track: Track, analysis: Analysis, *, ascii_only: bool) -> None:
    """Print a recording: as a whole, its two ends closer, and all values."""
    columns = max(20, min(screen.width, _MOST_COLUMNS) - MARGIN - 1)
    screen.say(_name(track), style="bold")
    screen.say(f"{track.path}  {_time(analysis.duration_s)}", style="dim")
    labels = _labels(analysis)

    def picture(title: str, from_s: float, to_s: float, *, close: bool) -> None:
        screen.say(f"\n{title}", style="bold")
        view = View(
            from_s=from_s,
            to_s=max(to_s, from_s + 0.1),
            columns=columns,
            rows=_CLOSE_UP_ROWS if close else _ROWS,
            halving_lu=_CLOSE_UP_HALVING_LU if close else _HALVING_LU,
            ascii_only=ascii_only,
        )
        for line in draw(analysis, view, labels, beats=close):
            screen.line(line)

    end_s = analysis.duration_s
    picture("The whole", 0.0, end_s, close=False)
    if end_s > 1.5 * _CLOSE_UP_S:
        first_s = max(0.0, analysis.cue_in_s - _AROUND_S)
        picture("The opening", first_s, min(end_s, first_s + _CLOSE_UP_S), close=True)
        last_s = min(end_s, analysis.cue_out_s + _AROUND_S)
        from_s = min(last_s - _CLOSE_UP_S, analysis.start_next_s - _AROUND_S)
        picture("The ending", max(0.0, from_s), last_s, close=True)
    screen.say()
    screen.table(_values(track, analysis))
    beside = sidecar_of(track.path)
    if beside.exists():
        screen.say(f"\nSidecar: {beside}", style="dim")
    else:
        screen.say("\nTo set a value by hand: aidj cue SONG --set intro_end=14.2", style="dim")


def _labels(analysis: Analysis) -> list[Label]:
    sources = analysis.marker_sources
    times = (
        ("cue_in", "cue in", analysis.cue_in_s),
        ("intro_end", "post", analysis.intro_end_s),
        ("fade_starts", "fade", analysis.fade_starts_s),
        ("start_next", "start next", analysis.start_next_s),
        ("cue_out", "cue out", analysis.cue_out_s),
    )
    return [
        Label(at_s, f"{words} {_time(at_s)}", _STYLES[sources.get(name, "detected")])
        for name, words, at_s in times
        if at_s is not None
    ]


def _values(track: Track, analysis: Analysis) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("what", style="dim", no_wrap=True)
    table.add_column("value", overflow="fold")
    table.add_column("from", no_wrap=True)
    table.add_column("sure", justify="right", no_wrap=True)
    for what, value, name, confidence in _rows(track, analysis):
        source = analysis.marker_sources.get(name, "detected") if name else "detected"
        if name == "singing" and analysis.singing is not None:
            source = analysis.singing.source
        known = value != _UNKNOWN
        table.add_row(
            what,
            Text(plain(value), style="" if known else "dim"),
            Text(source if known else "", style=_STYLES[source]),
            "" if confidence is None or not known else f"{confidence:.0%}",
        )
    return table


_UNKNOWN = "not known"
_Row = tuple[str, str, str, float | None]


def _rows(track: Track, analysis: Analysis) -> list[_Row]:
    """Return the lines of the table: what, its value, its name among the sources, how sure it is."""
    singing = analysis.singing
    sure = singing.confidence if singing is not None else None
    rows: list[_Row] = [
        ("cue in", _exact(analysis.cue_in_s), "cue_in", None),
        ("post", _exact(analysis.intro_end_s), "intro_end", sure),
        ("start next", _exact(analysis.start_next_s), "start_next", None),
        ("cue out", _exact(analysis.cue_out_s), "cue_out", None),
        ("ending", _ending(analysis), "ending", None),
        ("sung", _sung(analysis), "singing", sure),
        *_tempo_rows(track, analysis),
        *_key_rows(track, analysis),
        ("energy", _energy(analysis), "", None),
        ("loudness", _loudness(analysis), "", None),
    ]
    if analysis.gain_db is not None:
        rows.append(("gain", f"{analysis.gain_db:+.1f} dB, whatever the session's loudness", "gain", None))
    if analysis.leave_alone:
        rows.append(("leave alone", "never stretched, filtered or mixed into", "leave_alone", None))
    return rows


def _ending(analysis: Analysis) -> str:
    fade = f", from {_time(analysis.fade_starts_s)} on" if analysis.fade_starts_s is not None else ""
    return f"{_ENDINGS[analysis.ending]}{fade}"


def _sung(analysis: Analysis) -> str:
    if analysis.singing is None:
        return _UNKNOWN
    ranges_s = analysis.singing.ranges_s
    if not len(ranges_s):
        return "nobody sings"
    length_s = float(np.sum(ranges_s[:, 1] - ranges_s[:, 0]))
    stretches = "1 stretch" if len(ranges_s) == 1 else f"{len(ranges_s)} stretches"
    return f"{stretches}, {_time(length_s)} together ({length_s / analysis.duration_s:.0%})"


def _tempo_rows(track: Track, analysis: Analysis) -> list[_Row]:
    tag = f" (its tag says {track.bpm:g})" if track.bpm else ""
    rhythm = analysis.rhythm
    if rhythm is None:
        return [("tempo", f"no pulse is heard{tag}", "bpm", None)]
    rows: list[_Row] = [("tempo", f"{rhythm.bpm:.2f} BPM{tag}", "bpm", rhythm.confidence)]
    first_s = _first_bar_s(analysis)
    bars = f"{rhythm.beats_per_bar} beats to a bar" + (
        f", the first bar at {first_s:.2f} s" if first_s is not None else ""
    )
    if len(rhythm.phrases):
        bars += f", {len(rhythm.phrases)} phrases"
    name = "first_beat" if "first_beat" in analysis.marker_sources else "beats_per_bar"
    return [*rows, ("metre", bars, name, rhythm.downbeat_confidence)]


def _key_rows(track: Track, analysis: Analysis) -> list[_Row]:
    tag = f" (its tag says {track.key})" if track.key else ""
    tonality = analysis.tonality
    if tonality is None:
        return [("key", f"nothing tonal is heard{tag}", "key", None)]
    return [
        ("key", f"{_key(tonality.key)}{tag}", "key", tonality.confidence),
        ("  opening", _key(tonality.opening), "key", tonality.opening_confidence),
        ("  closing", _key(tonality.closing), "key", tonality.closing_confidence),
    ]


def _key(key: Key | None) -> str:
    return f"{name_of(key)} ({key})" if key is not None else _UNKNOWN


def _energy(analysis: Analysis) -> str:
    if not len(analysis.energy):
        return _UNKNOWN
    means = [
        mean_energy(analysis.energy, from_s, to_s)
        for from_s, to_s in (
            (analysis.cue_in_s, analysis.cue_out_s),
            (analysis.cue_in_s, analysis.cue_in_s + END_S),
            (analysis.start_next_s - END_S, analysis.start_next_s),
        )
    ]
    whole, opening, closing = (_UNKNOWN if mean is None else f"{mean:.2f}" for mean in means)
    return f"{whole} of 1 (opening {opening}, closing {closing})"


def _loudness(analysis: Analysis) -> str:
    if not np.isfinite(analysis.loudness_lufs):
        return "silence"
    return (
        f"{analysis.loudness_lufs:.1f} LUFS, range {analysis.loudness_range_lu:.1f} LU, "
        f"true peak {analysis.true_peak_dbtp:+.1f} dBTP"
    )


def _time(seconds: float) -> str:
    """Return minutes, seconds and tenths."""
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths % 600 // 10:02d}.{tenths % 10}"


def _exact(seconds: float | None) -> str:
    if seconds is None:
        return _UNKNOWN
    return f"{seconds:.2f} s" if seconds < 60 else f"{_time(seconds)} ({seconds:.2f} s)"
