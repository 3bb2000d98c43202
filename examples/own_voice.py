"""Render a session with a voice of one's own: anything with `name`, `voice`, `probe` and `speak` will do.

python examples/own_voice.py DATA_FOLDER PLAN_FILE OUTPUT_FILE     (DATA_FOLDER has been scanned before)
"""

import sys
from pathlib import Path

import numpy as np

import aidj


class HummingVoice:
    """Hums each letter on a note of its own."""

    name = "humming"
    voice = "alto"
    rate = 22050

    def probe(self) -> str | None:
        return None

    def speak(self, text: str) -> aidj.Speech:
        n_frames = round(0.06 * self.rate)
        t = np.arange(n_frames) / self.rate
        edges = np.sin(np.pi * np.arange(n_frames) / n_frames)
        notes = [np.sin(2 * np.pi * (220 + 8 * (ord(c) % 26)) * t) * edges * (c.isalpha()) for c in text]
        samples = 0.3 * np.concatenate(notes).astype(np.float32)
        return aidj.Speech(text=text, samples=samples, rate=self.rate, engine=self.name, voice=self.voice)


def main(data: Path, plan: Path, output: Path) -> None:
    with aidj.open_home(data) as home:
        rendered = aidj.render(home, aidj.load_plan(plan), output, voice=HummingVoice())
    print(f"{rendered.timeline.duration_s:.0f} s in {output}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    main(*map(Path, sys.argv[1:]))
