"""Resident identity numbers by GB 11643, with the standard's own examples."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.resident_id import (
    PROVINCES,
    ResidentIdInvalid,
    born_on,
    check_digit,
    ensure_living,
    ensure_valid,
    masked,
    names_a_person_sql,
    sex,
)
from tests.plugin.databases import Administrator

WOMAN, MAN = "11010519491231002X", "440524188001010014"  # the examples that GB 11643-1999 prints
_WRONG_SHAPE = "it must have 18 characters"
_WRONG_DAY = "its birth date does not exist"
_WRONG_DIGIT = "its check digit is wrong"


@pytest.mark.parametrize(
    ("number", "born", "gender"), [(WOMAN, date(1949, 12, 31), "female"), (MAN, date(1880, 1, 1), "male")]
)
def test_the_standards_examples_are_right(number: str, born: date, gender: str) -> None:
    assert ensure_valid(number) == number
    assert check_digit(number[:17]) == number[17]
    assert (born_on(number), sex(number)) == (born, gender)


# The standard's table: the remainder of the weighted sum by 11, and the check digit that belongs to it. The last of the
# seventeen digits weighs 2, the second one 9.
@pytest.mark.parametrize(
    ("first_17", "remainder"),
    [*((f"{'0' * 16}{digit}", 2 * digit % 11) for digit in range(10)), (f"01{'0' * 15}", 9)],
)
def test_each_remainder_has_the_check_digit_of_the_standards_table(first_17: str, remainder: int) -> None:
    assert check_digit(first_17) == "10X98765432"[remainder]


def test_blanks_around_a_number_and_a_small_x_are_put_right() -> None:
    assert ensure_valid(f" {WOMAN.lower()}\n") == WOMAN


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("", _WRONG_SHAPE),
        (WOMAN[:17], _WRONG_SHAPE),
        (f"{WOMAN}0", _WRONG_SHAPE),
        (f"0{WOMAN[1:]}", _WRONG_SHAPE),  # no region begins with 0
        (f"9{WOMAN[1:]}", _WRONG_SHAPE),
        (f"19{WOMAN[2:17]}{check_digit(f'19{WOMAN[2:17]}')}", _WRONG_SHAPE),  # no province has 19
        (f"{MAN[:16]}X4", _WRONG_SHAPE),
        (MAN.replace("1880", "１８８０"), _WRONG_SHAPE),  # digits of another script
        ("110105194902290029", _WRONG_DAY),  # 1949 had no 29 February
        ("110105194913010022", _WRONG_DAY),
        ("110105194900010021", _WRONG_DAY),
        ("110105194912310020", _WRONG_DIGIT),
        (f"{MAN[:17]}X", _WRONG_DIGIT),
    ],
)
def test_a_wrong_number_is_refused_by_its_reason_and_never_repeated(number: str, reason: str) -> None:
    with pytest.raises(ResidentIdInvalid, match=reason) as refused:
        ensure_valid(number)
    assert not number or number not in str(refused.value)


_FIRST_17 = st.builds(
    lambda province, region, born, order: f"{province}{region:04d}{born:%Y%m%d}{order:03d}",
    st.sampled_from(sorted(PROVINCES)),
    st.integers(0, 9999),
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.integers(0, 999),
)


@given(_FIRST_17)
def test_exactly_one_check_digit_fits(first: str) -> None:
    right = [digit for digit in "0123456789X" if _is_valid(first + digit)]
    assert right == [check_digit(first)]


@given(_FIRST_17, st.integers(0, 16), st.sampled_from("0123456789"))
def test_one_wrong_digit_never_passes(first: str, place: int, other: str) -> None:
    number = first + check_digit(first)
    assert _is_valid(number[:place] + other + number[place + 1 :]) is (number[place] == other)


@pytest.mark.parametrize("region", ["810000", "820000", "830000"])
def test_a_residence_permits_number_is_one_too(region: str) -> None:
    first = f"{region}19710520901"
    assert ensure_valid(first + check_digit(first)) == first + check_digit(first)


@pytest.mark.parametrize(("born", "lives"), [("18991231", 0), ("19000101", 1), ("20191201", 1), ("20191202", 0)])
def test_a_person_is_born_since_1900_and_by_the_day_in_question(born: str, lives: int) -> None:
    number = f"500236{born}001" + check_digit(f"500236{born}001")
    if lives:
        assert ensure_living(number, date(2019, 12, 1)) == number
    else:
        with pytest.raises(ResidentIdInvalid, match="its birth date lies before 1900-01-01 or after 2019-12-01"):
            ensure_living(number, date(2019, 12, 1))


@given(
    numbers=st.lists(_FIRST_17.flatmap(lambda first: st.sampled_from("0123456789Xx").map(first.__add__)), max_size=40)
)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_file_knows_the_numbers_of_persons_as_a_body_does(
    administrator: Administrator, numbers: list[str]
) -> None:
    asked = [*numbers, WOMAN, WOMAN.lower(), MAN, "110105194902290029", "", "R1", f"R{WOMAN}", f"{WOMAN[:17]}"]
    today = await administrator.fetchval("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date")
    query = (
        f"SELECT array_agg({names_a_person_sql('asked')} ORDER BY place) "
        "FROM unnest($1::text[]) WITH ORDINALITY AS a (asked, place)"
    )
    assert await administrator.fetchval(query, asked) == [_lives(number, today) for number in asked]


def _lives(number: str, on: date) -> bool:
    try:
        return bool(ensure_living(number, on))
    except ResidentIdInvalid:
        return False


@given(_FIRST_17, st.integers(0, 15))
def test_two_neighbours_exchanged_never_pass(first: str, place: int) -> None:
    number = first + check_digit(first)
    exchanged = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert _is_valid(exchanged) is (exchanged == number)


def _is_valid(number: str) -> bool:
    try:
        return ensure_valid(number) == number
    except ResidentIdInvalid:
        return False


@pytest.mark.parametrize(("number", "shown"), [(WOMAN, "110105********002X"), ("12345", "*****"), ("", "")])
def test_a_masked_number_hides_the_day_of_birth(number: str, shown: str) -> None:
    assert masked(number) == shown
