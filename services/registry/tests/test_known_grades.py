"""A grade that is known and counted and does not borrow: rated, in the figures, without a limit, refused by name."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest
from httpx import Response

from services.registry.credit.certificates.refusals import CertificateNeedsRating
from services.registry.credit.certificates.rules.holding import Rating, certificate_for
from services.registry.tests.county import GOOD_ANSWERS, post
from services.registry.tests.rating_county import FAILING, POOR, Campaign, Home, ratings, settled
from services.registry.tests.rating_schemes import governed, pack_text
from services.registry.tests.repaid_loans import repay
from shared.access import Role
from shared.policy.load import PackRefused, read_pack
from shared.testing.service import ServiceUnderTest

WHY: Final = {"zh": "信用观察期内暂不授信", "en": "under watch, no limit yet"}
LIMITS: Final = [
    {"code": "A", "credit_limit": "50000.00"},
    {"code": "B", "credit_limit": "40000.00"},
    {"code": "C", **WHY},
]


async def known(registry: ServiceUnderTest, *homes: Home) -> tuple[Campaign, list[str]]:
    """Rate households in a county whose grade C does not borrow."""
    await governed(registry, grade_limits=LIMITS, promotion_path=["B", "A"])
    ids = await settled(registry, list(homes))
    campaign = await (await Campaign.opened(registry)).shown()
    await campaign.final()
    return campaign, ids


async def asked(registry: ServiceUnderTest, household: str, **item: Any) -> Any:
    """Ask whether a household may borrow 1 000 yuan for a year."""
    request = {"household_id": household, "amount": "1000.00", "term_months": 12, **item}
    answer: Response = await post(
        registry, "/eligibility-checks", {"as_of": "2017-02-01", "items": [request]}, Role.TOWNSHIP
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["items"][0]


@pytest.mark.clause("DY-1(a)", "DY-1(b)")
async def test_a_grade_without_a_limit_is_counted_and_adds_no_limit(regional_registry: ServiceUnderTest) -> None:
    campaign, _ = await known(regional_registry, Home(answers=GOOD_ANSWERS), Home(answers=POOR), Home(answers=FAILING))
    counts = {each["grade"]: each["household_count"] for each in (await campaign.read())["grades"]}
    assert counts == {"A": 1, "C": 1, None: 1}
    shown = await campaign.read("/progress?as_of=2017-02-01")
    assert (shown["rated_count"], shown["poor_rated_count"]) == (2, 3)
    assert (shown["credit_limit_count"], shown["credit_limit_total"]) == (1, "50000.00")
    assert shown["poor_credit_limit_percent"] == "33.33"
    [village] = (await campaign.read("/areas?level=village"))["items"]
    assert (village["household_count"], village["credit_count"]) == (3, 1)


@pytest.mark.clause("DY-1(b)")
async def test_who_has_such_a_grade_is_refused_by_name_with_the_packs_reason(
    regional_registry: ServiceUnderTest,
) -> None:
    _, [good, watched] = await known(regional_registry, Home(answers=GOOD_ANSWERS), Home(answers=POOR))
    besides = (await asked(regional_registry, good))["reasons"]
    found = await asked(regional_registry, watched)
    assert (found["grade"], found["credit_limit"], found["eligible"]) == ("C", "0.00", False)
    [reason] = [each for each in found["reasons"] if each not in besides]
    assert (reason["code"], reason["clause"]) == ("grade-without-limit", "assumed")
    assert WHY["zh"] in reason["zh"]
    assert WHY["en"] in reason["en"]
    assert await ratings(regional_registry, "2017-02-01") == {good: ("A", "50000.00"), watched: ("C", "0.00")}


async def test_a_loan_repaid_on_time_gives_such_a_grade_no_limit(regional_registry: ServiceUnderTest) -> None:
    _, [watched] = await known(regional_registry, Home(answers=POOR))
    await repay(regional_registry, watched)
    assert (await ratings(regional_registry, "2018-02-01"))[watched] == ("C", "0.00")


def test_it_gets_no_loan_certificate() -> None:
    on = date(2017, 2, 1)
    with pytest.raises(CertificateNeedsRating):
        certificate_for(Rating("C", Decimal("0.00"), date(2019, 1, 1)), (), on)
    assert certificate_for(Rating("B", Decimal("0.01"), date(2019, 1, 1)), (), on).grade == "B"


@pytest.mark.parametrize(
    ("limits", "path", "said"),
    [
        ([*LIMITS[:2], {"code": "C"}], ["B", "A"], "二者只写其一"),
        ([*LIMITS[:2], {"code": "C", "credit_limit": "10000.00", **WHY}], ["B", "A"], "二者只写其一"),
        ([*LIMITS[:2], {"code": "C", "credit_limit": "0.00"}], ["B", "A"], "均须大于零"),
        ([{"code": each, **WHY} for each in "ABC"], [], "至少一个等级有额度"),
        ([LIMITS[0], {"code": "B", **WHY}, {"code": "C", "credit_limit": "10000.00"}], [], "不得越低"),
        (LIMITS, ["C", "B", "A"], "等级 C 不授信"),
    ],
)
def test_a_grade_has_a_limit_or_a_reason_and_the_check_says_so(limits: Any, path: list[str], said: str) -> None:
    with pytest.raises(PackRefused, match=said):
        read_pack(pack_text(grade_limits=limits, promotion_path=path), "the test's")
