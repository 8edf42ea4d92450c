"""What the rules need to know, as plain frozen values.

A policy pack hands these out (`pack.loan_terms()`, `pack.rating_scheme()`, ...); rule functions take them and nothing
else of the pack. They carry no clauses and import no framework. Amounts are CNY `Decimal`, ratios and shares are
fractions of one (0.80), rates are percent a year (4.35), as in the published reference rates.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from shared.policy.bounds import DaysBound, LenderAccount, LenderShares, LenderTolerance, ShareBound
from shared.policy.rate_terms import RateTenor, Repricing
from shared.policy.vocabulary import (
    ApprovalLevel,
    BadRecordRule,
    Consequence,
    DayCount,
    DueKind,
    EntityParty,
    LoanClass,
    LoanMode,
    LoanSecurity,
    LossCause,
    LossParty,
    NoticeItem,
    Office,
    Payer,
    PovertyState,
    ProjectStage,
    RateBasis,
    RateForm,
    RegionLevel,
    RepaymentMethod,
    Rounding,
    SoftCondition,
    UnpaidInterest,
    WaitStart,
    WriteOffGround,
)


@dataclass(frozen=True, slots=True)
class Named:
    """The names of a value in a county's file; the section of the pack is made of the values that have them."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Term:
    """An open code of a county with its names, for example an industry or a kind of excluded person."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Purpose:
    """A use of the money and the industry it is reported under."""

    code: str
    zh: str
    en: str
    industry: str | None = None


@dataclass(frozen=True, slots=True)
class PurposeRule:
    """Which uses are allowed, which are forbidden by name, and the industries they are reported by (FJ-8, SX-3)."""

    allowed: tuple[Purpose, ...]
    forbidden: tuple[Term, ...]
    industries: tuple[Term, ...]
    industries_per_borrower_min: int
    industries_per_borrower_max: int
    priority: tuple[str, ...] | None = None  # codes of the industries that come first, not alone (MS-3)


@dataclass(frozen=True, slots=True)
class StateWord:
    """The county's own word for a state of a household, and which state of the platform it means.

    Several words may mean one state; sheets are written with the first of them, and read with all.
    """

    state: PovertyState
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class ConditionConsequence:
    """What follows when this condition of borrowing is not met, in place of a refusal.

    With `with_approval` the office decides, within so many working days of the day on which it is its turn.
    """

    condition: SoftCondition
    consequence: Consequence
    office: Office | None = None
    working_days: int | None = None


@dataclass(frozen=True, slots=True)
class EligibilityRules:
    """Who may borrow. A bound that is None does not exist in this county.

    The named values are those of the pack's section `eligibility`; the others come from other sections.
    """

    eligible_states: Annotated[tuple[PovertyState, ...], Named("可贷户类型", "states that may borrow")]
    state_words: Annotated[
        tuple[StateWord, ...] | None, Named("本县户类型名称", "the county's own words for states of households")
    ]
    age_min_years: Annotated[int, Named("最低年龄", "youngest age, years")]
    age_max_years: Annotated[int | None, Named("最高年龄", "oldest age, years")]
    age_plus_term_max_years: Annotated[int | None, Named("年龄加贷款期限上限", "largest age plus term, years")]
    full_capacity_required: Annotated[bool, Named("须完全民事行为能力", "full civil capacity required")]
    able_to_work_required: Annotated[bool, Named("须有劳动或经营能力", "ability to work or run a business required")]
    residence_level: Annotated[RegionLevel, Named("户籍或住所范围", "level within which the household must live")]
    bank_account_required: Annotated[bool, Named("须在贷款银行开户", "account with the lending bank required")]
    bad_record_rule: Annotated[BadRecordRule, Named("不良信用记录规则", "which bad credit records exclude")]
    family_debt_excludes: Annotated[bool, Named("家庭成员有贷款即排除", "another family member's loan excludes")]
    exclusions: Annotated[tuple[Term, ...], Named("排除人员（四类人员）", "kinds of persons that may not borrow")]
    barred_by_lists: Annotated[bool, Named("失信名单禁入", "households on a list may not borrow")]
    rating_required: Annotated[bool, Named("须先评级", "a valid rating is required")]
    consequences: Annotated[
        tuple[ConditionConsequence, ...] | None,
        Named("不符合条件时的处理", "what follows when a condition is not met; a refusal where nothing is said"),
    ]
    open_loans_max: int
    household_cap: Decimal
    purposes: PurposeRule
    income_per_head_max: Annotated[Decimal | None, Named("家庭年人均纯收入上限", "largest income a head")] = None
    good_repute_required: Annotated[bool | None, Named("须村级证明品行良好", "of good repute")] = None
    willing_and_able_required: Annotated[bool | None, Named("须有还款意愿和能力", "willing, able to repay")] = None
    supervision_accepted_required: Annotated[bool | None, Named("须接受银行监督", "accepts supervision")] = None
    project_stages: Annotated[tuple[ProjectStage, ...] | None, Named("项目进度要求", "admitted stages")] = None


@dataclass(frozen=True, slots=True)
class EntityRules:
    """What an implementing entity must fulfil, and which loan modes exist (SX-4, LG-28)."""

    modes: tuple[LoanMode, ...]
    conditions: tuple[Term, ...]
    enterprise_use_banned_after: date | None
    capacity_required: bool
    joint_participation_required: bool | None = None  # joint use only by who volunteers and takes part (XX-1)
    determined_by: tuple[EntityParty, ...] | None = None  # who determines an entity together (SX-10)
    choice_required: bool | None = None  # a household sees every entity's data and chooses (SX-10)


@dataclass(frozen=True, slots=True)
class ListRule:
    """When a borrower goes to a list and what that does to the village (FJ-12, LG-22)."""

    dishonesty_after_days_late: DaysBound | None
    malicious_to_blacklist: bool
    malicious_village_quota_cut: Decimal | None  # fraction taken off the village's quota, 0.20 means one fifth
    blacklist_bars_support: bool
    appeal_decision_days: int | None = None  # None: the platform's own term


@dataclass(frozen=True, slots=True)
class NoticeDays:
    """How many working days an application is public at one level."""

    level: RegionLevel
    working_days: int


@dataclass(frozen=True, slots=True)
class PublicNoticeRule:
    """Where and how long an application (and a rating) is made public (LG-12)."""

    levels: tuple[RegionLevel, ...]
    working_days_per_level: int
    objection_stops_clock: bool
    rating_levels: tuple[RegionLevel, ...]
    rating_working_days_per_level: int
    content: tuple[NoticeItem, ...] | None = None  # None: what such notices usually say
    working_days_of_levels: tuple[NoticeDays, ...] | None = None  # of the levels named, in place of the usual days


@dataclass(frozen=True, slots=True)
class NoticeOffices:
    """The offices that run public notice at one level; any of them may."""

    level: RegionLevel
    offices: tuple[Office, ...]


@dataclass(frozen=True, slots=True)
class ApprovalStep:
    """One level of the chain; every office named must sign. It decides alone up to `amount_max` (None: no limit)."""

    level: ApprovalLevel
    signers: tuple[Office, ...]
    amount_max: Decimal | None = None


@dataclass(frozen=True, slots=True)
class RequiredDocument:
    """A paper that must be on file before the level named may decide (FJ-4a)."""

    code: str
    zh: str
    en: str
    before: ApprovalLevel


@dataclass(frozen=True, slots=True)
class ApprovalChain:
    """An application's path from the village to disbursement (FJ-4)."""

    steps: tuple[ApprovalStep, ...]  # in order; the last one is the bank
    documents: tuple[RequiredDocument, ...]
    disbursement_working_days: int
    batch_filing: bool
    consent_required: bool | None = None  # nothing is filed without the household's recorded consent (SX-10)


@dataclass(frozen=True, slots=True)
class YearlyDay:
    """A day of every year, for example 20 December."""

    month: int
    day: int


@dataclass(frozen=True, slots=True)
class ClassBand:
    """Loans at least this many days overdue belong to this class (LG-43)."""

    days_overdue_min: int
    loan_class: LoanClass


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder this many days before principal or interest falls due (DZ-5b)."""

    days_before: int
    written: bool


@dataclass(frozen=True, slots=True)
class LoanTerms:
    """Everything a contract is bound to for its whole life."""

    amount_min: Decimal
    amount_max: Decimal
    household_cap: Decimal
    open_loans_max: int
    term_months_min: int
    term_months_max: int
    term_months_normal: int | None  # a longer term up to the longest needs the bank's recorded reason (MS-1)
    guarantee_required: bool
    collateral_required: bool
    lender_kinds: tuple[str, ...]
    rate_basis: RateBasis
    rate_tenors: tuple[RateTenor, ...]
    rate_margin: Decimal  # percentage points on top of the published rate
    rate_form: RateForm | None  # None: fixed
    rate_fixed: bool
    day_count: DayCount
    repayment_method: RepaymentMethod
    rounding: Rounding
    settlement_period_months: int  # interest falls due every so many months, counted back from settlement_day
    settlement_day: YearlyDay
    early_payment_window_days: int
    prepayment_allowed: bool
    grace_days: int
    penalty_multiplier: Decimal  # the penalty rate is the contract rate times this
    allocation_order: tuple[DueKind, ...]
    default_after_days: int
    class_bands: tuple[ClassBand, ...]
    reminders: tuple[Reminder, ...]
    use_survey_every_months: int | None
    evidence_per_month: int | None
    activation_days: int | None
    use_within_days: int | None
    rectification_days: int | None
    tolerance: Decimal | None = None  # yuan that a due which was paid may lack and is met all the same; None: nothing
    unpaid_interest_bears: UnpaidInterest | None = None  # None: the penalty rate
    misuse_multiplier: Decimal | None = None  # the rate of misused principal is the contract's times this; None: 1.5
    misused_class: LoanClass | None = None  # what a misused loan is at best; None: special mention
    amount_within_means: bool | None = None  # within the project's investment and what can be repaid (JN-3)
    securities: tuple[LoanSecurity, ...] | None = None  # None: on credit, and what the county requires
    accelerating_causes: tuple[LossCause, ...] | None = None  # None: no default lets all principal fall due
    write_off_grounds: tuple[WriteOffGround, ...] | None = None  # None: compensated, or of the class of loss
    covered_by_fund: bool | None = None  # None: it is; where it is not, the bank bears a loss (ZJ-2c)
    repricing: Repricing | None = None  # None: one rate for the whole contract


@dataclass(frozen=True, slots=True)
class RateCap:
    """Interest is subsidised up to this published rate, by tenor (DZ-1b)."""

    basis: RateBasis
    tenors: tuple[RateTenor, ...]


@dataclass(frozen=True, slots=True)
class ShareFrom:
    """A subsidy share that holds for interest accrued from this day on."""

    from_on: date
    share: Decimal


@dataclass(frozen=True, slots=True)
class SubsidyRule:
    """Which interest is reimbursed, how much of it, and when (SX-5, FJ-6b, FJ-11, DZ-1b, XX-4)."""

    settle_first: bool
    share: Decimal
    later_shares: tuple[ShareFrom, ...]
    principal_max: Decimal
    period_months: int  # 12: one run a year after the settlement day; 3: quarterly
    settlement_day: YearlyDay
    covers_prepaid_interest: bool
    stop_states: tuple[PovertyState, ...]  # no subsidy for days on or after the day the household enters one of these
    keeps_after_lifting: bool
    lifted_may_start: bool
    rate_cap: RateCap | None
    fixed_rate: Decimal | None  # percent a year that the treasury bears; never more than the interest that was paid
    years_max: int | None
    months_max: int | None  # counted like the years, where the document counts months
    once_a_year: bool | None  # one run serves a household's interest of a calendar year; a later one finds it served
    reimbursed_payers: tuple[Payer, ...] | None  # whose payments are given back; None: who pays as the household
    renewed_loans_keep: bool
    budget_required: bool
    preparer: Office
    reviewer: Office
    approver: Office
    clawback_days: int


@dataclass(frozen=True, slots=True)
class FundRule:
    """How far lending may go on the fund and how it is topped up (FJ-13, LG-37, LG-38)."""

    multiplier: Decimal
    initial_amount: Decimal
    replenish_to_multiplier: bool  # the county pays in what the next reservation lacks
    replenish_step: Decimal  # payments in are rounded up to a whole number of these
    replenish_below_ratio: Decimal | None  # fund money over covered lending at which a warning is raised
    reservation_valid_days: int
    bad_loan_tolerance: ShareBound | None  # share of covered lending at which new cover stops (SX-6b)
    lender_tolerances: tuple[LenderTolerance, ...] | None  # of the banks named, in place of the county's
    lender_accounts: tuple[LenderAccount, ...] | None  # banks that lend on an account of their own
    only_for_bad_loans: bool
    managers: tuple[Office, ...]


@dataclass(frozen=True, slots=True)
class CompensationWait:
    """How long the bank must have waited before a loss of this cause can be compensated.

    The first day is `months` and `days` after the day named by `counts_from`; with `strictly_after` the day after.
    `clause` sets this wait where the list as a whole is assumed (LG-20b, LG-21a).
    """

    cause: LossCause
    counts_from: WaitStart
    months: int = 0
    days: int = 0
    strictly_after: bool = False
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class CompensationRule:
    """Who carries a loss, when it may be claimed, and how recoveries go back (LG-20, LG-21, LG-40, DZ-3)."""

    fund_share: Decimal  # the three shares add up to 1
    bank_share: Decimal
    guarantor_share: Decimal
    lender_shares: tuple[LenderShares, ...] | None  # of the banks named, in place of the three
    odd_fen_to: LossParty
    waits: tuple[CompensationWait, ...]
    covers_interest: bool
    covers_penalty: bool
    insurance_pays_first: bool
    committee: tuple[Office, ...]
    committee_approvals_required: int
    recovery_return_working_days: int
    guarantor_pays_working_days: int | None = None  # from the approval; left out: due on that day

    def wait_for(self, cause: LossCause) -> CompensationWait | None:
        """Return the waiting time for a cause, or None when that cause is not compensated."""
        return next((wait for wait in self.waits if wait.cause is cause), None)
