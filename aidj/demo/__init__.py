"""A demo library of our own making: songs composed in numpy, their ground truth, and an invented listening history."""

from __future__ import annotations

from aidj.demo.compose import ComposedSong, compose_song
from aidj.demo.library import DemoLibrary, make_demo_library
from aidj.demo.score import Player, Section, SongSpec
from aidj.demo.songs import SONGS, DemoSong
from aidj.demo.truth import SongTruth

__all__ = [
    "SONGS",
    "ComposedSong",
    "DemoLibrary",
    "DemoSong",
    "Player",
    "Section",
    "SongSpec",
    "SongTruth",
    "compose_song",
    "make_demo_library",
]
