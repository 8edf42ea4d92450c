"""What the writer of a cell of a sheet can have meant: digits, numbers and days, typed or kept by a spreadsheet.

A spreadsheet keeps numbers as binary fractions and shows 15 digits of them: of a longer number the last digits are
lost, and behind a shorter one stands the noise of sums. Full-width digits are those of a Chinese keyboard; digits of
other scripts are none. A cell that nobody can have meant is None here, and the reader of its column says so.
"""

import re
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any, Final

from shared.characters import half_width
from shared.dates import EARLIEST_DAY, LATEST_DAY

DIGITS_KEPT: Final = 15  # of a number cell
DECIMALS_MAX: Final = 6
_LARGEST_EXACT: Final = 10**DIGITS_KEPT
_KEPT: Final = Context(prec=DIGITS_KEPT, rounding=ROUND_HALF_EVEN)
_LONGEST_NUMBER: Final = 40
_NUMBER = re.compile(r"\d+(\.\d*)?|\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)
_NUMBER_SHOWN = re.compile(r"\d(\.\d+)?E\+\d+", re.ASCII | re.IGNORECASE)
_TIME: Final = r"(?:(?:T|\s+)\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_DAYS: Final = (
    re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _TIME, re.ASCII),
    re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?" + _TIME, re.ASCII),
    re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII),
)
_ERRORS: Final = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!"}
)
_EPOCH: Final = date(1899, 12, 30)
_EPOCH_1904: Final = date(1904, 1, 1)
_LEAP_DAY_THAT_NEVER_WAS: Final = 60  # 1900-02-29 of a spreadsheet's calendar
# A number without a day's format is a day from 1927 on only: a smaller one is a year, or a count.
_PLAIN_DAY = re.compile(r"\d{5}(\.\d+)?", re.ASCII)
_FIRST_PLAIN_DAY, _LAST_PLAIN_DAY = 10_000, 99_999


def is_error(text: str) -> bool:
    """Return whether a cell holds what a failed formula leaves, such as #N/A."""
    return text.startswith("#") and text.strip().upper() in _ERRORS


def is_shortened_number(text: str) -> bool:
    """Return whether a text is a long number as a spreadsheet shows it, such as 5.00236E+17: digits are lost."""
    return _NUMBER_SHOWN.fullmatch(text) is not None


def digits_meant(cell: float) -> str | None:
    """Return the digits of a number cell that stands where a text belongs, unless some of them are lost."""
    return str(int(cell)) if 0 <= cell < _LARGEST_EXACT and cell == int(cell) else None


def number_meant(cell: Any) -> Decimal | None:
    """Return a number that is not negative and has at most DECIMALS_MAX decimals; text may have thousands' commas."""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return None
    text = repr(cell) if not isinstance(cell, str) else half_width(cell).strip()
    if isinstance(cell, str) and not (len(text) <= _LONGEST_NUMBER and _NUMBER.fullmatch(text)):
        return None
    if isinstance(cell, float) and not 0 <= cell < _LARGEST_EXACT:
        return None
    number = Decimal(text.replace(",", ""))
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -DECIMALS_MAX:  # noise of sums stands behind the digits that are kept
        number = _KEPT.create_decimal(number).normalize()
        exponent = number.as_tuple().exponent
    return number if number >= 0 and isinstance(exponent, int) and exponent >= -DECIMALS_MAX else None


def whole_meant(cell: Any) -> int | None:
    """Return a whole number that is not negative, as 3, 3.0 and ３ are."""
    number = number_meant(cell)
    return int(number) if number is not None and number == int(number) else None


def day_meant(cell: Any, *, is_1904: bool = False) -> date | None:
    """Return a day between 1900 and 2200: a day cell, a text in Chinese or compact form, or a day's number.

    The time of day is left out. `is_1904`: the workbook counts its days from 1904.
    """
    if isinstance(cell, datetime):
        day: date | None = cell.date()
    elif isinstance(cell, date):
        day = cell
    elif isinstance(cell, str):
        text = half_width(cell).strip()
        day = _numbered_day(float(text), is_1904=is_1904) if _PLAIN_DAY.fullmatch(text) else _written_day(text)
    else:
        day = _numbered_day(cell, is_1904=is_1904) if isinstance(cell, int | float) else None
    return day if day is not None and EARLIEST_DAY <= day <= LATEST_DAY else None


def day_counted(number: float, *, is_1904: bool) -> date | None:
    """Return the day with a number in a workbook's calendar, or None where the calendar has none."""
    count = int(number)
    if is_1904:
        return _EPOCH_1904 + timedelta(count)
    if count == _LEAP_DAY_THAT_NEVER_WAS:
        return None
    return _EPOCH + timedelta(count + (1 if 0 < count < _LEAP_DAY_THAT_NEVER_WAS else 0))


def _written_day(text: str) -> date | None:
    found = next((hit for hit in (form.fullmatch(text) for form in _DAYS) if hit), None)
    return _day(found[1], found[2], found[3]) if found else None


def _numbered_day(number: float, *, is_1904: bool) -> date | None:
    if _FIRST_PLAIN_DAY <= number <= _LAST_PLAIN_DAY:
        return day_counted(number, is_1904=is_1904)
    return _written_day(digits_meant(number) or "")


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
