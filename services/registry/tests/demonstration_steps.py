"""Demonstration choices, and rated households with repaid loans to choose from, for the tests."""

from typing import Any

import httpx

from services.registry.tests.county import COUNTY, get, post
from services.registry.tests.rating_county import Campaign, Home, settled, uuids
from shared.access import Role
from shared.testing.service import ServiceUnderTest

_LOANS = """
INSERT INTO household_loan (loan_id, household_id, village_code, principal, disbursed_on, closed_on, repaid_on_time)
SELECT uuid7(), id, village, 10000, '2017-02-01', '2017-10-01', in_time
FROM unnest($1::uuid[], $2::text[], $3::boolean[]) AS k (id, village, in_time)
"""


async def propose(registry: ServiceUnderTest, year: int = 2017, **other: Any) -> httpx.Response:
    """Propose a year's choice as of 2017-12-01."""
    body = {"county_code": COUNTY, "year": year, "as_of": other.pop("as_of", "2017-12-01")}
    return await post(registry, "/demonstration-choices", body, Role.SERVICE_CENTRE, **{"subject": "maker", **other})


async def chosen(registry: ServiceUnderTest, choice: str, what: str, **other: str) -> list[dict[str, Any]]:
    """Return the villages or households of a choice by rank."""
    answer = await get(registry, f"/demonstration-choices/{choice}/{what}?limit=500", Role.TOWNSHIP, **other)
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def rated(registry: ServiceUnderTest, homes: list[Home]) -> list[str]:
    """Set households down and rate them from 2017-01-13 on; return their ids in order."""
    ids = await settled(registry, homes)
    await (await (await Campaign.opened(registry)).shown()).final()
    return ids


async def lend(registry: ServiceUnderTest, *loans: tuple[str, str, bool]) -> None:
    """Set down loans that were closed on 2017-10-01: (household, its village, whether it was in time)."""
    ids, villages, in_time = (list(column) for column in zip(*loans, strict=True))
    await registry.database.pool.execute(_LOANS, uuids(ids), villages, in_time)
