"""Steps 1 to 3: the county's set-up, the register, the rating."""

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from tools.demo.county import County, until
from tools.demo.population import BANKS, REGIONS_FILE
from tools.demo.session import Caller, RequestFailed
from tools.demo.workbook import write_workbook

BANK_KINDS = {"RCB": "rural_commercial", "PSBC": "postal_savings", "ABC": "state_owned"}
RATES_FILE = REGIONS_FILE.with_name("reference_rates.csv")
IMPORT_POLL_SECONDS = 0.2
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IMPORTED_ON = date(2017, 1, 4)
RATED_ON = date(2017, 1, 5)
PUBLISHED_ON = date(2017, 1, 6)


async def load_regions(admin: Caller) -> int:
    """Load the region tree; return how many regions there are."""
    answer = await admin.upload("/region-imports", REGIONS_FILE.read_bytes(), "text/csv")
    return int(answer["line_count"])


async def publish_pack(county: County, pack_file: Path) -> None:
    """Submit the county's policy pack by one officer and confirm it by another."""
    officer, chief = county.offices["poverty.office"], county.offices["poverty.chief"]
    pack = await officer.upload("/policy-packs", pack_file.read_bytes(), "application/yaml")
    try:
        await officer.post(f"/policy-packs/{pack['id']}/confirmations")
    except RequestFailed as refused:
        if refused.code != "maker-is-checker":
            raise
    await chief.post(f"/policy-packs/{pack['id']}/confirmations")


async def publish_rates(county: County) -> int:
    """Enter the published reference rates."""
    lines = [line.split(",") for line in RATES_FILE.read_text().splitlines()[1:]]
    rates = [
        {
            "basis": basis,
            "effective_from": effective_from,
            "up_to_1y": up_to_1y or None,
            "over_1y_to_5y": over_1y or None,
            "over_5y": over_5y or None,
        }
        for basis, effective_from, up_to_1y, over_1y, over_5y in lines
    ]
    await county.offices["finance.bureau"].post("/reference-rates", {"rates": rates})
    return len(rates)


async def register_lenders(county: County) -> int:
    """Register the county's banks with branches, each of its own kind, or of one that the pack admits."""
    centre, admitted = county.offices["service.centre"], county.pack.loan_terms().lender_kinds
    for place, code in enumerate(county.banks):
        kind = BANK_KINDS.get(code, "")
        body = {"code": code, "name": f"{code} {county.code}", "kind": kind}
        if kind not in admitted:
            body["kind"] = admitted[place % len(admitted)]
        await centre.post("/lenders", body)
        everywhere = code == max(BANKS, key=lambda each: BANKS[each])  # the others have one branch in the county
        for township in county.offices.townships if everywhere else county.offices.townships[:1]:
            branch = {"code": township.code, "name": f"{township.name}支行", "region_code": township.code}
            await centre.post(f"/lenders/{code}/branches", {**branch, "address": f"{township.name}集镇"})
    return len(county.banks)


async def open_fund(county: County) -> None:
    """Open the county's fund and pay in the first money (FJ-13), once the pack has arrived at the risk fund."""
    finance = county.offices["finance.bureau"]
    body = {
        "county_code": county.code,
        "name": "扶贫小额信贷风险补偿金",
        "account_bank": "RCB",
        "opened_on": "2017-01-03",
    }

    async def opened() -> bool:
        try:
            county.fund_id = (await finance.post("/funds", body))["id"]
        except RequestFailed as refused:
            if refused.code not in {"pack-missing", "pack-not-kept"}:
                raise
            return False
        return True

    await until(opened, "the policy pack at the risk fund")
    await contribute(county, str(county.plan.fund_initial), date(2017, 1, 5), "fund-2017-1")


async def contribute(county: County, amount: str, on: date, reference: str) -> None:
    """Pay money into the fund."""
    body = {"amount": amount, "received_on": on.isoformat(), "source": "县财政", "bank_reference": reference}
    await county.offices["finance.bureau"].post(f"/funds/{county.fund_id}/contributions", body)


async def import_households(county: County, advance: Callable[[int], None]) -> dict[str, int]:
    """Import the spreadsheet; keep the sheet of rejected rows; return rows by outcome."""
    sheet = county.folder / "households.xlsx"
    write_workbook(sheet, county.population.households, county.pack.rating_scheme())
    officer = county.offices["poverty.office"]
    sent = await officer.upload(
        "/household-imports", sheet.read_bytes(), XLSX, county=county.code, collected_on=IMPORTED_ON.isoformat()
    )
    answer = await _finished_import(officer, f"/household-imports/{sent['id']}", advance)
    rejected = await officer.download(f"/household-imports/{answer['id']}/rejections.xlsx")
    (county.folder / "households-rejected.xlsx").write_bytes(rejected)
    return {key: answer[f"{key}_count"] for key in ("row", "registered", "rejected")}


async def _finished_import(officer: Caller, path: str, advance: Callable[[int], None]) -> dict[str, Any]:
    """Return the import once the registry has dealt with every row; the bar follows it."""
    shown = 0
    while True:
        answer: dict[str, Any] = await officer.get(path)
        advance(answer["row_count"] - shown)
        shown = answer["row_count"]
        if answer["state"] == "failed":
            raise RequestFailed("import", "GET", path, 200, answer["failure"])
        if answer["state"] == "finished":
            return answer
        await asyncio.sleep(IMPORT_POLL_SECONDS)


async def learn_household_ids(county: County) -> None:
    """Read the register's own numbers of the households, township by township."""
    for township in county.offices.townships:
        rows = await county.offices.township(township.code).every("/households", region=township.code)
        county.household_ids.update({row["household_number"]: row["id"] for row in rows})


async def rate_households(county: County) -> dict[str, int]:
    """Score, review in the group, publicise, finalise; return households by grade."""
    centre = county.offices["service.centre"]
    campaign = await centre.post(
        "/rating-campaigns", {"county_code": county.code, "year": 2017, "as_of": RATED_ON.isoformat()}
    )
    path = f"/rating-campaigns/{campaign['id']}"
    await centre.post(f"{path}/scores")
    members = [f"评议员{number}" for number in range(1, county.pack.rating_scheme().group_review_members_min + 1)]
    for township in county.offices.townships:
        await county.offices.reviewer(township.code).post(
            f"{path}/reviews",
            {
                "region_code": township.code,
                "members": members,
                "reviewed_on": RATED_ON.isoformat(),
                "adjustments": [],
            },
        )
    notice = await centre.post(f"{path}/publicity", {"started_on": PUBLISHED_ON.isoformat()})
    final = await county.offices["service.chief"].post(
        f"{path}/finalisations", {"finalised_on": notice["publicity_ends_on"]}
    )
    return {grade["grade"] or "-": grade["household_count"] for grade in final["grades"]}
