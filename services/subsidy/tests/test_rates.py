"""Reference rates are proposed by one national officer and published by another; what was published stays."""

import csv
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from services.subsidy.tests.county import (
    Lender,
    Loan,
    ask,
    confirmed,
    deliver,
    lend,
    look,
    open_programme,
    pack,
    prepare,
)
from services.subsidy.tests.test_due_sql import CAPPED, SETTLE_FIRST
from shared.access import Role
from shared.events.subsidy import ReferenceRatePublished
from shared.testing.service import ServiceUnderTest

HISTORY = Path(__file__).resolve().parents[3] / "data" / "reference_rates.csv"
BENCHMARK = {"basis": "PBOC_BENCHMARK", "effective_from": "2015-10-24"}
RATES = {"up_to_1y": "4.35", "over_1y_to_5y": "4.75", "over_5y": "4.90"}
MAKER = {"region": "", "subject": "maker"}
CHECKER = {"region": "", "subject": "checker"}


async def _propose(subsidy: ServiceUnderTest, *rates: dict[str, Any], expect: int = 201, **who: str) -> dict[str, Any]:
    body = {"rates": list(rates)}
    return await ask(subsidy, "/reference-rate-proposals", Role.CENTRAL_BANK, body, expect=expect, **{**MAKER, **who})


async def _decide(
    subsidy: ServiceUnderTest, proposal: str, decision: str = "confirm", *, expect: int = 201, **more: Any
) -> dict[str, Any]:
    who: dict[str, str] = {**CHECKER, **{key: more.pop(key) for key in ("region", "subject") if key in more}}
    body = {"decision": decision, "reason": "与公告核对一致", **more}
    path = f"/reference-rate-proposals/{proposal}/decisions"
    return await ask(subsidy, path, Role.FINANCE_BUREAU, body, expect=expect, **who)


REASON = "与公告不符，误录"


async def _correct(subsidy: ServiceUnderTest, *rates: dict[str, Any], expect: int = 201) -> dict[str, Any]:
    body = {"rates": list(rates), "reason": REASON}
    return await ask(subsidy, "/reference-rate-proposals", Role.CENTRAL_BANK, body, expect=expect, **MAKER)


async def _publish(subsidy: ServiceUnderTest, *rates: dict[str, Any]) -> dict[str, Any]:
    return await _decide(subsidy, (await _propose(subsidy, *rates))["id"])


async def test_the_real_history_is_published_with_an_event_for_each_row(subsidy: ServiceUnderTest) -> None:
    with HISTORY.open(encoding="utf-8") as file:
        rows = [{key: value or None for key, value in row.items()} for row in csv.DictReader(file)]
    rates = [{"basis": row.pop("kind"), **row} for row in rows]
    assert (await _publish(subsidy, *rates))["state"] == "confirmed"
    again = await _propose(subsidy, *rates, expect=409)
    assert (again["code"], again["values"]["count"]) == ("nothing-to-publish", len(rates))
    events = await subsidy.outbox()
    assert len(events) == len(rates)
    assert {(name, version, region) for name, _, version, region in events} == {("reference-rate-published", 1, "00")}
    for _, data, _, _ in events:
        ReferenceRatePublished.model_validate_json(json.dumps(data))
    shown = await look(subsidy, "/reference-rates?basis=LPR&limit=2")
    assert [row["up_to_1y"] for row in shown["items"]] == ["4.25", "4.2"]
    assert {(row["proposed_by"], row["published_by"]) for row in shown["items"]} == {("maker", "checker")}
    assert shown["next"]


@pytest.mark.clause("DZ-1b")
async def test_nobody_sees_a_rate_before_a_second_officer_has_confirmed_it(subsidy: ServiceUnderTest) -> None:
    proposed = await _propose(subsidy, BENCHMARK | RATES)
    assert (proposed["state"], proposed["proposed_by"], proposed["decided_by"]) == ("proposed", "maker", None)
    assert (await look(subsidy, "/reference-rates"))["items"] == []
    assert await subsidy.outbox() == []
    own = await _decide(subsidy, proposed["id"], subject="maker", expect=403)
    assert own["code"] == "maker-is-checker"
    done = await _decide(subsidy, proposed["id"])
    assert (done["state"], done["decided_by"], done["reason"]) == ("confirmed", "checker", "与公告核对一致")
    assert len((await look(subsidy, "/reference-rates"))["items"]) == len(await subsidy.outbox()) == 1
    again = await _decide(subsidy, proposed["id"], "reject", expect=409)
    assert (again["code"], again["values"]["state"]) == ("reference-rate-proposal-decided", "confirmed")


async def test_an_officer_of_a_county_or_township_neither_proposes_nor_confirms(subsidy: ServiceUnderTest) -> None:
    """One finance officer of one township could fix the ceiling of every county: 0.01 % from 20 December."""
    wrong = {"basis": "LPR", "effective_from": "2026-12-20", "up_to_1y": "0.01", "over_5y": "0.01"}
    for region in ("500236001", "500236", "50"):
        assert (await _propose(subsidy, wrong, region=region, expect=403))["code"] == "rates-are-national"
    proposal = (await _propose(subsidy, BENCHMARK | RATES))["id"]
    assert (await _decide(subsidy, proposal, region="500236", expect=403))["code"] == "rates-are-national"
    listed = await subsidy.client.get(
        "/api/v1/reference-rate-proposals", headers=subsidy.headers(Role.FINANCE_BUREAU, region="500236")
    )
    assert (listed.status_code, listed.json()["code"]) == (403, "rates-are-national")
    admin = await ask(subsidy, "/reference-rate-proposals", Role.ADMIN, {"rates": [wrong]}, expect=403, **MAKER)
    assert admin["code"] == "right-missing"
    assert await subsidy.outbox() == []


async def test_a_rejected_proposal_makes_room_for_the_right_one(subsidy: ServiceUnderTest) -> None:
    wrong = await _propose(subsidy, BENCHMARK | RATES | {"up_to_1y": "4.53"})
    waiting = await _propose(subsidy, BENCHMARK | RATES, expect=409)
    assert (waiting["code"], waiting["values"]["proposal_id"]) == ("reference-rate-proposed", wrong["id"])
    assert (await _decide(subsidy, wrong["id"], "reject"))["state"] == "rejected"
    right = await _propose(subsidy, BENCHMARK | RATES, subject="checker")
    await _decide(subsidy, right["id"], subject="maker")
    (shown,) = (await look(subsidy, "/reference-rates"))["items"]
    assert (shown["up_to_1y"], shown["proposed_by"], shown["published_by"]) == ("4.35", "checker", "maker")
    national = {"region": ""}
    states = [
        row["state"]
        for row in (await look(subsidy, "/reference-rate-proposals", Role.CENTRAL_BANK, **national))["items"]
    ]
    assert states == ["rejected", "confirmed"]
    open_ones = await look(subsidy, "/reference-rate-proposals?state=proposed", Role.CENTRAL_BANK, **national)
    assert open_ones["items"] == []
    unknown = await _decide(subsidy, "01a20122-0000-7000-8000-000000000000", expect=404)
    assert unknown["code"] == "reference-rate-proposal-unknown"


async def test_a_slipped_decimal_point_needs_both_officers_to_say_that_it_is_meant(subsidy: ServiceUnderTest) -> None:
    await _publish(subsidy, BENCHMARK | RATES)
    slipped = {"basis": "PBOC_BENCHMARK", "effective_from": "2026-06-01", "up_to_1y": "43.5", "over_5y": "6.90"}
    refused = await _propose(subsidy, slipped, expect=409)
    assert (refused["code"], refused["values"]["step_max"]) == ("reference-rate-unusual", "2.00")
    (step,) = refused["values"]["steps"]  # 6.90 is exactly two points from 4.90
    assert (step["tenor"], step["rate"], step["neighbour_from"], step["neighbour_rate"]) == (
        "up_to_1y",
        "43.5",
        "2015-10-24",
        "4.35",
    )
    meant = await _propose(subsidy, slipped | {"unusual_confirmed": True})
    assert meant["rates"][0]["unusual_confirmed"]
    assert (await _decide(subsidy, meant["id"], expect=409))["code"] == "reference-rate-unusual"
    assert (await look(subsidy, "/reference-rates?basis=PBOC_BENCHMARK"))["items"][-1]["up_to_1y"] == "4.35"
    assert (await _decide(subsidy, meant["id"], unusual_confirmed=True))["state"] == "confirmed"


async def test_a_back_dated_rate_is_compared_with_the_one_after_it(subsidy: ServiceUnderTest) -> None:
    await _publish(subsidy, BENCHMARK | RATES)
    early = BENCHMARK | {"effective_from": "2014-01-01", "up_to_1y": "6.36"}
    refused = await _propose(subsidy, early, expect=409)
    assert (refused["code"], refused["values"]["steps"][0]["neighbour_from"]) == (
        "reference-rate-unusual",
        "2015-10-24",
    )
    await _propose(subsidy, early | {"up_to_1y": "6.35"})


async def test_refuses_rates_that_contradict_what_is_published(subsidy: ServiceUnderTest) -> None:
    await _publish(subsidy, BENCHMARK | RATES)
    same = await _propose(subsidy, BENCHMARK | RATES | {"up_to_1y": "4.350"}, expect=409)
    assert same["code"] == "nothing-to-publish"
    refusal = await _propose(subsidy, BENCHMARK | RATES | {"up_to_1y": "4.30"}, expect=409)
    assert (refusal["code"], refusal["values"]["known"]) == ("reference-rate-contradicts", "4.35 % / 4.75 % / 4.9 %")
    twice = BENCHMARK | {"effective_from": "2016-01-01"}
    refusal = await _propose(subsidy, twice | RATES, twice | {"over_5y": "1"}, expect=409)
    assert refusal["code"] == "reference-rate-contradicts"
    partly = await _propose(subsidy, BENCHMARK | RATES, twice | RATES)
    assert (partly["already_published"], len(partly["rates"])) == (1, 1)
    assert len((await look(subsidy, "/reference-rates"))["items"]) == 1


async def test_the_database_keeps_two_persons_and_every_row_as_written(subsidy: ServiceUnderTest) -> None:
    await _publish(subsidy, BENCHMARK | RATES)
    pool = subsidy.database.pool
    with pytest.raises(asyncpg.CheckViolationError):
        await pool.execute(
            "INSERT INTO reference_rate "
            "  (rate_id, basis, effective_from, over_5y, proposal_id, proposed_by, published_by) "
            "SELECT gen_random_uuid(), 'LPR', '2019-08-20', 4.85, proposal_id, 'one', 'one' FROM reference_rate"
        )
    for table in ("reference_rate_proposal", "proposed_reference_rate", "reference_rate_decision", "reference_rate"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {_KEY[table]} = {_KEY[table]}"):
            with pytest.raises(asyncpg.PostgresError):
                await pool.execute(statement)


_KEY = {
    "reference_rate_proposal": "id",
    "proposed_reference_rate": "proposal_id",
    "reference_rate_decision": "proposal_id",
    "reference_rate": "rate_id",
}
NO_RATES: tuple[tuple[dict[str, Any], str], ...] = (
    ({"up_to_1y": 4.35}, "invalid-request"),
    ({"up_to_1y": "-1"}, "invalid-request"),
    ({"up_to_1y": "0"}, "invalid-request"),
    ({"basis": "LIBOR"}, "invalid-request"),
    ({"kind": "LPR"}, "invalid-request"),
    ({"up_to_1y": None, "over_1y_to_5y": None, "over_5y": None}, "reference-rate-empty"),
)


async def test_refuses_what_is_no_rate(subsidy: ServiceUnderTest) -> None:
    for change, code in NO_RATES:
        assert (await _propose(subsidy, BENCHMARK | RATES | change, expect=422))["code"] == code, change


@pytest.mark.clause("DZ-1b", "SX-5(b)")
async def test_a_batch_caps_the_rate_by_the_series_or_names_what_is_missing(subsidy: ServiceUnderTest) -> None:
    await subsidy.deliver(confirmed(pack((SETTLE_FIRST, CAPPED)), version=2))
    loan = Loan(pack_version=2)
    await lend(subsidy, loan, loan.paid("435.00"))
    programme = await open_programme(subsidy)
    refusal = await prepare(subsidy, programme, expect=409)
    assert (refusal["code"], refusal["clause"]) == ("cap-rate-missing", "DZ-1b")
    await _publish(subsidy, {"basis": "LPR", "effective_from": "2017-03-01", "up_to_1y": "9", "over_5y": "3.90"})
    batch = await prepare(subsidy, programme)
    assert (batch["amount"], batch["excluded"]) == ("390.00", {"above_cap": {"count": 1, "interest": "45.00"}})


async def test_a_correction_takes_the_place_of_what_was_published_and_keeps_it_readable(
    subsidy: ServiceUnderTest, lender: Lender
) -> None:
    await _publish(subsidy, BENCHMARK | RATES | {"up_to_1y": "4.53"})
    (wrong,) = (await look(subsidy, "/reference-rates"))["items"]
    correction = BENCHMARK | RATES | {"corrects": wrong["id"]}
    unreasoned = await _propose(subsidy, correction, expect=422)
    assert unreasoned["code"] == "invalid-request"
    proposed = await _correct(subsidy, correction)
    assert (proposed["correction_reason"], proposed["rates"][0]["corrects"]) == (REASON, wrong["id"])
    own = await _decide(subsidy, proposed["id"], subject="maker", expect=403)
    assert own["code"] == "maker-is-checker"
    await _decide(subsidy, proposed["id"])
    first, second = (await look(subsidy, "/reference-rates"))["items"]
    assert (first["id"], first["up_to_1y"], first["corrected_by"]) == (wrong["id"], "4.53", second["id"])
    assert (second["up_to_1y"], second["revision"], second["corrects"], second["corrected_by"]) == (
        "4.35",
        2,
        wrong["id"],
        None,
    )
    event = ReferenceRatePublished.model_validate((await subsidy.outbox())[-1][1], strict=False)
    assert (str(event.rate_id), event.revision) == (second["id"], 2)
    again = await _correct(subsidy, correction | {"up_to_1y": "4.30"}, expect=409)
    assert (again["code"], again["values"]["in_force"]) == ("corrected-publication-unknown", second["id"])
    same = await _correct(subsidy, BENCHMARK | RATES | {"corrects": second["id"]}, expect=409)
    assert same["code"] == "nothing-to-publish"


async def test_what_loans_would_change_is_shown_and_repeated_before_it_is_confirmed(
    subsidy: ServiceUnderTest, lender: Lender
) -> None:
    await _publish(subsidy, BENCHMARK | RATES | {"up_to_1y": "4.53"})
    (wrong,) = (await look(subsidy, "/reference-rates"))["items"]
    proposed = await _correct(subsidy, BENCHMARK | RATES | {"corrects": wrong["id"]})
    figures = {"loan_count": 14, "interest_before": "9100.00", "interest_after": "8700.00"}
    lender.consequences |= figures | {"kept_count": 2}
    path = f"/reference-rate-proposals/{proposed['id']}/consequences"
    shown = await look(subsidy, path, Role.CENTRAL_BANK, region="")
    assert (shown["loan_count"], shown["kept_count"], shown["items"]) == (14, 2, [])
    asked = lender.questions[-1]["publications"]
    assert [(each["basis"], each["effective_from"], each["up_to_1y"]) for each in asked] == [
        ("PBOC_BENCHMARK", "2015-10-24", "4.35")
    ]
    for seen in (None, figures | {"loan_count": 13}, figures | {"interest_after": "8700.01"}):
        unseen = await _decide(subsidy, proposed["id"], expect=409, consequences=seen)
        assert (unseen["code"], unseen["values"]) == ("rate-consequences-unseen", figures)
    assert len((await look(subsidy, "/reference-rates"))["items"]) == 1
    done = await _decide(subsidy, proposed["id"], consequences=figures)
    assert (done["state"], done["consequences"]["loan_count"]) == ("confirmed", 14)


async def test_a_publication_of_no_day_is_withdrawn_and_the_one_before_holds_again(subsidy: ServiceUnderTest) -> None:
    await _publish(subsidy, BENCHMARK | RATES)
    day = {"basis": "PBOC_BENCHMARK", "effective_from": "2016-06-01"}
    await _publish(subsidy, day | RATES | {"up_to_1y": "4.00"})
    wrong = (await look(subsidy, "/reference-rates"))["items"][-1]
    proposed = await _correct(subsidy, day | {"corrects": wrong["id"]})
    await _decide(subsidy, proposed["id"])
    last = (await look(subsidy, "/reference-rates"))["items"][-1]
    assert (last["revision"], last["up_to_1y"], last["over_5y"]) == (2, None, None)
    # The day is free: what was truly published for it comes as a correction of the correction.
    right = await _correct(subsidy, day | RATES | {"up_to_1y": "4.10", "corrects": last["id"]})
    assert (await _decide(subsidy, right["id"]))["state"] == "confirmed"


async def test_lending_is_asked_unless_nothing_can_rest_on_it(subsidy: ServiceUnderTest, lender: Lender) -> None:
    await _publish(subsidy, BENCHMARK | RATES)
    assert len(lender.questions) == 1
    await _publish(subsidy, BENCHMARK | RATES | {"effective_from": "2199-01-01"})
    rejected = await _propose(subsidy, BENCHMARK | RATES | {"effective_from": "2016-01-01"})
    await _decide(subsidy, rejected["id"], "reject")
    assert len(lender.questions) == 1


@pytest.mark.clause("DZ-1b")
async def test_a_batch_reads_the_corrected_cap(subsidy: ServiceUnderTest) -> None:
    await subsidy.deliver(confirmed(pack((SETTLE_FIRST, CAPPED)), version=2))
    loan = Loan(pack_version=2)
    await lend(subsidy, loan, loan.paid("435.00"))
    programme = await open_programme(subsidy)
    day = {"basis": "LPR", "effective_from": "2017-03-01"}
    await _publish(subsidy, day | {"up_to_1y": "9", "over_5y": "3.00"})
    wrong = (await look(subsidy, "/reference-rates?basis=LPR"))["items"][0]
    await _decide(subsidy, (await _correct(subsidy, day | {"over_5y": "3.90", "corrects": wrong["id"]}))["id"])
    batch = await prepare(subsidy, programme)
    assert (batch["amount"], batch["excluded"]) == ("390.00", {"above_cap": {"count": 1, "interest": "45.00"}})


@pytest.mark.clause("DZ-1b")
async def test_a_cap_measures_interest_by_the_rate_of_its_days(subsidy: ServiceUnderTest) -> None:
    """Cap 3.90 %: lent at 3.60 %, corrected to 4.50 % from 2017-12-20 on; older interest stays below the cap.

    The second part has 100 days of 3.60 and 300 of 4.50: 360 + 1 350 of it was borne, 360 + 1 170 lies below.
    """
    await subsidy.deliver(confirmed(pack((SETTLE_FIRST, CAPPED)), version=2))
    await _publish(subsidy, {"basis": "LPR", "effective_from": "2017-03-01", "up_to_1y": "9", "over_5y": "3.90"})
    loan = Loan(pack_version=2, annual_rate="3.60")
    old = loan.paid("360.00", period=(date(2017, 3, 1), date(2017, 9, 11)))
    both = loan.paid("171.00", period=(date(2017, 9, 11), date(2018, 10, 16)), number=2)
    await lend(subsidy, loan, old)
    rates = [(date(2017, 3, 1), "3.60"), (date(2017, 12, 20), "4.50")]
    await deliver(subsidy, loan, loan.restated(old, both, rates=rates))
    programme = await open_programme(subsidy)
    batch = await prepare(subsidy, programme)
    assert batch["excluded"]["above_cap"] == {"count": 1, "interest": "18.00"}
    kept = await subsidy.database.pool.fetch("SELECT from_on, annual_rate FROM account_rate ORDER BY 1")
    assert [tuple(row) for row in kept] == [(day, Decimal(rate)) for day, rate in rates]

    await deliver(subsidy, loan, loan.restated(old, both, rates=rates[:1]))  # it was right before
    assert await subsidy.database.pool.fetchval("SELECT count(*) FROM account_rate WHERE superseded_by IS NULL") == 0
    assert await subsidy.database.pool.fetchval("SELECT annual_rate FROM subsidy_account") == Decimal("3.60")
    for statement in ("UPDATE account_rate SET annual_rate = 1", "DELETE FROM account_rate"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await subsidy.database.pool.execute(statement)
