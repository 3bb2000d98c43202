"""What a speech server answers that speaks OpenAI's protocol, and speaks in tones."""

from __future__ import annotations

import json
import struct

from made_up_endpoint import Answer, Request

from aidj.model import SpokenText
from aidj.voice import Delivery, ToneEngine


def spoken_answer(request: Request) -> Answer:
    """Speak in tones what a request asks for."""
    asked = json.loads(request.body)
    delivery = Delivery(language="en", pace_wpm=round(155 * asked["speed"]))
    sound = ToneEngine().synthesise(SpokenText(text=asked["input"]), delivery)
    data = (sound.samples * 32767).astype("<i2").tobytes()
    if asked["response_format"] == "pcm":
        return Answer(data, headers={"Content-Type": "audio/pcm"})
    head = b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, sound.rate, 2 * sound.rate, 2, 16)
    # Servers that stream do not know the length yet.
    return Answer(
        b"RIFF\xff\xff\xff\xff" + head + b"data\xff\xff\xff\xff" + data, headers={"Content-Type": "audio/wav"}
    )
