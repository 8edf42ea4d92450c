"""A county this program has never heard of: its own document, its own clauses, and who may borrow there or why not.

Nothing of it stands among the packs, regions and clauses of the project. Its clause ids begin like those of another
county's document, and mean something else.
"""

import csv
import io
import json
import secrets
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from deploy.embedded.folders import ROOT
from deploy.platform import Platform
from deploy.tokens import ACCOUNTS_FILE
from shared.access import Role
from shared.households_sheet import household_columns
from shared.policy.load import load_pack
from shared.testing.refusals import ensure_listed
from tools.clauses.catalogue import CATALOGUE, read_catalogue
from tools.demo.county import until
from tools.demo.identity import bank_card, mobile_phone, resident_id
from tools.demo.session import Caller, RequestFailed
from tools.packs.__main__ import main

HERE = Path(__file__).parent / "shouning"
PACK_FILE = HERE / "pack.yaml"
PACK = load_pack(PACK_FILE)
COUNTY, TOWNSHIP, VILLAGE = "350924", "350924100", "350924100201"
ON = date(2017, 7, 1)
# number: born, state, credit record, and whether the sheet's officer knows of gambling
HOUSEHOLDS = {
    "SN-01": (date(1980, 5, 1), "建档立卡", "良好"),
    "SN-02": (date(1999, 5, 1), "建档立卡", "良好"),
    "SN-03": (date(1980, 5, 2), "稳定脱贫", "良好"),
    "SN-04": (date(1980, 5, 3), "已脱贫", "不良已结清"),
    "SN-05": (date(1980, 5, 4), "已脱贫", "无记录"),
    "SN-06": (date(1958, 5, 4), "建档立卡", "无记录"),
}
AGAINST = {
    "SN-01": [],
    "SN-02": ["age-below-minimum"],
    "SN-03": ["state-not-eligible"],
    "SN-04": ["bad-credit-record"],
    "SN-05": ["excluded-kind"],
    "SN-06": ["age-above-maximum"],
}


def sheet() -> bytes:
    """Return the six households as a township would send them."""
    rng, text = Random(350924), io.StringIO()
    columns = household_columns(PACK.rating_scheme())
    writer = csv.DictWriter(text, [column.key for column in columns], restval="0")
    writer.writeheader()
    for order, (number, (born_on, state, record)) in enumerate(HOUSEHOLDS.items(), start=1):
        known = {"household_number": number, "head_name": f"吴{'一二三四五六'[order - 1]}", "village_code": VILLAGE}
        person = {"resident_id": resident_id(COUNTY, born_on, order), "phone": mobile_phone(rng)}
        history = {"poverty_state": state, "registered_on": "2014-06-01", "credit_record": record}
        able = {"four_kinds": "否", "civil_capacity": "完全", "able_to_work": "是"}
        money = {"bank_code": "RCC", "bank_account": bank_card(order), "member_count": "3", "labourer_count": "2"}
        empty = {"residence_code": "", "family_debts": "", "group_name": ""}
        writer.writerow({**known, **person, **history, **able, **money, **empty})
    return text.getvalue().encode()


async def offices(http: httpx.AsyncClient, platform: Platform) -> tuple[Caller, Caller, Caller]:
    """Return the administrator and two officers of the county whose accounts the administrator makes."""
    admin = Caller(http, "admin", json.loads((platform.data_dir / ACCOUNTS_FILE).read_text())["admin"])
    people = {name: secrets.token_urlsafe(15) for name in ("shouning.office", "shouning.chief")}
    grants = [{"role": Role.POVERTY_OFFICE, "region": COUNTY}]
    made = [
        {"username": name, "display_name": "寿宁县扶贫办", "password": password, "grants": grants}
        for name, password in people.items()
    ]
    await admin.post("/people", {"people": made})
    officer, chief = (Caller(http, name, password) for name, password in people.items())
    return admin, officer, chief


async def register(officer: Caller) -> dict[str, str]:
    """Import the sheet and return the register's ids by household number."""
    sent = await officer.upload(
        "/household-imports", sheet(), "text/csv", county_code=COUNTY, collected_on="2017-06-20"
    )
    found: dict[str, Any] = {}

    async def finished() -> bool:
        found.update(await officer.get(f"/household-imports/{sent['id']}"))
        return found["state"] in ("finished", "failed")

    await until(finished, "the sheet's last row")
    assert (found["state"], found["registered_count"], found["rejected_count"]) == ("finished", len(HOUSEHOLDS), 0)
    return {row["household_number"]: row["id"] for row in await officer.every("/households", region_code=COUNTY)}


async def in_force(officer: Caller, chief: Caller) -> Any:
    """Submit the pack by one officer and confirm it by another; who submitted it may not."""
    pack = await officer.upload("/policy-packs", PACK_FILE.read_bytes(), "application/yaml")
    with pytest.raises(RequestFailed, match="maker-is-checker"):
        await officer.post(f"/policy-packs/{pack['id']}/confirmations")
    return await chief.post(f"/policy-packs/{pack['id']}/confirmations")


def test_its_pack_passes_the_check_from_outside_the_project(tmp_path: Path) -> None:
    elsewhere = tmp_path / "shouning.yaml"
    elsewhere.write_bytes(PACK_FILE.read_bytes())
    assert main(["check", str(elsewhere)]) == 0
    assert not (ROOT / "policy" / "packs" / "shouning.yaml").exists()


@pytest.mark.asyncio(loop_scope="session")
async def test_its_pack_is_put_in_force_and_says_who_may_borrow_by_its_own_clauses(platform: Platform) -> None:
    hooks = {"response": [ensure_listed]}
    async with httpx.AsyncClient(
        base_url=platform.urls["gateway"], timeout=60.0, trust_env=False, event_hooks=hooks
    ) as http:
        admin, officer, chief = await offices(http, platform)
        await admin.upload("/region-imports", (HERE / "regions.csv").read_bytes(), "text/csv")
        pack = await in_force(officer, chief)
        ids = await register(officer)
        gambler = {
            "household_ids": [ids["SN-05"]],
            "kind": "gamblers",
            "valid_from": "2017-06-25",
            "reason": "参与赌博",
        }
        await officer.post("/exclusions", gambler)

        asked = {"region_code": COUNTY, "as_of": ON.isoformat(), "amount": "30000.00", "term_months": 12}
        screened = await chief.post("/eligibility-screenings", asked)
        rows = await chief.every(f"/eligibility-screenings/{screened['id']}/households", region_code=COUNTY)
        listed = await chief.get(f"/policy-packs/{pack['id']}/clauses")

    assert {row["household_number"]: [each["code"] for each in row["reasons"]] for row in rows} == AGAINST
    said = {each["id"]: each for each in screened["clauses"]}
    assert {each["code"]: each["clause"] for each in screened["reasons"]} == {
        "age-below-minimum": "FJ-3(a)", "age-above-maximum": "FJ-3(a)", "state-not-eligible": "FJ-2",
        "bad-credit-record": "FJ-5(a)", "excluded-kind": "FJ-4",
    }  # fmt: skip
    assert said.keys() == {"FJ-2", "FJ-3(a)", "FJ-4", "FJ-5(a)"}
    assert (said["FJ-4"]["zh"], said["FJ-4"]["at"]) == ("参与赌博的人员不得贷款", "第四条")
    assert said["FJ-3(a)"]["zh"] == "借款人条件：20至58周岁"
    assert {each["document_zh"] for each in said.values()} == {PACK.header.source.zh}
    beside = {each["id"]: each["sets"] for each in listed["clauses"]}
    assert beside["FJ-3(a)"] == ["eligibility.age_min_years", "eligibility.age_max_years"]
    parts = {clause for clause in beside if "(" in clause}
    unused = sorted(clause for clause in parts if not beside[clause])
    assert unused == ["FJ-8(b)", "FJ-9(b)"], "who reviews is assumed; penalty interest is never subsidised, by no key"


def test_its_clauses_are_its_own_though_their_ids_are_those_of_another_document() -> None:
    ours = {clause.id: clause.zh for clause in read_catalogue(CATALOGUE).clauses}
    assert {clause.id for clause in PACK.clauses} & ours.keys() >= {"FJ-2", "FJ-3", "FJ-4", "FJ-10"}
    assert all(ours.get(clause.id) != clause.zh for clause in PACK.clauses)
