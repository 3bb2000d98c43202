"""How is it said? From text to speech, in processes of their own, kept once made and ready for the mix."""

from aidj.voice.cache import SpeechCache
from aidj.voice.checking import wrong_speech
from aidj.voice.engines import SILENT, Chain, chain, engine_names, load_engine
from aidj.voice.estimate import estimate_speech_s
from aidj.voice.fakes import SilentEngine, SilentVoice, ToneEngine, ToneVoice
from aidj.voice.phonemes import espeak_phonemes
from aidj.voice.prepare import PEAK_CEILING_DB, VoiceProcessor
from aidj.voice.presenters import (
    Presenter,
    SpeechSound,
    check_name,
    load_presenter,
    presenter_for,
    presenter_names,
)
from aidj.voice.pronunciation import Pronunciation, Saying, load_pronunciation, read_pronunciation
from aidj.voice.protocol import EVERY_LANGUAGE, Delivery, Engine, Sound, Voice
from aidj.voice.respelling import forget_saying, keep_saying
from aidj.voice.speaking import PresenterVoice, make_voice, synthesise
from aidj.voice.spoken import Spoken, can_say, spoken_text, without_names

__all__ = [
    "EVERY_LANGUAGE",
    "PEAK_CEILING_DB",
    "SILENT",
    "Chain",
    "Delivery",
    "Engine",
    "Presenter",
    "PresenterVoice",
    "Pronunciation",
    "Saying",
    "SilentEngine",
    "SilentVoice",
    "Sound",
    "SpeechCache",
    "SpeechSound",
    "Spoken",
    "ToneEngine",
    "ToneVoice",
    "Voice",
    "VoiceProcessor",
    "can_say",
    "chain",
    "check_name",
    "engine_names",
    "espeak_phonemes",
    "estimate_speech_s",
    "forget_saying",
    "keep_saying",
    "load_engine",
    "load_presenter",
    "load_pronunciation",
    "make_voice",
    "presenter_for",
    "presenter_names",
    "read_pronunciation",
    "spoken_text",
    "synthesise",
    "without_names",
    "wrong_speech",
]
