"""Derivations: every yuan of subsidy is explained step by step, in the words that an auditor signs."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.subsidy.tests.county import (
    COUNTY,
    Loan,
    approved_batch,
    confirmed,
    lend,
    look,
    mark,
    open_programme,
    pack,
    prepare,
)
from services.subsidy.tests.test_clawbacks import LATER, decide, paid_line, pay_interest, propose
from services.subsidy.tests.test_due_sql import CAPPED, SETTLE_FIRST
from services.subsidy.tests.test_entitlement import publish
from services.subsidy.tests.test_listings import arrive, listing_of, removal_of
from shared.access import Role
from shared.testing.service import ServiceUnderTest

LPR = {"basis": "LPR", "effective_from": "2016-05-04", "up_to_1y": "3.10", "over_5y": "3.60"}
SAID = [
    (
        "interest",
        "2018-12-18 由继承人支付利息 3600.00 元，计息期 2018-01-01 至 2018-12-26，共 360 天，本金 80000.00 元",
    ),
    ("stopped", "自 2018-12-07 起停止贴息，计息期内 340 天在此之前"),
    ("beyond_years", "自 2018-11-17 起超过贴息年限，计息期内 320 天在此之前"),
    ("listed", "列入黑名单期间 20 天不予贴息，余 300 天"),
    ("above_principal", "可贴息本金 50000.00 元（本金 80000.00 元）"),
    ("above_cap", "合同年利率 4.5%，可贴息年利率 3.6%，公布的利率上限 3.6%"),
    ("beyond_share", "可贴息 300 天，财政承担比例 75.5%"),
]


def _words(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(step["code"], step["zh"]) for step in found["steps"]]


def _adds_up(found: dict[str, Any]) -> bool:
    """Return whether each step leaves what was left before it less what it takes off, down to the amount."""
    left = Decimal(found["interest"])
    for step in found["steps"]:
        left -= Decimal(step["withheld"])
        if left != Decimal(step["left"]):
            return False
    return left == Decimal(found["amount"])


async def _derived(subsidy: ServiceUnderTest, batch_id: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    lines = (await look(subsidy, f"/subsidy-batches/{batch_id}/lines"))["items"]
    return [(line, await look(subsidy, f"/subsidy-lines/{line['id']}/derivation")) for line in lines]


@pytest.mark.clause("SX-5(b)")
async def test_every_step_is_said_and_they_add_up_to_the_line(subsidy: ServiceUnderTest) -> None:
    await publish(subsidy, LPR)
    await subsidy.deliver(confirmed(pack((SETTLE_FIRST, CAPPED)), version=2))
    loan = Loan(principal="80000.00", annual_rate="4.5", pack_version=2, disbursed_on=date(2016, 11, 17))
    period = (date(2018, 1, 1), date(2018, 12, 27))
    await lend(subsidy, loan, loan.paid("3600.00", on=date(2018, 12, 18), period=period, payer="heir"))
    await mark(subsidy, loan, "stably_lifted", date(2018, 12, 7))
    entry = listing_of(loan, date(2018, 2, 1))
    await arrive(subsidy, loan, entry, removal_of(entry, date(2018, 2, 21)))

    before = await look(subsidy, f"/subsidy-accounts/{loan.loan_id}/derivation")
    [item] = before["items"]
    assert (_words(item), item["line_id"], item["granted_before"], _adds_up(item)) == (SAID, None, "0.00", True)

    programme = await open_programme(subsidy, year=2018)
    batch = await prepare(subsidy, programme, period_from="2018-01-01", period_until="2019-01-01")
    [(line, derived)] = await _derived(subsidy, batch["id"])
    assert (_words(derived), derived["line_id"], _adds_up(derived)) == (SAID, line["id"], True)
    taken = {step["code"]: step["withheld"] for step in derived["steps"][1:]}
    assert taken == {code: line[code] for code in taken}
    assert derived["amount"] == line["amount"] == before["amount"] == "1132.50"  # 3600 × 300/360 × 5/8 × 0.8 × 0.755

    after = await look(subsidy, f"/subsidy-accounts/{loan.loan_id}/derivation")
    assert (after["due"], after["granted_before"], after["amount"]) == ("1132.50", "1132.50", "0.00")
    assert _words(after["items"][0])[-1] == ("granted_before", "减去此前已批的贴息")


@pytest.mark.clause("SX-5(b)")
async def test_what_was_granted_before_is_said_and_a_kept_derivation_stays(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("1776.25"))
    await mark(subsidy, loan, "stably_lifted", date(2017, 7, 26))
    programme = await open_programme(subsidy)
    first = await approved_batch(subsidy, programme)
    [(_, was)] = await _derived(subsidy, first)
    await mark(subsidy, loan, "lifted", date(2017, 7, 26), version=3)  # the mark was wrong
    second = await prepare(subsidy, programme)
    [(line, derived)] = await _derived(subsidy, second["id"])
    assert (line["kind"], line["amount"], derived["due"]) == ("supplement", "888.12", "1776.25")
    assert [(step["code"], step["withheld"], step["left"]) for step in derived["steps"]] == [
        ("interest", "0.00", "1776.25"),
        ("above_principal", "0.00", "1776.25"),
        ("above_cap", "0.00", "1776.25"),
        ("beyond_share", "0.00", "1776.25"),
        ("granted_before", "888.13", "888.12"),
    ]
    assert [(line["amount"], derived) for line, derived in await _derived(subsidy, first)] == [("888.13", was)]

    await mark(subsidy, loan, "stably_lifted", date(2017, 4, 1), version=4)
    now = await look(subsidy, f"/subsidy-accounts/{loan.loan_id}/derivation?period_from=2017-12-18")
    assert (now["due"], now["granted_before"], now["amount"]) == ("187.29", "1776.25", "-1588.96")
    assert all(_adds_up(item) for item in now["items"])
    none = await look(subsidy, f"/subsidy-accounts/{loan.loan_id}/derivation?period_until=2017-12-18")
    assert (none["items"], none["amount"]) == ([], "0.00")


async def test_what_has_no_derivation_is_refused_by_name(subsidy: ServiceUnderTest) -> None:
    await subsidy.deliver(confirmed(pack((SETTLE_FIRST, CAPPED)), version=2))
    loan, capped = Loan(), Loan(pack_version=2)
    taken = await propose(subsidy, await paid_line(subsidy, loan, "100.00"), "30.00")
    await decide(subsidy, taken["id"])
    await pay_interest(subsidy, loan, "50.00", 1)
    batch = await prepare(subsidy, await open_programme(subsidy, year=2018), expect=201, **LATER)
    lines = (await look(subsidy, f"/subsidy-batches/{batch['id']}/lines"))["items"]
    offset = next(each["id"] for each in lines if each["kind"] == "clawback")
    await lend(subsidy, capped, capped.paid("100.00"))
    for path, region, status, code in (
        (f"/subsidy-lines/{offset}/derivation", COUNTY, 409, "derivation-missing"),
        (f"/subsidy-lines/{lines[0]['id']}/derivation", "500237", 404, "subsidy-line-unknown"),
        (f"/subsidy-accounts/{loan.loan_id}/derivation", "500237", 404, "subsidy-account-unknown"),
        (f"/subsidy-accounts/{capped.loan_id}/derivation", COUNTY, 409, "cap-rate-missing"),
    ):
        headers = subsidy.headers(Role.FINANCE_BUREAU, region=region)
        answer = await subsidy.client.get(f"/api/v1{path}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code), path
