"""Lending's own reasons against an application, each at its bound, and the papers of each level (DZ-4)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lending.applications.rules import approval
from services.lending.applications.rules.admission import (
    Exposure,
    QuotaCut,
    QuotaHeadroom,
    VillageQuota,
    branch_not_of_bank,
    headroom,
    lender_kind_not_admitted,
    other_township,
    village_quota_cut,
)
from services.lending.lenders.rules.nearness import Branch
from services.lending.tests.applications.conftest import PACKS
from shared.ids import new_id
from shared.policy.load import load_pack
from shared.policy.pack import PolicyPack
from shared.policy.vocabulary import ApprovalLevel, LenderKind

PACK = load_pack(PACKS / "fengjie.yaml")


@pytest.mark.clause("MS-2(a)")
def test_a_household_applies_in_its_own_township() -> None:
    assert other_township("500236001201", "500236001") is None
    reason = other_township("500236101201", "500236001")
    assert reason is not None
    assert (reason.code, reason.clause) == ("other-township", "MS-2")
    assert "500236101201" in reason.zh


@pytest.mark.clause("SX-2(a)")
def test_a_bank_is_of_a_kind_that_the_pack_admits() -> None:
    admitted = PACK.lending.lender_kinds
    for kind in LenderKind:
        reason = lender_kind_not_admitted(kind, admitted)
        assert (reason is None) is (kind in admitted.value)
        assert reason is None or (reason.code, bool(reason.clause)) == ("lender-kind-not-admitted", True)


def test_a_branch_that_is_named_is_one_of_the_banks() -> None:
    branch = Branch(new_id(), "CQRCB", "01", "500236001")
    assert branch_not_of_bank(None, ()) is None
    assert branch_not_of_bank(branch.id, [branch]) is None
    reason = branch_not_of_bank(new_id(), [branch])
    assert reason is not None
    assert (reason.code, reason.clause) == ("branch-not-of-bank", "SX-2")


@pytest.mark.clause("FJ-12(c)")
@pytest.mark.parametrize(
    ("room", "code"),
    [
        (None, None),
        (QuotaHeadroom(Decimal("80000.00"), Decimal("30000.00")), None),
        (QuotaHeadroom(Decimal("80000.00"), Decimal("30000.01")), "village-quota-cut"),
        (QuotaHeadroom(Decimal("0.00"), Decimal("0.00")), "village-quota-cut"),
    ],
)
def test_a_village_gets_what_its_cuts_leave_to_the_fen(room: QuotaHeadroom | None, code: str | None) -> None:
    reason = village_quota_cut(Decimal("50000.00"), room)
    assert (reason and reason.code) == code
    assert reason is None or (reason.zh and reason.en and reason.clause)


@pytest.mark.clause("FJ-12(c)")
@pytest.mark.parametrize(
    ("on", "limit"),
    [
        (date(2017, 2, 28), None),
        (date(2017, 3, 1), "80000.00"),
        (date(2017, 4, 1), "64000.00"),
        (date(2017, 5, 1), "48000.00"),  # of what the village had when the second cut arrived
        (date(2017, 6, 1), None),
    ],
)
def test_a_cut_holds_from_its_day_until_the_day_it_is_restored(on: date, limit: str | None) -> None:
    first = QuotaCut(Decimal("0.20"), Decimal("100000.00"), date(2017, 3, 1), date(2017, 5, 1))
    second = QuotaCut(Decimal("0.20"), Decimal("60000.00"), date(2017, 4, 1), date(2017, 6, 1))
    left = headroom(VillageQuota((first, second), Decimal("1.00")), on)
    assert left == (None if limit is None else QuotaHeadroom(Decimal(limit), Decimal("1.00")))


MONEY = st.decimals(0, 200000, places=2)


@pytest.mark.clause("FJ-12(c)")
@given(MONEY.filter(bool), MONEY, MONEY)
def test_what_is_taken_never_passes_the_quota(amount: Decimal, used: Decimal, limit: Decimal) -> None:
    if village_quota_cut(amount, QuotaHeadroom(limit, used)) is None:
        assert used + amount <= limit


NOTHING, APPLIED = Exposure(), Exposure(1, Decimal("20000.00"))
PAID_OUT, OWES, OWES_MORE = (Exposure(open_loans=1, owed=Decimal(owed)) for owed in ("20000.00", "5.00", "5.01"))


@pytest.mark.parametrize(
    ("then", "now", "grew"),
    [
        (NOTHING, NOTHING, False),
        (APPLIED, PAID_OUT, True),
        pytest.param(OWES, OWES_MORE, True, marks=pytest.mark.clause("LG-25b")),
        (OWES_MORE, OWES, False),
        (OWES, NOTHING, False),
        (APPLIED, NOTHING, False),
        (NOTHING, APPLIED, False),  # a reason of its own
        (NOTHING, Exposure(1, Decimal("1.00"), 1, Decimal("1.00")), False),
    ],
)
def test_registry_is_asked_again_when_a_household_came_to_owe_more(then: Exposure, now: Exposure, grew: bool) -> None:
    assert now.has_outgrown(then) is grew


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
