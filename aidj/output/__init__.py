"""Where a mix goes: sound files with chapters, and what lies beside them."""

from __future__ import annotations

from aidj.output.audio_file import SUFFIXES, preferred_rate, write_audio_file
from aidj.output.chapters import Chapter, chapters_of
from aidj.output.mix import FileOutput, MemoryOutput, Output, write_mix
from aidj.output.pydub_segment import to_pydub
from aidj.output.seam_plot import PLOT_SUFFIXES, check_can_draw, draw_seams
from aidj.output.seam_views import SeamView, seam_views
from aidj.output.sidecars import sidecar_texts, write_sidecars
from aidj.output.tags import has_synthetic_speech, mix_tags

__all__ = [
    "PLOT_SUFFIXES",
    "SUFFIXES",
    "Chapter",
    "FileOutput",
    "MemoryOutput",
    "Output",
    "SeamView",
    "chapters_of",
    "check_can_draw",
    "draw_seams",
    "has_synthetic_speech",
    "mix_tags",
    "preferred_rate",
    "seam_views",
    "sidecar_texts",
    "to_pydub",
    "write_audio_file",
    "write_mix",
    "write_sidecars",
]
