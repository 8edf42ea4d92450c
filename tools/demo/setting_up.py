"""Steps 1 and 2: the county's set-up and the register."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any

from shared.access import Right
from shared.offices import Step
from shared.policy.bounds import of_lender
from tools.demo.county import County, until
from tools.demo.county_figures import Bar
from tools.demo.members import draw_members, with_wrong_rows
from tools.demo.officers import Offices
from tools.demo.outline import BANK_OF_KIND
from tools.demo.places import REGIONS_FILE
from tools.demo.session import Caller, RequestFailed
from tools.demo.workbook import write_members, write_workbook

KIND_OF_BANK = {code: kind for kind, code in BANK_OF_KIND.items()}
RATES_FILE = REGIONS_FILE.with_name("reference_rates.csv")
IMPORT_POLL_SECONDS = 0.2
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MARKED_AT_ONCE = 5000  # households in one request


async def load_regions(county: County) -> int:
    """Load the region tree; return how many regions there are."""
    answer = await county.offices["admin"].upload("/region-imports", county.places.csv(), "text/csv")
    return int(answer["line_count"])


async def publish_bases(county: County) -> None:
    """Submit the bases that the county's packs rest on by one officer of the province and confirm them by another."""
    for base_file in county.versions.base_files():
        base = await county.offices["province.office"].upload(
            "/policy-bases", base_file.read_bytes(), "application/yaml"
        )
        await county.offices["province.chief"].post(f"/policy-bases/{base['id']}/confirmations")


async def publish_packs(county: County) -> None:
    """Submit every version of the county's policy pack by one officer and confirm it by another, in their order."""
    await publish_bases(county)
    officer, chief = county.offices["poverty.office"], county.offices["poverty.chief"]
    for version in county.versions.files:
        left_open = {"left_open": list(version.pack.left_open or ())}
        pack = await officer.upload("/policy-packs", version.path.read_bytes(), "application/yaml")
        try:
            await officer.post(f"/policy-packs/{pack['id']}/confirmations", left_open)
        except RequestFailed as refused:
            if refused.code != "maker-is-checker":
                raise
        await chief.post(f"/policy-packs/{pack['id']}/confirmations", left_open)


async def publish_rates(county: County) -> int:
    """Enter the published reference rates by two officers of the whole country."""
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
    await publish_by_two(county.offices, rates)
    return len(rates)


async def publish_by_two(offices: Offices, rates: list[dict[str, Any]]) -> None:
    """Propose reference rates and confirm them by another officer."""
    proposal = await offices["rates.officer"].post("/reference-rate-proposals", {"rates": rates})
    path = f"/reference-rate-proposals/{proposal['id']}/decisions"
    await offices["rates.chief"].post(path, {"decision": "confirm", "reason": "与人民银行公告核对一致"})


async def register_lenders(county: County) -> int:
    """Register the county's banks with branches, each of its own kind, or of one that the pack admits."""
    centre = county.offices.with_right(Right.LENDERS_REGISTER)
    admitted = county.pack.loan_terms().lender_kinds
    for place, code in enumerate(county.banks):
        kind = KIND_OF_BANK.get(code, "")
        body = {"code": code, "name": f"{code} {county.code}", "kind": kind}
        if kind not in admitted:
            body["kind"] = admitted[place % len(admitted)]
        await centre.post("/lenders", body)
        townships = county.offices.townships  # the others than the main bank have one branch in the county
        for township in townships if code == county.main_bank else townships[:1]:
            branch = {"code": township.code, "name": f"{township.name}支行", "region_code": township.code}
            await centre.post(f"/lenders/{code}/branches", {**branch, "address": f"{township.name}集镇"})
    return len(county.banks)


async def open_fund(county: County) -> None:
    """Open the fund's accounts and pay in the first money (FJ-13), once the pack has arrived at the risk fund.

    The county's own account comes first, then that of each bank to which the pack gives one.
    """
    on, rule = county.days.rated_on, county.pack.fund_rule()
    for bank_code in (None, *(bank for bank in county.banks if of_lender(rule.lender_accounts, bank))):
        county.accounts[bank_code] = await _open_account(county, bank_code)
        await contribute(county, str(county.plan.fund_initial), on, f"fund-{on.year}-1", bank_code)


async def _open_account(county: County, bank_code: str | None) -> str:
    finance, opened = county.taking(Step.FUND_OPENING), ""
    body = {
        "county_code": county.code,
        "bank_code": bank_code,
        "name": "扶贫小额信贷风险补偿金",
        "account_bank": bank_code or county.main_bank,
        "opened_on": county.days.opened_on.isoformat(),
    }

    async def has_opened() -> bool:
        nonlocal opened
        try:
            opened = (await finance.post("/funds", body))["id"]
        except RequestFailed as refused:
            if refused.code not in {"no-policy-pack-in-force", "pack-not-replicated", "lender-account-not-named"}:
                raise
            return False
        return True

    await until(has_opened, "the policy pack at the risk fund")
    return opened


async def contribute(county: County, amount: str, on: date, reference: str, bank_code: str | None) -> None:
    """Pay money into the account that covers a bank's loans: its own, or the county's."""
    account = county.accounts.get(bank_code) or county.accounts[None]
    body = {"amount": amount, "received_on": on.isoformat(), "source": "县财政", "bank_reference": reference}
    finance = county.taking(Step.FUND_CONTRIBUTION)
    await finance.post(f"/funds/{account}/contributions", body)


async def import_households(county: County, advance: Callable[[int], None]) -> dict[str, int]:
    """Import the spreadsheet; keep the sheet of rejected rows; return rows by outcome."""
    sheet = county.folder / "households.xlsx"
    write_workbook(sheet, county.population.households, county.pack.rating_scheme())
    officer = county.offices["poverty.office"]
    on = county.days.imported_on.isoformat()
    sent = await officer.upload(
        "/household-imports", sheet.read_bytes(), XLSX, county_code=county.code, collected_on=on
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
        rows = await county.offices.township(township.code).every("/households", region_code=township.code)
        county.household_ids.update({row["household_number"]: row["id"] for row in rows})


async def import_members(county: County, advance: Callable[[int], None]) -> dict[str, int]:
    """Let the first township import the people of its households; return rows by outcome."""
    township = county.offices.townships[0]
    members = draw_members(county.population, township.code)
    if not members:
        return dict.fromkeys(("row", "registered", "rejected"), 0)
    sheet = county.folder / "members.xlsx"
    write_members(sheet, with_wrong_rows(members))
    officer = county.offices.township(township.code)
    on = county.days.imported_on.isoformat()
    sent = await officer.upload("/member-imports", sheet.read_bytes(), XLSX, county_code=county.code, collected_on=on)
    answer = await _finished_import(officer, f"/member-imports/{sent['id']}", advance)
    rejected = await officer.download(f"/member-imports/{answer['id']}/rejections.xlsx")
    (county.folder / "members-rejected.xlsx").write_bytes(rejected)
    return {key: answer[f"{key}_count"] for key in ("row", "registered", "rejected")}


async def mark_excluded(county: County) -> int:
    """Mark the households of the pack's excluded kind where the sheet has no column for it; return how many."""
    outline = county.plan.outline
    numbers = {each.household_number for each in county.population.barred if each.bar is Bar.EXCLUDED}
    if outline.excludes_by_sheet or not numbers:
        return 0
    ids = [county.household_ids[number] for number in sorted(numbers)]
    for start in range(0, len(ids), MARKED_AT_ONCE):
        body = {
            "household_ids": ids[start : start + MARKED_AT_ONCE],
            "kind": outline.exclusion_kind,
            "valid_from": county.days.imported_on.isoformat(),
            "reason": "经村民代表会议评议认定",
        }
        await county.offices["poverty.office"].post("/exclusions", body)
    return len(ids)
