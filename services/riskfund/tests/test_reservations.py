"""Cover reservations over HTTP, and what ends them."""

import asyncio
from datetime import date
from uuid import UUID

import asyncpg
import pytest

from services.riskfund.tests.county import County, fengjie, refusal
from shared.access import Role
from shared.ids import new_id


async def states(county: County) -> dict[UUID, str]:
    rows = await county.service.database.pool.fetch("SELECT application_id, state FROM cover_reservation")
    return {row["application_id"]: row["state"] for row in rows}


@pytest.mark.clause("FJ-13(a)", "LG-38")
async def test_reserves_in_order_until_the_limit_and_refuses_the_rest_by_name(county: County) -> None:
    await county.open_fund("10000.00")
    ids = [new_id() for _ in range(4)]
    answer = await county.reserve(
        [(ids[0], "50000.00"), (ids[1], "30000.00"), (ids[2], "30000.00"), (ids[3], "10000.00")]
    )
    said = answer.json()
    assert answer.status_code == 201
    assert (said["reserved_applications"], said["refused_applications"]) == (
        [str(ids[0]), str(ids[1])],
        [str(ids[2]), str(ids[3])],
    )
    assert said["cover"] == {
        "fund_balance": "10000.00",
        "multiplier": "10",
        "limit": "100000.00",
        "exposure": "0.00",
        "reserved": "80000.00",
        "available": "20000.00",
        "missing_amount": "2000.00",
        "replenish_warning": False,
    }
    assert said["code"] == "cover-exhausted"
    assert str(ids[2]) in said["detail"]
    assert "需补充 2000.00 元" in said["detail"]
    assert "pay 2000.00 yuan" in said["detail"]


@pytest.mark.clause("FJ-13(b)")
async def test_after_paying_in_what_is_missing_the_rest_goes_through(county: County) -> None:
    await county.open_fund("10000.00")
    first, second = new_id(), new_id()
    missing = (await county.reserve([(first, "90000.00"), (second, "35000.00")])).json()["cover"]["missing_amount"]
    await county.pay_in(missing)
    said = (await county.reserve([(second, "35000.00")])).json()
    assert (said["reserved_applications"], said["refused_applications"], said["code"], said["detail"]) == (
        [str(second)],
        [],
        None,
        None,
    )
    assert said["cover"]["available"] == "0.00"


async def test_an_application_is_never_counted_twice(county: County) -> None:
    await county.open_fund("10000.00")
    one = new_id()
    await county.reserve([(one, "60000.00")])
    said = (await county.reserve([(one, "60000.00"), (new_id(), "40000.00")])).json()
    assert len(said["reserved_applications"]) == 2
    assert said["cover"]["reserved"] == "100000.00"
    loan = county.loan("60000.00", application_id=one)
    await county.service.deliver_all([county.disbursed(loan)])
    assert refusal(await county.reserve([(one, "60000.00")])) == (409, "cover-still-used")
    other = await county.reserve([(one, "50000.00")])
    assert refusal(other) == (409, "reservation-amount-differs")


async def test_refuses_without_fund_duplicates_and_dates_out_of_order(county: County) -> None:
    one = new_id()
    assert refusal(await county.reserve([(one, "1.00")])) == (409, "fund-not-open")
    await county.open_fund("10000.00")
    assert refusal(await county.reserve([(one, "1.00"), (one, "1.00")])) == (422, "invalid-request")
    early = await county.reserve([(one, "1.00")], expires_on=date(2017, 2, 28))
    assert refusal(early) == (422, "invalid-request")
    assert refusal(await county.reserve([])) == (422, "invalid-request")


async def test_only_services_reserve(county: County) -> None:
    await county.open_fund("10000.00")
    body = {"county_code": county.code, "as_of": "2017-03-01", "expires_on": "2017-03-02", "items": []}
    assert refusal(await county.post("/cover-reservations", body, Role.FINANCE_BUREAU)) == (403, "right-missing")


async def test_two_at_once_for_the_last_cover_never_go_above_the_limit(county: County) -> None:
    await county.open_fund("10000.00")
    asked = [[(new_id(), "30000.00"), (new_id(), "30000.00")] for _ in range(4)]
    answers = await asyncio.gather(*(county.reserve(items) for items in asked))
    assert sum(len(answer.json()["reserved_applications"]) for answer in answers) == 3
    fund = await county.fund()
    assert (fund["reserved"], fund["cover"]["available"]) == ("90000.00", "10000.00")


async def test_the_same_application_asked_for_twice_at_once_is_reserved_once(county: County) -> None:
    await county.open_fund("10000.00")
    one = new_id()
    answers = await asyncio.gather(*(county.reserve([(one, "60000.00")]) for _ in range(4)))
    assert [answer.json()["reserved_applications"] for answer in answers] == [[str(one)]] * 4
    assert (await county.fund())["reserved"] == "60000.00"


@pytest.mark.clause("SX-6b")
async def test_new_cover_stops_above_the_tolerated_share_of_bad_loans(county: County) -> None:
    await county.open_fund("100000.00")
    await county.default("50000.00")
    await county.confirm_pack(fengjie(fund__bad_loan_tolerance="0.05"), version=2)
    assert refusal(await county.reserve([(new_id(), "10000.00")])) == (409, "bad-loans-above-tolerance")


# --- ends


async def test_withdrawn_and_refused_applications_give_their_cover_back(county: County) -> None:
    await county.open_fund("10000.00")
    first, second, never = new_id(), new_id(), new_id()
    await county.reserve([(first, "50000.00"), (second, "50000.00")])
    ends = [county.withdrawn(first), county.refused(second), county.refused(never)]
    await county.service.deliver_all(ends)
    await county.service.deliver_all(ends)  # delivered again
    assert await states(county) == {first: "released", second: "released"}
    assert (await county.fund())["reserved"] == "0.00"


async def run_expiry(county: County, as_of: str) -> dict[str, object]:
    body = {"county_code": county.code, "as_of": as_of}
    answer = await county.post("/jobs/expire-reservations/runs", body, Role.SERVICE_CENTRE)
    assert answer.status_code == 201, answer.text
    result: dict[str, object] = answer.json()
    return result


async def test_reservations_expire_after_their_last_day_and_once(county: County) -> None:
    await county.open_fund("10000.00")
    one = new_id()
    await county.reserve([(one, "50000.00")], expires_on=date(2017, 4, 30))
    assert (await run_expiry(county, "2017-04-30"))["expired_count"] == 0
    expired = {"county_code": "500236", "as_of": "2017-05-01", "expired_count": 1, "amount": "50000.00"}
    assert await run_expiry(county, "2017-05-01") == expired
    assert await run_expiry(county, "2017-05-01") == expired
    assert await states(county) == {one: "expired"}
    assert (await county.fund())["reserved"] == "0.00"
    await county.service.deliver_all([county.withdrawn(one)])
    assert (await county.fund())["reserved"] == "0.00"
    again = await county.reserve([(one, "50000.00")])
    assert again.json()["reserved_applications"] == [str(one)]


async def test_expiry_and_disbursement_at_once_end_a_reservation_once(county: County) -> None:
    await county.open_fund("10000.00")
    loans = [county.loan("10000.00") for _ in range(8)]
    await county.reserve([(loan.application_id, "10000.00") for loan in loans], expires_on=date(2017, 4, 30))
    paid_out = [county.disbursed(loan) for loan in loans]
    await asyncio.gather(run_expiry(county, "2017-05-01"), county.service.deliver_all(paid_out))
    fund = await county.fund()
    assert (fund["reserved"], fund["exposure"]) == ("0.00", "80000.00")
    assert len(set((await states(county)).values())) == 1


async def test_the_job_needs_a_fund_and_the_right_region(county: County) -> None:
    body = {"county_code": county.code, "as_of": "2017-05-01"}
    none = await county.post("/jobs/expire-reservations/runs", body, Role.SERVICE_CENTRE)
    assert refusal(none) == (409, "fund-not-open")
    other = await county.post("/jobs/expire-reservations/runs", body, Role.SERVICE_CENTRE, region="500237")
    assert refusal(other) == (403, "outside-region")


async def test_the_database_refuses_a_second_end_and_a_second_reservation(county: County) -> None:
    await county.open_fund("10000.00")
    one = new_id()
    await county.reserve([(one, "50000.00")])
    pool = county.service.database.pool
    with pytest.raises(asyncpg.UniqueViolationError):
        await pool.execute(
            """INSERT INTO cover_reservation (id, fund_id, application_id, amount, reserved_on, expires_on)
               SELECT uuid7(), fund_id, application_id, 1, reserved_on, expires_on FROM cover_reservation"""
        )
    await county.service.deliver_all([county.withdrawn(one)])
    with pytest.raises(asyncpg.CheckViolationError, match="has ended"):
        await pool.execute("UPDATE cover_reservation SET state = 'expired'")
    with pytest.raises(asyncpg.RaiseError, match="only grows"):
        await pool.execute("DELETE FROM cover_reservation")


async def test_a_loan_granted_without_cover_counts_in_no_exposure_and_has_no_claim(county: County) -> None:
    await county.open_fund()
    covered, alone = await county.lend("20000.00"), county.loan("30000.00")
    message = county.disbursed(alone)
    event = message.event.model_copy(update={"without_cover": True})
    await county.deliver(event, alone.loan_id, 1)
    fund = await county.fund()
    assert (fund["exposure"], fund["reserved"]) == ("20000.00", "0.00")

    await county.service.deliver_all(
        [county.repaid(alone, "5000.00"), county.defaulted(alone), county.repaid(covered, "1000.00")]
    )
    assert (await county.fund())["exposure"] == "19000.00"
    assert refusal(await county.file(alone)) == (409, "loan-without-cover")
    await county.service.deliver_all([county.closed(alone)])
    assert (await county.fund())["exposure"] == "19000.00"
    exceptions = "SELECT kind FROM cover_exception WHERE loan_id = $1 AND kind LIKE 'disbursed%'"
    assert await county.service.database.pool.fetch(exceptions, alone.loan_id) == []


async def test_a_bank_with_a_tolerance_of_its_own_is_measured_by_its_own_loans(county: County) -> None:
    await county.open_fund("100000.00")
    await county.default("50000.00", bank_code="cqrcb")
    await county.lend("50000.00", bank_code="psbc")
    own = [{"bank_codes": ["psbc"], "share": "0.01"}, {"bank_codes": ["abc"], "share": "1", "word": "reaches"}]
    changes = {"fund__bad_loan_tolerance": "0.05", "fund__lender_tolerances": own}
    await county.confirm_pack(fengjie(**changes), version=2)
    for bank, refused in (("psbc", False), ("cqrcb", True), (None, True)):
        answer = await county.reserve([(new_id(), "10000.00")], bank_code=bank)
        assert (answer.status_code == 409) is refused, bank


async def test_a_product_that_the_fund_does_not_cover_gets_no_cover(county: County) -> None:
    content = fengjie()
    uncovered = {"value": False, "assumed": True, "reason": "Set by the test."}
    farm = {
        "code": "farm",
        "name": {"zh": "农户贷款", "en": "Farm loan"},
        "lending": {"covered_by_fund": uncovered},
    }
    await county.confirm_pack({**content, "products": [farm]}, version=2)
    await county.open_fund("10000.00")
    answer = await county.reserve([(new_id(), "1.00")], product_code="farm")
    assert refusal(answer) == (409, "product-not-covered")
    assert (await county.reserve([(new_id(), "1.00")])).status_code == 201
