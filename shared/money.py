"""Exact yuan: two decimals, never a float, every rounding named."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from shared.errors import WrongValue
from shared.patterns import MONEY

FEN = Decimal("0.01")
ZERO = Decimal("0.00")
LARGEST_AMOUNT = Decimal("999999999999.99")


def yuan(value: Decimal | int | str) -> Decimal:
    """Return the amount with exactly two decimals, rounding half up."""
    return Decimal(value).quantize(FEN, rounding=ROUND_HALF_UP)


def _parse(value: object) -> Decimal:
    if isinstance(value, Decimal):
        amount = value
    elif isinstance(value, str) and value.isascii():
        if not re.fullmatch(MONEY, value):
            raise WrongValue(
                zh='金额应为最多两位小数的文本，如 "50000.00"。',
                en='write yuan as a decimal string with at most two decimals, e.g. "50000.00"',
            )
        amount = Decimal(value)
    else:
        raise WrongValue(
            zh='金额应为带引号的小数文本，如 "50000.00"，不得写成数字。',
            en='write yuan as a decimal string, e.g. "50000.00", never as a number',
        )
    if amount != amount.quantize(FEN) or not 0 <= amount <= LARGEST_AMOUNT:
        raise WrongValue(
            zh="金额不得为负，且最多两位小数。", en="an amount is not negative and has at most two decimals"
        )
    return amount.quantize(FEN)


def _positive(value: Decimal) -> Decimal:
    if value <= 0:
        raise WrongValue(zh="金额须大于零。", en="the amount must be greater than zero")
    return value


_SCHEMA = {"type": "string", "pattern": MONEY, "examples": ["50000.00"], "title": "Amount in yuan"}

Money = Annotated[
    Decimal,
    BeforeValidator(_parse),
    PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str),
    WithJsonSchema(_SCHEMA),
]
PositiveMoney = Annotated[
    Decimal,
    BeforeValidator(lambda value: _positive(_parse(value))),
    PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str),
    WithJsonSchema(_SCHEMA),
]
