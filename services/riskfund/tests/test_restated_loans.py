"""Loans that lending corrects, and defaults that stand no more: exposure, and the claims that rested on them."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.riskfund.claims.refusals import ReviewOutcomeImpossible
from services.riskfund.claims.rules.approval import State
from services.riskfund.claims.rules.ground import Follows, Gone, Outcome, concluded, ensure_possible, what_follows
from services.riskfund.tests.county import County, refusal
from services.riskfund.tests.lending import Loan
from shared.access import Role
from shared.events.base import Event
from shared.events.received import Received
from shared.events.riskfund import ClaimVoided, InsuranceClaimWithdrawn
from shared.ids import new_id


async def arrive(county: County, *events: Received[Event]) -> None:
    for event in events:
        await county.service.deliver_all([event])


async def exposure(county: County) -> str:
    shown: str = (await county.fund())["exposure"]
    return shown


async def exceptions(county: County) -> list[tuple[str, Decimal]]:
    rows = await county.service.database.pool.fetch("SELECT kind, amount FROM cover_exception ORDER BY id")
    return [(row["kind"], row["amount"]) for row in rows]


async def claim_of(county: County, claim_id: str) -> dict[str, Any]:
    shown: dict[str, Any] = (await county.get(f"/claims/{claim_id}", Role.FUND_COMMITTEE)).json()
    return shown


async def filed(county: County, loan: Loan) -> str:
    answer = await county.file(loan)
    assert answer.status_code == 201, answer.text
    claim_id: str = answer.json()["id"]
    return claim_id


async def approved(county: County, loan: Loan) -> str:
    claim_id = await filed(county, loan)
    await county.decide(claim_id, "member-1")
    assert (await county.decide(claim_id, "member-2")).json()["state"] == "approved"
    return claim_id


async def test_exposure_is_what_is_owed_now(open_county: County) -> None:
    county = open_county
    loan = await county.lend("50000.00")
    await arrive(
        county, county.repaid(loan, "20000.00", "100.00"), county.restated(loan, "active", "45000.00", "80.00")
    )
    assert await exposure(county) == "45000.00"
    row = await county.service.database.pool.fetchrow("SELECT outstanding, interest_repaid FROM covered_loan")
    assert row is not None
    assert tuple(row) == (Decimal("45000.00"), Decimal("80.00"))
    await arrive(county, county.repaid(loan, "45000.00"), county.closed(loan), county.restated(loan, "closed", "0.00"))
    assert await exposure(county) == "0.00"
    assert await exceptions(county) == []


@pytest.mark.parametrize(("others", "beyond"), [(1, None), (2, "50000.00")])
async def test_a_loan_that_is_opened_again_is_covered_again_or_named_beyond_cover(
    county: County, others: int, beyond: str | None
) -> None:
    await county.open_fund("10000.00")
    loan = await county.lend("50000.00")
    await arrive(county, county.repaid(loan, "50000.00"), county.closed(loan))
    for _ in range(others):
        await county.lend("50000.00")
    await arrive(county, county.restated(loan, "active", "50000.00"))
    assert await exposure(county) == f"{50000 * (others + 1)}.00"
    assert await exceptions(county) == ([] if beyond is None else [("reopened-beyond-cover", Decimal(beyond))])


async def test_a_claim_that_nobody_decided_is_void_with_its_default(open_county: County) -> None:
    county = open_county
    loan = await county.lend()
    await county.insure(loan)
    await arrive(county, county.defaulted(loan))
    claim_id = await filed(county, loan)
    await arrive(county, county.lifted(loan))
    claim = await claim_of(county, claim_id)
    assert (claim["state"], claim["voided_on"], claim["void_cause"]) == ("voided", "2018-07-02", "default_withdrawn")
    assert claim["insurance_requests"][0]["ended_on"] == "2018-07-02"
    assert refusal(await county.answer(claim_id, "100.00")) == (409, "no-answer-awaited")
    assert refusal(await county.decide(claim_id, "member-1")) == (409, "claim-not-to-decide")
    assert refusal(await county.file(loan)) == (409, "loan-not-in-default")
    published = [(name, data, version) for name, data, version, _ in await county.service.outbox()][-2:]
    assert [(name, version) for name, _, version in published] == [
        ("insurance-claim-withdrawn", 2),
        ("claim-voided", 3),
    ]
    InsuranceClaimWithdrawn.model_validate(published[0][1], strict=False)
    ClaimVoided.model_validate(published[1][1], strict=False)


async def test_a_default_confirmed_anew_is_claimed_anew(open_county: County) -> None:
    county = open_county
    loan = await county.default()
    await filed(county, loan)
    await arrive(county, county.lifted(loan, "cured"))
    loan.report_id = new_id()
    await arrive(county, county.defaulted(loan))
    assert (await county.file(loan)).status_code == 201


async def test_a_cure_that_is_taken_back_lets_the_default_be_claimed(open_county: County) -> None:
    county = open_county
    loan = await county.default()
    await arrive(county, county.lifted(loan, "cured"))
    assert refusal(await county.file(loan)) == (409, "loan-not-in-default")
    await arrive(county, county.restated(loan, "defaulted", "50000.00"))
    assert (await county.file(loan)).status_code == 201


@pytest.mark.clause("LG-39")
async def test_an_approved_claim_is_void_when_two_persons_say_so(open_county: County) -> None:
    county = open_county
    loan = await county.default()
    claim_id = await approved(county, loan)
    await arrive(county, county.lifted(loan, "cured"))
    assert refusal(await county.pay(claim_id, on="2018-07-05")) == (409, "claim-under-review")
    assert refusal(await county.decide(claim_id, "member-3", "refuse", "2018-07-05")) == (409, "claim-under-review")
    listed = (await county.get("/claims?under_review=true", Role.AUDITOR)).json()["items"]
    assert [each["id"] for each in listed] == [claim_id]
    one = (await county.review(claim_id, "member-1")).json()
    assert (one["state"], one["reviews"][0]["outcome"]) == ("approved", None)
    assert refusal(await county.review(claim_id, "member-1")) == (409, "already-decided")
    two = (await county.review(claim_id, "member-2")).json()
    assert (two["state"], two["void_cause"]) == ("voided", "default_cured")
    assert (two["reviews"][0]["outcome"], two["reviews"][0]["concluded_on"]) == ("void", "2018-07-05")
    assert [each["person"] for each in two["reviews"][0]["answers"]] == ["member-1", "member-2"]
    assert (await county.get("/claims?under_review=true", Role.AUDITOR)).json()["items"] == []


@pytest.mark.clause("LG-39")
async def test_a_paid_claim_stays_as_it_was_decided_and_two_persons_look_at_it(open_county: County) -> None:
    county = open_county
    loan = await county.default()
    claim = await county.compensate(loan)
    await arrive(county, county.lifted(loan))
    for member in ("member-1", "member-2"):
        answered = (await county.review(claim["id"], member, "return_due")).json()
    assert (answered["state"], answered["fund_amount"]) == ("paid", claim["fund_amount"])
    assert (answered["reviews"][0]["cause"], answered["reviews"][0]["outcome"]) == ("default_withdrawn", "return_due")
    assert await exposure(county) == "0.00"


async def test_answers_to_reviews_that_cannot_be_are_refused(open_county: County) -> None:
    county = open_county
    loan = await county.default()
    claim_id = (await county.file(loan, subject="many-hats-1")).json()["id"]
    assert refusal(await county.review(claim_id, "member-1")) == (409, "claim-not-under-review")
    await county.decide(claim_id, "member-1")
    await county.decide(claim_id, "member-2")
    await arrive(county, county.lifted(loan))
    assert refusal(await county.review(claim_id, "member-1", "stands")) == (409, "review-outcome-impossible")
    assert refusal(await county.review(claim_id, "many-hats-1")) == (403, "maker-is-checker")
    assert refusal(await county.review(claim_id, "member-1", on="2018-07-01")) == (422, "date-before-step")
    body = {"outcome": "void", "answered_on": "2018-07-05", "reason": "x"}
    stranger = await county.post(f"/claims/{claim_id}/review-answers", body, Role.TOWNSHIP)
    assert refusal(stranger) == (403, "other-office")


async def test_money_of_an_insurer_is_looked_at_before_a_claim_is_void(open_county: County) -> None:
    county = open_county
    loan = await county.lend()
    await county.insure(loan)
    await arrive(county, county.defaulted(loan))
    claim_id = await filed(county, loan)
    await county.answer(claim_id, "30000.00")
    await arrive(county, county.lifted(loan))
    claim = await claim_of(county, claim_id)
    assert (claim["state"], claim["reviews"][0]["cause"]) == ("deciding", "default_withdrawn")


async def test_a_loan_that_is_repaid_leaves_nothing_to_compensate(open_county: County) -> None:
    county = open_county
    loan = await county.default()
    claim_id = await filed(county, loan)
    await arrive(county, county.repaid(loan, "50000.00"), county.closed(loan))
    claim = await claim_of(county, claim_id)
    assert (claim["state"], claim["void_cause"]) == ("voided", "loan_repaid")


async def test_a_correction_after_compensation_is_noted_and_looked_at(open_county: County) -> None:
    county = open_county
    loan = await county.default()
    claim = await county.compensate(loan)
    await arrive(county, county.restated(loan, "defaulted", "48000.00"))
    assert await exposure(county) == "0.00"
    assert await exceptions(county) == [("repaid-after-compensation", Decimal("2000.00"))]
    assert (await claim_of(county, claim["id"]))["reviews"][0]["cause"] == "account_restated"


async def test_a_claim_with_other_figures_is_refused_and_filed_again(open_county: County) -> None:
    county = open_county
    loan = await county.default()
    claim_id = await filed(county, loan)
    await arrive(county, county.restated(loan, "defaulted", "48000.00", "400.00"))
    assert refusal(await county.decide(claim_id, "member-1")) == (409, "claim-out-of-date")
    await county.decide(claim_id, "member-1", "refuse")
    again = (await county.file(loan, "2018-07-03")).json()
    assert (again["principal"], again["interest"]) == ("48000.00", "600.01")


async def test_a_default_that_names_too_little_is_reported_anew(open_county: County) -> None:
    county = open_county
    loan = await county.lend()
    await arrive(county, county.repaid(loan, "5000.00"), county.defaulted(loan))
    await arrive(county, county.restated(loan, "defaulted", "50000.00"))
    assert refusal(await county.file(loan, "2018-07-03")) == (409, "default-out-of-date")


@pytest.mark.clause("LG-39")
@pytest.mark.parametrize(
    ("state", "insured", "gone", "follows"),
    [
        (State.DECIDING, "0.00", Gone.DEFAULT_CURED, Follows.VOIDED),
        (State.AWAITING_INSURER, "0.00", Gone.LOAN_REPAID, Follows.VOIDED),
        (State.DECIDING, "0.01", Gone.DEFAULT_CURED, Follows.REVIEWED),
        (State.APPROVED, "0.00", Gone.DEFAULT_WITHDRAWN, Follows.REVIEWED),
        (State.APPROVED, "0.00", Gone.ACCOUNT_RESTATED, Follows.NOTHING),
        (State.PAID, "0.00", Gone.DEFAULT_REOPENED, Follows.REVIEWED),
        (State.PAID, "0.00", Gone.ACCOUNT_RESTATED, Follows.REVIEWED),
        (State.PAID, "0.00", Gone.LOAN_REPAID, Follows.NOTHING),
        (State.REFUSED, "0.00", Gone.DEFAULT_CURED, Follows.NOTHING),
    ],
)
def test_what_follows_when_a_claims_ground_is_gone(state: State, insured: str, gone: Gone, follows: Follows) -> None:
    assert what_follows(state, Decimal(insured), gone) is follows


def test_two_persons_must_say_the_same() -> None:
    assert concluded({"a": "stands", "b": "return_due"}) is None
    assert concluded({"a": "stands", "b": "return_due", "c": "return_due"}) is Outcome.RETURN_DUE
    with pytest.raises(ReviewOutcomeImpossible):
        ensure_possible(State.PAID, Outcome.VOID)


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[str], list[int]]:
    """Return what happens to a loan after it is paid out, and which of it arrive first; all arrive in the end."""
    steps = draw(st.lists(st.sampled_from(("repaid", "less", "all", "closed", "defaulted", "lifted")), max_size=6))
    return steps, draw(st.lists(st.integers(0, len(steps)), max_size=12))


def _events(county: County, loan: Loan, steps: list[str]) -> list[Received[Event]]:
    published = [county.disbursed(loan)]
    for step in steps:
        if step == "less":
            published.append(county.restated(loan, "active", "31000.00", "7.00"))
        elif step == "all":
            published.append(county.restated(loan, "defaulted", "50000.00"))
        elif step == "closed":
            published.append(county.restated(loan, "closed", "0.00"))
        elif step == "repaid" and loan.outstanding > 100:
            published.append(county.repaid(loan, "100.00", "1.00"))
        elif step == "lifted":
            published.append(county.lifted(loan))
        elif loan.outstanding:
            loan.report_id = new_id()
            published.append(county.defaulted(loan))
    return published


_LOAN = """
SELECT l.state, l.outstanding, l.interest_repaid, l.closed_on,
       (SELECT array_agg(coalesce(d.lift_cause, '') ORDER BY d.lift_cause) FROM loan_default d
        WHERE d.loan_id = l.loan_id)
FROM covered_loan l WHERE l.loan_id = $1
"""


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives())
async def test_any_order_and_repetition_of_a_loans_events_ends_alike(
    open_county: County, life: tuple[list[str], list[int]]
) -> None:
    county, (steps, order) = open_county, life
    pool, before = county.service.database.pool, Decimal(await exposure(open_county))
    straight, mixed = county.loan(), county.loan()
    await arrive(county, *_events(county, straight, steps))
    one = Decimal(await exposure(county)) - before
    published = _events(county, mixed, steps)
    await arrive(county, *(published[place] for place in order if place < len(published)), *reversed(published))
    found = [await pool.fetchrow(_LOAN, each.loan_id) for each in (straight, mixed)]
    assert found[0] == found[1]
    assert found[0] is not None
    assert found[0]["outstanding"] == one == Decimal(await exposure(county)) - before - one


async def test_interest_that_the_bank_remits_is_not_claimed(open_county: County) -> None:
    county = open_county
    loan = await county.lend()
    await arrive(county, county.defaulted(loan, interest="1000.01", surcharge="29.33"))
    claim_id = await filed(county, loan)
    claimed = await claim_of(county, claim_id)
    remitted = {"interest_remitted": "400.00", "penalty_remitted": "30.00", "surcharge_remitted": "10.00"}
    await arrive(county, county.restated(loan, "defaulted", "50000.00", remitted=remitted))
    assert refusal(await county.decide(claim_id, "member-1")) == (409, "claim-out-of-date")
    await county.decide(claim_id, "member-1", "refuse")
    again = (await county.file(loan, "2018-07-03")).json()
    assert Decimal(claimed["interest"]) - Decimal(again["interest"]) == Decimal("420.00")
    assert Decimal(claimed["late_interest"]) - Decimal(again["late_interest"]) == Decimal("20.00")
