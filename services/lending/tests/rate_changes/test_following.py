"""Contracts follow a correction of the published rate they rest on: shown before, restated after, two ways."""

import asyncio
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.lending.loans import actions as disbursing
from services.lending.tests.county import County, county_with_pack
from services.lending.tests.repayments.test_allocation_in_sql import ensure_ledgers_agree
from shared.access import Role
from shared.dates import CHINA
from shared.events.lending import LoanRestated
from shared.events.subsidy import ReferenceRatePublished
from shared.ids import new_id
from shared.testing.service import StartService

TODAY = datetime.now(UTC).astimezone(CHINA).date()
DAY = "2015-10-24"


async def publish(county: County, over_1y: str | None, *, effective_from: str = DAY, revision: int = 2) -> UUID:
    """Let a publication arrive that names the columns of one to five years and below."""
    rate = None if over_1y is None else Decimal(over_1y)
    event = ReferenceRatePublished(
        rate_id=new_id(),
        basis="PBOC_BENCHMARK",
        effective_from=date.fromisoformat(effective_from),
        up_to_1y=rate,
        over_1y_to_5y=rate,
        over_5y=rate,
        revision=revision,
    )
    await county.service.deliver(event, aggregate_id=event.rate_id, region_code="00")
    return event.rate_id


async def asked(county: County, rate: str, **changed: Any) -> dict[str, Any]:
    """Ask what a publication would do."""
    role = changed.pop("role", Role.SERVICE)
    publication = {"basis": "PBOC_BENCHMARK", "effective_from": DAY, "up_to_1y": rate, "over_1y_to_5y": rate}
    body = {"publications": [publication], "as_of": TODAY.isoformat(), **changed}
    answer = await county.post("/api/v1/rate-consequences", body, role=role, region="")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def restated(county: County, loan_id: str) -> list[LoanRestated]:
    """Return what was published of corrections of a loan."""
    events = [LoanRestated.model_validate(data, strict=False) for name, data, *_ in await county.service.outbox()
              if name == "loan-restated"]  # fmt: skip
    return [event for event in events if str(event.loan_id) == loan_id]


@pytest.mark.clause("LG-2(e)")
async def test_what_was_too_high_is_given_back_from_the_first_day(county: County) -> None:
    loan, later = await county.lend(), await county.lend(disbursed_on=date(2018, 3, 6))
    paid = await county.repay(loan["id"], "1906.60", "2017-12-20", "R1")
    assert paid.json()["interest"] == "1906.60"
    shown = await asked(county, "4.25")
    assert (shown["loan_count"], shown["kept_count"]) == (2, 0)
    assert [each["loan_id"] for each in shown["items"]] == sorted([loan["id"], later["id"]])
    mine = next(each for each in shown["items"] if each["loan_id"] == loan["id"])
    assert (mine["rate_before"], mine["rate_after"], mine["held_after"]) == ("4.75", "4.25", "200.70")
    assert (await county.loan(loan["id"]))["annual_rate"] == "4.75"

    await publish(county, "4.25")

    after = await county.loan(loan["id"])
    assert (after["annual_rate"], after["signed_rate"]) == ("4.25", "4.75")
    assert after["interest_charged"] == mine["interest_after"]
    account = await county.account(loan["id"], "2018-01-10")
    due = next(row for row in account["dues"] if row["due_on"] == "2017-12-20" and row["cancelled_on"] is None)
    assert (due["interest_due"], due["interest_paid"], account["held"]) == ("1705.90", "1705.90", "200.70")
    (event,) = await restated(county, loan["id"])
    assert (event.cause, event.annual_rate, event.after.held) == ("rate", Decimal("4.25"), Decimal("200.70"))
    assert event.repayments[0].interest_parts[0].amount == Decimal("1705.90")
    await ensure_ledgers_agree(county)


async def test_what_was_too_low_is_asked_from_the_day_of_the_correction(county: County) -> None:
    loan = await county.lend(disbursed_on=TODAY.replace(day=1), handed_over_on=TODAY.replace(day=1))
    assert (await asked(county, "5.25"))["loan_count"] == 1
    await publish(county, "5.25")
    after = await county.loan(loan["id"])
    assert after["annual_rate"] == "5.25"
    rows = await county.installments(loan["id"])
    old = (TODAY - TODAY.replace(day=1)).days
    first = date.fromisoformat(rows[0]["due_on"])
    exact = Decimal(50000) * (Decimal("4.75") * old + Decimal("5.25") * ((first - TODAY).days)) / 36000
    assert Decimal(rows[0]["interest_due"]) == exact.quantize(Decimal("0.01"), "ROUND_HALF_UP")
    held = await county.service.database.pool.fetch("SELECT from_on, annual_rate FROM loan_rate")
    assert [tuple(row) for row in held] == [(TODAY, Decimal("5.25"))]


async def test_a_correction_that_comes_while_a_loan_is_paid_out_is_followed(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The contract has its rate and is not in the books yet: the correction waits for it."""
    stage, corrected = disbursing.stage_contracts, list[asyncio.Task[UUID]]()

    async def amid(*arguments: Any) -> None:
        corrected.append(asyncio.create_task(publish(county, "4.25")))
        await asyncio.wait(corrected, timeout=0.5)
        await stage(*arguments)

    monkeypatch.setattr(disbursing, "stage_contracts", amid)
    loan = await county.lend()
    await asyncio.gather(*corrected)
    after = await county.loan(loan["id"])
    assert (after["annual_rate"], after["signed_rate"]) == ("4.25", "4.75")


async def test_a_correction_is_followed_once_and_replaced_by_the_next(county: County) -> None:
    loan = await county.lend()
    await publish(county, "4.25")
    version = (await county.loan(loan["id"]))["version"]
    await publish(county, "4.25", revision=3)
    assert (await county.loan(loan["id"]))["version"] == version
    await publish(county, "4.75", revision=4)
    after = await county.loan(loan["id"])
    assert after["annual_rate"] == "4.75"
    pool = county.service.database.pool
    rows = await pool.fetch("SELECT from_on, annual_rate, replaced_on FROM loan_rate ORDER BY replaced_on, from_on")
    assert [tuple(row) for row in rows] == [
        (date(2017, 3, 6), Decimal("4.25"), TODAY),
        (date(2017, 3, 6), Decimal("4.25"), None),
        (TODAY, Decimal("4.75"), None),
    ]
    await ensure_ledgers_agree(county)
    for statement in ("DELETE FROM loan_rate", "UPDATE loan_rate SET annual_rate = 1"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await pool.execute(statement)


async def test_a_publication_that_came_late_and_one_that_was_none_are_followed(county: County) -> None:
    early, late = await county.lend(), await county.lend(disbursed_on=date(2018, 6, 1))
    await publish(county, "4.00", effective_from="2018-06-01", revision=1)
    assert (await county.loan(early["id"]))["annual_rate"] == "4.75"
    assert (await county.loan(late["id"]))["annual_rate"] == "4"
    await publish(county, None, effective_from="2018-06-01", revision=2)  # nothing was published for that day
    assert (await county.loan(late["id"]))["annual_rate"] == "4.75"


async def test_a_rate_that_the_bank_stated_stays_and_is_listed_where_it_lies_outside(
    start_service: StartService,
) -> None:
    county = await county_with_pack(await start_service("lending"), interest__rate_form="maximum")
    body = {"contract_number": "C1", "bank_reference": "D1", "disbursed_on": "2017-03-06", "amount": "50000.00"}
    path = f"/api/v1/applications/{await county.hand_over()}/disbursements"
    loan = (await county.post(path, {**body, "annual_rate": "4.50"})).json()
    other = await county.lend()
    shown = await asked(county, "4.25")
    assert {each["loan_id"]: each["kept_because"] for each in shown["items"]} == {
        loan["id"]: "rate-above-maximum",
        other["id"]: None,
    }
    assert (shown["loan_count"], shown["kept_count"]) == (1, 1)
    await publish(county, "4.25")
    assert ((await county.loan(loan["id"]))["annual_rate"], await restated(county, loan["id"])) == ("4.5", [])


async def test_the_list_goes_on_and_a_bank_sees_its_own(county: County) -> None:
    ids = sorted([(await county.lend())["id"] for _ in range(3)])
    await county.lend(bank="psbc")
    first = await asked(county, "4.25", limit=2, role=Role.BANK)
    assert (first["loan_count"], [each["loan_id"] for each in first["items"]]) == (3, ids[:2])
    rest = await asked(county, "4.25", limit=2, after=first["next"], role=Role.BANK)
    assert ([each["loan_id"] for each in rest["items"]], rest["next"]) == (ids[2:], None)
    assert (await asked(county, "4.25", limit=0))["loan_count"] == 4


async def test_repayments_after_a_change_of_the_rate_take_the_fast_path_at_the_new_rate(county: County) -> None:
    """A loan of 2017 at 4.25 % from its first day: what was late bears one and a half times that."""
    loan = await county.lend()
    await publish(county, "4.25")
    answer = (await county.repay(loan["id"], "1000.00", "2018-01-19", "R1")).json()
    # 1 705.90 x 6.375 % x 30 / 360
    assert answer["penalty"] == "9.06"
    account = await county.account(loan["id"], "2018-01-19")
    assert account["interest_overdue"] == "714.96"
    await ensure_ledgers_agree(county)
