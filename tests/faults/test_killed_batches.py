"""kill -9 at every step of a subsidy batch: each step repeats and happens once, and no yuan is lost or paid twice."""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.offices import Step
from tests.faults.convergence import ensure_settled
from tests.faults.test_killed_corrections import ROUNDS, Correcting, correcting
from tests.journeys.tiny_county import Place
from tools.demo.county import csv_text, until
from tools.demo.subsidies import HEADER

pytestmark = [pytest.mark.chaos, pytest.mark.long, pytest.mark.asyncio(loop_scope="session")]


@dataclass
class Batch:
    """The officers who take a batch through its life while the subsidy service dies under them."""

    work: Correcting
    interest_on: date  # only this loan pays interest on the day, so that other faults' loans stay out of the batch
    path: str = ""

    async def post(self, step: Step, place: int, path: str, body: dict[str, Any]) -> Any:
        """Take a step as the office that takes it by the pack, while the service dies."""
        officer = self.work.place.county.taking(step, place=place)
        return await self.work.killed(lambda: officer.post(path, body), "subsidy")

    async def approved(self, day: str) -> dict[str, Any]:
        """Prepare, review and approve a batch of the day's interest."""
        county = self.work.place.county
        asked = {"county_code": county.code, "programme_id": county.programmes[2017], "prepared_on": day,
                 "period_from": f"{self.interest_on}",
                 "period_until": f"{self.interest_on + timedelta(days=1)}"}  # fmt: skip
        batch: dict[str, Any] = await self.post(Step.SUBSIDY_PREPARATION, 0, "/subsidy-batches", asked)
        self.path = f"/subsidy-batches/{batch['id']}"
        word = {"decision": "approve", "note": "核对"}
        await self.post(Step.SUBSIDY_REVIEW, 1, f"{self.path}/reviews", {**word, "reviewed_on": day})
        await self.post(Step.SUBSIDY_APPROVAL, 2, f"{self.path}/approvals", {**word, "approved_on": day})
        return batch

    async def ended(self, kind: str, day: str) -> Any:
        """End the batch by two persons."""
        asked = {"kind": kind, "reason": "终结", "proposed_on": day}
        proposed = await self.post(Step.SUBSIDY_REVIEW, 1, f"{self.path}/terminations", asked)
        word = {"decision": "approve", "decided_on": day}
        return await self.post(Step.SUBSIDY_APPROVAL, 2, f"/batch-terminations/{proposed['id']}/decisions", word)

    async def paid(self, day: str) -> Decimal:
        """Pay whoever is unpaid and take the bank's word that all of it arrived; return how much that was."""
        payer = self.work.place.county.taking(Step.SUBSIDY_PAYMENT)
        run = await self.post(Step.SUBSIDY_PAYMENT, 0, f"{self.path}/payment-runs", {"paid_on": day})
        text = (await payer.download(f"/payment-runs/{run['id']}/instructions.csv")).decode("utf-8-sig")
        rows = [(each["instruction_id"], "paid", each["amount"], day, "") for each in csv.DictReader(text.splitlines())]
        total = sum((Decimal(row[2]) for row in rows), Decimal())
        announced = {"line_count": len(rows), "total_amount": f"{total:.2f}"}
        file = csv_text(HEADER, rows)
        path = f"/payment-runs/{run['id']}/return-files"
        taken = await self.work.killed(lambda: payer.upload(path, file, "text/csv", **announced), "subsidy")
        assert (taken["paid_count"], taken["refused_count"]) == (len(rows), 0)
        return total

    async def shown(self) -> dict[str, Any]:
        """Return the batch as it stands."""
        found: dict[str, Any] = await self.work.place.county.offices["auditor"].get(self.path)
        return found


@pytest.mark.parametrize("failpoint", ROUNDS)
async def test_a_batch_is_killed_at_every_step_from_its_preparation_to_a_transfer_that_comes_back(
    lent: Place, failpoint: str
) -> None:
    number = ROUNDS[failpoint]
    work = correcting(lent, failpoint)
    batch = Batch(work, date(2017, 12, 18 + number))
    await work.repay("batch", "100.00", day=f"{batch.interest_on}")
    await ensure_settled(lent)  # subsidy has heard of it
    first = await batch.approved("2017-12-26")
    assert (await batch.ended("return", "2017-12-27"))["batch_state"] == "returned"
    await ensure_settled(lent)

    second = await batch.approved("2017-12-28")
    assert (second["amount"], second["line_count"]) == (first["amount"], first["line_count"])
    assert await batch.paid("2017-12-29") == Decimal(second["amount"]) > 0
    (one, *_) = await lent.county.offices["auditor"].every(f"{batch.path}/lines")
    notice = {"amount": one["amount"], "returned_on": "2017-12-30", "reason": "账号已销户"}
    back = f"/payment-instructions/{one['instruction_id']}/returned-transfers"
    came_back = await batch.post(Step.SUBSIDY_PAYMENT, 1, back, notice)
    assert came_back["batch_state"] == "paying"
    await ensure_settled(lent)
    assert await batch.paid("2017-12-31") == Decimal(came_back["amount"])

    async def settled() -> bool:
        return bool((await batch.shown())["state"] == "settled")

    await until(settled, "the batch to be settled")
    shown = await batch.shown()
    assert (shown["amount_paid"], shown["households_unpaid"]) == (second["amount"], 0)
    await ensure_settled(lent)
