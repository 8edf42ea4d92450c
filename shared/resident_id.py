"""Resident identity numbers by GB 11643: 6 digits of region, 8 of birth date, 3 of order, 1 check digit."""

import re
from datetime import date, datetime
from operator import mul
from typing import Final

from shared.dates import EARLIEST_DAY
from shared.errors import Invalid
from shared.languages import Sentence

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_ZEROS = sum(weight * ord("0") for weight in _WEIGHTS)  # what the characters weigh beyond their digits
# The two digits that a number begins with: GB/T 2260, and 83 of the residence permits for people of Taiwan.
PROVINCES: Final = frozenset(
    map(
        str,
        (*range(11, 16), 21, 22, 23, *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83),
    )
)
SHAPE: Final = re.compile(rf"(?:{'|'.join(sorted(PROVINCES))})[0-9]{{15}}[0-9X]")  # \d admits every script's digits


class ResidentIdInvalid(Invalid):
    """The number is not a resident identity number; the number itself is never repeated in the answer."""

    code = "resident-id-invalid"
    title = "身份证号有误 Invalid resident ID number"

    def __init__(self, reason: Sentence) -> None:
        super().__init__(
            zh=f"身份证号有误：{reason.zh}；请对照身份证核对。",
            en=f"The resident ID number is invalid: {reason.en}; check it against the card.",
            reason=reason.en,
        )


def normalised(number: str) -> str:
    """Return the number trimmed and in capitals, the form that is stored and indexed."""
    return number.strip().upper()


def check_digit(first_17: str) -> str:
    """Return the check digit (0-9 or X) for the first seventeen digits; a county's sheets ask for every member."""
    return _CHECK_DIGITS[(sum(map(mul, first_17.encode(), _WEIGHTS)) - _ZEROS) % 11]


def names_a_person_sql(column: str) -> str:
    """Return the SQL condition under which a column of ASCII text is the number of somebody alive today in China.

    The same as `ensure_living`, for the lines of files; `column` is a name of our own.
    """
    digits = " + ".join(f"{weight} * substr({column}, {place}, 1)::int" for place, weight in enumerate(_WEIGHTS, 1))
    birth, today = f"substr({column}, 7, 8)", "(now() AT TIME ZONE 'Asia/Shanghai')::date"
    return f"""CASE WHEN length({column}) <> 18 OR upper({column}) !~ '^({SHAPE.pattern})$' THEN false
      WHEN NOT pg_input_is_valid({birth}, 'date') THEN false
      WHEN {birth}::date NOT BETWEEN '{EARLIEST_DAY}' AND {today} THEN false
      ELSE substr('{_CHECK_DIGITS}', ({digits}) % 11 + 1, 1) = upper(substr({column}, 18, 1)) END"""


def born_on(number: str) -> date:
    """Return the date of birth written in a valid number."""
    return datetime.strptime(number[6:14], "%Y%m%d").date()  # noqa: DTZ007 - a calendar date has no zone


def sex(number: str) -> str:
    """Return `male` or `female` as the last digit of the order in a valid number tells: odd is male."""
    return "male" if int(number[16]) % 2 else "female"


def ensure_valid(number: str) -> str:
    """Return the normalised number.

    Raises:
        ResidentIdInvalid: wrong shape, impossible birth date, or wrong check digit (GB 11643).
    """
    number = normalised(number)
    if not SHAPE.fullmatch(number):
        raise ResidentIdInvalid(
            Sentence(
                "应为 18 位，前 17 位为数字，以省份代码开头，末位为数字或 X",
                "it must have 18 characters, 17 digits that begin with a province's code, and a digit or X",
            )
        )
    try:
        born_on(number)
    except ValueError:
        raise ResidentIdInvalid(Sentence("出生日期不存在", "its birth date does not exist")) from None
    if check_digit(number[:17]) != number[17]:
        raise ResidentIdInvalid(Sentence("校验码不符", "its check digit is wrong"))
    return number


def ensure_living(number: str, on: date) -> str:
    """Return the normalised number of a person who was alive on a day.

    Raises:
        ResidentIdInvalid: as `ensure_valid`, or born before 1900 or after that day.
    """
    number = ensure_valid(number)
    if not EARLIEST_DAY <= born_on(number) <= on:
        raise ResidentIdInvalid(
            Sentence(
                f"出生日期早于 {EARLIEST_DAY} 或晚于 {on}", f"its birth date lies before {EARLIEST_DAY} or after {on}"
            )
        )
    return number


def masked(number: str) -> str:
    """Return the number with the birth date and order hidden, e.g. 500236********1234."""
    return number[:6] + "*" * 8 + number[-4:] if len(number) == 18 else "*" * len(number)
