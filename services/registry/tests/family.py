"""Families for the tests: persons who join households, and changes that are proposed and decided."""

from collections.abc import Mapping
from typing import Any, Final

import httpx

from services.registry.tests.county import COUNTY, VILLAGE, get, post, resident_id
from shared.access import Role
from shared.testing.service import ServiceUnderTest

ON: Final = "2017-03-01"


def person(place: int, **other: Any) -> dict[str, Any]:
    """Return the facts of a person who joins a household; `other` replaces facts."""
    return {
        "effective_on": ON,
        "reason": "入户核查",
        "cause": "recorded",
        "name": f"王小{'甲乙丙丁'[place % 4]}",
        "resident_id": resident_id(place, "20000505"),
        "relation": "child",
        "civil_capacity": "full",
        "labour": "able",
        **other,
    }


def change(kind: str, household: str, **values: Any) -> dict[str, Any]:
    """Return the body of a change request."""
    return {"kind": kind, "household_id": household, "effective_on": ON, "reason": "入户核查", **values}


async def propose(
    registry: ServiceUnderTest, body: Mapping[str, Any], *, role: Role = Role.VILLAGE, region: str = COUNTY
) -> httpx.Response:
    """Propose a change as the village's officer."""
    return await post(registry, "/change-requests", body, role, region=region)


async def decide(
    registry: ServiceUnderTest,
    change_id: str,
    decision: str = "approve",
    *,
    role: Role = Role.TOWNSHIP,
    region: str = COUNTY,
    subject: str | None = None,
) -> httpx.Response:
    """Decide a change as the township's officer."""
    body = {"decision": decision, "reason": "已核实"}
    return await post(registry, f"/change-requests/{change_id}/decisions", body, role, region=region, subject=subject)


async def changed(registry: ServiceUnderTest, body: Mapping[str, Any]) -> dict[str, Any]:
    """Propose and approve a change that nothing stands against."""
    proposed = await propose(registry, body)
    assert proposed.status_code == 201, proposed.text
    approved = await decide(registry, proposed.json()["id"])
    assert approved.status_code == 201, approved.text
    answer: dict[str, Any] = approved.json()
    return answer


async def joined(registry: ServiceUnderTest, household: str, place: int, **other: Any) -> str:
    """Put a person on file as a member and return the member's id."""
    proposed = await post(registry, f"/households/{household}/members", person(place, **other), Role.VILLAGE)
    assert proposed.status_code == 201, proposed.text
    known = {each["id"] for each in await members(registry, household)}
    approved = await decide(registry, proposed.json()["id"])
    assert approved.status_code == 201, approved.text
    [added] = [each["id"] for each in await members(registry, household) if each["id"] not in known]
    return str(added)


async def file_of(registry: ServiceUnderTest, household: str) -> dict[str, Any]:
    """Return a household in detail."""
    found: dict[str, Any] = (await get(registry, f"/households/{household}", Role.POVERTY_OFFICE)).json()
    return found


async def members(registry: ServiceUnderTest, household: str) -> list[dict[str, Any]]:
    """Return the active members of a household, the head first."""
    return [each for each in (await file_of(registry, household))["members"] if each["left_on"] is None]


async def head_of(registry: ServiceUnderTest, household: str) -> str:
    """Return the id of the head."""
    return str(next(each["id"] for each in await members(registry, household) if each["is_head"]))


def new_head(member_id: str, **relations: str) -> dict[str, Any]:
    """Return the next head; each keyword is a member id with its relation."""
    related = [{"member_id": each, "relation": relation} for each, relation in relations.items()]
    return {"member_id": member_id, "credit_record": "clean", "relations": related}


async def borrow(registry: ServiceUnderTest, household: str) -> None:
    """Leave one open loan with a household."""
    await registry.database.pool.execute(
        "INSERT INTO household_loan (loan_id, household_id, village_code, principal, disbursed_on) "
        "VALUES (uuid7(), $1::uuid, $2, 30000, '2017-02-01')",
        household,
        VILLAGE,
    )
