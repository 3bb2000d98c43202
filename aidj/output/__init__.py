"""Where a mix goes: sound files with chapters and what lies beside them, sound devices, streams."""

from __future__ import annotations

from aidj.output.audio_file import SUFFIXES, preferred_rate, write_audio_file
from aidj.output.chapters import Chapter, chapters_of
from aidj.output.device import DeviceSink
from aidj.output.mix import FileOutput, MemoryOutput, Output, write_mix
from aidj.output.null import NullSink
from aidj.output.pcm import PcmSink, WavSink
from aidj.output.playing import Played, Sink, SinkClosed, Source, play
from aidj.output.pydub_segment import to_pydub
from aidj.output.seam_plot import PLOT_SUFFIXES, check_can_draw, draw_seams
from aidj.output.seam_views import SeamView, seam_views
from aidj.output.sidecars import sidecar_texts, write_sidecars
from aidj.output.sound_system import Device, choose_device, devices
from aidj.output.tags import has_synthetic_speech, mix_tags

__all__ = [
    "PLOT_SUFFIXES",
    "SUFFIXES",
    "Chapter",
    "Device",
    "DeviceSink",
    "FileOutput",
    "MemoryOutput",
    "NullSink",
    "Output",
    "PcmSink",
    "Played",
    "SeamView",
    "Sink",
    "SinkClosed",
    "Source",
    "WavSink",
    "chapters_of",
    "check_can_draw",
    "choose_device",
    "devices",
    "draw_seams",
    "has_synthetic_speech",
    "mix_tags",
    "play",
    "preferred_rate",
    "seam_views",
    "sidecar_texts",
    "to_pydub",
    "write_audio_file",
    "write_mix",
    "write_sidecars",
]
