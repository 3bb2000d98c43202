"""The tags of a mix, and how it says that a voice in it is synthetic.

No tag standard has a field for that. The convention here: a plain comment for people, and for programs
``DIGITAL_SOURCE_TYPE`` with a URI of the IPTC's vocabulary, and ``SYNTHETIC_SPEECH=1``.
"""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 - `date` is the tag's name below

from aidj import __version__
from aidj.model import Speech
from aidj.output.text import one_line
from aidj.timeline.model import Timeline

COMPOSITE_SYNTHETIC = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic"
"""Recordings and synthetic elements together."""


def has_synthetic_speech(timeline: Timeline) -> bool:
    """Return whether a synthetic voice is heard.

    Where no clip says who speaks, a spoken link counts as synthetic: better said once too often.
    """
    voices = [clip.source for clip in timeline.clips if clip.lane == "voice"]
    speeches = [source for source in voices if isinstance(source, Speech)]
    if speeches:
        return any(speech.synthetic for speech in speeches)
    return not voices and any(mark.kind == "link" and mark.text.strip() for mark in timeline.marks)


def presenters(timeline: Timeline) -> tuple[str, ...]:
    """Return the names of those who speak, in order of appearance."""
    names = (one_line(mark.presenter) for mark in timeline.marks if mark.kind == "link" and mark.text.strip())
    return tuple(dict.fromkeys(name for name in names if name))


def mix_tags(timeline: Timeline, *, title: str, date: Date) -> dict[str, str]:
    """Return the tags of a mix, by the keys that `write_audio_file` takes."""
    tags = {
        "title": one_line(title) or "Mix",
        "artist": "aidj",
        "date": date.isoformat(),
        "genre": "Mix",
        "encoder": f"aidj {__version__}",
    }
    if has_synthetic_speech(timeline):
        names = presenters(timeline)
        who = f" ({', '.join(names)})" if names else ""
        tags["comment"] = f"The presenter's voice{who} in this mix is synthetic speech, made by a computer."
        tags["digital_source_type"] = COMPOSITE_SYNTHETIC
        tags["synthetic_speech"] = "1"
    return tags
