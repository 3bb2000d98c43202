"""Random sessions that exist as figures only, for what has to hold for any timeline."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from made_up_songs import analysis, grid, song, sung, talk

from aidj.model import Analysis, Transition, Word
from aidj.timeline import Song, Talk

SURE = 0.9
"""From this confidence on, what is known of the singing is believed."""


def random_analysis(rng: np.random.Generator) -> Analysis:
    level = rng.choice([-8.0, -14.0, -23.0, -45.0])
    lead = [(rng.choice([0.1, 2.0]), -120.0, -120.0)] if rng.random() < 0.3 else []
    opening = [(rng.choice([1.0, 7.0, 20.0]), level - rng.uniform(0, 40), level)] if rng.random() < 0.5 else []
    ending = [(rng.choice([1.0, 5.0, 20.0, 60.0]), level, level - rng.uniform(0, 60))] if rng.random() < 0.6 else []
    made = analysis(*lead, *opening, (rng.uniform(0.3, 60.0), level, level), *ending)
    if rng.random() < 0.2:
        made = grid(made, rng.uniform(80, 140))
    kind = rng.integers(5)
    if kind == 0:  # nobody knows
        return made
    confidence = rng.choice([0.2, 0.6, SURE, 1.0], p=[0.1, 0.2, 0.4, 0.3])
    if kind == 1:  # nobody sings
        return sung(made, confidence=confidence)
    edges = np.sort(rng.uniform(made.cue_in_s, made.cue_out_s, 2 * rng.integers(1, 4)))
    if kind == 2:  # sung early, then not for long
        edges = made.cue_in_s + (edges - made.cue_in_s) * 0.5
    ranges = [(float(a), float(b)) for a, b in edges.reshape(-1, 2)]
    post_s = ranges[0][0] if confidence >= SURE else None
    return replace(sung(made, *ranges, confidence=confidence), intro_end_s=post_s)


def random_talk(rng: np.random.Generator) -> Talk:
    said = talk(rng.choice([0.4, 1.2, 3.0, 5.0, 8.0, 14.0]) * rng.uniform(0.8, 1.2))
    if rng.random() < 0.5:
        words = tuple(Word(start_s, 0, 5) for start_s in np.sort(rng.uniform(0, said.speech.duration_s, 3)))
        said = replace(said, speech=replace(said.speech, words=words))
    return replace(said, flat_duck=bool(rng.random() < 0.2))


def random_entries(rng: np.random.Generator, pool: list[Analysis]) -> list[Song | Talk]:
    entries: list[Song | Talk] = []
    albums = 0
    for number in range(rng.integers(1, 6)):
        if rng.random() < 0.7:
            entries.append(random_talk(rng))
        last = entries[-1] if entries else None
        made = pool[rng.integers(len(pool))]
        wish: Transition | None = None
        if rng.random() < 0.25:
            kind = rng.choice(["gapless", "segue", "crossfade", "gap", "beatmix"])
            wish = Transition(kind=kind, length_s=rng.uniform(0, 20) if kind in ("crossfade", "gap") else None)
        pinned_s = rng.uniform(0, 300) if rng.random() < 0.1 else None
        untouched = rng.random() < 0.15
        on_album = rng.random() < 0.3
        albums += not on_album
        entries.append(
            song(
                made,
                f"song{number}",
                transition=wish,
                pinned_s=pinned_s,
                untouched=untouched,
                classical=untouched and rng.random() < 0.5,
                album=f"album{albums}",
                number=number + 1,
                run=(last.analysis, made) if on_album and isinstance(last, Song) and wish is None else (),
            )
        )
    return entries + [random_talk(rng) for _ in range(rng.integers(0, 3))]
