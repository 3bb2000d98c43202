from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidj import errors
from aidj.errors import AidjError, PlanError

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, AidjError)]


def test_a_message_says_what_where_why_and_what_to_do() -> None:
    error = PlanError("The key is unknown", where="a.yaml, line 3", cause="a misspelling", hint="look it up")
    assert str(error) == "a.yaml, line 3: The key is unknown. Likely cause: a misspelling. What to do: look it up."
    assert str(PlanError("It is gone")) == "It is gone."
    assert str(PlanError("Is it there?")) == "Is it there?"


def test_the_tree_in_the_docstring_is_complete() -> None:
    assert errors.__doc__
    assert {kind.__name__ for kind in KINDS} == {word for word in errors.__doc__.split() if word.endswith("Error")}
    assert all(kind.__base__ is AidjError for kind in KINDS if kind is not AidjError)


@pytest.mark.parametrize("kind", KINDS)
@given(what=st.text(), where=st.none() | st.text(), cause=st.none() | st.text(), hint=st.none() | st.text())
def test_an_error_crosses_process_borders(
    kind: type[AidjError], what: str, where: str | None, cause: str | None, hint: str | None
) -> None:
    error = kind(what, where=where, cause=cause, hint=hint)
    other = pickle.loads(pickle.dumps(error))
    assert type(other) is kind
    assert (other.what, other.where, other.cause, other.hint) == (what, where, cause, hint)
    assert str(other) == str(error)
