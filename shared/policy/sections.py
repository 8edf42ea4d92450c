"""The sections every county's pack has: borrower, rating, approval, the loan, subsidy and fund."""

from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, with_config

from shared.money import Money
from shared.policy import bounds, rate_terms, rating_terms, terms
from shared.policy.sourced import (
    AtLeastOne,
    DaysReached,
    Number,
    Section,
    Share,
    ShareExceeded,
    Sourced,
    Whole,
    Yes,
    leaf,
    maybe,
    section_of,
)
from shared.policy.vocabulary import (
    DayCount,
    DueKind,
    EntityParty,
    HouseholdCriterion,
    LoanClass,
    LoanMode,
    LoanSecurity,
    LossCause,
    LossParty,
    NextLimitChoice,
    NoticeItem,
    Office,
    Payer,
    PovertyState,
    RateBasis,
    RateForm,
    RegionLevel,
    RepaymentMethod,
    Rounding,
    UnpaidInterest,
    VillageCriterion,
    WriteOffGround,
)

# The rows of a list are terms dataclasses; in a county's file an unknown key in such a row is a mistake too.
for _record in (
    terms.Term,
    bounds.ShareBound,
    bounds.DaysBound,
    terms.Purpose,
    rating_terms.IndicatorStep,
    rating_terms.Indicator,
    rating_terms.GradeLimit,
    rating_terms.GradeBand,
    rating_terms.BankScheme,
    rating_terms.AreaThreshold,
    terms.NoticeDays,
    terms.NoticeOffices,
    terms.ApprovalStep,
    terms.RequiredDocument,
    rate_terms.RateTenor,
    rate_terms.Repricing,
    terms.YearlyDay,
    terms.ClassBand,
    terms.Reminder,
    terms.RateCap,
    terms.ShareFrom,
    terms.CompensationWait,
    terms.ConditionConsequence,
    terms.StateWord,
    bounds.LenderTolerance,
    bounds.LenderAccount,
    bounds.LenderShares,
):
    with_config(ConfigDict(extra="forbid"))(_record)


if TYPE_CHECKING:

    class EligibilitySection(Section):
        """Who may borrow: every named value of `terms.EligibilityRules` with its origin."""

        def __getattr__(self, name: str) -> Any: ...
else:
    EligibilitySection = section_of(terms.EligibilityRules, "EligibilitySection", "Who may borrow.")


class PurposeSection(Section):
    """What the money may be used for."""

    allowed: Sourced[tuple[terms.Purpose, ...]] = leaf("允许用途", "allowed purposes")
    forbidden: Sourced[tuple[terms.Term, ...]] = leaf("禁止用途", "forbidden purposes")
    industries: Sourced[tuple[terms.Term, ...]] = leaf("统计产业", "industries that are reported")
    industries_per_borrower_min: Sourced[Whole] = leaf("每户最少产业数", "fewest industries of a borrower")
    industries_per_borrower_max: Sourced[AtLeastOne] = leaf("每户最多产业数", "most industries of a borrower")
    priority: Sourced[tuple[str, ...]] | None = maybe("优先扶持产业", "industries that come first, not alone")


class EntitySection(Section):
    """Implementing entities and loan modes."""

    modes: Sourced[tuple[LoanMode, ...]] = leaf("贷款使用方式", "loan modes that exist")
    conditions: Sourced[tuple[terms.Term, ...]] = leaf("实施主体条件", "conditions of an implementing entity")
    enterprise_use_banned_after: Sourced[date] | None = maybe("户贷企用禁止日", "enterprise use banned after this day")
    capacity_required: Sourced[Yes] = leaf("须评估承载能力", "capacity must be assessed")
    joint_participation_required: Sourced[Yes] | None = maybe(
        "合作发展须自愿并参与经营", "joint development only by who volunteers and takes part"
    )
    determined_by: Sourced[tuple[EntityParty, ...]] | None = maybe(
        "共同确定实施主体的各方", "who determines an implementing entity together"
    )
    choice_required: Sourced[Yes] | None = maybe(
        "农户知情并自选实施主体", "a household sees every entity's data and chooses"
    )
    follow_up_every_months: Sourced[AtLeastOne] | None = maybe(
        "实施主体跟踪周期（月）", "months between looks at an entity's use and risk"
    )


class RatingSection(Section):
    """Credit rating and credit limits."""

    indicators: Sourced[tuple[rating_terms.Indicator, ...]] = leaf("评级指标", "indicators with their points")
    grade_limits: Sourced[tuple[rating_terms.GradeLimit, ...]] = leaf(
        "信用等级额度", "credit limit by grade, best first"
    )
    grade_bands: Sourced[tuple[rating_terms.GradeBand, ...]] = leaf(
        "信用等级分数线", "least score by grade, best first"
    )
    valid_months: Sourced[AtLeastOne] = leaf("评级有效期（月）", "months a rating is valid")
    recollect_months: Sourced[AtLeastOne] = leaf("重新采集周期（月）", "months between collections")
    collected_through: Sourced[rating_terms.CreditSystem] | None = maybe(
        "信用指标采集系统", "credit system through which indicators are collected"
    )
    group_review_members_min: Sourced[AtLeastOne] = leaf("评议小组最少人数", "fewest members of a rating group")
    gradient_multiplier: Sourced[Number] | None = maybe(
        "梯度增信倍数", "gradient increase: next credit limit over last loan"
    )
    promotion_path: Sourced[tuple[str, ...]] = leaf("滚动升级路径", "rolling promotion, worst grade first")
    next_limit: Sourced[NextLimitChoice] = leaf("新额度取法", "which raised credit limit holds when both apply")
    area_thresholds: Sourced[tuple[rating_terms.AreaThreshold, ...]] = leaf("信用组村镇门槛", "credit-area thresholds")
    demonstration_villages_per_year: Sourced[Whole] | None = maybe("每年信用示范村", "demonstration villages a year")
    demonstration_households_per_year: Sourced[Whole] | None = maybe(
        "每年信用示范户", "demonstration households a year"
    )
    demonstration_village_criteria: Sourced[tuple[VillageCriterion, ...]] | None = maybe(
        "信用示范村排序依据", "what ranks demonstration villages, weightiest first"
    )
    demonstration_household_criteria: Sourced[tuple[HouseholdCriterion, ...]] | None = maybe(
        "信用示范户排序依据", "what ranks demonstration households, weightiest first"
    )
    bank_schemes: Sourced[tuple[rating_terms.BankScheme, ...]] | None = maybe(
        "银行自有评级标准", "banks with a rating standard of their own"
    )
    earned_limit_kept: Sourced[Yes] | None = maybe(
        "重新评级保留已升额度", "a new campaign keeps a credit limit earned by repaying on time"
    )
    reviewed_by: Sourced[tuple[Office, ...]] | None = maybe("评级评议部门", "offices that review ratings")
    finalised_by: Sourced[tuple[Office, ...]] | None = maybe("评级定级部门", "offices that make ratings final")
    at_visit: Sourced[Yes] | None = maybe(
        "一次入户评级授信", "one visit may rate, grant a limit and take the application"
    )
    loan_certificates: Sourced[Yes] | None = maybe("发放贷款证", "rated households get loan certificates")


class ListSection(Section):
    """Dishonesty list and blacklist."""

    dishonesty_after_days_late: Sourced[DaysReached] | None = maybe(
        "列入失信名单的逾期天数", "days late at which a borrower is listed"
    )
    malicious_to_blacklist: Sourced[Yes] = leaf("恶意拖欠列入黑名单", "malicious non-payers go to the blacklist")
    malicious_village_quota_cut: Sourced[Share] | None = maybe(
        "恶意拖欠削减全村额度比例", "share cut off village quota"
    )
    blacklist_bars_support: Sourced[Yes] = leaf("黑名单停止扶持", "blacklist bars support, grants and projects")
    appeal_decision_days: Sourced[AtLeastOne] | None = maybe("名单申诉决定天数", "days to decide on an appeal")
    decided_by: Sourced[tuple[Office, ...]] | None = maybe("名单审定部门", "offices that decide on listings")
    incentives: Sourced[tuple[terms.Term, ...]] | None = maybe(
        "守信联合激励措施", "what offices do together for who keeps faith"
    )
    sanctions: Sourced[tuple[terms.Term, ...]] | None = maybe(
        "失信联合惩戒措施", "what offices do together against who is listed"
    )


class PublicNoticeSection(Section):
    """Public notice of applications and ratings."""

    levels: Sourced[tuple[RegionLevel, ...]] = leaf("公示级别", "levels at which an application is public")
    working_days_per_level: Sourced[Whole] = leaf("每级公示工作日", "working days at each level")
    working_days_of_levels: Sourced[tuple[terms.NoticeDays, ...]] | None = maybe(
        "各级公示工作日", "working days of the levels named, in place of the usual"
    )
    objection_stops_clock: Sourced[Yes] = leaf("异议暂停计时", "an open objection stops the clock")
    rating_levels: Sourced[tuple[RegionLevel, ...]] = leaf("评级公示级别", "levels at which a rating is public")
    rating_working_days_per_level: Sourced[Whole] = leaf("评级公示工作日", "working days of a rating's public notice")
    offices: Sourced[tuple[terms.NoticeOffices, ...]] | None = maybe(
        "公示部门", "offices that run public notice at each level"
    )
    content: Sourced[tuple[NoticeItem, ...]] | None = maybe("公示内容", "what a notice says of each application")


class ApprovalSection(Section):
    """From the village to the money."""

    steps: Sourced[tuple[terms.ApprovalStep, ...]] = leaf("审批环节", "approval levels and who signs")
    documents: Sourced[tuple[terms.RequiredDocument, ...]] = leaf("必备资料", "required documents")
    disbursement_working_days: Sourced[AtLeastOne] = leaf("放款工作日", "working days from hand-over to the money")
    batch_filing: Sourced[Yes] = leaf("乡镇批量申报", "townships file in batches")
    handed_over_by: Sourced[tuple[Office, ...]] | None = maybe("移交部门", "offices that hand over to the bank")
    consent_required: Sourced[Yes] | None = maybe("无同意记录不得申报", "nothing is filed without recorded consent")


class LendingSection(Section):
    """Amount, term and security of a loan."""

    amount_min: Sourced[Money] = leaf("单笔最低金额", "smallest loan, CNY")
    amount_max: Sourced[Money] = leaf("单笔最高金额", "largest loan, CNY")
    household_cap: Sourced[Money] = leaf("每户余额上限", "most a household may owe, CNY")
    open_loans_max: Sourced[AtLeastOne] = leaf("每户未结清笔数上限", "most open loans of a household")
    term_months_min: Sourced[AtLeastOne] = leaf("最短期限（月）", "shortest term, months")
    term_months_max: Sourced[AtLeastOne] = leaf("最长期限（月）", "longest term, months")
    term_months_normal: Sourced[AtLeastOne] | None = maybe(
        "一般期限（月）", "usual longest term, months; beyond it the bank states its reason"
    )
    guarantee_required: Sourced[Yes] = leaf("须担保", "guarantee required")
    collateral_required: Sourced[Yes] = leaf("须抵押", "collateral required")
    lender_kinds: Sourced[tuple[str, ...]] = leaf("贷款机构类型", "kinds of lenders")
    amount_within_means: Sourced[Yes] | None = maybe(
        "额度随项目投入和还款能力", "amount within the project's investment and the ability to repay"
    )
    securities: Sourced[tuple[LoanSecurity, ...]] | None = maybe("担保方式", "on what security loans are given")
    covered_by_fund: Sourced[Yes] | None = maybe("纳入风险补偿", "the risk fund shares the losses of these loans")
    responsible_banks: Sourced[Yes] | None = maybe(
        "实行责任银行包干", "a household applies to the bank that answers for its village"
    )


class InterestSection(Section):
    """How interest accrues and when it falls due."""

    rate_basis: Sourced[RateBasis] = leaf("利率基准", "published series of the rate")
    rate_tenors: Sourced[tuple[rate_terms.RateTenor, ...]] = leaf("期限档次", "column of the series by term")
    rate_margin: Sourced[Number] = leaf("加点（百分点）", "percentage points on top")
    rate_form: Sourced[RateForm] | None = maybe(
        "利率形式", "whether that is the rate, a maximum, or the bank's to state"
    )
    rate_fixed: Sourced[Yes] = leaf("固定利率", "rate fixed for the contract")
    repricing: Sourced[rate_terms.Repricing] | None = maybe(
        "重定价", "on which days a floating contract takes the published rate anew, and up to which rate"
    )
    day_count: Sourced[DayCount] = leaf("计息天数规则", "day count")
    repayment_method: Sourced[RepaymentMethod] = leaf("还款方式", "repayment method")
    rounding: Sourced[Rounding] = leaf("舍入规则", "rounding of half a fen")
    settlement_period_months: Sourced[AtLeastOne] = leaf("结息周期（月）", "months between interest dates")
    settlement_day: Sourced[terms.YearlyDay] = leaf("结息日", "interest date")


class RepaymentSection(Section):
    """Payments, lateness and default."""

    early_payment_window_days: Sourced[Whole] = leaf("提前付息窗口（天）", "days before a due date that count for it")
    prepayment_allowed: Sourced[Yes] = leaf("可提前还款", "prepayment allowed")
    grace_days: Sourced[Whole] = leaf("宽限期（天）", "days of grace")
    penalty_multiplier: Sourced[Number] = leaf("罚息倍数", "penalty rate over contract rate")
    misuse_multiplier: Sourced[Number] | None = maybe("挪用罚息倍数", "rate of misuse over contract rate")
    misused_class: Sourced[LoanClass] | None = maybe("挪用贷款最高分类", "best class of a misused loan")
    unpaid_interest_bears: Sourced[UnpaidInterest] | None = maybe("欠息计收复利", "what interest that is late bears")
    allocation_order: Sourced[tuple[DueKind, ...]] = leaf("还款入账顺序", "order in which a payment is allocated")
    tolerance: Sourced[Money] | None = maybe("还款尾差容许额", "what a due that was paid may lack, CNY")
    default_after_days: Sourced[AtLeastOne] = leaf("违约认定天数", "days overdue before default")
    class_bands: Sourced[tuple[terms.ClassBand, ...]] = leaf("五级分类", "five-category bands by days overdue")
    default_confirmed_by: Sourced[tuple[Office, ...]] | None = maybe("违约确认部门", "offices that confirm a default")
    accelerating_causes: Sourced[tuple[LossCause, ...]] | None = maybe(
        "提前到期的违约原因", "causes of a default that let all principal fall due"
    )
    write_off_grounds: Sourced[tuple[WriteOffGround, ...]] | None = maybe(
        "核销条件", "on what ground a bank may write a loan off"
    )


class FollowUpSection(Section):
    """Reminders, surveys and checks of use."""

    reminders: Sourced[tuple[terms.Reminder, ...]] = leaf("到期提醒", "reminders before a due date")
    use_survey_every_months: Sourced[AtLeastOne] | None = maybe("用途调查周期（月）", "months between use surveys")
    evidence_per_month: Sourced[AtLeastOne] | None = maybe("每月影像上传次数", "photos or videos a month")
    activation_days: Sourced[Whole] | None = maybe("贷款卡激活期限（天）", "days to activate the loan card")
    use_within_days: Sourced[Whole] | None = maybe("资金使用期限（天）", "days within which the money is used")
    rectification_days: Sourced[Whole] | None = maybe("整改期限（天）", "days to put misuse right")
    revisit: Sourced[Yes] | None = maybe("须回访", "somebody revisits after lending")
    checks: Sourced[tuple[terms.Term, ...]] | None = maybe("贷款检查", "checks of a loan, in order")


class SubsidySection(Section):
    """Interest subsidy."""

    settle_first: Sourced[Yes] = leaf("先结后贴", "settle first, subsidise after")
    share: Sourced[Share] = leaf("贴息比例", "share of the interest given back")
    later_shares: Sourced[tuple[terms.ShareFrom, ...]] | None = maybe("后续贴息比例", "later shares by date")
    principal_max: Sourced[Money] = leaf("贴息本金上限", "largest principal that is subsidised, CNY")
    period_months: Sourced[AtLeastOne] = leaf("贴息周期（月）", "months between subsidy runs")
    covers_prepaid_interest: Sourced[Yes] = leaf("补贴提前结清利息", "interest settled early subsidised")
    stop_states: Sourced[tuple[PovertyState, ...]] = leaf("停止贴息的状态", "states that end the subsidy")
    keeps_after_lifting: Sourced[Yes] = leaf("脱贫后继续贴息", "lifted households keep the subsidy")
    lifted_may_start: Sourced[Yes] = leaf("脱贫户新贷贴息", "lifted households' new loans are subsidised")
    rate_cap: Sourced[terms.RateCap] | None = maybe("贴息利率上限", "rate cap of the subsidy")
    fixed_rate: Sourced[Number] | None = maybe("固定贴息利率（%）", "fixed rate that is borne, percent a year")
    years_max: Sourced[AtLeastOne] | None = maybe("贴息年限", "most years of subsidy")
    months_max: Sourced[AtLeastOne] | None = maybe("贴息期限（月）", "most months of subsidy, in place of years")
    once_a_year: Sourced[Yes] | None = maybe("每户每年贴息一次", "a household is subsidised once a calendar year")
    reimbursed_payers: Sourced[tuple[Payer, ...]] | None = maybe(
        "可贴息的付息人", "whose payments of interest are given back to the household"
    )
    renewed_loans_keep: Sourced[Yes] = leaf("续贷展期继续贴息", "renewed or extended loans keep the subsidy")
    budget_required: Sourced[Yes] = leaf("不得超预算", "no promise beyond the budget")
    budget_document: Sourced[str] | None = maybe("列入的预算", "the budget in which the subsidy stands")
    preparer: Sourced[Office] = leaf("贴息编制部门", "office that prepares")
    reviewer: Sourced[Office] = leaf("贴息复核部门", "office that reviews")
    approver: Sourced[Office] = leaf("贴息审批部门", "office that approves")
    payer: Sourced[Office] | None = maybe("贴息发放部门", "office that pays")
    clawback_days: Sourced[Whole] = leaf("追回期限（天）", "days to pay back a wrong subsidy")
    grant_standards: Sourced[Yes] | None = maybe("有补助标准清单", "a list of projects with grant standards exists")


class FundSection(Section):
    """Risk-compensation fund."""

    multiplier: Sourced[Number] = leaf("放大倍数", "lending over fund")
    initial_amount: Sourced[Money] = leaf("基金初始规模", "first size of the fund, CNY")
    replenish_to_multiplier: Sourced[Yes] = leaf("动态补充", "the county pays in what is missing")
    replenish_step: Sourced[Money] = leaf("补充单位", "payments in are whole multiples of this, CNY")
    replenish_below_ratio: Sourced[Share] | None = maybe("补充警戒比例", "fund over lending that raises a warning")
    reservation_valid_days: Sourced[AtLeastOne] = leaf("额度预留天数", "days a reservation lives")
    bad_loan_tolerance: Sourced[ShareExceeded] | None = maybe("不良贷款容忍度", "bad-loan share that stops new cover")
    lender_tolerances: Sourced[tuple[bounds.LenderTolerance, ...]] | None = maybe(
        "各银行不良容忍度", "tolerance of the banks named, each for its own loans"
    )
    lender_accounts: Sourced[tuple[bounds.LenderAccount, ...]] | None = maybe(
        "各银行基金专户", "banks with a fund account and a multiple of their own"
    )
    only_for_bad_loans: Sourced[Yes] = leaf("专用于代偿", "only for covering bad loans")
    managers: Sourced[tuple[Office, ...]] = leaf("共管部门", "offices that manage the account together")
    paid_in_by: Sourced[tuple[Office, ...]] | None = maybe("注资部门", "offices that pay money into the fund")
    held_at: Sourced[terms.Term] | None = maybe("资金存放", "where the fund lies")


class CompensationSection(Section):
    """Sharing of losses and recoveries."""

    fund_share: Sourced[Share] = leaf("基金分担比例", "fund's share of a loss")
    bank_share: Sourced[Share] = leaf("银行分担比例", "bank's share of a loss")
    guarantor_share: Sourced[Share] = leaf("担保机构分担比例", "guarantor's share of a loss")
    lender_shares: Sourced[tuple[bounds.LenderShares, ...]] | None = maybe(
        "各银行分担比例", "shares of a loss on loans of the banks named"
    )
    odd_fen_to: Sourced[LossParty] = leaf("尾差归属", "who takes the odd fen")
    waits: Sourced[tuple[terms.CompensationWait, ...]] = leaf("代偿等待期", "waiting time by cause")
    covers_interest: Sourced[Yes] = leaf("代偿利息", "overdue interest compensated")
    covers_penalty: Sourced[Yes] = leaf("代偿罚息", "penalty interest compensated")
    insurance_pays_first: Sourced[Yes] = leaf("保险先赔", "insurance pays first")
    committee: Sourced[tuple[Office, ...]] = leaf("管理委员会", "offices on the committee")
    committee_approvals_required: Sourced[AtLeastOne] = leaf("委员会同意人数", "approvals needed")
    recovery_return_working_days: Sourced[AtLeastOne] = leaf("追回资金返还工作日", "working days to return a recovery")
    guarantor_pays_working_days: Sourced[AtLeastOne] | None = maybe(
        "担保机构代偿工作日", "working days in which the guarantor pays its share"
    )
    start_conditions: Sourced[Yes] | None = maybe(
        "启动条件须书面规定", "when compensation starts, and how, is written down"
    )
