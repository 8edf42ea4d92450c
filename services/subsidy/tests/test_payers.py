"""The household settles first, and only what it settled comes back to it (SX-5, FJ-11)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pytest

from services.subsidy.tests.county import (
    Loan,
    approved_batch,
    confirmed,
    deliver,
    lend,
    look,
    open_programme,
    pack,
    prepare,
)
from services.subsidy.tests.test_due import LOAN, PAID, RULE
from services.subsidy.tests.test_due_sql import SETTLE_FIRST
from shared.events.lending import PayerKind
from shared.policy.load import PackRefused
from shared.policy.vocabulary import Payer
from shared.testing.service import ServiceUnderTest
from spec.subsidy import InterestPaid, SubsidyStatus, subsidy_due

NAMED = f"{SETTLE_FIRST}  reimbursed_payers: {{value: [borrower, entity], clause: FJ-11}}\n"


async def _lines(subsidy: ServiceUnderTest, batch_id: str) -> dict[str, tuple[str, list[str]]]:
    lines = (await look(subsidy, f"/subsidy-batches/{batch_id}/lines"))["items"]
    return {each["payer"]: (each["amount"], each["reasons"]) for each in lines}


@pytest.mark.clause("SX-5(a)")
async def test_only_what_the_household_paid_is_given_back(subsidy: ServiceUnderTest) -> None:
    for payer in get_args(PayerKind):
        loan = Loan()
        await lend(subsidy, loan, loan.paid("100.00", payer=payer))
    batch = await prepare(subsidy, await open_programme(subsidy))
    given = ("100.00", ["full"])
    assert await _lines(subsidy, batch["id"]) == {
        payer: given if payer in ("borrower", "heir", "other") else ("0.00", ["paid_by_others"])
        for payer in get_args(PayerKind)
    }
    assert (batch["amount"], batch["excluded"]["paid_by_others"]["interest"]) == ("300.00", "400.00")


@pytest.mark.clause("SX-5(a)")
async def test_a_county_may_name_whose_payments_are_given_back(subsidy: ServiceUnderTest) -> None:
    await subsidy.deliver(confirmed(pack((SETTLE_FIRST, NAMED)), version=2))
    for payer in get_args(PayerKind):
        loan = Loan(pack_version=2)
        await lend(subsidy, loan, loan.paid("100.00", payer=payer))
    batch = await prepare(subsidy, await open_programme(subsidy))
    given = {payer for payer, (amount, _) in (await _lines(subsidy, batch["id"])).items() if amount == "100.00"}
    assert given == {"borrower", "entity"}


async def test_another_payer_found_later_is_shown_as_overpaid_and_the_derivation_says_why(
    subsidy: ServiceUnderTest,
) -> None:
    loan = Loan()
    paid = loan.paid("100.00")
    await lend(subsidy, loan, paid)
    await approved_batch(subsidy, await open_programme(subsidy))
    await deliver(subsidy, loan, loan.restated(paid.model_copy(update={"payer": "government"})))
    (found,) = (await look(subsidy, "/overpaid-lines?county_code=500236"))["items"]
    assert (found["overpaid"], found["reasons"]) == ("100.00", ["paid_by_others"])
    (item,) = (await look(subsidy, f"/subsidy-accounts/{loan.loan_id}/derivation"))["items"]
    steps: list[dict[str, Any]] = item["steps"]
    assert steps[0]["zh"].startswith("2017-12-18 由政府支付利息 100.00 元")
    assert (steps[1]["code"], steps[1]["zh"]) == ("not_covered", "由他人支付的利息，农户未负担，不予贴息")


async def test_what_was_granted_before_it_was_asked_who_paid_stays_granted(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    first = loan.paid("400.00")
    await lend(subsidy, loan, first)
    await approved_batch(subsidy, programme := await open_programme(subsidy))
    await deliver(subsidy, loan, loan.restated(first.model_copy(update={"payer": "guarantor"})))
    (found,) = (await look(subsidy, "/overpaid-lines?county_code=500236"))["items"]
    assert found["overpaid"] == "400.00"
    await subsidy.database.pool.execute(
        "UPDATE subsidy_batch SET asks_who_paid = false"
    )  # it was prepared by the rule of before
    assert (await look(subsidy, "/overpaid-lines?county_code=500236"))["items"] == []
    second = loan.paid("100.00", on=date(2017, 12, 19), period=(date(2017, 12, 20), date(2018, 1, 10)), number=2)
    await deliver(subsidy, loan, second)
    assert (await prepare(subsidy, programme))["amount"] == "100.00"


def test_what_the_treasury_paid_is_never_given_back_whatever_a_pack_says() -> None:
    rule = replace(RULE, reimbursed_payers=tuple(Payer))
    paid = InterestPaid(PAID.amount, PAID.period_from, PAID.period_until, payer=Payer.GOVERNMENT)
    found = subsidy_due(paid, LOAN, SubsidyStatus(), rule)
    assert (found.amount, found.reasons) == (Decimal(0), ("paid_by_others",))
    with pytest.raises(PackRefused, match=r"subsidy\.reimbursed_payers"):
        pack((SETTLE_FIRST, NAMED.replace("entity", "government")))
