"""Recoveries that the bank took back: every party's part goes, and what the fund had got is owed back to the bank."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.riskfund.claims.rules.compensation import LossShares, loss_shares
from services.riskfund.recoveries.rules.split import left_of_fund_share, recovery_shares
from services.riskfund.tests.county import County, refusal
from services.riskfund.tests.lending import Loan
from services.riskfund.tests.test_fund_movements import decide, propose
from services.riskfund.tests.test_loss_rules import RATIOS, three
from shared.access import Role
from shared.events.base import Event
from shared.events.received import Received
from shared.ids import new_id
from shared.money import ZERO
from shared.policy.terms import CompensationRule

FEN = Decimal("0.01")
STEPS = st.lists(st.tuples(st.integers(1, 700), st.booleans(), st.integers(0, 9)), min_size=1, max_size=9)


@given(loss=st.integers(1, 2_000), steps=STEPS, ratio=RATIOS)
def test_after_every_recovery_and_every_one_taken_back_all_are_split_like_one_sum(
    loss: int, steps: list[tuple[int, bool, int]], ratio: CompensationRule
) -> None:
    """A step records a recovery, whose part comes back or not; or, where that is possible, takes one back."""
    borne, net = FEN * loss, ZERO
    parts, fund_has, fund_gets = LossShares(ZERO, ZERO, ZERO), ZERO, ZERO
    counted: list[tuple[Decimal, Decimal, bool]] = []
    for amount, comes_back, which in steps:
        if which < len(counted):
            taken, share, returned = counted.pop(which)
            back = recovery_shares(taken, net - taken, borne, ratio)
            assert min(back.fund, back.bank, back.guarantor, back.beyond_loss) >= 0
            due, owes = left_of_fund_share(share, back.fund, returned=returned)
            assert min(due, owes) == 0
            fund_has, fund_gets, sign = fund_has - owes, fund_gets + due - (ZERO if returned else share), -1
        else:
            taken = FEN * amount
            back = recovery_shares(taken, net, borne, ratio)
            counted.append((taken, back.fund, comes_back))
            fund_has += back.fund if comes_back else ZERO
            fund_gets, sign = fund_gets + (ZERO if comes_back else back.fund), 1
        net += sign * taken
        parts = LossShares(
            parts.fund + sign * back.fund, parts.bank + sign * back.bank, parts.guarantor + sign * back.guarantor
        )
        assert parts == loss_shares(min(net, borne), ratio)
        assert fund_has + fund_gets == parts.fund, "returned, less owed back, and due: the fund's part to the fen"


@pytest.mark.clause("LG-40(c)")
def test_one_of_forty_recoveries_taken_back_leaves_everyone_its_part_to_the_fen() -> None:
    loss, ratio, amount = Decimal("50705.90"), three("0.80", "0.20", "0"), Decimal("1267.65")
    back = recovery_shares(amount, loss - amount, loss, ratio)
    assert (back.fund, back.bank) == (Decimal("1014.12"), Decimal("253.53"))
    rest = loss_shares(loss - amount, ratio)
    assert (rest.fund + back.fund, rest.bank + back.bank) == (Decimal("40564.72"), Decimal("10141.18"))


@pytest.fixture
async def compensated(county: County) -> tuple[County, Loan, str]:
    await county.open_fund()
    loan = await county.default()
    return county, loan, (await county.compensate(loan))["id"]


async def shown(county: County, recovery: Received[Event]) -> dict[str, Any]:
    items = (await county.get("/recoveries", Role.AUDITOR)).json()["items"]
    wanted = str(recovery.event.recovery_id)  # type: ignore[attr-defined]
    found: dict[str, Any] = next(item for item in items if item["id"] == wanted)
    return found


async def report(county: County, on: str = "2018-12-31") -> dict[str, Any]:
    found: dict[str, Any] = (await county.get(f"/reports/riskfund?region_code={county.code}&as_of={on}")).json()
    return found


async def test_what_was_not_returned_is_owed_no_more_and_the_next_is_split_without_it(
    compensated: tuple[County, Loan, str],
) -> None:
    county, loan, claim_id = compensated
    wrong = county.recovered(loan, claim_id, "1000.03")
    await county.service.deliver_all([wrong, county.recovery_reversed(loan, wrong)])
    gone = await shown(county, wrong)
    assert (gone["state"], gone["fund_due"], gone["fund_owes"], gone["principal"]) == (
        "reversed",
        "0.00",
        "0.00",
        "0.00",
    )
    assert gone["reversed_on"] == "2018-09-20"
    assert refusal(await county.give_back(gone["id"], "800.02")) == (409, "recovery-already-returned")
    right = county.recovered(loan, claim_id, "51000.01")
    await county.service.deliver_all([right])
    whole = await shown(county, right)
    assert (whole["fund_share"], whole["bank_share"], whole["beyond_loss"]) == ("40800.00", "10200.01", "0.00")
    totals = await report(county)
    assert (totals["recoveries"], totals["recovered"], totals["fund_share_due"]) == (1, "51000.01", "40800.00")


@pytest.mark.clause("LG-40(c)")
async def test_what_the_fund_had_got_is_paid_back_by_two_persons_from_its_account(
    compensated: tuple[County, Loan, str],
) -> None:
    county, loan, claim_id = compensated
    wrong = county.recovered(loan, claim_id, "1000.00")
    await county.service.deliver_all([wrong])
    recovery_id = (await shown(county, wrong))["id"]
    early = await propose(county, "recovery_back", "800.00", "2018-09-21", recovery_id=recovery_id)
    assert refusal(early) == (409, "nothing-owed-back")
    assert (await county.give_back(recovery_id, "800.00")).status_code == 201
    reversal = county.recovery_reversed(loan, wrong)
    await county.service.deliver_all([reversal, reversal])  # a repeated event changes nothing
    owed = await shown(county, wrong)
    assert (owed["state"], owed["fund_owes"], owed["fund_owes_by"]) == ("owed_back", "800.00", "2018-09-28")
    assert (await county.fund())["returned"] == "800.00", "nothing leaves the account by an event"
    assert [(await report(county, on))["fund_owes_banks_late"] for on in ("2018-09-28", "2018-09-29")] == [
        "0.00",
        "800.00",
    ]

    named = {"recovery_id": recovery_id}
    for amount, day, code in (
        ("799.99", "2018-09-21", (409, "owed-back-exactly")),
        ("800.00", "2018-09-19", (422, "date-before-step")),
    ):
        assert refusal(await propose(county, "recovery_back", amount, day, **named)) == code
    assert (await propose(county, "recovery_back", "800.00", "2018-09-21")).status_code == 422
    waiting = (await propose(county, "recovery_back", "800.00", "2018-09-21", **named)).json()
    twice = await propose(county, "recovery_back", "800.00", "2018-09-21", **named)
    assert refusal(twice) == (409, "nothing-owed-back")
    own = await decide(county, waiting["id"], role=Role.FINANCE_BUREAU, subject="proposer", decided_on="2018-09-22")
    assert refusal(own) == (403, "maker-is-checker")
    booked = await decide(county, waiting["id"], decided_on="2018-09-22")
    assert (booked.status_code, booked.json()["state"]) == (201, "booked"), booked.text
    paid = await shown(county, wrong)
    assert (paid["state"], paid["fund_owes"], paid["paid_back_on"]) == ("paid_back", "0.00", "2018-09-21")
    fund = await county.fund()
    assert (fund["returned"], fund["balance"]) == ("0.00", "49959200.00")
    entries = (await county.get(f"/funds/{county.fund_id}/entries")).json()["items"]
    assert [(entry["kind"], entry["entered_on"]) for entry in entries][-2:] == [
        ("recovery", "2018-09-05"),
        ("recovery_back", "2018-09-21"),
    ]
    totals = await report(county)
    assert (totals["recovered"], totals["fund_share_returned"], totals["fund_owes_banks"]) == ("0.00", "0.00", "0.00")


async def test_the_fund_pays_back_no_more_than_banks_have_returned(compensated: tuple[County, Loan, str]) -> None:
    county, loan, claim_id = compensated
    first, second = county.recovered(loan, claim_id, "0.01"), county.recovered(loan, claim_id, "0.01")
    # of 0.01 nothing is the fund's, of 0.02 one fen: it came with the second, and goes with either
    await county.service.deliver_all([first, second, county.recovery_reversed(loan, first)])
    owed = await shown(county, first)
    assert (owed["fund_owes"], (await shown(county, second))["fund_due"]) == ("0.01", "0.01")
    body = {"recovery_id": owed["id"]}
    low = await propose(county, "recovery_back", "0.01", "2018-09-21", **body)
    assert refusal(low) == (409, "fund-too-low-to-pay-back")
    assert (await county.give_back((await shown(county, second))["id"], "0.01")).status_code == 201
    assert (await propose(county, "recovery_back", "0.01", "2018-09-21", **body)).status_code == 201


async def test_what_had_gone_beyond_the_loss_is_the_funds_again(compensated: tuple[County, Loan, str]) -> None:
    county, loan, claim_id = compensated
    first, second = county.recovered(loan, claim_id, "40000.00"), county.recovered(loan, claim_id, "20000.00")
    await county.service.deliver_all([first, second])
    late = await shown(county, second)
    assert (late["fund_share"], late["beyond_loss"]) == ("8800.00", "8999.99")
    await county.service.deliver_all([county.recovery_reversed(loan, first, reopened=True)])
    # 20000.00 are recovered: 16000.00 are the fund's, of which the second's 8800.00 is due by itself
    still = await shown(county, first)
    assert (still["state"], still["fund_due"], still["reversed_on"]) == ("open", "7200.00", "2018-09-20")
    assert refusal(await county.give_back(still["id"], "32000.00")) == (409, "return-amount-wrong")
    assert (await county.give_back(still["id"], "7200.00")).json()["state"] == "returned"
    totals = await report(county)
    assert (totals["fund_share_due"], totals["fund_share_returned"], totals["recovered_beyond_loss"]) == (
        "8800.00",
        "7200.00",
        "0.00",
    )


async def test_a_loan_that_it_closed_is_compensated_again(compensated: tuple[County, Loan, str]) -> None:
    county, loan, claim_id = compensated
    last = county.recovered(loan, claim_id, "51000.01")
    state = "SELECT state, closed_on IS NULL FROM covered_loan WHERE loan_id = $1"
    await county.service.deliver_all([last, county.closed(loan)])
    assert tuple((await county.service.database.pool.fetchrow(state, loan.loan_id)) or ()) == ("closed", False)
    await county.service.deliver_all([county.recovery_reversed(loan, last, reopened=True)])
    assert tuple((await county.service.database.pool.fetchrow(state, loan.loan_id)) or ()) == ("compensated", True)
    assert (await county.fund())["exposure"] == "0.00"


async def test_a_reversal_that_comes_before_its_recovery_waits(compensated: tuple[County, Loan, str]) -> None:
    county, loan, claim_id = compensated
    recovery = county.recovered(loan, claim_id, "10.00")
    reversal = county.recovery_reversed(loan, recovery)
    await county.service.deliver_all([reversal])
    assert (await county.get("/recoveries", Role.AUDITOR)).json()["items"] == []
    await county.service.deliver_all([recovery])
    assert (await shown(county, recovery))["state"] == "reversed"


async def test_one_that_the_fund_never_heard_of_is_looked_at(compensated: tuple[County, Loan, str]) -> None:
    county, loan, claim_id = compensated
    unheard = county.recovered(loan, claim_id, "10.00")
    loan.version -= 1
    with pytest.raises(AssertionError, match="RecoveryBeforePayment"):
        await county.service.deliver_all([county.recovery_reversed(loan, unheard)])


async def test_a_bank_sees_what_is_owed_back_to_it_alone(compensated: tuple[County, Loan, str]) -> None:
    county, loan, claim_id = compensated
    wrong = county.recovered(loan, claim_id, "1000.00")
    await county.service.deliver_all([wrong])
    assert (await county.give_back((await shown(county, wrong))["id"], "800.00")).status_code == 201
    await county.service.deliver_all([county.recovery_reversed(loan, wrong)])
    for bank, count in (("cqrcb", 1), ("abc", 0)):
        answer = await county.get("/recoveries?state=owed_back", Role.BANK, organisation=bank)
        assert len(answer.json()["items"]) == count, bank
    unknown = await propose(county, "recovery_back", "1.00", "2018-09-21", recovery_id=str(new_id()))
    assert refusal(unknown) == (409, "nothing-owed-back")
    assert date.fromisoformat((await shown(county, wrong))["fund_owes_by"]) == date(2018, 9, 28)
