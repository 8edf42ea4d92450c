"""Recoveries: split by the shares of the loss, returned within five working days (LG-40)."""

import asyncio
from datetime import date
from typing import Any

import pytest

from services.riskfund.tests.county import County, refusal
from services.riskfund.tests.lending import Loan
from shared.access import Role
from shared.events.riskfund import RecoveryReturned


@pytest.fixture
async def compensated(county: County) -> tuple[County, Loan, str]:
    await county.open_fund()
    loan = await county.default()
    return county, loan, (await county.compensate(loan))["id"]


async def recover(county: County, loan: Loan, claim_id: str, amount: str, on: date = date(2018, 9, 3)) -> Any:
    event = county.recovered(loan, claim_id, amount, on)
    await county.service.deliver_all([event])
    items = (await county.get("/recoveries", Role.AUDITOR)).json()["items"]
    return next(item for item in items if item["id"] == str(event.event.recovery_id))  # type: ignore[attr-defined]


@pytest.mark.clause("LG-40(c)")
async def test_a_recovery_is_split_by_the_claims_shares_and_due_in_five_working_days(
    compensated: tuple[County, Loan, str],
) -> None:
    shown = await recover(*compensated, "1000.03")
    assert (shown["fund_share"], shown["bank_share"]) == ("800.02", "200.01")
    assert (shown["due_on"], shown["state"], shown["is_late"]) == ("2018-09-10", "open", None)


@pytest.mark.clause("LG-40(c)")
@pytest.mark.parametrize(("returned_on", "late"), [("2018-09-10", False), ("2018-09-11", True)])
async def test_the_funds_part_comes_back_and_lateness_is_shown(
    compensated: tuple[County, Loan, str], returned_on: str, late: bool
) -> None:
    county = compensated[0]
    shown = await recover(*compensated, "1000.00")
    back = await county.give_back(shown["id"], "800.00", returned_on)
    assert (back.status_code, back.json()["state"], back.json()["is_late"]) == (201, "returned", late)
    fund = await county.fund()
    assert (fund["returned"], fund["balance"]) == ("800.00", "49960000.00")
    name, data, version, _ = (await county.service.outbox())[-1]
    event = RecoveryReturned.model_validate(data, strict=False)
    assert (name, version, event.is_late, event.amount) == (
        "recovery-returned",
        3,
        late,
        event.fund_share + event.bank_share,
    )


@pytest.mark.clause("LG-40(c)")
async def test_returns_that_cannot_be_are_refused(compensated: tuple[County, Loan, str]) -> None:
    county = compensated[0]
    shown = await recover(*compensated, "1000.00")
    assert refusal(await county.give_back(shown["id"], "799.99")) == (409, "return-amount-wrong")
    assert refusal(await county.give_back(shown["id"], "800.01")) == (409, "return-amount-wrong")
    assert refusal(await county.give_back(shown["id"], "800.00", "2018-09-02")) == (422, "date-before-step")
    assert refusal(await county.give_back(shown["id"], "800.00", bank="abc")) == (404, "recovery-unknown")
    answers = await asyncio.gather(*(county.give_back(shown["id"], "800.00") for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert refusal(await county.give_back(shown["id"], "800.00")) == (409, "recovery-already-returned")
    second = await recover(*compensated, "500.00")
    await county.give_back(second["id"], "400.00", reference="TWICE")
    third = await recover(*compensated, "500.00")
    assert refusal(await county.give_back(third["id"], "400.00", reference="TWICE")) == (409, "bank-reference-used")


@pytest.mark.clause("LG-40(c)")
async def test_a_year_that_is_not_announced_yet_stops_no_recovery(compensated: tuple[County, Loan, str]) -> None:
    shown = await recover(*compensated, "1000.00", date(2098, 12, 30))  # a Tuesday; New Year's Day rests by law
    assert (shown["fund_share"], shown["due_on"], shown["state"]) == ("800.00", "2099-01-07", "open")


async def test_a_fen_is_the_banks_and_nothing_is_due(compensated: tuple[County, Loan, str]) -> None:
    shown = await recover(*compensated, "0.01")
    assert (shown["state"], shown["fund_share"], shown["bank_share"]) == ("nothing_due", "0.00", "0.01")
    answer = await compensated[0].give_back(shown["id"], "0.01")
    assert refusal(answer) == (409, "recovery-already-returned")


@pytest.mark.clause("LG-40(c)")
async def test_what_insurance_bore_never_comes_back_to_the_fund(county: County) -> None:
    await county.open_fund()
    loan = await county.lend()
    await county.insure(loan, "30000.00")
    await county.service.deliver_all([county.defaulted(loan)])
    claim_id = (await county.file(loan)).json()["id"]
    await county.answer(claim_id, "30000.00")
    await county.decide(claim_id, "member-1")
    await county.decide(claim_id, "member-2")
    await county.pay(claim_id)
    first = await recover(county, loan, claim_id, "20000.00")
    second = await recover(county, loan, claim_id, "20000.00")
    assert (first["fund_share"], first["bank_share"], first["beyond_loss"]) == ("16000.00", "4000.00", "0.00")
    assert (second["fund_share"], second["bank_share"], second["beyond_loss"]) == ("800.00", "200.01", "18999.99")


async def test_a_recovery_on_an_unpaid_claim_waits_to_be_looked_at(county: County) -> None:
    await county.open_fund()
    loan = await county.default()
    claim_id = (await county.file(loan)).json()["id"]
    with pytest.raises(AssertionError, match="RecoveryBeforePayment"):
        await county.service.deliver_all([county.recovered(loan, claim_id, "10.00")])


async def test_the_report_adds_everything_up(compensated: tuple[County, Loan, str]) -> None:
    county = compensated[0]
    first = await recover(*compensated, "1000.00")
    await recover(*compensated, "2000.00")
    await county.give_back(first["id"], "800.00", "2018-09-20")
    report = (await county.get(f"/reports/riskfund?region_code={county.code}&as_of=2018-12-31")).json()
    totals = {
        "fund_paid_in": "50000000.00",
        "balance": "49960000.00",
        "compensated": "40800.00",
        "compensated_principal": "50000.00",
        "compensated_interest": "1000.01",
        "borne_by_bank": "10200.01",
        "insurance_paid": "0.00",
        "recovered": "3000.00",
        "fund_share_due": "1600.00",
        "fund_share_returned": "800.00",
        "late_returns": 1,
        "cover_exception_count": 0,
    }
    assert {key: report[key] for key in totals} == totals
    assert report["claims_by_state"] == [{"state": "paid", "claims": 1, "amount": "51000.01"}]
    bank = await county.get(
        f"/reports/riskfund?region_code={county.code}&as_of=2018-12-31", Role.BANK, organisation="abc"
    )
    assert (bank.json()["claims_paid"], bank.json()["recovered"]) == (0, "0.00")
    outside = await county.get("/reports/riskfund?region_code=500237")
    assert refusal(outside) == (403, "outside-region")
    open_ones = await county.get("/recoveries?state=open&region_code=500236001", Role.BANK, organisation="cqrcb")
    assert [item["fund_share"] for item in open_ones.json()["items"]] == ["1600.00"]


@pytest.mark.clause("LG-40(c)")
async def test_what_is_not_returned_in_time_is_late_while_it_is_out(compensated: tuple[County, Loan, str]) -> None:
    county = compensated[0]
    first, second = [await recover(*compensated, "1000.00") for _ in range(2)]
    for on, late in (("2018-09-10", "0.00"), ("2018-09-11", "1600.00")):
        report = (await county.get(f"/reports/riskfund?region_code={county.code}&as_of={on}")).json()
        assert (report["fund_share_due"], report["fund_share_due_late"]) == ("1600.00", late)
    await county.give_back(first["id"], "800.00", "2018-09-20")
    late_ones = (await county.get("/recoveries?late=true", Role.BANK, organisation="cqrcb")).json()["items"]
    assert [item["id"] for item in late_ones] == [second["id"]]


@pytest.mark.clause("LG-40(a)")
async def test_fund_and_bank_hold_what_is_owed_by_their_shares_of_the_loss_on_any_day(
    compensated: tuple[County, Loan, str],
) -> None:
    county, loan, claim_id = compensated
    right = county.recovered(loan, claim_id, "1000.03", date(2018, 9, 3))
    wrong = county.recovered(loan, claim_id, "500.00", date(2018, 9, 4))
    await county.service.deliver_all([right, wrong])
    assert await holders(county, claim_id, "2018-06-24") == ("0.00", "0.00")
    assert await holders(county, claim_id, "2018-06-25") == ("40800.00", "10200.01")
    assert await holders(county, claim_id, "2018-09-03") == ("39999.98", "10000.00")
    assert await holders(county, claim_id, "2018-09-04") == ("39599.98", "9900.00")
    await county.service.deliver_all([county.recovery_reversed(loan, wrong, date(2018, 9, 20))])
    assert await holders(county, claim_id, "2018-09-04") == ("39999.98", "10000.00"), "it was never recovered"
    assert await holders(county, claim_id, "2018-09-20") == ("39999.98", "10000.00")
    abroad = await county.get(f"/claims/{claim_id}/holders", Role.BANK, organisation="abc")
    assert refusal(abroad) == (404, "claim-unknown")


async def holders(county: County, claim_id: str, on: str) -> tuple[str, str]:
    shown = (await county.get(f"/claims/{claim_id}/holders?as_of={on}", Role.BANK, organisation="cqrcb")).json()
    assert (shown["paid_on"], shown["held_by_guarantor"]) == ("2018-06-25", "0.00")
    return shown["held_by_fund"], shown["held_by_bank"]


async def test_the_report_shows_products_side_by_side_with_cover_and_without(
    compensated: tuple[County, Loan, str],
) -> None:
    county = compensated[0]
    await county.lend("30000.00")
    farm = county.loan("20000.00")
    event = county.disbursed(farm).event.model_copy(update={"product_code": "farm", "without_cover": True})
    await county.service.deliver_all([county.message(event, farm.loan_id, 1, farm.village_code)])
    report = (await county.get(f"/reports/riskfund?region_code={county.code}&as_of=2018-12-31")).json()
    assert [tuple(row.values()) for row in report["by_product"]] == [
        ("farm", 0, 1, "0.00", 0, "0.00"),
        ("small_loan", 2, 0, "30000.00", 1, "40800.00"),
    ]
    assert report["exposure"] == "30000.00"
    await recover(*compensated, "1000.00")
    path = f"/reports/riskfund?region_code={county.code}&as_of=2018-12-31"
    alone, other = [(await county.get(f"{path}&product_code={each}")).json() for each in ("small_loan", "farm")]
    assert (alone["product_code"], alone["by_product"]) == ("small_loan", [report["by_product"][1]])
    figures = ("loans_covered", "claims_paid", "compensated", "recovered", "fund_paid_in")
    assert [alone[each] for each in figures] == [2, 1, "40800.00", "1000.00", report["fund_paid_in"]]
    assert [other[each] for each in figures] == [0, 0, "0.00", "0.00", report["fund_paid_in"]]
    assert (other["claims_by_state"], other["exposure_by_bank"], other["exposure_by_township"]) == ([], [], [])
