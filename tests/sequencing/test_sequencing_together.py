"""What plays as one: told from tags and folders, and heard in files written here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import track
from numpy.typing import NDArray
from songs import RATE, pulse, write_song

from aidj.analysis.analyse import analyse_file
from aidj.model import Analysis, Track
from aidj.sequencing.together import follows, runs, runs_on, whole_album, works

Samples = NDArray[np.float32]


def album(
    count: int, *, first: int = 0, folder: str = "/music/album", suffix: str = ".flac", **fields: object
) -> list[Track]:
    """Return the tracks of an album, numbered from 1, their titles too."""
    tracks = []
    for number in range(1, count + 1):
        path = Path(f"{folder}/{number:02d}{suffix}")
        title = f"Made-up Song {fields.get('disc_number')}-{number}"
        usual = {"artist": "Nobody", "album": "Made-up Album", "title": title, "track_number": number, "path": path}
        tracks.append(track(first + number, **{**usual, **fields}))  # type: ignore[arg-type]
    return tracks


def work(count: int, *, name: str = "Composer: Symphony No. 1", start: int = 1, **fields: object) -> list[Track]:
    """Return the movements of a work, one after the other on an album of their own."""
    made = album(count, **{"composer": "Composer", "title": "", **fields})  # type: ignore[arg-type]
    return [
        replace(part, work=name, movement=f"Part {n}", movement_number=n, title=f"{name}: Part {n}")
        for n, part in enumerate(made, start)
    ]


def shuffled(tracks: list[Track], seed: int = 0) -> list[Track]:
    return [tracks[i] for i in np.random.default_rng(seed).permutation(len(tracks))]


def moved(tracks: list[Track], by: int) -> list[Track]:
    """Count the tracks' numbers from later on."""
    return [
        replace(one, track_number=(one.track_number or 0) + by, path=one.path.with_stem(f"{by}-{one.path.stem}"))
        for one in tracks
    ]


# --- works ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_the_movements_of_a_work_in_order(seed: int) -> None:
    symphony = work(4)
    others = moved(album(3, first=50), 4)
    found = works(shuffled([*symphony, *others], seed))
    assert found == {part.id: tuple(symphony) for part in symphony}


def test_a_lone_movement_is_a_song() -> None:
    assert works([*work(1), *work(1, first=9, album="Another Album", start=2)]) == {}


def test_only_what_has_a_work_and_an_album_is_one() -> None:
    assert works(album(5)) == {}
    assert works([replace(part, album=None) for part in work(3)]) == {}


def test_two_recordings_on_two_albums_stay_apart() -> None:
    one = work(3, folder="/music/one", album_artist="First Orchestra")
    two = work(3, first=20, folder="/music/two", album_artist="Second Orchestra")
    three = work(3, first=40, folder="/music/three", album="Another Album", album_artist="First Orchestra")
    found = works(shuffled(one + two + three))
    for recording in (one, two, three):
        assert [found[part.id] for part in recording] == [tuple(recording)] * 3


def test_two_performances_on_one_album_are_two() -> None:
    first, second = work(3), moved(work(3, first=20), 3)
    found = works(shuffled(first + second))
    assert found[first[1].id] == tuple(first)
    assert found[second[1].id] == tuple(second)


def test_two_works_on_one_album_are_two() -> None:
    first, second = work(3), moved(work(4, first=20, name="Composer: Symphony No. 2"), 3)
    found = works(first + second)
    assert found[first[0].id] == tuple(first)
    assert found[second[0].id] == tuple(second)


def test_movements_follow_their_numbers_and_discs() -> None:
    first, second = (
        work(2, disc_number=1, folder="/music/a/CD1"),
        work(2, disc_number=2, first=9, folder="/music/a/CD2", start=3),
    )
    assert works(shuffled(first + second))[first[0].id] == tuple(first + second)
    wrong = [replace(part, track_number=9 - (part.track_number or 0)) for part in work(3)]
    assert works(wrong)[wrong[0].id] == tuple(wrong), "numbered backwards by whoever made the files"
    unnumbered = [replace(part, movement_number=None) for part in work(3)]
    assert works(shuffled(unnumbered))[unnumbered[0].id] == tuple(unnumbered)


def test_soloists_may_change_within_a_work() -> None:
    parts = [replace(part, artists=(f"Soloist {n}",)) for n, part in enumerate(work(3))]
    assert works(parts)[parts[0].id] == tuple(parts)


@pytest.mark.parametrize("folder", ["/music/album", "/music/mp3/album"])
def test_a_movement_in_two_files_counts_once(folder: str) -> None:
    flac, mp3 = work(3), work(3, first=20, suffix=".mp3", folder=folder)
    found = works(shuffled(flac + mp3))
    assert found[flac[1].id] == tuple(flac)
    assert found[mp3[1].id] == tuple(mp3)


def test_a_single_copy_stands_among_the_other_movements() -> None:
    parts = work(3)
    copy = replace(parts[1], id="copy", path=parts[1].path.with_name("02 (1).flac"))
    found = works([*parts, copy])
    assert found[parts[1].id] == tuple(parts)
    assert found["copy"] == (parts[0], copy, parts[2])


@given(st.permutations(range(7)))
def test_works_do_not_depend_on_the_order_of_the_library(order: list[int]) -> None:
    library = [*work(3), *moved(work(3, first=20), 3), *work(1, first=40, suffix=".mp3")]
    assert works([library[i] for i in order]) == works(library)


# --- albums -----------------------------------------------------------------------------------------------------------


def test_follows_is_the_next_number_on_the_same_album() -> None:
    one, two, three = album(3)
    assert follows(one, two)
    assert follows(two, three)
    assert not follows(one, three)
    assert not follows(two, one)
    assert not follows(one, one)
    assert follows(one, replace(two, artists=("Somebody",))), "a compilation"
    assert follows(replace(one, disc_number=1), two)
    other_things = (
        {"album": "Another Album"},
        {"album": None},
        {"disc_number": 2},
        {"track_number": None},
        {"path": Path("/music/elsewhere/02.flac")},
    )
    for fields in other_things:
        assert not follows(one, replace(two, **fields))  # type: ignore[arg-type]
    assert not follows(replace(one, album_artist="One"), replace(two, album_artist="Other"))
    assert not follows(replace(one, release_mbid="1"), replace(two, release_mbid="2"))
    assert not follows(replace(one, track_number=None), replace(two, track_number=None))


def test_a_whole_album_in_order_from_any_track_of_it() -> None:
    discs = album(3, disc_number=1, folder="/music/a/CD1") + album(3, disc_number=2, first=9, folder="/music/a/CD2")
    others = album(5, first=30, folder="/music/b", album="Another Album")
    for seed, one in enumerate(discs):
        assert whole_album(shuffled(discs + others, seed), [one]) == tuple(discs)


def test_discs_that_no_tag_numbers_are_one_album() -> None:
    first, second = album(2, folder="/music/a/CD1"), album(2, first=9, folder="/music/a/CD2")
    discs = [*first, *(replace(one, title=f"More {one.title}") for one in second)]
    assert {one.id for one in whole_album(discs, first[:1])} == {one.id for one in discs}


def test_one_edition_only() -> None:
    plain, larger = album(3, folder="/music/plain"), album(5, first=20, folder="/music/larger")
    library = shuffled(plain + larger)
    assert whole_album(library, plain) == tuple(plain)
    assert whole_album(library, [larger[4]]) == tuple(larger)
    assert whole_album(library, plain + larger) == tuple(larger)


def test_a_track_in_two_formats_counts_once() -> None:
    flac, mp3 = album(3), album(3, first=20, suffix=".mp3")
    assert whole_album(shuffled(flac + mp3), mp3[:2]) in (tuple(flac), tuple(mp3))
    assert len(whole_album(shuffled(flac + mp3), flac + mp3)) == 3


def test_of_several_albums_the_one_that_was_matched_most() -> None:
    hits = album(3, folder="/music/a", album="Hits", artist="One", album_artist="One")
    others = album(4, first=20, folder="/music/b", album="Hits", artist="Two", album_artist="Two")
    assert whole_album(hits + others, [*hits, others[0]]) == tuple(hits)
    assert whole_album(hits + others, hits + others) == tuple(others)


def test_a_compilation_is_one_album() -> None:
    tracks = [replace(t, artists=(f"Nobody {n}",)) for n, t in enumerate(album(6))]
    assert whole_album(shuffled(tracks), tracks[3:4]) == tuple(tracks)


def test_guests_do_not_part_an_album_without_an_album_artist() -> None:
    tracks = album(4)
    tracks[2] = replace(tracks[2], artists=("Nobody", "Somebody"))
    assert whole_album(tracks, tracks[2:3]) == tuple(tracks)


def test_no_album_is_nothing() -> None:
    assert whole_album(album(3), []) == ()
    assert whole_album([track(1, album=None)], [track(1, album=None)]) == ()


# --- songs that run into each other -----------------------------------------------------------------------------------


def applause(seconds: float, level_db: float, seed: int = 0) -> Samples:
    """Claps of many hands: noise in bursts."""
    rng = np.random.default_rng(seed)
    n = round(seconds * RATE)
    claps = np.zeros(n)
    claps[rng.integers(0, n, round(400 * seconds))] = rng.normal(size=round(400 * seconds))
    hand = rng.standard_normal(800) * np.exp(-np.arange(800) / 150)
    mono = np.fft.irfft(np.fft.rfft(claps, 2 * n) * np.fft.rfft(hand, 2 * n))[:n]
    mono *= 10 ** (level_db / 20) / np.sqrt(np.mean(mono**2))
    return np.stack([mono, mono], axis=1).astype(np.float32)


def silence(seconds: float) -> Samples:
    return np.zeros((round(seconds * RATE), 2), np.float32)


def noise_floor(seconds: float, level_db: float) -> Samples:
    noise = np.random.default_rng(9).standard_normal((round(seconds * RATE), 2))
    return (noise * 10 ** (level_db / 20)).astype(np.float32)


def ringing_out(samples: Samples, seconds: float, falls_db: float) -> Samples:
    """Let the last moments fall off, as a last chord does."""
    n = round(seconds * RATE)
    gain = np.ones(len(samples), np.float32)
    gain[-n:] = 10 ** (np.linspace(0, -falls_db, n) / 20)
    return samples * gain[:, None]


def beat(seconds: float) -> Samples:
    """A drum alone: 20 dB and more between the strokes."""
    since = np.arange(round(seconds * RATE)) / RATE % 0.5
    drum = 0.5 * np.sin(2 * np.pi * 90 * since) * np.exp(-since / 0.09)
    stick = 0.3 * np.sin(2 * np.pi * 2000 * since) * np.exp(-since / 0.02)
    return np.stack([drum + stick] * 2, axis=1).astype(np.float32)


@pytest.fixture
def heard(tmp_path: Path) -> Callable[[Samples, Samples], bool]:
    def both(before: Samples, after: Samples) -> bool:
        files = [
            write_song(tmp_path / f"{n}.flac", samples.clip(-1, 1))
            for n, samples in enumerate((before, after), start=1)
        ]
        return runs_on(*(analyse_file(file) for file in files))

    return both


Heard = Callable[[Samples, Samples], bool]


@pytest.mark.parametrize("at_s", [6.0, 7.13, 8.25, 9.99, 10.04])
@pytest.mark.parametrize("make", [pulse, beat])
def test_a_piece_cut_in_two_runs_on(heard: Heard, make: Callable[[float], Samples], at_s: float) -> None:
    piece = make(16.0)
    cut = round(at_s * RATE)
    assert heard(piece[:cut], piece[cut:])


@pytest.mark.parametrize("level_db", [-15.0, -25.0, -35.0])
def test_applause_across_the_cut_runs_on(heard: Heard, level_db: float) -> None:
    crowd = applause(40.0, level_db)
    evening = crowd.copy()
    evening[: 14 * RATE] += pulse(14.0, seed=1, fade_s=0.5)
    evening[24 * RATE :] += pulse(16.0, seed=2)
    for cut_s in (17.0, 20.03, 23.5):
        cut = round(cut_s * RATE)
        assert heard(evening[:cut], evening[cut:]), cut_s
    at_the_first_stroke = 24 * RATE
    assert heard(evening[:at_the_first_stroke], evening[at_the_first_stroke:])


def test_songs_mixed_into_each_other_run_on(heard: Heard) -> None:
    suite = np.concatenate([pulse(12.0, seed=1, fade_s=6.0), silence(6.0)])
    suite[6 * RATE :] += pulse(12.0, seed=5) * np.clip(np.linspace(0, 2, 12 * RATE), 0, 1)[:, None].astype(np.float32)
    for cut_s in (8.0, 9.0, 10.5, 12.0):
        cut = round(cut_s * RATE)
        assert heard(suite[:cut], suite[cut:]), cut_s


def test_a_fall_to_a_held_sound_that_goes_on_runs_on(heard: Heard) -> None:
    held = noise_floor(6.0, -40.0)
    falling = ringing_out(pulse(9.0, seed=1), 0.4, 24.0)
    assert heard(np.concatenate([falling, held[: RATE // 5]]), np.concatenate([held, pulse(9.0, seed=2)]))


def test_the_padding_of_an_encoder_is_no_break(heard: Heard) -> None:
    piece = pulse(16.0)
    cut = 8 * RATE
    assert heard(np.concatenate([piece[:cut], silence(0.02)]), piece[cut:])


@pytest.mark.parametrize("gap_s", [0.15, 0.3, 1.0])
@pytest.mark.parametrize("where", ["end", "start", "both"])
def test_cold_songs_with_a_silence_between_do_not(heard: Heard, gap_s: float, where: str) -> None:
    before = silence({"end": gap_s, "start": 0.0, "both": gap_s}[where])
    after = silence({"end": 0.0, "start": gap_s, "both": gap_s}[where])
    assert not heard(np.concatenate([pulse(9.0, seed=1), before]), np.concatenate([after, pulse(9.0, seed=2)]))


@pytest.mark.parametrize("floor_db", [-60.0, -70.0])
def test_cold_songs_with_a_noise_floor_between_do_not(heard: Heard, floor_db: float) -> None:
    gap = noise_floor(0.4, floor_db)
    assert not heard(np.concatenate([pulse(9.0, seed=1), gap]), np.concatenate([gap, pulse(9.0, seed=2)]))


def test_the_sound_of_an_empty_room_does_not(heard: Heard) -> None:
    room = noise_floor(12.0, -66.0)
    assert not heard(np.concatenate([pulse(9.0, seed=1), room]), np.concatenate([room, pulse(9.0, seed=2)]))


@pytest.mark.parametrize(("seconds", "falls_db"), [(0.4, 25.0), (0.8, 40.0), (2.0, 60.0)])
def test_a_last_chord_and_a_hard_attack_do_not(heard: Heard, seconds: float, falls_db: float) -> None:
    assert not heard(ringing_out(pulse(9.0, seed=1), seconds, falls_db), pulse(9.0, seed=2))


@pytest.mark.parametrize("fade_s", [2.0, 5.0])
@pytest.mark.parametrize("power", [1, 2])
def test_a_fade_and_a_new_beginning_do_not(heard: Heard, fade_s: float, power: int) -> None:
    n = round(fade_s * RATE)
    faded = pulse(12.0, seed=1)
    faded[-n:] *= np.linspace(1, 0, n, dtype=np.float32)[:, None] ** power
    song = pulse(9.0, seed=2)
    assert not heard(faded, song)
    assert not heard(song, faded[::-1].copy()), "one that comes up after a cut"
    assert not heard(faded, faded[::-1].copy()), "down to nothing and up from nothing"
    assert not heard(faded[: -round(0.06 * n)], song), "a fade cut short"


def test_digital_silence_does_not(heard: Heard) -> None:
    assert not heard(silence(5.0), silence(5.0))
    assert not heard(pulse(6.0), silence(5.0))
    assert not heard(silence(5.0), pulse(6.0))


def test_cue_points_set_by_hand_part_a_piece(tmp_path: Path) -> None:
    piece = pulse(16.0)
    _, analyses = analysed(tmp_path, [piece[: 8 * RATE], piece[8 * RATE :]])
    before, after = analyses.values()
    assert runs_on(before, after)
    assert not runs_on(replace(before, cue_out_s=7.0), after)
    assert not runs_on(before, replace(after, cue_in_s=1.0))


def test_a_file_of_a_moment_does_not(heard: Heard) -> None:
    assert not heard(pulse(0.12), pulse(6.0))


def analysed(tmp_path: Path, pieces: list[Samples]) -> tuple[list[Track], dict[str, Analysis]]:
    tracks = album(len(pieces))
    files = [write_song(tmp_path / f"{number}.flac", piece) for number, piece in enumerate(pieces)]
    return tracks, {one.id: analyse_file(file) for one, file in zip(tracks, files, strict=True)}


def test_chains_of_tracks_that_run_on(tmp_path: Path) -> None:
    piece = pulse(24.0, seed=3)
    a, b, c = piece[: 8 * RATE], piece[8 * RATE : 16 * RATE], piece[16 * RATE :]
    ended = pulse(8.0, seed=4, fade_s=3.0)
    tracks, analyses = analysed(tmp_path, [ended, a, b, np.concatenate([c, silence(1.0)]), ended])
    chain = tuple(tracks[1:4])
    for seed in range(3):
        assert runs(shuffled(tracks, seed), analyses) == {one.id: chain for one in chain}
    without_the_middle = {one: found for one, found in analyses.items() if one != tracks[2].id}
    assert runs(tracks, without_the_middle) == {}, "what has not been analysed belongs to no chain"
    assert runs([tracks[1], tracks[2]], analyses) == {one.id: tuple(tracks[1:3]) for one in tracks[1:3]}
    elsewhere = [replace(one, album=f"Album {n}") for n, one in enumerate(tracks)]
    assert runs(elsewhere, analyses) == {}, "only neighbours on an album"


def test_chains_keep_to_one_format(tmp_path: Path) -> None:
    piece = pulse(16.0, seed=3)
    flac, analyses = analysed(tmp_path, [piece[: 8 * RATE], piece[8 * RATE :]])
    mp3 = [replace(one, id=f"mp3 {one.id}", path=one.path.with_suffix(".mp3")) for one in flac]
    analyses |= {f"mp3 {one}": found for one, found in analyses.items()}
    found = runs(shuffled(flac + mp3), analyses)
    assert found[flac[0].id] == tuple(flac)
    assert found[mp3[1].id] == tuple(mp3)
