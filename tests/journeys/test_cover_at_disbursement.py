"""No money becomes a loan without cover: lending asks the real risk fund before it pays out (FJ-13, LG-38)."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.lending.tests.county import County as Lending
from services.lending.tests.county import county_with_pack
from services.riskfund.tests.conftest import confirm_pack
from services.riskfund.tests.county import County as Riskfund
from shared.access import Role
from shared.dates import today_in_china
from shared.events.lending import DisbursementReversed, LoanDisbursed
from shared.testing.service import StartService

HEADER = "application_id,contract_number,bank_reference,disbursed_on,amount"
TODAY = today_in_china()
_KNOWN = "SELECT EXISTS (SELECT FROM covered_loan WHERE loan_id = $1)"


@pytest.fixture
async def parties(start_service: StartService) -> tuple[Lending, Riskfund]:
    """Return a lending that asks a risk fund whose cover reaches to 100 000 yuan."""
    riskfund = Riskfund(await start_service("riskfund", prepared=confirm_pack))
    await riskfund.open_fund("10000.00")
    service = await start_service("lending", peers={"riskfund": riskfund.service.app})
    return await county_with_pack(service), riskfund


async def handed_over(parties: tuple[Lending, Riskfund], *, expires_on: date | None = None) -> UUID:
    """Hand over 50 000 yuan with cover until a day, by default one long past."""
    lending, riskfund = parties
    until = expires_on or date(2017, 4, 30)
    application_id = await lending.hand_over(cover_expires_on=until)
    reserved = await riskfund.reserve([(application_id, "50000.00")], expires_on=until)
    assert reserved.json()["reserved_applications"] == [str(application_id)], reserved.text
    return application_id


async def expire(riskfund: Riskfund) -> None:
    body = {"county_code": riskfund.code, "as_of": TODAY.isoformat()}
    answer = await riskfund.post("/jobs/expire-reservations/runs", body, Role.SERVICE_CENTRE)
    assert answer.status_code == 201, answer.text


async def disburse(lending: Lending, application_id: UUID, number: int) -> Any:
    body = {
        "contract_number": f"C{number}",
        "bank_reference": f"D{number}",
        "disbursed_on": "2017-03-06",
        "amount": "50000.00",
    }
    return await lending.post(f"/api/v1/applications/{application_id}/disbursements", body)


async def settled(parties: tuple[Lending, Riskfund]) -> dict[str, str]:
    """Let lending's loans reach the risk fund; return what it covers and what it found amiss."""
    lending, riskfund = parties
    for name, data, *_ in await lending.service.outbox():
        event = LoanDisbursed.model_validate(data, strict=False) if name == "loan-disbursed" else None
        if event is not None and not await riskfund.service.database.pool.fetchval(_KNOWN, event.loan_id):
            await riskfund.service.deliver(event, region_code=event.village_code, aggregate_id=event.loan_id)
    amiss = await riskfund.service.database.pool.fetchval("SELECT count(*) FROM cover_exception")
    fund = await riskfund.fund()
    return {"exposure": fund["exposure"], "reserved": fund["reserved"], "amiss": str(amiss)}


@pytest.mark.clause("LG-38(b)")
async def test_cover_given_to_others_meanwhile_is_no_loan(parties: tuple[Lending, Riskfund]) -> None:
    lending, riskfund = parties
    late = [await handed_over(parties) for _ in range(2)]
    await expire(riskfund)
    others = [await handed_over(parties, expires_on=TODAY + timedelta(days=30)) for _ in range(2)]
    for place, application_id in enumerate(others):
        assert (await disburse(lending, application_id, place)).status_code == 201
    refused = await disburse(lending, late[0], 9)
    assert (refused.status_code, refused.json()["code"]) == (409, "cover-expired"), refused.text
    assert refused.json()["values"]["application_id"] == str(late[0])
    assert await settled(parties) == {"exposure": "100000.00", "reserved": "0.00", "amiss": "0"}


@pytest.mark.clause("FJ-13(a)")
async def test_expired_cover_is_reserved_again_while_the_fund_reaches(parties: tuple[Lending, Riskfund]) -> None:
    lending, riskfund = parties
    late = [await handed_over(parties) for _ in range(2)]
    await expire(riskfund)
    rows = [f"{each},C{place},D{place},2017-03-06,50000.00" for place, each in enumerate(late)]
    sent = await lending.send_file("disbursement-files", HEADER, rows)
    assert (sent.json()["loan_count"], sent.json()["rejections"]) == (2, []), sent.text
    assert await settled(parties) == {"exposure": "100000.00", "reserved": "0.00", "amiss": "0"}


async def test_a_file_names_the_lines_that_have_no_cover_left(parties: tuple[Lending, Riskfund]) -> None:
    lending, riskfund = parties
    late = [await handed_over(parties) for _ in range(2)]
    await expire(riskfund)
    await handed_over(parties, expires_on=TODAY + timedelta(days=30))
    rows = [f"{each},C{place},D{place},2017-03-06,50000.00" for place, each in enumerate(late)]
    sent = (await lending.send_file("disbursement-files", HEADER, rows)).json()
    assert (sent["loan_count"], [line["code"] for line in sent["rejections"]]) == (1, ["cover-expired"])
    assert (await riskfund.pay_in("5000.00")).status_code == 201
    again = await lending.send_file("disbursement-files", HEADER, [rows[sent["rejections"][0]["line_number"] - 2]])
    assert again.json()["loan_count"] == 1, again.text
    assert await settled(parties) == {"exposure": "100000.00", "reserved": "50000.00", "amiss": "0"}


async def test_cover_that_is_about_to_expire_holds_until_the_loan_is_known(parties: tuple[Lending, Riskfund]) -> None:
    lending, riskfund = parties
    application_id = await handed_over(parties, expires_on=TODAY - timedelta(days=1))
    answers = await asyncio.gather(disburse(lending, application_id, 1), expire(riskfund))
    assert answers[0].status_code == 201, answers[0].text
    assert await settled(parties) == {"exposure": "50000.00", "reserved": "0.00", "amiss": "0"}


@pytest.mark.clause("LG-38(b)")
async def test_many_at_once_never_pass_the_multiplier(parties: tuple[Lending, Riskfund]) -> None:
    lending, _ = parties
    late = [await lending.hand_over(cover_expires_on=date(2017, 4, 30)) for _ in range(6)]
    answers = await asyncio.gather(*(disburse(lending, each, place) for place, each in enumerate(late)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409, 409, 409]
    assert await settled(parties) == {"exposure": "100000.00", "reserved": "0.00", "amiss": "0"}


async def test_a_silent_risk_fund_is_waited_for(parties: tuple[Lending, Riskfund], start_service: StartService) -> None:
    alone = await county_with_pack(await start_service("lending"))
    application_id = await alone.hand_over(cover_expires_on=TODAY)
    answer = await disburse(alone, application_id, 1)
    assert (answer.status_code, answer.json()["code"]) == (503, "peer-unavailable")
    certain = await alone.hand_over(cover_expires_on=TODAY + timedelta(days=3))
    assert (await disburse(alone, certain, 2)).status_code == 201


async def take_back(parties: tuple[Lending, Riskfund], loan_id: str) -> DisbursementReversed:
    """Let two clerks of the bank take a disbursement back; return the event."""
    lending, _ = parties
    wrong = {"cause": "wrong_amount", "reason": "放款金额录错", "proposed_on": "2017-03-07"}
    proposed = (await lending.post(f"/api/v1/loans/{loan_id}/disbursement-reversals", wrong)).json()
    path = f"/api/v1/disbursement-reversals/{proposed['id']}/decisions"
    done = await lending.post(path, {"decision": "confirm", "decided_on": "2017-03-08"}, subject="second clerk")
    assert done.status_code == 201, done.text
    name, data, *_ = (await lending.service.outbox())[-1]
    assert name == "disbursement-reversed"
    return DisbursementReversed.model_validate(data, strict=False)


async def test_cover_of_a_disbursement_taken_back_is_free_and_asked_for_again(
    parties: tuple[Lending, Riskfund],
) -> None:
    lending, riskfund = parties
    application_id = await handed_over(parties, expires_on=TODAY + timedelta(days=30))
    loan = (await disburse(lending, application_id, 1)).json()
    assert await settled(parties) == {"exposure": "50000.00", "reserved": "0.00", "amiss": "0"}
    event = await take_back(parties, loan["id"])
    early = await disburse(lending, application_id, 2)
    assert (early.status_code, early.json()["values"]["peer_code"]) == (409, "cover-still-used"), early.text
    await riskfund.service.deliver(event, region_code=event.village_code, aggregate_id=event.loan_id)
    fund = await riskfund.fund()
    assert (fund["exposure"], fund["reserved"], fund["cover"]["available"]) == ("0.00", "0.00", "100000.00")
    again = await disburse(lending, application_id, 2)
    assert again.status_code == 201, again.text
    assert await settled(parties) == {"exposure": "50000.00", "reserved": "0.00", "amiss": "0"}
    states = await riskfund.service.database.pool.fetch("SELECT state FROM cover_reservation ORDER BY reserved_at")
    assert [row["state"] for row in states] == ["returned", "used"]
    report = (await riskfund.get(f"/reports/riskfund?region_code={riskfund.code}", Role.SERVICE_CENTRE)).json()
    assert report["loans_covered"] == 1
