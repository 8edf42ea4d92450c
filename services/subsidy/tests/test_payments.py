"""From the approved batch to the confirmed transfer."""

from datetime import date
from decimal import Decimal

import pytest

from services.subsidy.tests.county import (
    COUNTY,
    Loan,
    Register,
    approve,
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


async def _two_paid_loans(subsidy: ServiceUnderTest) -> tuple[Loan, Loan]:
    first, second = Loan(), Loan(principal="30000.00")
    await lend(subsidy, first, first.paid("1776.25", penalty="3.20"))
    await lend(subsidy, second, second.paid("1065.75"))
    return first, second


@pytest.mark.clause("SX-5", "DZ-7", "DZ-2", "FJ-11")
async def test_interest_paid_by_the_household_comes_back_through_a_batch(subsidy: ServiceUnderTest) -> None:
    first, _ = await _two_paid_loans(subsidy)
    programme = await open_programme(subsidy)
    batch = await prepare(subsidy, programme)
    assert (batch["lines"], batch["households"], batch["amount"], batch["excluded"]) == (2, 2, "2842.00", {})
    await review(subsidy, batch["batch_id"])
    assert (await approve(subsidy, batch["batch_id"]))["state"] == "approved"
    run = await pay(subsidy, batch["batch_id"])
    assert (run["instructions"], run["amount"], run["without_account"]) == (2, "2842.00", 0)
    sent = await instructions(subsidy, run["run_id"])
    done = await confirm(subsidy, run["run_id"], paid_rows(sent))
    assert (done["paid"], done["amount_paid"], done["batch_state"]) == (2, "2842.00", "settled")

    lines = await look(subsidy, f"/subsidy-batches/{batch['batch_id']}/lines?household={first.household_id}")
    (line,) = lines["items"]
    assert (line["loan_id"], line["amount"], line["reasons"]) == (str(first.loan_id), "1776.25", ["full"])
    assert line["bank_reference"].startswith("R-")
    assert (line["instruction_state"], line["paid_on"]) == ("paid", "2017-12-29")

    report = await look(subsidy, f"/reports/subsidy?region={COUNTY}")
    assert (report["interest_paid"], report["subsidy_paid"], report["penalty_paid"]) == ("2842.00", "2842.00", "3.20")
    assert report["by_quarter"] == [{"quarter": "2017Q4", "amount": "2842.00", "households": 2}]
    (programme_out,) = report["programmes"]
    assert (programme_out["committed"], programme_out["paid"]) == ("0.00", "2842.00")
    assert programme_out["targets"] == [{"code": "households", "value": "2.00", "reached": "2.00"}]
    names = [name for name, *_ in await subsidy.outbox()]
    assert names == ["subsidy-batch-approved", "subsidy-batch-settled"]
