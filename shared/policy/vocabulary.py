"""The closed words of the policy: what program code may branch on.

Everything a county may invent by itself (industries, purposes, indicators, grades, document kinds, kinds of
excluded persons) is an open code in the pack and never appears here.
"""

from enum import StrEnum
from typing import Final


class PovertyState(StrEnum):
    """How the household stands on the poverty register (建档立卡)."""

    REGISTERED = "registered"  # 建档立卡贫困户, not yet lifted
    LIFTED = "lifted"  # 脱贫户
    STABLY_LIFTED = "stably_lifted"  # 稳定脱贫户
    MONITORED = "monitored"  # 监测户
    MARGINAL = "marginal"  # 边缘户
    GENERAL = "general"  # 一般户, never on the register


class RegionLevel(StrEnum):
    """Level of the administrative tree."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


class NoticeItem(StrEnum):
    """What a public notice says of an application (LG-12)."""

    HOUSEHOLD_HEAD = "household_head"
    HOUSEHOLD_NUMBER = "household_number"
    PLACE = "place"
    BANK = "bank"
    AMOUNT = "amount"
    TERM_MONTHS = "term_months"
    INDUSTRY = "industry"
    PURPOSE = "purpose"
    MODE = "mode"
    GRADE = "grade"


class Office(StrEnum):
    """A body that signs, decides or supervises (LG-9, DZ-6).

    One that takes steps has the code of its people's role, or is part of an office that has one
    (`shared.offices`); the others appear where a document lists who takes part.
    """

    VILLAGE = "village"
    TOWNSHIP = "township"
    SERVICE_CENTRE = "service_centre"  # 县金融服务中心
    FINANCE_BUREAU = "finance_bureau"
    POVERTY_OFFICE = "poverty_office"
    CENTRAL_BANK = "central_bank"
    BANK_REGULATOR = "bank_regulator"
    INSURANCE_REGULATOR = "insurance_regulator"
    BANK = "bank"
    GUARANTOR = "guarantor"
    INSURER = "insurer"
    HELPER = "helper"
    FUND_COMMITTEE = "fund_committee"
    AUDITOR = "auditor"
    RISK_GROUP = "risk_group"  # 乡镇风险控制小组
    LEADING_GROUP_OFFICE = "leading_group_office"  # 领导小组办公室
    WORK_TEAM = "work_team"  # 驻村工作队
    FIRST_SECRETARY = "first_secretary"  # 第一书记
    VILLAGE_FINANCE_OFFICER = "village_finance_officer"  # 村级金融服务专员
    AGRICULTURE_BUREAU = "agriculture_bureau"  # 农业农村局
    INDUSTRY_BUREAU = "industry_bureau"  # 科工信局
    FINANCE_OFFICE = "finance_office"  # 金融办
    WORK_STATION = "work_station"  # 扶贫工作站
    DISCIPLINE = "discipline"  # 纪委
    AGRI_SERVICE = "agri_service"  # 农业服务中心
    FUND_CENTRE = "fund_centre"  # 互助资金管理中心
    LIVELIHOOD_CENTRE = "livelihood_centre"  # 民生服务中心
    CIVIL_AFFAIRS = "civil_affairs"  # 民政
    AGRI_ECONOMY_STATION = "agri_economy_station"  # 乡农经站
    COOPERATIVE = "cooperative"  # 光伏农业专业合作社


class ApprovalLevel(StrEnum):
    """A stop on an application's path to disbursement (FJ-4)."""

    VILLAGE = "village"
    TOWNSHIP = "township"
    COUNTY_CENTRE = "county_centre"
    JOINT_REVIEW = "joint_review"
    BANK = "bank"


class Consequence(StrEnum):
    """What follows when a condition of borrowing is not met."""

    REFUSED = "refused"
    WITH_REASON = "with_reason"  # granted once the bank's reason is on record (MS-1)
    WITHOUT_SUBSIDY = "without_subsidy"  # granted, and the household bears the interest
    WITHOUT_COVER = "without_cover"  # granted, and the bank bears a loss
    WITH_APPROVAL = "with_approval"  # granted once another office, which the pack names, has agreed
    WARNED = "warned"  # granted; who decides sees it


class SoftCondition(StrEnum):
    """The conditions of borrowing, by the code of their reason, that a county may answer otherwise than by refusing."""

    STATE = "state-not-eligible"
    RESIDENCE = "residence-outside-area"
    TOO_OLD = "age-above-maximum"
    AGE_PLUS_TERM = "age-plus-term-above-maximum"
    BAD_RECORD = "bad-credit-record"
    FAMILY_DEBT = "family-debt"
    LISTED = "on-a-list"
    UNRATED = "not-rated"
    RATING_EXPIRED = "rating-expired"
    CREDIT_LIMIT = "amount-above-credit-limit"
    NORMAL_TERM = "term-above-normal"
    OTHER_BANK = "bank-not-responsible"  # lending's own: another bank answers for the village


class ProductCondition(StrEnum):
    """A condition of every loan of a product, by the code of its reason."""

    NOT_COVERED = "loan-not-covered"


class BadRecordRule(StrEnum):
    """Which bad credit records keep a household from borrowing (MS-2)."""

    NONE_ALLOWED = "none_allowed"
    REPAID_AND_NOT_MALICIOUS_ALLOWED = "repaid_and_not_malicious_allowed"
    IGNORED = "ignored"


class LoanMode(StrEnum):
    """Who runs the business the loan pays for (SX-4, LG-28)."""

    DIRECT = "direct"  # 户贷户用
    JOINT = "joint"  # 合作或抱团经营: the household runs it together with others (SX-4, DZ-1, XX-1)
    INDIRECT = "indirect"  # help agreement with an implementing entity
    EQUITY = "equity"  # 入股分红: shares in an entity, with dividends (DY-3)
    ENTERPRISE_USE = "enterprise_use"  # 户贷企用


class Payer(StrEnum):
    """Who paid money that a bank received on a loan; the borrower owes it, another may pay it."""

    BORROWER = "borrower"
    HEIR = "heir"
    GUARANTOR = "guarantor"
    INSURER = "insurer"
    ENTITY = "entity"  # the operating entity that used the money (LG-20b)
    GOVERNMENT = "government"
    OTHER = "other"


# Who pays as the household: itself, its heirs, whoever lends it a hand (SX-5, FJ-11).
PAYS_AS_HOUSEHOLD: Final = (Payer.BORROWER, Payer.HEIR, Payer.OTHER)
OWN_USE: Final = frozenset({LoanMode.DIRECT, LoanMode.JOINT})  # the household runs the business itself
ENTITY_USE: Final = frozenset({LoanMode.INDIRECT, LoanMode.EQUITY})  # an implementing entity on file uses the money


NOT_STATED: Final = "not_stated"  # stands for the industry of a loan whose application names none (FJ-8)


class ProjectStage(StrEnum):
    """How far the project is for which the loan is asked (JN-3)."""

    PLANNED = "planned"  # 拟启动
    PREPARING = "preparing"  # 做前期准备
    STARTED = "started"  # 已启动


class LoanSecurity(StrEnum):
    """What stands for the repayment beside the borrower's word (LG-2, SX-9, XX-1, JN-4)."""

    CREDIT = "credit"  # 信用
    GUARANTEE = "guarantee"  # 保证担保
    COLLATERAL = "collateral"  # 抵押
    FOREST_RIGHT = "forest_right"  # 林权抵押


class EntityParty(StrEnum):
    """Who determines an implementing entity together with the others (SX-10)."""

    COUNTY = "county"  # 县级
    BANK = "bank"  # 银行机构
    INSURER = "insurer"  # 保险机构


class LenderKind(StrEnum):
    """Kind of a lending bank (SX-2)."""

    STATE_OWNED = "state_owned"  # 国有商业银行
    JOINT_STOCK = "joint_stock"  # 股份制商业银行
    POSTAL_SAVINGS = "postal_savings"  # 邮政储蓄银行
    RURAL_CREDIT_COOPERATIVE = "rural_credit_cooperative"  # 农村信用社
    CITY_COMMERCIAL = "city_commercial"  # 城市商业银行
    RURAL_COMMERCIAL = "rural_commercial"  # 农村商业银行
    RURAL_COOPERATIVE = "rural_cooperative"  # 农村合作银行
    VILLAGE = "village"  # 村镇银行


class RateBasis(StrEnum):
    """The published series a loan's rate is read from (`kind` in the reference rates)."""

    PBOC_BENCHMARK = "PBOC_BENCHMARK"
    LPR = "LPR"


class BoundWord(StrEnum):
    """Whether a consequence begins at a bound or beyond it."""

    REACHES = "reaches"  # 达到: at the bound itself
    EXCEEDS = "exceeds"  # 超过: only beyond it


class RateForm(StrEnum):
    """How a contract's rate follows from the published one and the pack's margin."""

    FIXED = "fixed"  # it is that rate
    MAXIMUM = "maximum"  # the bank states its own, at most that rate
    STATED = "stated"  # the bank states its own


class RepricingFrequency(StrEnum):
    """On which days a floating contract takes the published rate anew, after its disbursement and before maturity."""

    JANUARY_FIRST = "january_first"  # every 1 January
    ANNIVERSARY = "anniversary"  # every year on the day of the disbursement
    DUE_DAY = "due_day"  # every day on which interest falls due


class UnpaidInterest(StrEnum):
    """What interest that is late and unpaid bears; penalty never bears anything."""

    NOTHING = "nothing"
    CONTRACT_RATE_THEN_PENALTY_RATE = "contract_rate_then_penalty_rate"  # the turn is the loan's last due day
    PENALTY_RATE = "penalty_rate"


class RateColumn(StrEnum):
    """The tenor column of the published series."""

    UP_TO_1Y = "up_to_1y"
    OVER_1Y_TO_5Y = "over_1y_to_5y"
    OVER_5Y = "over_5y"


class DayCount(StrEnum):
    """Days between two dates over days in a year."""

    ACT_360 = "ACT/360"
    ACT_365 = "ACT/365"
    ACT_ACT = "ACT/ACT"
    THIRTY_360 = "30/360"


class RepaymentMethod(StrEnum):
    """The shape of the instalments."""

    INTEREST_ONLY = "interest_only"
    EQUAL_PRINCIPAL = "equal_principal"
    EQUAL_INSTALLMENT = "equal_installment"
    BULLET = "bullet"


class Rounding(StrEnum):
    """What happens to half a fen."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"


class DueKind(StrEnum):
    """A part of what a borrower owes, in the order a payment is allocated."""

    PENALTY = "penalty"
    INTEREST = "interest"
    PRINCIPAL = "principal"


class NextLimitChoice(StrEnum):
    """Which way of raising a credit limit wins when both apply (FJ-10)."""

    HIGHER = "higher"
    ROLLING = "rolling"
    GRADIENT = "gradient"


class VillageCriterion(StrEnum):
    """What ranks villages for the yearly choice of demonstration villages; more is better (FJ-10)."""

    CREDIT_SHARE = "credit_share"  # credit households over households on file
    ON_TIME_SHARE = "on_time_share"  # loans repaid on time over loans repaid; nothing repaid counts as zero
    AVERAGE_SCORE = "average_score"  # of the households with a valid rating


class HouseholdCriterion(StrEnum):
    """What ranks households for the yearly choice of demonstration households (FJ-10)."""

    FEWEST_LATE = "fewest_late"  # loans repaid late or overdue; fewer is better
    MOST_ON_TIME = "most_on_time"  # loans repaid on time; more is better
    SCORE = "score"  # of the household's last campaign; more is better
    CREDIT_LIMIT = "credit_limit"  # its credit limit; more is better


class BetterWhen(StrEnum):
    """Whether an indicator earns more points when it is higher or when it is lower."""

    HIGHER = "higher"
    LOWER = "lower"


class LoanClass(StrEnum):
    """Five-category classification (LG-43)."""

    NORMAL = "normal"  # 正常
    SPECIAL_MENTION = "special_mention"  # 关注
    SUBSTANDARD = "substandard"  # 次级
    DOUBTFUL = "doubtful"  # 可疑
    LOSS = "loss"  # 损失


class WriteOffGround(StrEnum):
    """On what ground a bank may write a loan off (核销); the debt goes on."""

    COMPENSATED = "compensated"  # 已代偿
    DEFAULTED = "defaulted"  # 已认定违约
    LOSS = "loss"  # 损失类


class LossCause(StrEnum):
    """Why a loan was not repaid; each cause has its own waiting time (LG-20b, LG-21a)."""

    DEATH = "death"
    DISABILITY = "disability"
    ILLNESS = "illness"
    DISASTER = "disaster"
    BUSINESS_FAILURE = "business_failure"
    MALICIOUS = "malicious"
    ENTRUSTED = "entrusted"  # cooperative or entrusted mode: the entity is pursued first


class WaitStart(StrEnum):
    """The day a waiting time for compensation counts from."""

    MATURITY = "maturity"
    OVERDUE = "overdue"  # the day after the oldest unpaid due date
    PURSUIT = "pursuit"  # the day pursuit of the operating entity began


class LossParty(StrEnum):
    """Who carries a part of a loss (LG-20, DZ-3)."""

    FUND = "fund"
    BANK = "bank"
    GUARANTOR = "guarantor"


class PremiumPayer(StrEnum):
    """Who pays a guarantee or insurance premium (DZ-6c, SX-5d)."""

    COUNTY = "county"
    HOUSEHOLD = "household"


class RentPayer(StrEnum):
    """Who pays the rent of land where a loan is tied to a business (FJ-9d)."""

    ENTITY = "entity"
    HOUSEHOLD = "household"


class FundClass(StrEnum):
    """Class of a village mutual-aid fund by performance (NX-13)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
