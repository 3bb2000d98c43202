"""aidj: an AI DJ that runs on your own machine, with your own music and your own listening history."""

__version__ = "0.1.0"
