"""A batch that cannot be paid whole ends all the same, and no money stays committed for ever (DZ-7, SX-5)."""

from typing import Any

import asyncpg
import pytest

from services.subsidy.tests.county import (
    COUNTY,
    Loan,
    Register,
    approved_batch,
    ask,
    confirm,
    instructions,
    lend,
    look,
    open_programme,
    paid_rows,
    pay,
    prepare,
    review,
)
from shared.access import Role
from shared.testing.service import ServiceUnderTest


async def _propose(subsidy: ServiceUnderTest, batch: str, kind: str, **more: Any) -> dict[str, Any]:
    body = {"kind": kind, "reason": "农户无法联系", "proposed_on": more.pop("on", "2018-01-10")}
    return await ask(subsidy, f"/subsidy-batches/{batch}/terminations", Role.POVERTY_OFFICE, body, **more)


async def _decide(
    subsidy: ServiceUnderTest, termination: str, decision: str = "approve", **more: Any
) -> dict[str, Any]:
    body = {"decision": decision, "decided_on": more.pop("on", "2018-01-11")}
    return await ask(subsidy, f"/batch-terminations/{termination}/decisions", Role.FINANCE_BUREAU, body, **more)


async def _committed(subsidy: ServiceUnderTest) -> tuple[str, str]:
    (programme,) = (await look(subsidy, "/programmes"))["items"]
    return programme["committed"], programme["paid"]


@pytest.mark.clause("DZ-7", "SX-5(b)")
async def test_what_cannot_be_paid_is_closed_and_comes_into_a_later_batch(
    subsidy: ServiceUnderTest, register: Register
) -> None:
    payable, unreachable = Loan(), Loan()
    for loan in (payable, unreachable):
        await lend(subsidy, loan, loan.paid("10.00"))
    register.missing.add(unreachable.household_id)
    programme = await open_programme(subsidy)
    batch = await approved_batch(subsidy, programme)
    run = await pay(subsidy, batch)
    under_way = await _propose(subsidy, batch, "close", expect=409)
    assert (under_way["code"], under_way["values"]["instructions"]) == ("payments-under-way", 1)
    await confirm(subsidy, run["id"], paid_rows(await instructions(subsidy, run["id"])))
    assert await _committed(subsidy) == ("10.00", "10.00")

    termination = await _propose(subsidy, batch, "close")
    done = await _decide(subsidy, termination["id"])
    assert (done["amount_closed"], done["batch_state"]) == ("10.00", "settled")
    assert await _committed(subsidy) == ("0.00", "10.00")
    shown = await look(subsidy, f"/subsidy-batches/{batch}")
    assert (shown["amount_reduced"], shown["amount_paid"], shown["settled_on"]) == ("10.00", "10.00", "2018-01-11")
    (lacking,) = (await look(subsidy, f"/underpaid-lines?county_code={COUNTY}"))["items"]
    assert (lacking["household_id"], lacking["underpaid"]) == (str(unreachable.household_id), "10.00")
    register.missing.clear()
    later = await prepare(subsidy, programme)
    assert (later["amount"], later["supplements"], later["line_count"]) == ("10.00", "10.00", 1)


@pytest.mark.clause("DZ-7")
async def test_an_approved_batch_goes_back_before_payment_and_is_prepared_anew(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("10.00"))
    programme = await open_programme(subsidy)
    batch = await approved_batch(subsidy, programme)
    termination = await _propose(subsidy, batch, "return", subject="li")
    assert (await _propose(subsidy, batch, "return", expect=409))["code"] == "batch-termination-proposed"
    assert (await _decide(subsidy, termination["id"], subject="li", expect=403))["code"] == "maker-is-checker"
    assert (await _decide(subsidy, termination["id"], on="2018-01-09", expect=422))["code"] == "date-before-step"
    assert (await _decide(subsidy, termination["id"]))["batch_state"] == "returned"
    assert (await _decide(subsidy, termination["id"], expect=409))["code"] == "batch-termination-decided"
    assert await _committed(subsidy) == ("0.00", "0.00")
    assert [name for name, *_ in await subsidy.outbox()] == ["subsidy-batch-approved", "subsidy-batch-returned"]
    assert (await pay(subsidy, batch, expect=409))["code"] == "subsidy-batch-in-wrong-state"
    assert (await prepare(subsidy, programme))["amount"] == "10.00"
    with pytest.raises(asyncpg.RestrictViolationError):
        await subsidy.database.pool.execute("UPDATE batch_termination SET reason = ''")


async def test_a_termination_fits_the_state_and_one_that_is_refused_changes_nothing(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("10.00"))
    batch = (await prepare(subsidy, await open_programme(subsidy)))["id"]
    for kind in ("return", "close"):
        assert (await _propose(subsidy, batch, kind, expect=409))["code"] == "batch-not-endable"
    await review(subsidy, batch)
    body = {"decision": "approve", "note": "同意拨付", "approved_on": "2017-12-27"}
    await ask(subsidy, f"/subsidy-batches/{batch}/approvals", Role.FINANCE_BUREAU, body)
    assert (await _propose(subsidy, batch, "return", on="2017-12-26", expect=422))["code"] == "date-before-step"
    termination = await _propose(subsidy, batch, "return")
    assert (await _decide(subsidy, termination["id"], "refuse"))["batch_state"] == "approved"
    termination = await _propose(subsidy, batch, "return")
    await pay(subsidy, batch)
    overtaken = await _decide(subsidy, termination["id"], expect=409)
    assert (overtaken["code"], overtaken["values"]["state"]) == ("batch-not-endable", "paying")
    listed = await subsidy.client.get(
        f"/api/v1/subsidy-batches/{batch}/terminations", headers=subsidy.headers(Role.FINANCE_BUREAU)
    )
    assert [each["decision"] for each in listed.json()] == ["refuse", None]
    assert (await _decide(subsidy, batch, expect=404))["code"] == "batch-termination-unknown"


@pytest.mark.clause("DZ-7")
async def test_a_household_that_kept_the_money_is_not_paid_again_after_its_rest_was_closed(
    subsidy: ServiceUnderTest,
) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("10.00"))
    programme = await open_programme(subsidy)
    batch = await approved_batch(subsidy, programme)
    run = await pay(subsidy, batch)
    rows = await instructions(subsidy, run["id"])
    await confirm(subsidy, run["id"], paid_rows(rows))
    back = [[rows[0][0], "returned", "10.00", "2018-01-02", "账号已销户"]]
    await confirm(subsidy, run["id"], back, subject="the bank")
    await _decide(subsidy, (await _propose(subsidy, batch, "close"))["id"])
    (notice,) = (await look(subsidy, f"/subsidy-batches/{batch}/returned-transfers"))["items"]
    path = f"/returned-transfers/{notice['id']}/withdrawals"
    body = {"withdrawn_on": "2018-01-12", "reason": "银行误报"}

    later = (await prepare(subsidy, programme))["id"]
    overtaken = await ask(subsidy, path, Role.FINANCE_BUREAU, body, expect=409)
    assert overtaken["code"] == "return-overtaken"
    await review(subsidy, later, "return")
    assert (await ask(subsidy, path, Role.FINANCE_BUREAU, body))["batch_state"] == "settled"
    assert await _committed(subsidy) == ("0.00", "10.00")
    shown = await look(subsidy, f"/subsidy-batches/{batch}")
    assert (shown["amount_paid"], shown["amount_reduced"]) == ("10.00", "0.00")
    assert (await look(subsidy, f"/underpaid-lines?county_code={COUNTY}"))["items"] == []
    assert (await prepare(subsidy, programme, expect=409))["code"] == "nothing-to-subsidise"
