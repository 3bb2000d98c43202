"""What `import aidj` offers, and nothing else."""

from __future__ import annotations

import aidj


def test_every_public_name_can_be_had() -> None:
    for name in aidj.__all__:
        assert getattr(aidj, name) is not None
    assert sorted(aidj.__all__) == sorted([*aidj._HOMES, "__version__"])


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(aidj, "no_such_name")
