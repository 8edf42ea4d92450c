"""Is the household one of low income, of good standing, willing and able to repay (JN-3, MS-2)? Pure.

Income is collected by a survey; standing, will and ability are what the village records: they earn no points.
"""

from datetime import date
from typing import Final

from services.registry.standing.eligibility.rules.facts import BorrowingRules, HouseholdRule, ReasonKind
from shared.policy.household_facts import HouseholdFacts, LoanRequest
from shared.rules.reasons import Reason


def income_too_high(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """The household's yearly net income per head is at most the county's bound, inclusive (JN-3)."""
    highest, income = rules.eligibility.income_per_head_max, facts.income_per_head
    if highest is None or income is None or income <= highest:
        return None
    return Reason(
        "income-above-maximum",
        rules.clauses["income_per_head_max"],
        f"该户年人均纯收入{income}元，超过{highest}元，不属于贷款对象；如采集有误，请重新采集。",
        f"The household's yearly net income per head is {income}, above {highest}; have it collected again if it is "
        "wrong.",
    )


def income_unknown(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """Where income decides, it was collected (JN-3)."""
    if rules.eligibility.income_per_head_max is None or facts.income_per_head is not None:
        return None
    return Reason(
        "income-not-collected",
        rules.clauses["income_per_head_max"],
        "该户年收入尚未采集，无法认定是否为低收入农户，请先入户采集。",
        "The household's yearly income was not collected, so nobody knows whether it is low; collect it first.",
    )


def repute_unrecorded(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """Where the village vouches for a household, it has done so (MS-2)."""
    asked = {
        "good_repute_required": facts.good_repute is None,
        "willing_and_able_required": facts.willing_and_able is None,
    }
    lacking = next((name for name, none in asked.items() if none and getattr(rules.eligibility, name)), None)
    if lacking is None:
        return None
    return Reason(
        "repute-not-recorded",
        rules.clauses[lacking],
        "村级尚未记录该户的品行和还款意愿、能力，请村两委先行记录。",
        "The village has not yet recorded the household's standing, will and ability to repay; have it do so first.",
    )


def repute_poor(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date) -> Reason | None:
    """The household has a good name, no bad habits and lives in harmony, as the village recorded (MS-2)."""
    if not rules.eligibility.good_repute_required or facts.good_repute in (None, True):
        return None
    return Reason(
        "repute-not-good",
        rules.clauses["good_repute_required"],
        "村级记录该户口碑、习惯或家庭和睦不符合条件；如记录有误，请乡镇核查后撤销。",
        "The village recorded that the household's name, habits or harmony are not good; ask the township to look into "
        "it if that is wrong.",
    )


def repayment_doubtful(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """The household is willing and able to repay, as the village recorded (MS-2)."""
    if not rules.eligibility.willing_and_able_required or facts.willing_and_able in (None, True):
        return None
    return Reason(
        "repayment-doubtful",
        rules.clauses["willing_and_able_required"],
        "村级记录该户缺乏还款意愿或还款能力；如记录有误，请乡镇核查后撤销。",
        "The village recorded that the household is not willing or not able to repay; ask the township to look into it "
        "if that is wrong.",
    )


# The rules of this page in the order in which reasons are given, each with its reason in words without figures.
RULES: Final[tuple[HouseholdRule, ...]] = (
    (
        ReasonKind("income-above-maximum", "年人均纯收入超限", "income per head too high", "income_per_head_max"),
        income_too_high,
    ),
    (ReasonKind("income-not-collected", "收入未采集", "income not collected", "income_per_head_max"), income_unknown),
    (
        ReasonKind("repute-not-recorded", "村级未记录品行", "standing not recorded", "good_repute_required"),
        repute_unrecorded,
    ),
    (ReasonKind("repute-not-good", "品行不符", "standing not good", "good_repute_required"), repute_poor),
    (
        ReasonKind("repayment-doubtful", "还款意愿或能力不足", "will or ability lacking", "willing_and_able_required"),
        repayment_doubtful,
    ),
)
