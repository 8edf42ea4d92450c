"""The SQL interest functions equal the engine, fen by fen, for every day count and rounding."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from services.lending.loans.rules.prepayment import accrued_interest
from services.lending.loans.rules.surcharge import surcharge_of
from services.lending.loans.surcharge_sql import surcharge
from services.lending.tests.county import County
from shared.policy.vocabulary import DayCount, Rounding

CASES = 4000


def cases() -> list[tuple[Any, ...]]:
    draw = random.Random(360)
    drawn = []
    for number in range(CASES):
        start = date(2015, 1, 1) + timedelta(days=draw.randint(0, 4000))
        end = start + timedelta(days=draw.choice([0, 1, draw.randint(0, 40), draw.randint(0, 1500)]))
        # Round figures make exact halves of a fen, where the roundings part.
        balance = Decimal(draw.choice([draw.randint(0, 10**8), draw.randint(0, 50) * 100000])) / 100
        rate = Decimal(draw.choice(["4.35", "4.75", "3.6", "7.125", "0", "6.525", "1.234567"]))
        rounding = list(Rounding)[number % 2]
        drawn.append((balance, rate, list(DayCount)[number % 4], start, end, rounding))
    return drawn


async def test_interest_in_sql_equals_the_engine(county: County) -> None:
    drawn = cases()
    rows = await county.service.database.pool.fetch(
        "SELECT interest_on(b, r, d, f, u, g) AS interest FROM unnest($1::numeric[], $2::numeric[], $3::text[], "
        "$4::date[], $5::date[], $6::text[]) WITH ORDINALITY AS c (b, r, d, f, u, g, n) ORDER BY n",
        *(list(column) for column in zip(*drawn, strict=True)),
    )
    expected = [accrued_interest(*case) for case in drawn]
    assert [row["interest"] for row in rows] == expected


async def test_the_surcharge_in_sql_equals_the_rule(county: County) -> None:
    draw = random.Random(251)
    penalties = [Decimal(draw.randint(0, 10**6)) / 100 for _ in range(CASES)]
    times = [Decimal(draw.choice(["1.5", "1.3", "1", "0", "2", "1.4375", "1.3333"])) for _ in range(CASES)]
    rows = await county.service.database.pool.fetch(
        f"SELECT {surcharge('p', 'm')} AS surcharge FROM unnest($1::numeric[], $2::numeric[]) "
        "WITH ORDINALITY AS c (p, m, n) ORDER BY n",
        penalties,
        times,
    )
    assert [row["surcharge"] for row in rows] == list(map(surcharge_of, penalties, times))
