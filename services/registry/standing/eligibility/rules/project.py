"""Does the application fit the project, and the loan what the county lends on (JN-3, JN-4, MS-1, MS-2, XX-1)? Pure.

What an application says besides amount and term is judged only where somebody applies: what is None was not asked.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from services.registry.standing.eligibility.rules.facts import BorrowingRules, HouseholdRule, ReasonKind
from shared.policy.household_facts import HouseholdFacts, LoanRequest
from shared.policy.terms import LoanTerms
from shared.policy.vocabulary import LoanMode, LoanSecurity, ProjectStage
from shared.rules.reasons import Reason

_STAGE_ZH: Final[Mapping[str, str]] = {
    ProjectStage.PLANNED: "尚未启动",
    ProjectStage.PREPARING: "做前期准备",
    ProjectStage.STARTED: "已启动",
}
_SECURITY_ZH: Final[Mapping[str, str]] = {
    LoanSecurity.CREDIT: "信用",
    LoanSecurity.GUARANTEE: "保证担保",
    LoanSecurity.COLLATERAL: "抵押",
    LoanSecurity.FOREST_RIGHT: "林权抵押",
}


def not_begun(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date) -> Reason | None:
    """The project is in a stage that the county lends for: started or in preparation (JN-3)."""
    stages, stage = rules.eligibility.project_stages, loan_request.project_stage
    if stages is None or stage is None or stage in stages:
        return None
    return Reason(
        "project-not-begun",
        rules.clauses["project_stages"],
        f"项目“{_STAGE_ZH[stage]}”，须为：{'、'.join(_STAGE_ZH[each] for each in stages)}，请待项目达到该进度再申请。",
        f"The project is {stage}; it must be {' or '.join(stages)}. Apply once it has come that far.",
    )


def above_investment(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """The amount is at most the project's whole investment (JN-3)."""
    invested = loan_request.project_investment
    if not rules.loan.amount_within_means or invested is None or loan_request.amount <= invested:
        return None
    return Reason(
        "amount-above-investment",
        rules.clauses["amount_within_means"],
        f"申请金额{loan_request.amount}元超过项目总投入{invested}元，请按项目投入申请或更正项目总投入。",
        f"The amount {loan_request.amount} is above the project's whole investment of {invested}; ask for at most "
        "that, or correct the investment.",
    )


def above_means(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date) -> Reason | None:
    """The amount is at most what the household can repay in the term (JN-3)."""
    repayable = loan_request.repayable_amount
    if not rules.loan.amount_within_means or repayable is None or loan_request.amount <= repayable:
        return None
    return Reason(
        "amount-above-means",
        rules.clauses["amount_within_means"],
        f"申请金额{loan_request.amount}元超过期限内测算可还金额{repayable}元，请降低金额或重新测算。",
        f"The amount {loan_request.amount} is above the {repayable} that can be repaid in the term; ask for at most "
        "that, or have it worked out again.",
    )


def securities_of(loan: LoanTerms) -> tuple[LoanSecurity, ...]:
    """Return on what a county lends: what it names, else what it requires, else credit alone (LG-2, SX-9)."""
    if loan.securities is not None:
        return loan.securities
    asked = {LoanSecurity.GUARANTEE: loan.guarantee_required, LoanSecurity.COLLATERAL: loan.collateral_required}
    return tuple(security for security, required in asked.items() if required) or (LoanSecurity.CREDIT,)


def security_not_offered(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """Where loans are given on credit nobody is asked for a guarantee or collateral (LG-2, SX-9, MS-1, XX-1, JN-4)."""
    offered = securities_of(rules.loan)
    if loan_request.security is None or loan_request.security in offered:
        return None
    value = "securities" if rules.loan.securities is not None else _asked_by(loan_request.security)
    return Reason(
        "security-not-offered",
        rules.clauses[value],
        f"本县贷款的担保方式为：{'、'.join(_SECURITY_ZH[each] for each in offered)}，不得要求或采用"
        f"“{_SECURITY_ZH[loan_request.security]}”，请更正。",
        f"Loans are given here on {' or '.join(offered)}, not on {loan_request.security}; correct the application.",
    )


def _asked_by(security: str) -> str:
    return "guarantee_required" if security == LoanSecurity.GUARANTEE else "collateral_required"


def supervision_refused(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """The household accepts the bank's supervision of credit and settlement (MS-2)."""
    if not rules.eligibility.supervision_accepted_required or loan_request.accepts_supervision in (None, True):
        return None
    return Reason(
        "supervision-not-accepted",
        rules.clauses["supervision_accepted_required"],
        "未记录该户自愿接受银行的信贷监督和结算监督，请取得其同意后再申请。",
        "It is not recorded that the household accepts the bank's supervision of credit and settlement; "
        "apply once it does.",
    )


def joint_without_part(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """Who develops a business jointly does so of its own will and takes part in running it (XX-1)."""
    if loan_request.mode != LoanMode.JOINT or not rules.entities.joint_participation_required:
        return None
    if False not in (loan_request.volunteers, loan_request.takes_part):
        return None
    return Reason(
        "joint-without-part",
        rules.clauses["joint_participation_required"],
        "合作发展须由农户自愿并参与生产经营，两项均须记录，请补录或改为自主经营。",
        "Joint development is for households that volunteer and take part in the running; record both, "
        "or let the household run the business itself.",
    )


# The rules of this page in the order in which reasons are given, each with its reason in words without figures.
RULES: Final[tuple[HouseholdRule, ...]] = (
    (ReasonKind("project-not-begun", "项目未启动", "project not begun", "project_stages"), not_begun),
    (
        ReasonKind(
            "amount-above-investment", "超过项目总投入", "above the project's investment", "amount_within_means"
        ),
        above_investment,
    ),
    (ReasonKind("amount-above-means", "超过还款能力", "above what can be repaid", "amount_within_means"), above_means),
    (
        ReasonKind("security-not-offered", "担保方式不符", "not on such security", "collateral_required"),
        security_not_offered,
    ),
    (
        ReasonKind(
            "supervision-not-accepted", "不接受银行监督", "supervision not accepted", "supervision_accepted_required"
        ),
        supervision_refused,
    ),
    (
        ReasonKind(
            "joint-without-part", "非自愿或不参与经营", "not voluntary or no part", "joint_participation_required"
        ),
        joint_without_part,
    ),
)
