"""Invented numbers that pass every real check: resident IDs (GB 11643), mobile phones, bank cards (Luhn)."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from types import MappingProxyType
from typing import Final

from shared.resident_id import check_digit

# An ID keeps the county code of its time: (last year of birth it was given for, code), from the history of GB/T 2260.
FORMER_COUNTY_CODES: Final[Mapping[str, tuple[tuple[int, str], ...]]] = MappingProxyType(
    {
        "331127": ((1999, "332829"),),
        "341125": ((1991, "342325"),),
        "411381": ((1993, "412902"),),
        "450312": ((1982, "452321"), (2012, "450322")),
        "500236": ((1991, "512226"), (1996, "511225")),
        "520524": ((2010, "522425"),),
        "640423": ((2000, "642224"),),
        "640424": ((2000, "642225"),),
    }
)
CARD_PREFIX: Final = "6217"
CARD_LENGTH: Final = 19
MOBILE_PREFIXES: Final = (
    *("130", "131", "133", "135", "136", "137", "138", "139", "150", "151", "152", "158", "159"),
    *("177", "180", "182", "183", "187", "188", "189"),
)


def county_code_at_birth(county_code: str, birth_year: int) -> str:
    """Return the six digits an ID of the county starts with for a person born in that year."""
    for last_year, former_code in FORMER_COUNTY_CODES.get(county_code, ()):
        if birth_year <= last_year:
            return former_code
    return county_code


def birth_date_at_age(age_years: int, on: date, rng: Random) -> date:
    """Return a date of birth that makes the person exactly `age_years` old on `on`."""
    latest = _years_before(on, age_years)
    earliest = _years_before(on, age_years + 1) + timedelta(days=1)
    return earliest + timedelta(days=rng.randrange((latest - earliest).days + 1))


def resident_id(county_code: str, born_on: date, order: int) -> str:
    """Return the 18-character number; `order` 0 to 999 tells people of one day apart, odd for men, even for women."""
    first_17 = f"{county_code_at_birth(county_code, born_on.year)}{born_on:%Y%m%d}{order:03d}"
    return first_17 + check_digit(first_17)


def with_wrong_check_digit(number: str, rng: Random) -> str:
    """Return the number with another last character, as a slip of the pen would leave it."""
    return number[:17] + rng.choice([digit for digit in "0123456789X" if digit != number[17]])


def mobile_phone(rng: Random) -> str:
    """Return an eleven-digit mobile number."""
    return f"{rng.choice(MOBILE_PREFIXES)}{rng.randrange(10**8):08d}"


def bank_card(serial: int) -> str:
    """Return a 19-digit debit card number with its Luhn check digit; another serial gives another number."""
    body = f"{CARD_PREFIX}{serial:0{CARD_LENGTH - len(CARD_PREFIX) - 1}d}"
    return body + _luhn_digit(body)


def _luhn_digit(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
