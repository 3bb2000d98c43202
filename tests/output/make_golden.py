"""Write the golden sidecars anew: ``python tests/output/make_golden.py``. Look at the difference before you keep it."""

from __future__ import annotations

from pathlib import Path

from aidj.model import Word
from aidj.output import sidecar_texts
from aidj.timeline.model import Mark, Timeline

GOLDEN = Path(__file__).parent / "golden"

_OPENING = "Good evening, this is Vera. First, a new one by The Paper Lanterns, out since Friday!"
_JUMP = (
    "That was <Glass & Gravel>, and now for something that you have not heard for four hundred and seventeen days, "
    "although you once played it every week."
)


def timeline() -> Timeline:
    """A short programme of made-up artists: an overlap, a gap, links with and without word times."""
    words = tuple(
        Word(start_s=0.4 * index, start_char=char, length=1)
        for index, char in enumerate(i for i in range(len(_OPENING)) if i == 0 or _OPENING[i - 1] == " ")
    )
    return Timeline(
        rate=44100,
        n_frames=44100 * 620,
        clips=(),
        marks=(
            Mark(kind="link", start_s=0.5, end_s=7.0, title="Opening", link_kind="opening", text=_OPENING,
                 words=words, presenter="Vera"),
            Mark(kind="song", start_s=6.25, end_s=200.0, title="Harbour Lights", artist="The Paper Lanterns",
                 album="Low Tide", isrc="XX-AI1-26-00001", path=Path("/music/low-tide/01 Harbour Lights.flac")),
            Mark(kind="song", start_s=192.0, end_s=401.123, title='Glass & "Gravel"', artist="Ozan Quill",
                 path=Path("/mixes/below/#glass.mp3")),
            Mark(kind="link", start_s=402.0, end_s=412.0, title="Jump", link_kind="jump", text=_JUMP,
                 presenter="Vera"),
            Mark(kind="song", start_s=413.0, end_s=620.0, title="Ночной поезд", artist="Маяк Север"),
        ),
    )  # fmt: skip


def texts() -> dict[str, str]:
    """The sidecars of that programme, by suffix."""
    return sidecar_texts(timeline(), title="Evening mix", path=Path("/mixes/evening.mp3"))


if __name__ == "__main__":
    for suffix, text in texts().items():
        (GOLDEN / f"evening{suffix}").write_bytes(text.encode("utf-8"))
