"""How is it said? From text to speech, in a process of its own, kept once made and ready for the mix."""

from aidj.voice.cache import CachedVoice
from aidj.voice.cleaning import clean_text
from aidj.voice.estimate import estimate_speech_s
from aidj.voice.fakes import SilentVoice, ToneVoice
from aidj.voice.prepare import PEAK_CEILING_DB, prepare_speech
from aidj.voice.presenters import Presenter, load_presenter, make_voice, presenter_names
from aidj.voice.pronunciation import Pronunciation, load_pronunciation
from aidj.voice.protocol import RepeatableVoice, Voice
from aidj.voice.pyttsx3_voice import Pyttsx3Voice

__all__ = [
    "PEAK_CEILING_DB",
    "CachedVoice",
    "Presenter",
    "Pronunciation",
    "Pyttsx3Voice",
    "RepeatableVoice",
    "SilentVoice",
    "ToneVoice",
    "Voice",
    "clean_text",
    "estimate_speech_s",
    "load_presenter",
    "load_pronunciation",
    "make_voice",
    "prepare_speech",
    "presenter_names",
]
