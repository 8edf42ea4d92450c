"""Lending's own reasons against an application, each alone and all together (DZ-4)."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lending.applications.rules import approval
from services.lending.applications.rules.admission import (
    Exposure,
    LoanRequest,
    QuotaHeadroom,
    Terms,
    reasons_against,
)
from services.lending.tests.applications.conftest import PACKS
from shared.policy.load import load_pack
from shared.policy.pack import PolicyPack
from shared.policy.vocabulary import ApprovalLevel

PACK = load_pack(PACKS / "fengjie.yaml")
TERMS = Terms(PACK.loan_terms(), PACK.purpose_rule(), PACK.entity_rules())
HOUSEHOLD = UUID(int=1)


def loan_request(**changed: Any) -> LoanRequest:
    """Return a loan request nothing stands against, with changes."""
    plain: dict[str, Any] = {
        "household_id": HOUSEHOLD,
        "village_code": "500236001201",
        "amount": Decimal("50000.00"),
        "term_months": 36,
        "industry": "planting",
        "purpose": "planting",
        "credit_limit": Decimal("50000.00"),
    }
    return LoanRequest(**{**plain, **changed})


def codes(asked: LoanRequest, exposure: Exposure = Exposure(), headroom: QuotaHeadroom | None = None) -> list[str]:  # noqa: B008 - frozen
    """Return the codes of all reasons."""
    return [reason.code for reason in reasons_against(asked, exposure, headroom, TERMS)]


CASES = [
    pytest.param(loan_request(), Exposure(), None, [], id="nothing"),
    pytest.param(
        loan_request(amount=Decimal("999.99")),
        Exposure(),
        None,
        ["amount-below-minimum"],
        id="LG-8",
        marks=pytest.mark.clause("LG-8"),
    ),
    pytest.param(
        loan_request(amount=Decimal("50000.01"), credit_limit=None),
        Exposure(),
        None,
        ["amount-above-maximum", "household-cap"],
        id="LG-2 amount",
        marks=pytest.mark.clause("LG-2"),
    ),
    pytest.param(
        loan_request(amount=Decimal("40000.01"), credit_limit=Decimal("40000.00")),
        Exposure(),
        None,
        ["amount-above-credit-limit"],
        id="FJ-10",
        marks=pytest.mark.clause("FJ-10"),
    ),
    pytest.param(loan_request(term_months=11), Exposure(), None, ["term-out-of-bounds"], id="shorter"),
    pytest.param(
        loan_request(term_months=37),
        Exposure(),
        None,
        ["term-out-of-bounds"],
        id="LG-2 term",
        marks=pytest.mark.clause("LG-2"),
    ),
    pytest.param(
        loan_request(term_months=36), Exposure(), None, [], id="LG-2 term inclusive", marks=pytest.mark.clause("LG-2")
    ),
    pytest.param(
        loan_request(industry="mining"),
        Exposure(),
        None,
        ["industry-unknown"],
        id="FJ-8",
        marks=pytest.mark.clause("FJ-8"),
    ),
    pytest.param(
        loan_request(purpose="house_building"),
        Exposure(),
        None,
        ["purpose-forbidden"],
        id="SX-3 forbidden",
        marks=pytest.mark.clause("SX-3"),
    ),
    pytest.param(
        loan_request(purpose="lottery"),
        Exposure(),
        None,
        ["purpose-unknown"],
        id="SX-3 unknown",
        marks=pytest.mark.clause("SX-3"),
    ),
    pytest.param(
        loan_request(),
        Exposure(1, 0, Decimal("10000.00")),
        None,
        ["application-open", "household-cap"],
        id="SX-1",
        marks=pytest.mark.clause("SX-1"),
    ),
    pytest.param(
        loan_request(),
        Exposure(0, 1, Decimal("0.01")),
        None,
        ["loan-open", "household-cap"],
        id="second loan",
        marks=pytest.mark.clause("SX-1"),
    ),
    pytest.param(
        loan_request(amount=Decimal("20000.00")),
        Exposure(0, 0, Decimal("30000.00")),
        None,
        [],
        id="LG-25b at the cap",
        marks=pytest.mark.clause("LG-25b"),
    ),
    pytest.param(
        loan_request(amount=Decimal("20000.01")),
        Exposure(0, 0, Decimal("30000.00")),
        None,
        ["household-cap"],
        id="LG-25b",
        marks=pytest.mark.clause("LG-25b"),
    ),
    pytest.param(
        loan_request(),
        Exposure(),
        QuotaHeadroom(Decimal("80000.00"), Decimal("30000.00")),
        [],
        id="FJ-12 at the limit",
        marks=pytest.mark.clause("FJ-12"),
    ),
    pytest.param(
        loan_request(),
        Exposure(),
        QuotaHeadroom(Decimal("80000.00"), Decimal("30000.01")),
        ["village-quota-cut"],
        id="FJ-12",
        marks=pytest.mark.clause("FJ-12"),
    ),
]


@pytest.mark.clause("DZ-4")
@pytest.mark.parametrize(("asked", "exposure", "headroom", "expected"), CASES)
def test_reasons(asked: LoanRequest, exposure: Exposure, headroom: QuotaHeadroom | None, expected: list[str]) -> None:
    assert codes(asked, exposure, headroom) == expected


@pytest.mark.clause("DZ-4")
def test_all_reasons_are_given_at_once_and_in_words() -> None:
    asked = loan_request(amount=Decimal("60000.00"), term_months=48, industry="mining", purpose="real_estate")
    found = reasons_against(asked, Exposure(1, 1, Decimal("50000.00")), QuotaHeadroom(Decimal(0), Decimal(0)), TERMS)
    assert [reason.code for reason in found] == [
        "amount-above-maximum",
        "amount-above-credit-limit",
        "term-out-of-bounds",
        "industry-unknown",
        "purpose-forbidden",
        "application-open",
        "loan-open",
        "household-cap",
        "village-quota-cut",
    ]
    assert all(reason.zh and reason.en and reason.clause for reason in found)


MONEY = st.decimals(0, 200000, places=2)


@pytest.mark.clause("LG-25b", "FJ-12")
@given(MONEY.filter(bool), MONEY, MONEY, MONEY)
def test_what_is_taken_never_passes_cap_line_or_quota(
    amount: Decimal, owed: Decimal, limit: Decimal, credit_limit: Decimal
) -> None:
    headroom = QuotaHeadroom(limit, owed)
    if not codes(loan_request(amount=amount, credit_limit=credit_limit), Exposure(0, 0, owed), headroom):
        assert owed + amount <= TERMS.loan.household_cap
        assert amount <= min(credit_limit, TERMS.loan.amount_max)
        assert headroom.used + amount <= headroom.limit


@pytest.mark.clause("FJ-4a")
@pytest.mark.parametrize(
    ("held", "level", "expected"),
    [
        pytest.param([], ApprovalLevel.VILLAGE, ["application_form"], marks=pytest.mark.clause("LG-11")),
        (["application_form"], ApprovalLevel.VILLAGE, []),
        (["application_form"], ApprovalLevel.TOWNSHIP, ["commitment_letter"]),
        (["application_form", "commitment_letter"], ApprovalLevel.JOINT_REVIEW, ["review_form"]),
        (["application_form", "commitment_letter", "review_form"], ApprovalLevel.BANK, ["loan_contract"]),
        ([], ApprovalLevel.BANK, ["application_form", "review_form", "commitment_letter", "loan_contract"]),
    ],
)
def test_papers_each_level_needs(pack: PolicyPack, held: list[str], level: ApprovalLevel, expected: list[str]) -> None:
    assert [paper.code for paper in approval.missing_documents(pack.approval_chain(), held, level)] == expected
