"""Zhijin and Fengjie with a few households, and agreements as officers of a township write them."""

from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from services.subsidy.tests.county import PACK_FILE, confirmed
from shared.access import Role
from shared.events.registry import HouseholdsRegistered, RegisteredHousehold
from shared.ids import new_id
from shared.policy.load import read_pack
from shared.policy.pack import PolicyPack
from shared.testing.service import ServiceUnderTest

ZHIJIN: Final = "520524"
TOWNSHIP: Final = "520524101"
VILLAGE: Final = "520524101201"
FENGJIE_VILLAGE: Final = "500236001201"
HOUSEHOLDS: Final = tuple(UUID(int=0x01A20122000070008000000000000100 + number) for number in range(22))
ENTITY: Final = UUID(int=0x01A20122000070008000000000000500)
_PACKS: Final = {ZHIJIN: PACK_FILE.parent / "zhijin.yaml", "500236": PACK_FILE}
SEVEN: Final = (
    "village_leader",
    "resident_cadres",
    "township_cadres",
    "village_cadres",
    "livelihood_supervisor",
    "representatives",
    "entity",
)
ANY: dict[str, Any] = {"region": ""}


def _pack(file: Path) -> PolicyPack:
    return read_pack(file.read_text(encoding="utf-8"), file.name)


async def confirm_packs(service: ServiceUnderTest) -> None:
    """Let both counties' packs and their households arrive; the first eleven live in Zhijin, the others in Fengjie."""
    for county, file in _PACKS.items():
        await service.deliver(confirmed(_pack(file), county=county))
        village, some = (VILLAGE, HOUSEHOLDS[:2]) if county == ZHIJIN else (FENGJIE_VILLAGE, HOUSEHOLDS[2:])
        households = tuple(
            RegisteredHousehold(
                household_id=each, village_code=village, state="registered", effective_from=date(2016, 1, 1)
            )
            for each in some
        )
        event = HouseholdsRegistered(import_id=new_id(), county_code=county, households=households)
        await service.deliver(event, region_code=county)


def terms(**changes: Any) -> dict[str, Any]:
    """Return complete terms of a guaranteed dividend for two households with 10 000 and 20 000 yuan."""
    return {
        "valid_from": "2017-01-01",
        "valid_until": "2020-01-01",
        "scale": "养牛200头",
        "benefit": "户均年增收1000元",
        "aftercare": "合作社负责防疫和管护",
        "duties": "按期分红",
        "household_duties": "参与管护",
        "entity_id": str(ENTITY),
        "entity_name": "织金县兴旺养殖专业合作社",
        "shares": [
            {"household_id": str(HOUSEHOLDS[0]), "grant_amount": "10000.00"},
            {"household_id": str(HOUSEHOLDS[1]), "grant_amount": "20000.00"},
        ],
        "dividend_form": "guaranteed",
        "grant_rates": ["5", "6", "7"],
        "securities": [
            {
                "security_kind": "fixed_assets",
                "what": "牛舍",
                "value": "30000.00",
                "valuation_document": "PG-2016-001",
                "valued_on": "2016-12-01",
            }
        ],
        **changes,
    }


def equity_terms(**changes: Any) -> dict[str, Any]:
    """Return complete terms of an equity dividend of 70 % for the two households."""
    equity = {
        "dividend_form": "equity",
        "grant_rates": [],
        "household_share": "0.7",
        "securities": [],
        "negotiators": [{"role": role, "person_name": "王五"} for role in SEVEN],
    }
    return terms(**equity | changes)


def draft(content: dict[str, Any], number: str = "A-1", **changes: Any) -> dict[str, Any]:
    """Return a draft of an agreement of an entity with households in Zhijin."""
    return {
        "region_code": VILLAGE,
        "number": number,
        "kind": "entity_household",
        "terms": content,
        "drafted_on": "2016-12-10",
        **changes,
    }


async def post(
    service: ServiceUnderTest, path: str, role: Role, body: Any, *, expect: int = 201, **who: Any
) -> dict[str, Any]:
    """Send a write as an officer of Zhijin."""
    who = {"region": ZHIJIN, "subject": str(role), **who}
    answer = await service.client.post(f"/api/v1{path}", json=body, headers=service.headers(role, **who))
    assert answer.status_code == expect, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def get(service: ServiceUnderTest, path: str, role: Role = Role.POVERTY_OFFICE, **who: Any) -> dict[str, Any]:
    """Read as an officer of Zhijin."""
    answer = await service.client.get(f"/api/v1{path}", headers=service.headers(role, **{"region": ZHIJIN, **who}))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def drafted(service: ServiceUnderTest, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Draft an agreement as the township."""
    return await post(service, "/agreements", Role.TOWNSHIP, body, **more)


async def signed(
    service: ServiceUnderTest, agreement_id: str, *, on: str = "2016-12-20", **more: Any
) -> dict[str, Any]:
    """Sign an agreement as the township."""
    body = {"signed_on": on, "signed_document": "QY-2016-1"}
    return await post(service, f"/agreements/{agreement_id}/signatures", Role.TOWNSHIP, body, **more)


async def in_force(
    service: ServiceUnderTest, body: dict[str, Any], *, role: Role = Role.POVERTY_OFFICE, **who: Any
) -> str:
    """Take an agreement from the draft into force."""
    agreement_id = str((await drafted(service, body, **who))["id"])
    on = str(body["drafted_on"])
    await signed(service, agreement_id, on=on, **who)
    await post(service, f"/agreements/{agreement_id}/confirmations", role, {"confirmed_on": on}, **who)
    return agreement_id
