"""Units in words: a reader of a citation knows no UCUM."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.render import units

SPOKEN = {
    "{person}": "persons",
    "{casualty}": "casualties",
    "{rocket_launcher}": "rocket launchers",
    "{wounded}": "wounded",
    "{child}": "children",
    "{Stück}": "Stück",
    "{shell}/a": "shells per year",
    "{death}/100{person}": "deaths per 100 persons",
    "10*3{person}": "thousand persons",
    "km": "kilometres",
    "km2": "square kilometres",
    "kg/m3": "kilograms per cubic metre",
    "m/s2": "metres per second squared",
    "kW.h": "kilowatt hours",
    "mm[Hg]": "millimetres of mercury",
    "Cel": "degrees Celsius",
    "[mi_i]": "miles",
    "t": "tonnes",
    "%": "percent",
    "USD": "US dollars",
    "{EUR}": "euros",
    "1": "",
    "": "",
    "{}": "",
}


@pytest.mark.parametrize(("code", "words"), SPOKEN.items())
def test_a_unit_is_said_in_words(code: str, words: str) -> None:
    assert units.spoken(code) == words


@given(st.text(max_size=100) | st.text(alphabet="{}[]/.*^%10kmg_ab", max_size=20))
def test_any_unit_can_be_said_and_none_shows_the_brackets_of_its_code(code: str) -> None:
    assert not re.search(r"[{}\[\]]", units.spoken(code))
