"""The program's relistening scores as a function of a benchmark's view: `score(view)`, nothing else.

The view holds what was heard before the moment `view.t`: columns `track` and `ts` (unix seconds, ascending), the
candidates' numbers `cand`, and for each track `artist_of` and `album_of` (-1 unknown). Loaded by file path, so it finds
the project beside itself.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from aidj.selection.relistening import Past, fitted_half_life_days, rediscovery_scores, relisten_scores

SILENT_S = 90 * 86400


def score(view: Any) -> NDArray[np.float64]:
    """Return one number per candidate: of returning, where all were silent for 90 days; else of this week."""
    past = Past(
        item=np.asarray(view.track, np.int64),
        at=np.asarray(view.ts, np.int64),
        now_s=float(view.t),
        n_items=int(view.n_tracks),
        artist_of=np.asarray(view.artist_of, np.int64),
        n_artists=int(view.n_artists),
        album_of=np.asarray(view.album_of, np.int64),
    )
    candidates = np.asarray(view.cand, np.int64)
    last = np.full(past.n_items, -np.inf)
    last[past.item] = past.at
    if (past.now_s - last[candidates] >= SILENT_S).all():
        return rediscovery_scores(past, candidates).total
    return relisten_scores(past, candidates, half_life_days=fitted_half_life_days(past)).total
