"""What is known about a household and what it asks for, as the rules of borrowing take it. Plain frozen values.

A worked example of a pack states these facts under the names of their fields: those with a name here (`Stated`).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import StringConstraints

from shared.policy.sourced import AtLeastOne
from shared.policy.vocabulary import EntityParty, LoanMode, LoanSecurity, PovertyState, ProjectStage
from shared.regions import RegionCode

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
GradeCode = Annotated[str, StringConstraints(min_length=1, max_length=20)]
BankCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
ListName = Literal["dishonesty", "blacklist"]
CivilCapacity = Literal["full", "limited", "none"]
CreditRecord = Literal["none", "clean", "bad_unresolved", "bad_settled"]
EndReason = Literal["merged", "moved_out", "died_out", "error"]
Borrower = Literal["active", "died", "left", "unknown"]  # unknown: no member of this household


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact's names in a worked example, with what it is when left out; `kind` is how it is written there."""

    zh: str
    en: str
    kind: Any = None  # None: as its type says, text as a code


@dataclass(frozen=True, slots=True)
class RatingFacts:
    """A household's latest rating."""

    grade: Annotated[str, Stated("等级", "grade; the best one if left out", GradeCode)]
    credit_limit: Annotated[Decimal, Stated("额度", "credit limit, CNY; the grade's credit limit if left out")]
    valid_from: Annotated[date, Stated("有效期起", "first day on which it is valid")]
    valid_until: Annotated[date, Stated("有效期止", "first day on which it is no longer valid")]


@dataclass(frozen=True, slots=True)
class OpenLoan:
    """A loan that is not closed: what was granted and when, and what is still owed of it."""

    principal: Decimal
    granted_on: date
    owed: Decimal


@dataclass(frozen=True, slots=True)
class EntityFacts:
    """The implementing entity of an indirect loan (SX-4); figures without this household.

    `households_max` is None while no assessment was confirmed; `amount_max` None means no limit in yuan.
    """

    conditions_met: Annotated[
        frozenset[str], Stated("已满足条件", "codes of the conditions it meets; all if left out")
    ] = frozenset()
    lists: Annotated[tuple[str, ...], Stated("所在名单", "lists that it is on; none if left out", ListName)] = ()
    active: Annotated[bool, Stated("在册正常经营", "on file and active; yes if left out")] = True
    assessed_on: date | None = None
    valid_until: date | None = None
    households_max: Annotated[
        int | None, Stated("可带动户数", "households it may take by its assessment; enough if left out")
    ] = None
    amount_max: Annotated[
        Decimal | None, Stated("可使用金额", "money it may use by its assessment, CNY; no limit if left out")
    ] = None
    households: Annotated[int, Stated("已带动户数", "households it has taken; none if left out")] = 0
    amount: Annotated[Decimal, Stated("已使用金额", "money it uses, CNY; 0.00 if left out")] = Decimal("0.00")
    determined_by: Annotated[
        frozenset[str],
        Stated("已同意的各方", "parties that determined it; all that are asked if left out", EntityParty),
    ] = frozenset()
    chosen: Annotated[bool, Stated("农户已自选", "the household saw all entities and chose it; yes if left out")] = True


@dataclass(frozen=True, slots=True)
class HouseholdFacts:
    """What is known about a household on the day of the question; age, capacity and ability are the borrower's."""

    state: Annotated[  # None: not on the register yet on that day
        str | None,
        Stated("户类型", "state on the poverty register; the first that may borrow if left out", PovertyState),
    ]
    born_on: Annotated[  # None: the borrower is not known
        date | None, Stated("户主出生日", "day of birth of the head, instead of the age")
    ]
    civil_capacity: Annotated[
        str | None, Stated("民事行为能力", "civil capacity of the head; full if left out", CivilCapacity)
    ]
    able_to_work: Annotated[bool, Stated("有劳动或经营能力", "able to work or run a business; yes if left out")]
    exclusions: Annotated[frozenset[str], Stated("排除情形", "kinds of excluded persons that apply; none if left out")]
    credit_record: Annotated[str, Stated("信用记录", "credit record; clean if left out", CreditRecord)]
    has_account: Annotated[bool, Stated("有银行账户", "has an account with a bank; yes if left out")]
    lists: Annotated[tuple[str, ...], Stated("所在名单", "lists that it is on; none if left out", ListName)]
    rating: Annotated[RatingFacts | None, Stated("评级", "its rating; the best grade, valid, if left out")]
    open_loans: Annotated[int, Stated("未结清笔数", "open loans; none if left out")]
    owed: Annotated[  # those under a legacy rule included
        Decimal, Stated("未结清金额", "principal of open loans, CNY; 0.00 if left out")
    ]
    village_code: Annotated[  # None: not known, so not judged
        str | None, Stated("户籍地", "region code where it is registered; the pack's if left out", RegionCode)
    ] = None
    residence_code: Annotated[
        str | None, Stated("常住地", "region code where it lives, when elsewhere", RegionCode)
    ] = None
    ended_on: Annotated[date | None, Stated("注销日", "day on which the household was taken off the register")] = None
    end_reason: Annotated[str | None, Stated("注销原因", "why it was taken off the register", EndReason)] = None
    borrower: Annotated[
        str, Stated("借款人", "whether the borrower is a living member; active if left out", Borrower)
    ] = "active"
    malicious: Annotated[  # repaid or not
        bool, Stated("恶意拖欠记录", "a malicious default is on record; no if left out")
    ] = False
    account_bank: Annotated[
        str | None, Stated("开户银行", "code of the bank that keeps its account; any if left out", BankCode)
    ] = None
    family_debt_banks: Annotated[
        tuple[str, ...],
        Stated(
            "家庭成员负债银行",
            "banks where another member has a production loan or a live credit limit; none if left out",
            BankCode,
        ),
    ] = ()
    industries: Annotated[frozenset[str], Stated("已有产业", "industries of its open loans; none if left out")] = (
        frozenset()
    )
    loans: tuple[OpenLoan, ...] = ()  # the open loans one by one, for the words
    entity: Annotated[  # the entity the loan request names, if it is on file
        EntityFacts | None, Stated("实施主体", "the entity of an indirect loan; one that meets every condition")
    ] = None
    bank_rating: RatingFacts | None = None  # by the lending bank; counts where that bank has a standard of its own
    income_per_head: Annotated[  # None: not collected
        Decimal | None, Stated("年人均纯收入", "yearly net income per head, CNY; the largest admitted if left out")
    ] = None
    good_repute: Annotated[  # None: the village said nothing
        bool | None, Stated("品行良好", "the village vouches for name, habits and harmony; yes if left out")
    ] = None
    willing_and_able: Annotated[  # None: the village said nothing
        bool | None, Stated("有还款意愿和能力", "the village vouches for will and ability to repay; yes if left out")
    ] = None


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the lender's own books show of the household besides this request; its events may not have come yet."""

    open_loans: int
    owed: Decimal  # of open loans
    under_way: Decimal  # of applications that are neither disbursed nor ended


@dataclass(frozen=True, slots=True)
class LoanRequest:
    """What the household asks for; purpose, industry and bank only where they are known already."""

    amount: Annotated[Decimal, Stated("申请金额", "amount asked for, CNY; the largest possible if left out")]
    term_months: Annotated[
        int, Stated("申请期限（月）", "term asked for; 12 months, or the nearest possible", AtLeastOne)
    ]
    industry: Annotated[str | None, Stated("产业", "industry asked for; not said if left out")] = None
    purpose: Annotated[str | None, Stated("用途", "purpose asked for; not said if left out")] = None
    other_industries: Annotated[
        tuple[str, ...], Stated("其他产业", "further industries asked for; none if left out")
    ] = ()
    bank_code: Annotated[
        str | None, Stated("贷款银行", "code of the bank that is to lend; not said if left out", BankCode)
    ] = None
    mode: Annotated[str, Stated("贷款方式", "how the money is used; direct if left out", LoanMode)] = LoanMode.DIRECT
    granted_on: Annotated[date | None, Stated("合同日", "day of the contract; the day of the question if left out")] = (
        None
    )
    borrower_member_id: UUID | None = None  # None: the head of the household
    entity_id: UUID | None = None
    exposure: Exposure | None = None  # None: asked by nobody who keeps loans
    product_code: str | None = None  # None: the county's first product; an example names it beside the facts
    # What an application says besides; None where nobody applies yet, so it is not judged.
    project_stage: Annotated[
        str | None, Stated("项目进度", "stage of the project; not judged if left out", ProjectStage)
    ] = None
    project_investment: Annotated[
        Decimal | None, Stated("项目总投入", "whole investment of the project, CNY; not judged if left out")
    ] = None
    repayable_amount: Annotated[
        Decimal | None, Stated("测算可还金额", "what it can repay in the term, CNY; not judged if left out")
    ] = None
    security: Annotated[
        str | None, Stated("担保方式", "what stands for the repayment; not judged if left out", LoanSecurity)
    ] = None
    accepts_supervision: Annotated[
        bool | None, Stated("接受信贷和结算监督", "accepts the bank's supervision; not judged if left out")
    ] = None
    volunteers: Annotated[
        bool | None, Stated("自愿合作发展", "develops jointly of its own will; not judged if left out")
    ] = None
    takes_part: Annotated[bool | None, Stated("参与经营", "takes part in the running; not judged if left out")] = None
