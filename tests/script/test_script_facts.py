from datetime import date

import pytest

from aidj.errors import ScriptError
from aidj.script import FACTS, check_facts

GOOD = {
    "artist": "Paper Lanterns",
    "released": "2026-11",
    "first_released": "1994",
    "last_heard": "2025-09-30",
    "rotation": "forgotten_favourite",
    "listens": 41,
    "daypart": "night",
    "weekday": "Sunday",
}


def test_good_facts_pass():
    check_facts({})
    check_facts(GOOD)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"artits": "x"}, "“artist”"),
        ({"zzzzzz": "x"}, "known facts are"),
        ({"listens": "41"}, "whole number"),
        ({"listens": True}, "whole number"),
        ({"listens": 4.0}, "whole number"),
        ({"listens": -1}, "negative"),
        ({"title": 1984}, 'title: "1984"'),
        ({"title": None}, "a text"),
        ({"released": date(2026, 11, 13)}, 'released: "2026-11-13"'),
        ({"released": "13.11.2026"}, "no date"),
        ({"released": "2026-13"}, "no date"),
        ({"last_heard": "2026-02-30"}, "no date"),
        ({"rotation": "new_relaese"}, "“new_release”"),
        ({"daypart": "xyz"}, "morning"),
        ({"weekday": "sunday"}, "“Sunday”"),
    ],
)
def test_bad_facts_are_named(facts, said):
    with pytest.raises(ScriptError) as caught:
        check_facts(facts)
    assert said in str(caught.value)
    assert next(iter(facts)) in str(caught.value)


def test_every_fact_is_text_or_number():
    assert set(FACTS.values()) == {str, int}
