"""Work with pydub: a jingle made with it goes before everything that is said, and the session comes out as a segment.

python examples/to_pydub.py DATA_FOLDER PLAN_FILE TEASER.wav     (DATA_FOLDER has been scanned before)
"""

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from pydub import AudioSegment
from pydub.generators import Sine

import aidj


def two_notes() -> AudioSegment:
    """A jingle. `AudioSegment.from_file("jingle.wav")` would do as well."""
    notes = [Sine(hertz).to_audio_segment(duration=150, volume=-18.0).fade_out(120) for hertz in (660, 880)]
    return notes[0].append(notes[1], crossfade=20) + AudioSegment.silent(120)


@dataclass(frozen=True)
class JingleVoice:
    """Plays a jingle, then lets another voice speak."""

    speaker: aidj.Voice
    jingle: AudioSegment

    @property
    def name(self) -> str:
        return self.speaker.name

    @property
    def voice(self) -> str:
        return f"{self.speaker.voice} behind a jingle"

    def probe(self) -> str | None:
        return self.speaker.probe()

    def speak(self, text: str) -> aidj.Speech:
        speech = self.speaker.speak(text)
        # From pydub: mono, 16 bit, at the speech's rate; as numbers between -1 and 1.
        segment = self.jingle.set_frame_rate(speech.rate).set_channels(1).set_sample_width(2)
        jingle = np.array(segment.get_array_of_samples(), np.float32) / 32768
        later_s = len(jingle) / speech.rate
        return replace(
            speech,
            samples=np.concatenate([jingle, speech.samples]),
            words=tuple(replace(word, start_s=word.start_s + later_s) for word in speech.words),
            voice=self.voice,
        )


def main(data: Path, plan: Path, output: Path) -> None:
    voice = JingleVoice(speaker=aidj.ToneVoice(), jingle=two_notes())
    with aidj.open_home(data) as home:
        session = aidj.realise(home, aidj.load_plan(plan), rate=44100, voice=voice)
    segment = aidj.to_pydub(aidj.mix(session.timeline), session.timeline.rate)
    teaser = segment[:10_000].fade_out(2000)
    teaser.export(output, format="wav").close()
    print(f"{len(segment) / 1000:.1f} s in memory, {len(teaser) / 1000:.1f} s in {output}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    main(*map(Path, sys.argv[1:]))
