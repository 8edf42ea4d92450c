"""The sections that only some counties' packs have; a pack leaves out what its county does not know."""

from datetime import date

from pydantic import ConfigDict, with_config

from shared.money import Money
from shared.policy import arrangements, terms
from shared.policy.sourced import AtLeastOne, Number, Section, Share, Sourced, Whole, Yes, leaf, maybe
from shared.policy.vocabulary import FundClass, LoanMode, Office, PovertyState, PremiumPayer, RegionLevel

for _record in (arrangements.Target, arrangements.DepositBand, arrangements.LinkageModel):
    with_config(ConfigDict(extra="forbid"))(_record)


class LegacyRuleSection(Section):
    """An earlier rule that loans granted under it keep; a loan is judged by the rule of its own day."""

    named: Sourced[terms.Term] | None = maybe("旧政策名称", "code and names of the earlier rule")
    amount_above: Sourced[Money] | None = maybe("金额高于", "amounts above this, CNY; left out: of any amount")
    amount_max: Sourced[Money] = leaf("最高金额", "largest loan, CNY")
    term_months_max: Sourced[AtLeastOne] = leaf("最长期限（月）", "longest term, months")
    guarantee_required: Sourced[Yes] = leaf("须担保", "guarantee required")
    modes: Sourced[tuple[LoanMode, ...]] | None = maybe("适用方式", "ways of using a loan; left out: any")
    granted_from: Sourced[date] | None = maybe("发放起始日", "first day such loans were granted")
    granted_until: Sourced[date] = leaf("发放截止日", "last day such loans were granted")
    subsidy_share: Sourced[Share] | None = maybe("贴息比例", "share of the interest given back; left out: today's")


class RenewalSection(Section):
    """Renewal, extension and top-up."""

    renewal_times_max: Sourced[Whole] = leaf("续贷次数上限", "most renewals")
    renewal_term_months_max: Sourced[AtLeastOne] = leaf("续贷最长期限（月）", "longest renewed term, months")
    extension_times_max: Sourced[Whole] = leaf("展期次数上限", "most extensions")
    short_loan_months: Sourced[AtLeastOne] = leaf("短期贷款界限（月）", "loans up to this are short, months")
    short_extension_months_max: Sourced[AtLeastOne] = leaf("短期贷款展期上限（月）", "longest extension of one")
    long_extension_share_max: Sourced[Share] = leaf("长期贷款展期比例上限", "longest extension over original term")
    top_up_allowed: Sourced[Yes] = leaf("可追加贷款", "top-up allowed")
    follows_whole_procedure: Sourced[Yes] = leaf("按新贷程序办理", "follows the whole application procedure")
    barred_modes: Sourced[tuple[LoanMode, ...]] = leaf("不得续贷的方式", "modes that may not be renewed")
    extension_follows_whole_procedure: Sourced[Yes] | None = maybe(
        "展期按新贷程序办理", "an extension follows the whole application procedure"
    )


class ProgrammeSection(Section):
    """A year's subsidy programme."""

    year: Sourced[AtLeastOne] = leaf("年度", "year")
    starts_on: Sourced[date] = leaf("开始日", "first day")
    ends_on: Sourced[date] = leaf("结束日", "last day")
    budget: Sourced[Money] = leaf("预算", "money that may be promised, CNY")
    fund_sources: Sourced[tuple[str, ...]] = leaf("资金来源", "fund sources")
    targets: Sourced[tuple[arrangements.Target, ...]] = leaf("绩效目标", "targets")
    every_year: Sourced[Yes] | None = maybe("每年安排", "given again each later year")


class PremiumSection(Section):
    """Guarantee and insurance premiums."""

    guarantee_premium_payer: Sourced[PremiumPayer] | None = maybe("担保费承担方", "who pays the guarantee premium")
    insurance_premium_payer: Sourced[PremiumPayer] | None = maybe("保险费承担方", "who pays the insurance premium")
    covered_share: Sourced[Share] = leaf("补贴比例", "share of the premium covered")
    voluntary: Sourced[Yes] | None = maybe("自愿投保", "the household buys insurance of its own will")
    covers: Sourced[tuple[terms.Term, ...]] | None = maybe("保费补贴对象", "whose premium is covered")


class DepositSection(Section):
    """Recommender's risk deposit."""

    bands: Sourced[tuple[arrangements.DepositBand, ...]] = leaf("风险保证金档次", "deposit by loan amount")


class InsuranceSection(Section):
    """Insurance products in use."""

    products: Sourced[tuple[terms.Term, ...]] = leaf("保险产品", "insurance products")
    answer_working_days: Sourced[AtLeastOne] = leaf("保险答复工作日", "working days for the insurer's answer")
    policy_pledge: Sourced[Yes] | None = maybe("可保单质押", "a policy may be pledged")
    loan_insured: Sourced[Yes] | None = maybe("贷款须参保", "every loan is insured")
    causes_answered: Sourced[tuple[arrangements.ProductCauses, ...]] | None = maybe(
        "险种对应的损失原因", "causes of a loss that a product answers for"
    )


class MutualAidSection(Section):
    """Village mutual-aid funds."""

    members_only_from_village: Sourced[Yes] = leaf("仅限本村社员", "members only from the village")
    borrower_states: Sourced[tuple[PovertyState, ...]] = leaf(
        "可借户类型", "states that may borrow, first served first"
    )
    loan_max: Sourced[Money] = leaf("单笔借款上限", "largest loan, CNY")
    grant_membership_loan_max: Sourced[Money] | None = maybe("双到资金借款上限", "largest loan on grant money, CNY")
    joint_guarantee_households: Sourced[AtLeastOne] | None = maybe("联保户数", "households in a joint guarantee")
    federation_fee_allowed: Sourced[Yes] = leaf("联合社可收费", "the federation may charge a fee")
    outside_deposits_allowed: Sourced[Yes] = leaf("可吸收外部存款", "outside deposits allowed")
    wholesale_loans_allowed: Sourced[Yes] = leaf("可批发贷款", "wholesale loans allowed")
    county_approval_above_max_loan: Sourced[Yes] = leaf("超额支付须县级批准", "payments above the maximum need county")
    cash_allowed: Sourced[Yes] = leaf("可用现金", "large cash allowed")
    bookkeeper: Sourced[Office] = leaf("记账部门", "office that keeps the books")
    approval_limits: Sourced[tuple[terms.ApprovalStep, ...]] = leaf("分级审批限额", "approval limits by level")
    rectified_classes: Sourced[tuple[FundClass, ...]] = leaf("须整改的等级", "classes that must be put right")
    outside_bookkeeper: Sourced[Yes] | None = maybe("第三方可记账", "a third party writes the books")
    supported_classes: Sourced[tuple[FundClass, ...]] | None = maybe("可增资等级", "classes that get more money")
    birth_steps: Sourced[tuple[terms.Term, ...]] | None = maybe("成立步骤", "steps of its birth, in order")
    assessment: Sourced[tuple[terms.Term, ...]] | None = maybe("考核内容", "headings of its assessment")


class VillageFundSection(Section):
    """Village-level risk funds."""

    pledging_classes: Sourced[tuple[FundClass, ...]] = leaf("可质押等级", "classes that may pledge")
    multiplier_min: Sourced[Number] = leaf("最低倍数", "smallest credit limit over pledge")
    multiplier_max: Sourced[Number] = leaf("最高倍数", "largest credit limit over pledge")
    county_share_min: Sourced[Share] = leaf("县级配套下限", "smallest county share of the guarantee money")
    county_share_max: Sourced[Share] = leaf("县级配套上限", "largest county share of the guarantee money")
    pooled_loans_classes: Sourced[tuple[FundClass, ...]] | None = maybe(
        "可汇集贷款担保的等级", "classes whose loans may be pooled as guarantee money"
    )
    members_consent: Sourced[Yes] | None = maybe("须社员自愿同意", "members consent to a pledge")


class GuaranteedDividendSection(Section):
    """Guaranteed dividends."""

    rate_min: Sourced[Number] = leaf("保底分红率（%）", "smallest dividend, percent a year")
    rises_every_year: Sourced[Yes] = leaf("逐年递增", "rises every year")
    security_ratio_min: Sourced[Number] = leaf("担保比例下限", "security over invested money")
    term_years_min: Sourced[AtLeastOne] = leaf("最短年限", "shortest term, years")


class EquityDividendSection(Section):
    """Equity dividends."""

    household_share_min: Sourced[Share] = leaf("农户分红比例下限", "households' smallest share of the yield")
    term_years_min: Sourced[AtLeastOne] = leaf("最短年限", "shortest term, years")
    principal_returns_to: Sourced[RegionLevel] = leaf("本金归还对象", "where the principal goes at the end")
    delegate: Sourced[Yes] | None = maybe("派驻代表", "the implementing unit keeps a delegate in the management")
    successor: Sourced[Yes] | None = maybe("另寻承接主体", "a successor entity is found on termination")
    negotiated_by: Sourced[tuple[terms.Term, ...]] | None = maybe("协商各方", "who negotiates")


class DirectGrantSection(Section):
    """Direct grants."""

    household_total_max: Sourced[Money] = leaf("每户补助上限", "most a household gets, CNY")
    agreement_years_min: Sourced[AtLeastOne] = leaf("协议最短年限", "shortest agreement, years")
    paid_after_acceptance: Sourced[Yes] = leaf("验收后支付", "paid after acceptance")
    household_average_max: Sourced[Money] | None = maybe(
        "户均补助上限", "most that the county's households get on average, CNY"
    )


class LinkageSection(Section):
    """How loans are tied to a business."""

    models: Sourced[tuple[arrangements.LinkageModel, ...]] = leaf("利益联结方式", "linkage models")
    agreements_confirmed_by: Sourced[tuple[Office, ...]] | None = maybe(
        "利益联结协议确认部门", "offices that confirm an agreement; left out: any that may"
    )
    dividends_approved_by: Sourced[tuple[Office, ...]] | None = maybe(
        "分红审批部门", "offices that approve a year's dividends; left out: any that may"
    )


class SupervisionSection(Section):
    """Inspection, ranking, coordination."""

    inspection_every_months: Sourced[AtLeastOne] = leaf("督查周期（月）", "months between inspections")
    ranking_every_months: Sourced[AtLeastOne] = leaf("排名周期（月）", "months between rankings")
    summon_after_last_places: Sourced[AtLeastOne] | None = maybe("连续末位约谈", "last places running before a summons")
    coordination_every_days: Sourced[tuple[Whole, ...]] = leaf("会商周期（天）", "days between coordination meetings")
    bank_assessment_every_months: Sourced[AtLeastOne] | None = maybe("银行考核周期（月）", "months, banks' assessment")
    entity_assessment_every_months: Sourced[AtLeastOne] | None = maybe(
        "主体考核周期（月）", "months, entities' assessment"
    )
    demand_report_every_months: Sourced[AtLeastOne] | None = maybe("需求上报周期（月）", "months between reports")
    whistle_blowing: Sourced[Yes] = leaf("开放举报", "anyone may report")
    responsible_level: Sourced[RegionLevel] = leaf("责任级别", "responsible level")
    offices: Sourced[tuple[Office, ...]] = leaf("监督部门", "offices that take part")
    campaign_figures: Sourced[tuple[terms.Term, ...]] = leaf("进度指标", "figures progress is reported by")
    satisfaction_survey: Sourced[Yes] | None = maybe("满意度测评", "a satisfaction survey is held")
    bulletin_every_days: Sourced[AtLeastOne] | None = maybe("通报周期（天）", "days between bulletins")
    inspection_bulletin: Sourced[Yes] | None = maybe("督查后通报", "every inspection is followed by a bulletin")
    pairs: Sourced[Yes] | None = maybe("结对包保", "a person of the township and one of the bank are bound to villages")
    summon_with_deadline: Sourced[Yes] | None = maybe("约谈并限期整改", "a summons names a deadline")
    townships_assessed: Sourced[Yes] | None = maybe("纳入乡镇考核", "lending counts in the assessment of townships")
    county_assessed_by: Sourced[RegionLevel] | None = maybe("县级考核主体", "level that assesses the county")
    project_steps: Sourced[tuple[terms.Term, ...]] | None = maybe("项目流程", "steps of a project, in order")
