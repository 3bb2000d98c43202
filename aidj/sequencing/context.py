"""What holds for a session whichever of its candidates are chosen from: the rules' gaps, and the themes there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aidj.model import Candidate
from aidj.sequencing.features import features_of
from aidj.sequencing.rules import Contender, Rules
from aidj.sequencing.themes import Theme, themes_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Rules and themes of all that could be played."""

    rules: Rules
    themes: tuple[Theme, ...]

    @classmethod
    def of(cls, candidates: Sequence[Candidate]) -> Context:
        """Scale the rules to the candidates, and find the themes in their tags and their past."""
        pool = [Contender.of(each) for each in candidates]
        features = {each.track.id: features_of(each.track, None) for each in candidates}
        return cls(rules=Rules.for_pool(pool), themes=themes_of(pool, features))
