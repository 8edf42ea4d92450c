"""A misused loan is at best what the pack says, until it is put right or repaid; its class says so (LG-43)."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest

from services.lending.tests.classes.test_classes import class_on, classify
from services.lending.tests.county import COUNTY, County, county_with_pack
from services.lending.tests.misuses.test_misuses import decide, find, propose_back, propose_end
from services.lending.tests.risks.test_loans_at_risk import at_risk
from shared.testing.service import ServiceUnderTest

SINCE, LENT_ON = "2017-09-01", date(2017, 3, 6)


async def classes(county: County, loan_id: str, *days: str) -> list[tuple[str, str | None]]:
    """Return the rule's class and its ground on each of some days."""
    found = [await class_on(county, loan_id, day) for day in days]
    return [(each["by_rule"], each["rule_ground"]) for each in found]


async def put_right(county: County, misuse_id: str) -> None:
    """Say by two persons that a misuse was put right on 1 October."""
    ended = (await propose_end(county, misuse_id)).json()
    assert (await decide(county, f"misuse-terminations/{ended['id']}")).status_code == 201


@pytest.mark.clause("LG-43(b)")
async def test_a_misused_loan_is_at_best_special_mention_until_it_is_put_right(county: County) -> None:
    loan_id = (await county.lend())["id"]
    misuse_id = (await find(county, loan_id))["id"]
    days = ("2017-08-31", SINCE, "2017-09-30", "2017-10-01")
    misused, normal = ("special_mention", "misused"), ("normal", None)
    assert await classes(county, loan_id, *days) == [normal, misused, misused, misused]
    assert (await class_on(county, loan_id, "2017-09-30"))["misused_since"] == SINCE
    # What its days past due make worse stands as ever; a class no worse is the misuse's.
    assert await classes(county, loan_id, "2018-03-20", "2018-03-21") == [
        ("special_mention", None),
        ("substandard", None),
    ]

    await put_right(county, misuse_id)

    assert await classes(county, loan_id, *days) == [normal, misused, misused, normal]
    assert (await class_on(county, loan_id, "2017-10-01"))["misused_since"] is None
    back = (await propose_back(county, misuse_id)).json()
    assert (await decide(county, f"misuse-reversals/{back['id']}")).status_code == 201
    assert await classes(county, loan_id, *days) == [normal] * 4


@pytest.mark.clause("LG-43(b)")
async def test_each_month_classifies_what_is_misused_then_and_says_so(county: County) -> None:
    loan_id = (await county.lend())["id"]
    misuse_id = (await find(county, loan_id))["id"]
    await put_right(county, misuse_id)
    assert (await classify(county, "2017-11-01")).status_code == 201
    months = (await class_on(county, loan_id, "2017-11-01"))["months"]
    assert [(each["classified_on"], each["loan_class"], each["rule_ground"]) for each in months[-3:]] == [
        ("2017-08-31", "normal", None),
        ("2017-09-30", "special_mention", "misused"),
        ("2017-10-31", "normal", None),
    ]
    report = (await county.get(f"/api/v1/reports/loan-classes?region_code={COUNTY}&as_of=2017-09-30")).json()
    assert {row["loan_class"]: row["loans"] for row in report["classes"] if row["loans"]} == {"special_mention": 1}
    form = await county.get(f"/api/v1/loans/{loan_id}/classification-form.html?as_of=2017-09-30")
    assert f"按规则：关注（自{SINCE}起挪用贷款）" in form.text


@pytest.mark.clause("LG-43(b)")
async def test_what_was_misused_and_is_repaid_is_misused_no_more(county: County) -> None:
    loan_id = (await county.lend())["id"]
    await find(county, loan_id, amount="10000.00")
    assert (await county.repay(loan_id, "11622.91", "2017-10-01", "R1", "prepayment")).status_code == 201
    assert await classes(county, loan_id, "2017-09-30", "2017-10-01") == [
        ("special_mention", "misused"),
        ("normal", None),
    ]


@pytest.mark.clause("LG-43(b)")
@pytest.mark.parametrize(("says", "found"), [("substandard", ("substandard", "misused")), ("normal", ("normal", None))])
async def test_a_county_says_what_a_misused_loan_is_at_best(
    start_service: Callable[..., Awaitable[ServiceUnderTest]], says: str, found: tuple[str, Any]
) -> None:
    county = await county_with_pack(await start_service("lending"), repayment__misused_class=says)
    loan_id = (await county.lend())["id"]
    await find(county, loan_id)
    assert await classes(county, loan_id, SINCE) == [found]


@pytest.mark.clause("LG-49")
async def test_a_misuse_that_the_bank_found_makes_a_risk_since_its_first_day(county: County) -> None:
    loan_id = (await county.lend())["id"]
    misuse_id = (await find(county, loan_id))["id"]
    since = {loan_id: [("class_below_normal", SINCE, "special_mention"), ("money_misused", SINCE, None)]}
    assert [await at_risk(county, day) for day in ("2017-08-31", SINCE, "2017-10-01")] == [{}, since, since]
    await put_right(county, misuse_id)
    assert [await at_risk(county, day) for day in ("2017-09-30", "2017-10-01")] == [since, {}]
