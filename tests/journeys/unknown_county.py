"""A county this program has never heard of on a running platform: its people, its register, its pack in force."""

import csv
import io
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, Final

import httpx
import pytest
from rich.console import Console

from deploy.platform import Platform
from deploy.tokens import ACCOUNTS_FILE
from shared.access import Role
from shared.households_sheet import CivilCapacity, CreditRecord, household_columns
from shared.policy.vocabulary import PovertyState
from shared.testing.refusals import ensure_listed
from tools.demo import setting_up
from tools.demo.beginning import Asked
from tools.demo.county import County, until
from tools.demo.identity import bank_card, mobile_phone, resident_id
from tools.demo.loan_requests import LoanRequest
from tools.demo.officers import COUNTY_OFFICES, RATE_OFFICERS, Offices
from tools.demo.population import Household, Population
from tools.demo.progress import Clock
from tools.demo.session import Caller, RequestFailed

HERE: Final = Path(__file__).parent / "shouning"
PACK_FILE: Final = HERE / "pack.yaml"
COUNTY, TOWNSHIP, VILLAGE = "350924", "350924100", "350924100201"
BANK: Final = "RCC"
# number: born, state and credit record as the sheet says them
HOUSEHOLDS: Final = {
    "SN-01": (date(1980, 5, 1), "建档立卡", "良好"),
    "SN-02": (date(1999, 5, 1), "建档立卡", "良好"),
    "SN-03": (date(1980, 5, 2), "稳定脱贫", "良好"),
    "SN-04": (date(1980, 5, 3), "已脱贫", "不良已结清"),
    "SN-05": (date(1980, 5, 4), "已脱贫", "无记录"),
    "SN-06": (date(1958, 5, 4), "建档立卡", "无记录"),
    "SN-07": (date(1982, 5, 5), "建档立卡", "良好"),
    "SN-08": (date(1957, 5, 6), "建档立卡", "良好"),
    "SN-09": (date(1983, 5, 7), "建档立卡", "良好"),
}
# what each of the last three asks for: amount in yuan, term in months
BORROWERS: Final = {"SN-07": ("30000.00", 24), "SN-08": ("30000.00", 12), "SN-09": ("20000.00", 12)}


@dataclass(frozen=True)
class Unknown:
    """The county with its officers, the answer to its pack's confirmation, and its households' ids by number."""

    county: County
    officer: Caller
    chief: Caller
    pack: Any
    ids: dict[str, str]


@asynccontextmanager
async def unknown_county(platform: Platform, folder: Path) -> AsyncIterator[Unknown]:
    """Give the county its people, regions and register, and put its pack in force by two officers."""
    hooks = {"response": [ensure_listed]}
    async with httpx.AsyncClient(
        base_url=platform.urls["gateway"], timeout=60.0, trust_env=False, event_hooks=hooks
    ) as http:
        asked = Asked.of(Decimal("0.001"), pack_file=PACK_FILE, regions_file=HERE / "regions.csv")
        admin = Caller(http, "admin", json.loads((platform.data_dir / ACCOUNTS_FILE).read_text())["admin"])
        offices = Offices(COUNTY, asked.places.townships, await _people(http, admin), BANK)
        population = Population(COUNTY, asked.plan, tuple(_borrower(number) for number in BORROWERS))
        clock = Clock(Console(quiet=True))
        county = County(offices, asked.versions, asked.pack, asked.places, asked.plan, population, clock, folder)
        await admin.upload("/region-imports", (HERE / "regions.csv").read_bytes(), "text/csv")
        officer, chief = offices["poverty.office"], offices["poverty.chief"]
        pack = await _in_force(officer, chief)
        if not await officer.every("/reference-rates"):  # they are the same in every county
            await setting_up.publish_rates(county)
        yield Unknown(county, officer, chief, pack, await _register(county))


async def _people(http: httpx.AsyncClient, admin: Caller) -> dict[str, Caller]:
    """Create the county's accounts, whose names say the county; return them by the names that their posts have."""
    posts: dict[str, list[dict[str, str]]] = {
        name: [{"role": role, "region": COUNTY}] for role, (_, names) in COUNTY_OFFICES.items() for name in names
    }
    posts |= {name: [{"role": Role.CENTRAL_BANK, "region": ""}] for name, _ in RATE_OFFICERS}
    for name in (f"township.{TOWNSHIP}", f"township.{TOWNSHIP}.review"):
        posts[name] = [{"role": Role.TOWNSHIP, "region": TOWNSHIP}]
    posts[f"villages.{TOWNSHIP}"] = [{"role": Role.VILLAGE, "region": VILLAGE}]
    secret = {name: secrets.token_urlsafe(24) for name in (*posts, f"bank.{BANK.lower()}")}
    people = [
        {"username": f"shouning.{name}", "display_name": name, "password": secret[name], "grants": grants}
        for name, grants in posts.items()
    ]
    await admin.post("/people", {"people": people})
    bank = f"bank.{BANK.lower()}"
    client = {"client_id": f"shouning.{bank}", "display_name": bank, "client_secret": secret[bank]}
    grants = [{"role": Role.BANK, "region": COUNTY}]
    await admin.post("/api-clients", {**client, "organisation": BANK, "grants": grants})
    return {name: Caller(http, f"shouning.{name}", word, name == bank) for name, word in secret.items()}


def _borrower(number: str) -> Household:
    """Return what the demonstration's steps read of a household that asks for a loan."""
    (amount, months), order = BORROWERS[number], list(HOUSEHOLDS).index(number) + 1
    return Household(
        household_number=number,
        head_name=_name(order),
        resident_id=resident_id(COUNTY, HOUSEHOLDS[number][0], order),
        phone="13800138000",
        village_code=VILLAGE,
        member_count=3,
        labourer_count=2,
        poverty_state=PovertyState.REGISTERED,
        registered_on=date(2014, 6, 1),
        four_kinds=False,
        civil_capacity=CivilCapacity.FULL,
        able_to_work=True,
        credit_record=CreditRecord.CLEAN,
        bank_code=BANK,
        bank_account=bank_card(order),
        answers={},
        target_grade=None,
        loan_request=LoanRequest(Decimal(amount), "planting", months, after_top_up=False),
    )


def _name(order: int) -> str:
    return f"吴{'一二三四五六七八九'[order - 1]}"


def _sheet(county: County) -> bytes:
    """Return the households as a township would send them."""
    rng, text = Random(350924), io.StringIO()
    columns = household_columns(county.pack.rating_scheme())
    writer = csv.DictWriter(text, [column.key for column in columns], restval="0")
    writer.writeheader()
    for order, (number, (born_on, state, record)) in enumerate(HOUSEHOLDS.items(), start=1):
        known = {"household_number": number, "head_name": _name(order), "village_code": VILLAGE}
        person = {"resident_id": resident_id(COUNTY, born_on, order), "phone": mobile_phone(rng)}
        history = {"poverty_state": state, "registered_on": "2014-06-01", "credit_record": record}
        able = {"four_kinds": "否", "civil_capacity": "完全", "able_to_work": "是"}
        money = {"bank_code": BANK, "bank_account": bank_card(order), "member_count": "3", "labourer_count": "2"}
        empty = {"residence_code": "", "family_debts": "", "group_name": ""}
        writer.writerow({**known, **person, **history, **able, **money, **empty})
    return text.getvalue().encode()


async def _register(county: County) -> dict[str, str]:
    """Import the sheet and return the register's ids by household number."""
    officer, found = county.offices["poverty.office"], dict[str, Any]()
    sent = await officer.upload(
        "/household-imports", _sheet(county), "text/csv", county_code=COUNTY, collected_on="2017-06-20"
    )

    async def finished() -> bool:
        found.update(await officer.get(f"/household-imports/{sent['id']}"))
        return found["state"] in ("finished", "failed")

    await until(finished, "the sheet's last row")
    assert (found["state"], found["registered_count"], found["rejected_count"]) == ("finished", len(HOUSEHOLDS), 0)
    return {row["household_number"]: row["id"] for row in await officer.every("/households", region_code=COUNTY)}


async def _in_force(officer: Caller, chief: Caller) -> Any:
    """Submit the pack by one officer and confirm it by another; who submitted it may not."""
    pack = await officer.upload("/policy-packs", PACK_FILE.read_bytes(), "application/yaml")
    with pytest.raises(RequestFailed, match="maker-is-checker"):
        await officer.post(f"/policy-packs/{pack['id']}/confirmations")
    return await chief.post(f"/policy-packs/{pack['id']}/confirmations")
