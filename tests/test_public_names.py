"""What `import aidj` offers: these names and signatures, each explained, and nothing loaded before it is used."""

from __future__ import annotations

import inspect
import json
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import aidj
from aidj.errors import AidjError

GOLDEN = Path(__file__).parent / "golden" / "public_names.txt"
MAKER = runpy.run_path(str(GOLDEN.with_name("make_public_names.py")))
NAMES = [name for name in aidj.__all__ if name != "__version__"]
UNITS = ("_s", "_db", "_dbtp", "_lufs", "_lu", "bpm", "_wpm", "_days", "_hours", "minutes", "seconds")
"""How the name of a number ends that has a unit; `_s` are seconds, `seconds` a range of them."""
SAID_IN_WORDS = {"bars", "energy", "noise", "propensity", "rating", "score", "temperature"}
"""Numbers without a unit; what they mean and their range stands beside them."""


def test_every_public_name_can_be_had() -> None:
    for name in aidj.__all__:
        assert getattr(aidj, name) is not None
    assert sorted(aidj.__all__) == sorted([*aidj._HOMES, "__version__"])


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(aidj, "no_such_name")


def test_names_and_signatures_are_those_that_were_promised() -> None:
    """A difference is a change of what others build on: see docs/embedding.md, then write the golden file anew."""
    assert MAKER["public_names"]() == GOLDEN.read_text(encoding="utf-8"), "python tests/golden/make_public_names.py"


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_is_explained(name: str) -> None:
    value = getattr(aidj, name)
    assert explained(value), f"{name} has no docstring"
    if inspect.isclass(value):
        for member, function in MAKER["members_of"](value):
            assert explained(function), f"{name}.{member} has no docstring"


def explained(value: object) -> bool:
    text = value.__doc__ or ""
    # A dataclass without a docstring is given its signature as one.
    return len(text.split()) >= 2 and not re.match(r"\w+\(.*\)$", text)


def test_every_number_has_its_unit_in_its_name() -> None:
    text = GOLDEN.read_text(encoding="utf-8")
    numbers = re.findall(r"(\w+): (?:[\w, ]+\[)*float\b", text)
    assert len(numbers) > 60
    unclear = {name for name in numbers if not name.endswith(UNITS)} - SAID_IN_WORDS
    assert not unclear


@pytest.mark.parametrize("name", [name for name in NAMES if not inspect.isclass(getattr(aidj, name))])
def test_what_can_go_wrong_is_told(name: str) -> None:
    """A function whose own lines raise an error of ours says so."""
    function = getattr(aidj, name)
    raised = set(re.findall(r"raise (\w+Error)\(", inspect.getsource(function)))
    ours = {error.__name__ for error in AidjError.__subclasses__()} & raised
    for error in ours:
        assert error in (function.__doc__ or ""), f"{name} raises {error}"


def test_nothing_is_loaded_before_it_is_used() -> None:
    """In a fresh Python: which modules the import brings, and which the names of a plan do."""
    program = (
        "import json, sys\n"
        "before = set(sys.modules)\n"
        "import aidj\n"
        "alone = sorted(set(sys.modules) - before)\n"
        "aidj.Session, aidj.plan_session, aidj.render, aidj.DeviceSink, aidj.play, aidj.ToneVoice\n"
        "print(json.dumps([alone, sorted(set(sys.modules) - before)]))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    alone, used = json.loads(done.stdout)
    assert [name for name in alone if name.split(".")[0] not in sys.stdlib_module_names] == ["aidj"]
    heavy = {"av", "babel", "lameenc", "matplotlib", "miniaudio", "pydub", "pyttsx3", "rich", "scipy", "soxr"}
    assert not heavy & set(used)
    assert "aidj.cli" not in used
    assert "aidj.session" in used


def test_types_are_there_for_whoever_checks_them() -> None:
    assert (Path(aidj.__file__).parent / "py.typed").is_file()
