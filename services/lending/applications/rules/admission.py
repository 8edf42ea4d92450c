"""Why lending itself may not take an application (DZ-4): bank, other application, village. Pure.

Registry says whether the household may have the loan; these reasons stand after its reasons, in the order of this file.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.lending.lenders.rules.nearness import Branch
from shared.money import ZERO
from shared.policy.sourced import Sourced
from shared.policy.vocabulary import LenderKind, LoanSecurity, SoftCondition
from shared.regions import township_of
from shared.rules.reasons import Reason
from shared.rules.village_quota import quota_left


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the household has here: applications under way and open loans, each with its sum in yuan."""

    applications: int = 0
    under_way: Decimal = ZERO
    open_loans: int = 0
    owed: Decimal = ZERO

    def has_outgrown(self, earlier: "Exposure") -> bool:
        """Return whether a loan was paid out or a debt grew since then; another application is a reason of its own."""
        more = self.open_loans > earlier.open_loans or self.owed > earlier.owed + earlier.under_way
        return more and not self.applications


@dataclass(frozen=True, slots=True)
class QuotaCut:
    """A cut of a village's quota: the share it takes, and what the village had when it arrived."""

    share: Decimal
    amount_when_cut: Decimal
    effective_on: date
    restored_on: date | None


@dataclass(frozen=True, slots=True)
class VillageQuota:
    """The cuts of a village's quota in the order they arrived, and what it has outstanding and applied for now."""

    cuts: tuple[QuotaCut, ...]
    used: Decimal


@dataclass(frozen=True, slots=True)
class QuotaHeadroom:
    """What a village whose quota was cut may have outstanding and applied for, and what it has now (FJ-12)."""

    limit: Decimal
    used: Decimal


FOREST_RIGHT_PAPER: Final = "forest_right_certificate"
APPLICATION_OPEN: Final = Reason(
    "application-open",
    "SX-1",
    "该户已有一笔申请正在办理，请等待办结或先撤回。",
    "The household already has an application under way; wait for its end or withdraw it first.",
)
LENDER_ZH: Final[Mapping[LenderKind, str]] = {
    LenderKind.STATE_OWNED: "国有商业银行",
    LenderKind.JOINT_STOCK: "股份制商业银行",
    LenderKind.POSTAL_SAVINGS: "邮政储蓄银行",
    LenderKind.RURAL_CREDIT_COOPERATIVE: "农村信用社",
    LenderKind.CITY_COMMERCIAL: "城市商业银行",
    LenderKind.RURAL_COMMERCIAL: "农村商业银行",
    LenderKind.RURAL_COOPERATIVE: "农村合作银行",
    LenderKind.VILLAGE: "村镇银行",
}


def other_township(village_code: str, township_code: str) -> Reason | None:
    """A household applies in its own township (MS-2)."""
    if township_of(village_code) == township_code:
        return None
    return Reason(
        "other-township",
        "MS-2",
        f"该户在{village_code}村，不属于申报乡镇{township_code}，请向所在乡镇申请。",
        f"The household lives in village {village_code}, not in township {township_code}; apply in its own township.",
    )


def lender_kind_not_admitted(kind: LenderKind, admitted: Sourced[tuple[str, ...]]) -> Reason | None:
    """The bank is of a kind that the county's pack admits (SX-2, ZJ-2c)."""
    if kind in admitted.value:
        return None
    return Reason(
        "lender-kind-not-admitted",
        ", ".join(admitted.clause or admitted.after or ("SX-2",)),
        f"{LENDER_ZH[kind]}不是本县扶贫小额信贷的贷款机构，可选："
        f"{'、'.join(LENDER_ZH[LenderKind(each)] for each in admitted.value)}。",
        f"The county admits no bank of the kind {kind}; apply to one of {', '.join(admitted.value)}.",
    )


def bank_not_responsible(bank_code: str, responsible: str | None, required: Sourced[bool] | None) -> Reason | None:
    """A household applies to the bank that answers for its village, where the county has such banks (LG-47)."""
    if required is None or not required.value or responsible in (None, bank_code):
        return None
    return Reason(
        SoftCondition.OTHER_BANK,
        ", ".join(required.clause or required.after or ("LG-47",)),
        f"该户所在村由责任银行 {responsible} 包干服务，不属于银行 {bank_code} 的服务范围，请向责任银行申请。",
        f"Bank {responsible} answers for the household's village, bank {bank_code} does not; apply to the responsible "
        "bank.",
    )


def branch_not_of_bank(branch_id: UUID | None, branches: Collection[Branch]) -> Reason | None:
    """A branch that is named is one the bank has open in the county (SX-2)."""
    if branch_id is None or any(branch.id == branch_id for branch in branches):
        return None
    return Reason(
        "branch-not-of-bank",
        "SX-2",
        "所选网点不是该行在本县营业的网点，请另选，或不填由系统取最近网点。",
        "The branch is not one the bank has open in this county; choose another, or leave it out for the nearest one.",
    )


def forest_right_not_on_file(security: str, digests: Mapping[str, str]) -> Reason | None:
    """A loan on forest rights has the certificate of the right on file, with the digest of its scan (JN-4)."""
    if security != LoanSecurity.FOREST_RIGHT or FOREST_RIGHT_PAPER in digests:
        return None
    return Reason(
        "forest-right-not-on-file",
        "JN-4",
        f"林权抵押贷款须将林权证存档，请在资料中附上 {FOREST_RIGHT_PAPER}（林权证）及其扫描件摘要。",
        f"A loan on forest rights needs the certificate of the right on file; add the paper {FOREST_RIGHT_PAPER} with "
        "the digest of its scan.",
    )


def headroom(quota: VillageQuota, on: date) -> QuotaHeadroom | None:
    """Return what a village may have on a day; None when no cut holds (FJ-12).

    Its quota is what it owed and had applied for when the first of the cuts that hold arrived.
    """
    holding = [
        cut for cut in quota.cuts if cut.effective_on <= on and (cut.restored_on is None or cut.restored_on > on)
    ]
    if not holding:
        return None
    return QuotaHeadroom(quota_left(holding[0].amount_when_cut, [cut.share for cut in holding]), quota.used)


def village_quota_cut(amount: Decimal, headroom: QuotaHeadroom | None) -> Reason | None:
    """A village whose quota was cut gets what is left of it, to the yuan; None: it was not cut (FJ-12)."""
    if headroom is None or headroom.used + amount <= headroom.limit:
        return None
    left = max(headroom.limit - headroom.used, ZERO)
    return Reason(
        "village-quota-cut",
        "FJ-12",
        f"因本村有恶意拖欠，全村贷款额度已压减至{headroom.limit}元，现已使用{headroom.used}元，还可申请{left}元。",
        f"Malicious non-payment cut the village's quota to {headroom.limit}, of which {headroom.used} is used; "
        f"{left} is left.",
    )
