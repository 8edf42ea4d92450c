"""Unified social credit codes: the check character finds every slip of one place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.standing.entities.refusals import CreditCodeInvalid
from services.registry.standing.entities.rules.credit_code import ALPHABET, check_character, ensure_valid


def test_the_code_of_the_standards_example_is_right() -> None:
    assert ensure_valid(" 91350100m000100y43 ") == "91350100M000100Y43"


@pytest.mark.parametrize(
    "code",
    ["91350100M000100Y44", "91350100M000100Y4", "91350100M000100Y433", "9135010OM000100Y43", "I1350100M000100Y43", ""],
)
def test_a_wrong_code_is_refused(code: str) -> None:
    with pytest.raises(CreditCodeInvalid):
        ensure_valid(code)


_FIRST_17 = st.builds(
    lambda office, region, rest: office + region + rest,
    st.text(ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
)


@given(_FIRST_17)
def test_exactly_one_check_character_fits(first: str) -> None:
    right = [character for character in ALPHABET if _is_valid(first + character)]
    assert right == [check_character(first)]


@given(_FIRST_17, st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_wrong_character_never_passes(first: str, place: int, other: str) -> None:
    code = first + check_character(first)
    if code[place] != other:
        assert not _is_valid(code[:place] + other + code[place + 1 :])


@given(_FIRST_17, st.integers(0, 15))
def test_two_neighbours_exchanged_never_pass(first: str, place: int) -> None:
    code = first + check_character(first)
    if code[place] != code[place + 1]:
        assert not _is_valid(code[:place] + code[place + 1] + code[place] + code[place + 2 :])


def _is_valid(code: str) -> bool:
    try:
        return ensure_valid(code) == code
    except CreditCodeInvalid:
        return False
