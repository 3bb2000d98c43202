"""Plan a session and print the queue, with the reason for each pick.

python examples/plan_only.py DATA_FOLDER MUSIC_FOLDER HISTORY_FILE
"""

import sys
from datetime import datetime
from pathlib import Path

import aidj


def main(data: Path, music: Path, history: Path) -> None:
    now = datetime.now().astimezone()
    with aidj.open_home(data) as home:
        home.library.scan([music], now=now)
        home.history.add(aidj.read_history(history))
        plan = aidj.plan_session(home, minutes=6, now=now)
    for number, item in enumerate(plan.items(), start=1):
        print(f"{number}. {item.track.artist} – {item.track.title} [{item.rotation}] {item.why}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    main(*map(Path, sys.argv[1:]))
