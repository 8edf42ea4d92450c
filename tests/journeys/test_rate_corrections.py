"""A rate typed wrongly at the national level is seen on the loans it reaches and put right by two persons."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.lending.tests.county import County, county_with_pack
from services.subsidy.tests.county import confirmed, pack
from shared.access import Role
from shared.events.lending import LoanDisbursed, LoanRestated, RepaymentRecorded
from shared.events.subsidy import ReferenceRatePublished
from shared.testing.service import ServiceUnderTest, StartService

EVENTS = {each.event_type.name: each for each in (LoanDisbursed, LoanRestated, RepaymentRecorded)}


class National:
    """Two officers of the whole country at the subsidy service, and lending that hears of what they publish."""

    def __init__(self, subsidy: ServiceUnderTest, county: County) -> None:
        self.subsidy, self.county, self.published = subsidy, county, 0

    async def post(self, path: str, body: Any, subject: str, expect: int = 201) -> dict[str, Any]:
        """Act at the national level."""
        headers = self.subsidy.headers(Role.CENTRAL_BANK, region="", subject=subject)
        answer = await self.subsidy.client.post(f"/api/v1{path}", json=body, headers=headers)
        assert answer.status_code == expect, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def propose(self, over_1y: str, **more: Any) -> str:
        """Propose a rate for every day since 2015."""
        rate = {"basis": "PBOC_BENCHMARK", "effective_from": "2015-10-24", "over_1y_to_5y": over_1y}
        rate |= {key: more.pop(key) for key in ("corrects", "unusual_confirmed") if key in more}
        proposal_id: str = (await self.post("/reference-rate-proposals", {"rates": [rate], **more}, "maker"))["id"]
        return proposal_id

    async def decide(self, proposal_id: str, expect: int = 201, **more: Any) -> dict[str, Any]:
        """Confirm, and let lending hear of it."""
        body = {"decision": "confirm", "reason": "与公告核对一致", **more}
        done = await self.post(f"/reference-rate-proposals/{proposal_id}/decisions", body, "checker", expect)
        events = (await self.subsidy.outbox())[self.published :]
        for _, data, *_ in events:
            event = ReferenceRatePublished.model_validate(data, strict=False)
            await self.county.service.deliver(event, aggregate_id=event.rate_id, region_code="00")
        self.published += len(events)
        return done


@pytest.mark.clause("LG-2(e)")
async def test_a_wrong_rate_is_corrected_before_and_after_loans_rest_on_it(start_service: StartService) -> None:
    lending = await start_service("lending")
    county = await county_with_pack(lending)
    await lending.database.pool.execute("DELETE FROM reference_rate")
    subsidy = await start_service("subsidy", peers={"lending": lending.app})
    await subsidy.deliver(confirmed(pack()))
    national = National(subsidy, county)
    await national.decide(await national.propose("5.74"))  # for 4.75
    wrong = (await _rates(subsidy))[0]["id"]
    loan = await county.lend()
    due = (await county.installments(loan["id"]))[0]
    paid = (await county.repay(loan["id"], due["interest_due"], due["due_on"], "R1")).json()
    assert (loan["annual_rate"], paid["interest"]) == ("5.74", due["interest_due"])

    correction = await national.propose("4.75", corrects=wrong, reason="误将 4.75 录为 5.74")
    unseen = await national.decide(correction, 409)
    assert (unseen["code"], unseen["values"]["loan_count"]) == ("rate-consequences-unseen", 1)
    headers = subsidy.headers(Role.CENTRAL_BANK, region="", subject="checker")
    path = f"/api/v1/reference-rate-proposals/{correction}/consequences"
    shown = (await subsidy.client.get(path, headers=headers)).json()
    (item,) = shown["items"]
    assert (item["loan_id"], item["rate_before"], item["rate_after"]) == (loan["id"], "5.74", "4.75")
    done = await national.decide(correction, consequences={
        name: shown[name] for name in ("loan_count", "interest_before", "interest_after")})  # fmt: skip
    assert done["consequences"]["interest_after"] == item["interest_after"]

    after = await county.loan(loan["id"])
    assert (after["annual_rate"], after["interest_charged"]) == ("4.75", item["interest_after"])
    right = Decimal(50000) * Decimal("4.75") * int(due["days"]) / 36000
    assert Decimal(after["interest_paid"]) == right.quantize(Decimal("0.01"), "ROUND_HALF_UP")
    account = await county.account(loan["id"], "2018-01-10")
    assert Decimal(account["held"]) == Decimal(due["interest_due"]) - Decimal(after["interest_paid"])
    await _hear(subsidy, county)
    row = await subsidy.database.pool.fetchrow(
        "SELECT a.annual_rate, sum(p.amount) AS interest "
        "FROM subsidy_account a JOIN interest_payment p USING (loan_id) "
        "WHERE p.superseded_by IS NULL GROUP BY a.loan_id"
    )
    assert (row["annual_rate"], row["interest"]) == (Decimal("4.75"), Decimal(after["interest_paid"]))


async def _rates(subsidy: ServiceUnderTest) -> list[dict[str, Any]]:
    found = await subsidy.client.get("/api/v1/reference-rates", headers=subsidy.headers(Role.AUDITOR))
    items: list[dict[str, Any]] = found.json()["items"]
    return items


async def _hear(subsidy: ServiceUnderTest, county: County) -> None:
    """Let the subsidy service hear what lending published of its loans."""
    for name, data, version, region in await county.service.outbox():
        if name in EVENTS:
            event = EVENTS[name].model_validate(data, strict=False)
            await subsidy.deliver(
                event, aggregate_id=UUID(data["loan_id"]), aggregate_version=version, region_code=region
            )
