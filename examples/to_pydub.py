"""Take a session into pydub as an AudioSegment, and cut a teaser out of it.

python examples/to_pydub.py DATA_FOLDER PLAN_FILE TEASER.wav     (DATA_FOLDER has been scanned before)
"""

import sys
from pathlib import Path

import aidj


def main(data: Path, plan: Path, output: Path) -> int:
    with aidj.open_home(data) as home:
        realised = aidj.realise(home, aidj.load_plan(plan), rate=44100)
    segment = aidj.to_pydub(aidj.mix(realised.timeline), realised.timeline.rate)
    teaser = segment[:10_000].fade_out(2000)
    teaser.export(output, format="wav").close()
    print(f"{len(segment) / 1000:.1f} s in memory, {len(teaser) / 1000:.1f} s in {output}")
    return len(teaser)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
