"""A small county for the tests: its regions, its pack, its household sheets."""

import asyncio
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx
import xlsxwriter

from shared.access import Role
from shared.events.base import Event
from shared.events.registry import HouseholdsRegistered, RegisteredHousehold
from shared.households_sheet import INDICATOR_PREFIX, SheetColumn, household_columns
from shared.policy.load import read_pack
from shared.resident_id import check_digit
from shared.testing.service import ServiceUnderTest

E = TypeVar("E", bound=Event)
ROOT: Final = Path(__file__).parents[3]
PACK_FILE: Final = ROOT / "policy" / "packs" / "fengjie.yaml"
# The tests' county has Fengjie's rules from the first day of 2017 on.
PACK_TEXT: Final = PACK_FILE.read_text(encoding="utf-8").replace("_from: 2017-03-01", "_from: 2017-01-01")
PACK: Final = read_pack(PACK_TEXT, PACK_FILE.name)
SCHEME: Final = PACK.rating_scheme()
COUNTY: Final = "500236"
VILLAGE: Final = "500236001001"
OTHER_VILLAGE: Final = "500236117202"
IMPORT_SECONDS: Final = 120.0
COLLECTED_ON: Final = date(2017, 1, 4)
REGIONS: Final = """code,name,level,parent_code
50,重庆市,province,
5002,县,prefecture,50
500236,奉节县,county,5002
500237,巫山县,county,5002
500236001,永安街道,township,500236
500236117,白帝镇,township,500236
500237100,巫峡镇,township,500237
500236001001,诗城社区,village,500236001
500236117202,八阵村,village,500236117
500237100201,早阳村,village,500237100
"""
GOOD_ANSWERS: Final[Mapping[str, int]] = {
    "assets_value": 120_000,
    "income_annual": 90_000,
    "spending_annual": 40_000,
    "labourers": 3,
    "migrant_workers": 2,
    "children_at_school": 0,
    "bad_records": 0,
}


def resident_id(place: int, born: str = "19800101") -> str:
    """Return a valid number, different for each place below 500."""
    first = f"500236{born}{place * 2 % 1000:03d}"
    return first + check_digit(first)


def row(place: int, **other: Any) -> dict[str, Any]:
    """Return the cells of one right household; `other` replaces cells by column key."""
    return {
        "household_number": f"FJ{place:05d}",
        "head_name": f"王大{'甲乙丙丁'[place % 4]}",
        "resident_id": resident_id(place),
        "phone": f"138{place:08d}",
        "village_code": VILLAGE,
        "member_count": 4,
        "labourer_count": 2,
        "poverty_state": "建档立卡",
        "registered_on": "2014-05-06",
        "four_kinds": "否",
        "civil_capacity": "完全",
        "able_to_work": "是",
        "credit_record": "良好",
        "bank_code": "RCB",
        "bank_account": f"62170000000000{place:05d}",
        **{f"{INDICATOR_PREFIX}{code}": value for code, value in GOOD_ANSWERS.items()},
        **other,
    }


def workbook(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[SheetColumn] = household_columns(SCHEME), **formulas: str
) -> bytes:
    """Return an .xlsx of the rows; a keyword puts a formula into that cell, e.g. `A2="=1+1"`."""
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.header)
            for credit_limit, cells in enumerate(rows, start=1):
                cell = cells.get(column.key, "")
                write = sheet.write_string if isinstance(cell, str) else sheet.write_number
                write(credit_limit, place, cell)
        for cell_name, formula in formulas.items():
            sheet.write_formula(cell_name, formula)
    return output.getvalue()


async def import_sheet(
    registry: ServiceUnderTest, body: bytes, *, role: Role = Role.POVERTY_OFFICE, region: str = COUNTY, **query: str
) -> httpx.Response:
    """Send a sheet and return the answer once it is finished, or the refusal."""
    return await finished(registry, await send_sheet(registry, body, role=role, region=region, **query), role, region)


async def send_sheet(
    registry: ServiceUnderTest,
    body: bytes,
    *,
    role: Role = Role.POVERTY_OFFICE,
    region: str = COUNTY,
    path: str = "household-imports",
    **query: str,
) -> httpx.Response:
    """Send a sheet and return the answer to that."""
    params = {"county_code": COUNTY, "collected_on": COLLECTED_ON.isoformat(), **query}
    headers = registry.headers(role, region=region)
    return await registry.client.post(f"/api/v1/{path}", params=params, content=body, headers=headers)


async def finished(
    registry: ServiceUnderTest,
    sent: httpx.Response,
    role: Role = Role.POVERTY_OFFICE,
    region: str = COUNTY,
    path: str = "household-imports",
) -> httpx.Response:
    """Wait until a queued sheet is finished and return its last answer; a refusal is returned as it is."""
    if sent.status_code != 202:
        return sent
    async with asyncio.timeout(IMPORT_SECONDS):
        while True:
            shown = await get(registry, f"/{path}/{sent.json()['id']}", role, region=region)
            if shown.status_code != 200 or shown.json()["state"] in {"finished", "failed"}:
                return shown
            await asyncio.sleep(0.02)  # each look is a request, and takes the time of the work it waits for


async def import_members(registry: ServiceUnderTest, body: bytes) -> httpx.Response:
    """Send a sheet of members and return the answer once it is finished, or the refusal."""
    sent = await send_sheet(registry, body, path="member-imports")
    return await finished(registry, sent, path="member-imports")


async def registered(registry: ServiceUnderTest, *rows: Mapping[str, Any]) -> list[str]:
    """Import the rows, which must all be right, and return the household ids in the order of the rows."""
    answer = await import_sheet(registry, workbook(rows))
    assert answer.json()["rejected_count"] == 0, answer.text
    found = await registry.database.pool.fetch("SELECT number, id::text FROM household")
    ids = dict(map(tuple, found))
    return [ids[each["household_number"]] for each in rows]


async def post(
    registry: ServiceUnderTest, path: str, body: Any, role: Role, *, region: str = COUNTY, subject: str | None = None
) -> httpx.Response:
    """Send a JSON body in a role."""
    headers = registry.headers(role, region=region, subject=subject)
    return await registry.client.post(f"/api/v1{path}", json=body, headers=headers)


async def get(
    registry: ServiceUnderTest, path: str, role: Role, *, region: str = COUNTY, subject: str | None = None
) -> httpx.Response:
    """Read in a role."""
    return await registry.client.get(f"/api/v1{path}", headers=registry.headers(role, region=region, subject=subject))


async def every_page(registry: ServiceUnderTest, path: str, county: str) -> list[dict[str, Any]]:
    """Read every item of a list as the county's office, page by page."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        query = f"{'&' if '?' in path else '?'}limit=200{cursor}"
        page = (await get(registry, path + query, Role.POVERTY_OFFICE, region=county)).json()
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


def event(kind: type[E], data: Mapping[str, Any]) -> E:
    """Read a recorded event the way its consumers do."""
    return kind.model_validate_json(json.dumps(data))


async def events(registry: ServiceUnderTest, kind: type[E]) -> list[tuple[E, int]]:
    """Return the recorded events of one kind with the versions of their aggregates."""
    recorded = await registry.outbox()
    return [(event(kind, data), version) for name, data, version, _ in recorded if name == kind.event_type.name]


async def registered_events(registry: ServiceUnderTest) -> list[RegisteredHousehold]:
    """Return the households that sheets brought onto the register, as the events name them."""
    return [
        household for recorded, _ in await events(registry, HouseholdsRegistered) for household in recorded.households
    ]


async def rated(registry: ServiceUnderTest, year: int = 2017) -> dict[str, Any]:
    """Take the county's campaign from scores to final ratings, valid from 2017-01-13."""
    body = {"county_code": COUNTY, "year": year, "as_of": "2017-01-05"}
    campaign = (await post(registry, "/rating-campaigns", body, Role.SERVICE_CENTRE)).json()
    path = f"/rating-campaigns/{campaign['id']}"
    await post(registry, f"{path}/scores", None, Role.SERVICE_CENTRE)
    review = {"reviewed_on": "2017-01-05", "members": ["甲", "乙", "丙"]}
    assert (await post(registry, f"{path}/reviews", review, Role.TOWNSHIP)).status_code == 201
    await post(registry, f"{path}/public-notices", {"started_on": "2017-01-06"}, Role.SERVICE_CENTRE)
    final = await post(registry, f"{path}/finalisations", {"finalised_on": "2017-01-13"}, Role.SERVICE_CENTRE)
    assert final.status_code == 201, final.text
    answer: dict[str, Any] = final.json()
    return answer
