"""The pure rules of losses: waiting times, shares, the committee, the split of recoveries, postings."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.riskfund.claims.refusals import (
    AlreadyDecided,
    CauseNotCompensated,
    ClaimNotToDecide,
    ClaimTooEarly,
    OfficeDecided,
    PursuitNotStated,
)
from services.riskfund.claims.rules.approval import Decision, State, decide, ensure_decidable
from services.riskfund.claims.rules.compensation import (
    LossShares,
    claimable,
    ensure_waited,
    for_lender,
    guarantor_due_on,
    loss_shares,
)
from services.riskfund.funds.rules import postings
from services.riskfund.recoveries.rules.split import recovery_shares, return_due_on
from services.riskfund.tests.county import fengjie
from shared.errors import MakerIsChecker, Refusal
from shared.policy.losses import CommitteeTooSmall, LossRuleNotServed
from shared.policy.pack import PolicyPack
from shared.policy.terms import CompensationRule
from shared.policy.vocabulary import LossCause, LossParty, Office

MONEY = st.decimals("0.01", "100000", places=2)


@st.composite
def ratios(draw: st.DrawFn) -> CompensationRule:
    """Draw a pack's proportions between fund, bank and guarantor, and who takes the odd fen."""
    fund = draw(st.decimals("0", "1", places=4))
    bank = draw(st.decimals("0", 1 - fund, places=4))
    bank = draw(st.sampled_from([bank, Decimal(0), 1 - fund]))
    odd = draw(st.sampled_from(["bank", "fund", "guarantor"]))
    return three(str(fund), str(bank), str(1 - fund - bank), odd)


RATIOS = ratios()


def rule(**changes: object) -> CompensationRule:
    return PolicyPack.model_validate(fengjie(**changes)).compensation_rule()


def three(fund: str, bank: str, guarantor: str, odd: str = "bank") -> CompensationRule:
    """Return a rule with these proportions."""
    return replace(
        rule(),
        fund_share=Decimal(fund),
        bank_share=Decimal(bank),
        guarantor_share=Decimal(guarantor),
        odd_fen_to=LossParty(odd),
    )


def within_a_fen(parts: LossShares, whole: Decimal, ratio: CompensationRule) -> bool:
    """Return whether each part lies less than a fen from its exact share of the whole."""
    exact = {"fund": ratio.fund_share, "bank": ratio.bank_share, "guarantor": ratio.guarantor_share}
    return all(abs(getattr(parts, name) - whole * share) < Decimal("0.01") for name, share in exact.items())


def first_day(cause: LossCause, pursued_from: date | None = None) -> date:
    """Return the first day on which the rule lets a loss be claimed, found by trying."""
    for offset in range(800):
        day = date.fromordinal(date(2018, 1, 1).toordinal() + offset)
        try:
            ensure_waited(
                rule(),
                cause,
                day,
                matures_on=date(2018, 3, 31),
                overdue_from=date(2018, 1, 10),
                pursued_from=pursued_from,
            )
        except ClaimTooEarly:
            continue
        return day
    raise AssertionError("never")


@pytest.mark.clause("LG-21a")
def test_a_dead_borrowers_loan_is_claimed_three_months_after_maturity() -> None:
    assert first_day(LossCause.DEATH) == date(2018, 6, 30)


@pytest.mark.clause("LG-20b(c)")
def test_an_entrusted_loan_is_claimed_after_more_than_six_months_of_pursuit() -> None:
    assert first_day(LossCause.ENTRUSTED, date(2018, 1, 31)) == date(2018, 8, 1)


@pytest.mark.clause("LG-20b(c)")
def test_refuses_an_entrusted_loan_without_a_day_of_pursuit() -> None:
    with pytest.raises(PursuitNotStated):
        first_day(LossCause.ENTRUSTED)


@pytest.mark.clause("LG-20b(c)")
@pytest.mark.parametrize(("filed_on", "first_on"), [("2018-12-29", "2018-12-30"), ("2018-08-01", "2018-12-30")])
def test_the_pursuit_of_an_entity_shortens_no_other_wait(filed_on: str, first_on: str) -> None:
    with pytest.raises(ClaimTooEarly) as refused:
        ensure_waited(
            rule(),
            LossCause.DEATH,
            date.fromisoformat(filed_on),
            matures_on=date(2018, 9, 30),
            overdue_from=date(2018, 1, 10),
            pursued_from=date(2018, 1, 31),
            used_by_an_entity=True,
        )
    assert refused.value.values["first_on"] == first_on


@pytest.mark.parametrize(
    "cause", [LossCause.ILLNESS, LossCause.DISASTER, LossCause.BUSINESS_FAILURE, LossCause.MALICIOUS]
)
def test_other_losses_are_claimed_ninety_days_after_they_fell_overdue(cause: LossCause) -> None:
    assert first_day(cause) == date(2018, 4, 10)


@pytest.mark.clause("LG-20")
def test_refuses_a_cause_that_the_pack_does_not_name() -> None:
    waits = [{"cause": "death", "counts_from": "maturity", "months": 3}]
    with pytest.raises(CauseNotCompensated):
        ensure_waited(
            rule(compensation__waits=waits),
            LossCause.ILLNESS,
            date(2020, 1, 1),
            matures_on=date(2018, 1, 1),
            overdue_from=date(2018, 1, 1),
            pursued_from=None,
        )


@pytest.mark.clause("LG-21a")
def test_principal_and_overdue_interest_are_claimed() -> None:
    assert claimable(Decimal(50000), Decimal("1000.01"), rule()).amount == Decimal("51000.01")
    without = rule(compensation__covers_interest=False)
    assert claimable(Decimal(50000), Decimal("1000.01"), without).amount == Decimal(50000)


def test_refuses_rules_that_payments_cannot_carry() -> None:
    with pytest.raises(LossRuleNotServed):
        claimable(Decimal(1), Decimal(0), rule(compensation__covers_penalty=True))


@pytest.mark.clause("DZ-3(a)")
def test_government_bank_and_guarantor_share_by_the_packs_ratio() -> None:
    """Five tenths, two tenths, three tenths; the fund takes the odd fen only where the pack says so."""
    of_three = three("0.50", "0.20", "0.30")
    assert loss_shares(Decimal("50549.44"), of_three) == LossShares(
        fund=Decimal("25274.72"), bank=Decimal("10109.89"), guarantor=Decimal("15164.83")
    )
    assert loss_shares(Decimal("0.01"), of_three).fund == Decimal("0.00")
    assert loss_shares(Decimal("0.01"), three("0.50", "0.20", "0.30", "fund")).fund == Decimal("0.01")


@pytest.mark.clause("DZ-3(a)")
@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        (("0.50", "0.50", "0"), ("500.00", "500.01", "0.00")),
        (("0.50", "0", "0.50"), ("500.00", "0.00", "500.01")),
        (("0", "0.40", "0.60"), ("0.00", "400.01", "600.00")),
        (("1", "0", "0"), ("1000.01", "0.00", "0.00")),
        (("0", "0", "1"), ("0.00", "0.00", "1000.01")),
    ],
)
def test_a_party_without_a_share_carries_nothing(shares: tuple[str, str, str], expected: tuple[str, str, str]) -> None:
    parts = loss_shares(Decimal("1000.01"), three(*shares))
    assert (parts.fund, parts.bank, parts.guarantor) == tuple(Decimal(each) for each in expected)


def test_the_guarantor_pays_within_the_packs_working_days_and_at_once_where_it_names_none() -> None:
    assert guarantor_due_on(date(2018, 6, 20), rule(compensation__guarantor_pays_working_days=10)) == date(2018, 7, 4)
    assert guarantor_due_on(date(2018, 6, 20), rule()) == date(2018, 6, 20)


def test_as_many_approvals_as_members_can_be_reached_and_one_more_cannot() -> None:
    ensure_decidable(rule(compensation__committee_approvals_required=3))
    with pytest.raises(CommitteeTooSmall, match="4 members must approve"):
        ensure_decidable(rule(compensation__committee_approvals_required=4))


@pytest.mark.clause("LG-8b", "LG-20")
def test_fund_and_bank_share_eight_to_two_and_the_bank_takes_the_odd_fen() -> None:
    shares = loss_shares(Decimal("51000.01"), rule())
    assert (shares.fund, shares.bank, shares.guarantor) == (Decimal("40800.00"), Decimal("10200.01"), Decimal("0.00"))
    assert loss_shares(Decimal("51000.01"), rule(compensation__odd_fen_to="fund")).fund == Decimal("40800.01")


@pytest.mark.clause("LG-8b", "LG-20")
@given(MONEY, RATIOS)
def test_shares_add_up_to_the_loss_and_are_exact_to_the_fen(loss: Decimal, ratio: CompensationRule) -> None:
    shares = loss_shares(loss, ratio)
    assert shares.fund + shares.bank + shares.guarantor == loss
    assert min(shares.fund, shares.bank, shares.guarantor) >= 0
    assert within_a_fen(shares, loss, ratio)
    exact = loss * ratio.fund_share
    assert (shares.fund >= exact) if ratio.odd_fen_to is LossParty.FUND else (shares.fund <= exact)


@pytest.mark.clause("LG-40(c)")
@given(MONEY, st.lists(MONEY, max_size=12), RATIOS, st.randoms(use_true_random=False))
def test_recoveries_are_split_like_one_sum_at_every_step_and_in_any_order(
    loss: Decimal, recoveries: list[Decimal], ratio: CompensationRule, order: Random
) -> None:
    shuffled = [*recoveries]
    order.shuffle(shuffled)
    sums = [split_in_order(loss, amounts, ratio) for amounts in (recoveries, shuffled)]
    assert sums[0] == sums[1], "the order makes no difference"


def split_in_order(loss: Decimal, recoveries: list[Decimal], ratio: CompensationRule) -> tuple[Decimal, ...]:
    """Split recoveries one after the other, look at the sums after each, and return the last ones."""
    borne, so_far = loss_shares(loss, ratio), Decimal("0.00")
    fund = bank = guarantor = beyond = Decimal("0.00")
    for amount in recoveries:
        shares = recovery_shares(amount, so_far, loss, ratio)
        assert min(shares.fund, shares.bank, shares.guarantor, shares.beyond_loss) >= 0
        assert shares.fund + shares.bank + shares.guarantor + shares.beyond_loss == amount
        so_far += amount
        fund, bank, guarantor = fund + shares.fund, bank + shares.bank, guarantor + shares.guarantor
        beyond += shares.beyond_loss
        back, whole = LossShares(fund, bank, guarantor), min(so_far, loss)
        assert within_a_fen(back, whole, ratio)
        assert beyond == so_far - whole
        assert fund <= borne.fund
        assert bank <= borne.bank
        assert guarantor <= borne.guarantor
        if so_far >= loss:
            assert back == borne, "nobody lacks a fen once everything is back"
    return fund, bank, guarantor, beyond


@pytest.mark.clause("LG-40(c)")
def test_forty_recoveries_of_one_loss_give_everyone_back_the_last_fen() -> None:
    loss, ratio = Decimal("50705.90"), three("0.80", "0.20", "0")
    back = split_in_order(loss, [*[Decimal("1267.65")] * 39, Decimal("1267.55")], ratio)
    assert back == (Decimal("40564.72"), Decimal("10141.18"), Decimal("0.00"), Decimal("0.00"))


@pytest.mark.clause("LG-40(c)")
def test_the_funds_part_is_due_on_the_fifth_working_day() -> None:
    assert return_due_on(date(2018, 9, 3), rule()) == date(2018, 9, 10)
    assert return_due_on(date(2018, 9, 28), rule()) == date(2018, 10, 10)  # a worked weekend, then the national holiday


PATHS = {
    (State.DECIDING, Decision.APPROVE): State.APPROVED,
    (State.DECIDING, Decision.REFUSE): State.REFUSED,
    (State.APPROVED, Decision.REFUSE): State.REFUSED,
}


@pytest.mark.clause("LG-39")
@pytest.mark.parametrize(("state", "decision"), list(product(State, Decision)))
def test_only_the_written_decisions_are_possible(state: State, decision: Decision) -> None:
    def said() -> State:
        seat, earlier = Office.POVERTY_OFFICE, {"first": "finance_bureau"}
        return decide(state, decision, "second", seat, maker="bank", earlier=earlier, required=2)

    if (state, decision) in PATHS:
        assert said() is PATHS[state, decision]
    else:
        with pytest.raises(ClaimNotToDecide):
            said()


@pytest.mark.clause("LG-39")
@pytest.mark.parametrize(
    ("person", "office", "earlier", "expected"),
    [
        ("a", Office.FINANCE_BUREAU, {}, State.DECIDING),
        ("b", Office.POVERTY_OFFICE, {"a": "finance_bureau"}, State.APPROVED),
        ("b", Office.FUND_COMMITTEE, {"a": "fund_committee"}, State.APPROVED),
        ("b", Office.POVERTY_OFFICE, {"a": None}, State.APPROVED),
        ("a", Office.POVERTY_OFFICE, {"a": "finance_bureau"}, AlreadyDecided),
        ("b", Office.FINANCE_BUREAU, {"a": "finance_bureau"}, OfficeDecided),
        ("bank", Office.FINANCE_BUREAU, {}, MakerIsChecker),
    ],
)
def test_two_members_of_two_offices_approve_and_none_is_the_maker(
    person: str, office: Office, earlier: dict[str, str | None], expected: State | type[Refusal]
) -> None:
    def said() -> State:
        return decide(State.DECIDING, Decision.APPROVE, person, office, maker="bank", earlier=earlier, required=2)

    if isinstance(expected, State):
        assert said() is expected
    else:
        with pytest.raises(expected):
            said()


@given(MONEY)
def test_postings_of_every_entry_add_up_to_zero(amount: Decimal) -> None:
    changes = {postings.contribution: amount, postings.compensation: -amount, postings.recovery: amount}
    for build, cash in changes.items():
        entry = build(amount)
        assert sum(posting.amount for posting in entry) == 0
        assert len(entry) >= 2
        assert all(posting.amount for posting in entry)
        assert postings.cash_change(entry) == cash


def test_a_bank_that_the_pack_names_shares_losses_by_its_own_shares() -> None:
    rows = [{"bank_codes": ["psbc", "abc"], "fund_share": "0.90", "bank_share": "0.10"}]
    named = rule(compensation__lender_shares=rows)
    shares = {bank: for_lender(named, bank) for bank in ("psbc", "abc", "cqrcb")}
    assert {bank: (each.fund_share, each.bank_share) for bank, each in shares.items()} == {
        "psbc": (Decimal("0.90"), Decimal("0.10")),
        "abc": (Decimal("0.90"), Decimal("0.10")),
        "cqrcb": (Decimal("0.80"), Decimal("0.20")),
    }
    assert for_lender(rule(), "psbc") == rule()


@pytest.mark.parametrize(
    "rows",
    [
        [{"bank_codes": ["psbc"], "fund_share": "0.90", "bank_share": "0.11"}],
        [
            {"bank_codes": ["psbc"], "fund_share": "0.90", "bank_share": "0.10"},
            {"bank_codes": ["psbc"], "fund_share": "0.50", "bank_share": "0.50"},
        ],
    ],
)
def test_shares_of_a_bank_that_cannot_be_are_refused(rows: list[dict[str, object]]) -> None:
    with pytest.raises(ValueError, match=r"compensation\.lender_shares"):
        rule(compensation__lender_shares=rows)
