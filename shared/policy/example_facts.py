"""What a worked example may state and expect, kind by kind; facts left out are such that every condition is met."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from shared.money import Money
from shared.policy.sourced import AtLeastOne, Number, Section, Whole, Yes, leaf, maybe
from shared.policy.vocabulary import LoanMode, LossCause, PovertyState, RegionLevel
from shared.regions import RegionCode

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
GradeCode = Annotated[str, StringConstraints(min_length=1, max_length=20)]
CivilCapacity = Literal["full", "limited", "none"]
CreditRecord = Literal["none", "clean", "bad_unresolved", "bad_settled"]
ListName = Literal["dishonesty", "blacklist"]
ROW: Final = "due"  # stands for a row of the repayment plan that exists, whatever its figures
Borrower = Literal["active", "died", "left", "unknown"]
EndReason = Literal["merged", "moved_out", "died_out", "error"]
BankCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")]


class Expectation(Section):
    """What an example expects; each figure that is written is compared, and at least one must be."""

    refused: Code | None = maybe("应被拒绝", "code of the refusal that the rule must raise instead of any figure")

    @model_validator(mode="after")
    def _says_something(self) -> "Expectation":
        if not any(getattr(self, name) is not None for name in type(self).model_fields):
            raise PydanticCustomError("no_expectation", "an example expects at least one figure")
        return self

    def figures(self) -> dict[str, Any]:
        """Return every expected figure by its name; rows and levels have names of their own."""
        found: dict[str, Any] = {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if value is not None:
                found.update(self._named(name, value))
        return found

    def _named(self, name: str, value: Any) -> dict[str, Any]:
        return {name: value}


class RatedAs(Section):
    """The household's rating on the day of the question."""

    grade: GradeCode | None = maybe("等级", "grade; the best one if left out")
    credit_limit: Money | None = maybe("额度", "credit limit, CNY; the grade's credit limit if left out")
    valid_from: date | None = maybe("有效期起", "first day on which it is valid")
    valid_until: date | None = maybe("有效期止", "first day on which it is no longer valid")


class EntityFacts(Section):
    """The implementing entity that is to use the money with the household (indirect mode)."""

    active: Yes | None = maybe("在册正常经营", "on file and active; yes if left out")
    lists: tuple[ListName, ...] | None = maybe("所在名单", "lists that it is on; none if left out")
    conditions_met: tuple[Code, ...] | None = maybe("已满足条件", "codes of the conditions it meets; all if left out")
    assessed: Yes | None = maybe("已评估承载能力", "its capacity is assessed, validly; yes if left out")
    households_max: Whole | None = maybe("可带动户数", "households it may take by its assessment; enough if left out")
    households: Whole | None = maybe("已带动户数", "households it has taken; none if left out")
    amount_max: Money | None = maybe("可使用金额", "money it may use by its assessment, CNY; no limit if left out")
    amount: Money | None = maybe("已使用金额", "money it uses, CNY; 0.00 if left out")


class Borrowing(Section):
    """May this household borrow? What is left out fulfils every condition of the pack."""

    as_of: date | None = maybe("询问日", "day of the question; the pack's first day if left out")
    state: PovertyState | None = maybe("户类型", "state on the poverty register; the first that may borrow if left out")
    age: Annotated[int, Field(strict=True, ge=0, le=130)] | None = maybe("户主年龄", "age of the head in whole years")
    born_on: date | None = maybe("户主出生日", "day of birth of the head, instead of the age")
    civil_capacity: CivilCapacity | None = maybe("民事行为能力", "civil capacity of the head; full if left out")
    able_to_work: Yes | None = maybe("有劳动或经营能力", "able to work or run a business; yes if left out")
    borrower: Borrower | None = maybe("借款人", "whether the borrower is a living member; active if left out")
    registered_in: RegionCode | None = maybe("户籍地", "region code where it is registered; the pack's if left out")
    lives_in: RegionCode | None = maybe("常住地", "region code where it lives, when elsewhere")
    ended_on: date | None = maybe("注销日", "day on which the household was taken off the register")
    end_reason: EndReason | None = maybe("注销原因", "why it was taken off the register")
    exclusions: tuple[Code, ...] | None = maybe("排除情形", "kinds of excluded persons that apply; none if left out")
    credit_record: CreditRecord | None = maybe("信用记录", "credit record; clean if left out")
    malicious: Yes | None = maybe("恶意拖欠记录", "a malicious default is on record; no if left out")
    has_account: Yes | None = maybe("有银行账户", "has an account with a bank; yes if left out")
    account_bank: BankCode | None = maybe("开户银行", "code of the bank that keeps its account; any if left out")
    lists: tuple[ListName, ...] | None = maybe("所在名单", "lists that it is on; none if left out")
    rated: Yes | None = maybe("已评级", "`false`: it has never been rated")
    rating: RatedAs | None = maybe("评级", "its rating; the best grade, valid, if left out")
    open_loans: Whole | None = maybe("未结清笔数", "open loans; none if left out")
    owed: Money | None = maybe("未结清金额", "principal of open loans, CNY; 0.00 if left out")
    family_debt_banks: tuple[BankCode, ...] | None = maybe(
        "家庭成员负债银行", "banks where another member has a production loan or a live credit limit; none if left out"
    )
    industries: tuple[Code, ...] | None = maybe("已有产业", "industries of its open loans; none if left out")
    amount: Money | None = maybe("申请金额", "amount asked for, CNY; the largest possible if left out")
    term_months: AtLeastOne | None = maybe("申请期限(月)", "term asked for; 12 months, or the nearest possible")
    purpose: Code | None = maybe("用途", "purpose asked for; not said if left out")
    industry: Code | None = maybe("产业", "industry asked for; not said if left out")
    other_industries: tuple[Code, ...] | None = maybe("其他产业", "further industries asked for; none if left out")
    bank: BankCode | None = maybe("贷款银行", "code of the bank that is to lend; not said if left out")
    granted_on: date | None = maybe("合同日", "day of the contract; the day of the question if left out")
    mode: LoanMode | None = maybe("贷款方式", "how the money is used; direct if left out")
    entity: EntityFacts | None = maybe("实施主体", "the entity of an indirect loan; one that meets every condition")


class BorrowingExpected(Expectation):
    """Every reason against the loan, in order; none means that the household may borrow."""

    reasons: tuple[Code, ...] | None = maybe("不予贷款的原因", "codes of all reasons in order; [] if it may borrow")
    eligible: Yes | None = maybe("可贷", "whether it may borrow")


class Rating(Section):
    """What was collected about a household; an indicator left out was not collected and earns nothing."""

    answers: dict[Code, Number] = leaf("采集结果", "value by indicator code, in quotes")


class RatingExpected(Expectation):
    """The score and what follows from it."""

    score: Number | None = maybe("得分", "points of all indicators together")
    grade: GradeCode | None = maybe("等级", "grade, or none")
    credit_limit: Money | None = maybe("额度", "credit limit of the grade, CNY; 0.00 without a grade")


class LimitGrowth(Section):
    """A household that repaid a loan on time."""

    grade: GradeCode | None = maybe("原等级", "grade before; the worst if left out")
    credit_limit: Money | None = maybe("原额度", "credit limit before, CNY; the grade's credit limit if left out")
    repaid: Money | None = maybe("已按时归还本金", "principal repaid on time, CNY; the whole credit limit if left out")


class LimitGrowthExpected(Expectation):
    """The grade and credit limit for the next loan."""

    grade: GradeCode | None = maybe("新等级", "grade after")
    credit_limit: Money | None = maybe("新额度", "credit limit after, CNY")


class Loan(Section):
    """A loan that is paid out; the rate is read from the published series on that day."""

    principal: Money | None = maybe("本金", "amount lent, CNY; the largest loan if left out")
    term_months: AtLeastOne | None = maybe("期限(月)", "term; 12 months, or the nearest possible")
    disbursed_on: date | None = maybe("放款日", "day of the money; the pack's first day if left out")


class DueExpected(Section):
    """One row of the repayment plan."""

    due_on: date = leaf("应还日", "day on which it falls due")
    interest: Money | None = maybe("利息", "interest due, CNY")
    principal: Money | None = maybe("本金", "principal due, CNY")


class LoanExpected(Expectation):
    """The contract's figures; `due` may name some of the rows only."""

    annual_rate: Number | None = maybe("年利率(%)", "rate, percent a year")
    matures_on: date | None = maybe("到期日", "last day")
    installments: AtLeastOne | None = maybe("期数", "number of due dates")
    due: tuple[DueExpected, ...] | None = maybe("还款计划", "rows of the repayment plan, some or all")
    total_interest: Money | None = maybe("利息合计", "all interest of the plan, CNY")

    def _named(self, name: str, value: Any) -> dict[str, Any]:
        return dict(_due_rows(value)) if name == "due" else {name: value}


def _due_rows(rows: tuple[DueExpected, ...]) -> Iterator[tuple[str, Any]]:
    for row in rows:
        yield f"due {row.due_on}", ROW
        if row.interest is not None:
            yield f"due {row.due_on} interest", row.interest
        if row.principal is not None:
            yield f"due {row.due_on} principal", row.principal


class StateSince(Section):
    """The household's state from a day on."""

    from_on: date = leaf("起始日", "first day of the state")
    state: PovertyState = leaf("户类型", "state on the poverty register")


class Subsidy(Section):
    """Interest that the household paid, and what the treasury looks at before it gives it back."""

    interest: Money = leaf("已付利息", "interest paid for the period, CNY")
    period_from: date = leaf("计息期起", "first day of the period")
    period_until: date = leaf("计息期止", "day after the last day of the period, usually the due date")
    penalty: Money | None = maybe("已付罚息", "penalty interest paid for lateness besides, CNY; none if left out")
    prepaid: Yes | None = maybe("提前结清", "paid with an early repayment; no if left out")
    paid_before: Yes | None = maybe("重复计息", "days of it were paid for before; no if left out")
    principal: Money | None = maybe("本金", "amount lent, CNY; the largest subsidised if left out")
    annual_rate: Number | None = maybe("年利率(%)", "contract rate, percent a year; the published one if left out")
    term_months: AtLeastOne | None = maybe("期限(月)", "term of the loan; 12 months, or the nearest possible")
    disbursed_on: date | None = maybe("放款日", "day of the money; the period's first day if left out")
    states: tuple[StateSince, ...] | None = maybe("户类型变化", "states in order of their days; no change if left out")


class SubsidyExpected(Expectation):
    """What is given back and what is left to the borrower."""

    subsidised: Money | None = maybe("应贴利息", "interest given back, CNY")
    withheld: Money | None = maybe("不贴利息", "interest left to the borrower, CNY")
    because: tuple[Code, ...] | None = maybe("原因", "why part of it is withheld; [full] if nothing is")


class Claim(Section):
    """A loss on a loan that was not repaid."""

    cause: LossCause = leaf("损失原因", "why it was not repaid")
    principal: Money | None = maybe("未还本金", "principal outstanding, CNY; the largest loan if left out")
    interest: Money | None = maybe("逾期利息", "overdue interest, CNY; 0.00 if left out")
    penalty: Money | None = maybe("罚息", "penalty interest, CNY; never claimed")
    insurance_paid: Money | None = maybe("保险已赔", "what the insurer paid, CNY; 0.00 if left out")
    matures_on: date | None = maybe("到期日", "maturity; the day it became overdue if left out")
    overdue_from: date | None = maybe("逾期起始日", "day after the oldest unpaid due date; maturity's if left out")
    pursued_from: date | None = maybe("追偿起始日", "day on which pursuit of the entity began")


class ClaimExpected(Expectation):
    """When it may be claimed and who carries it."""

    earliest_on: date | None = maybe("最早申请日", "first day on which it may be claimed")
    claimable: Money | None = maybe("可代偿金额", "what is shared after insurance, CNY")
    fund: Money | None = maybe("基金承担", "the fund's part, CNY")
    bank: Money | None = maybe("银行承担", "the bank's part, CNY")
    guarantor: Money | None = maybe("担保机构承担", "the guarantor's part, CNY")


class Cover(Section):
    """A fund and what is lent on it."""

    fund: Money | None = maybe("基金余额", "money in the fund, CNY; its first size if left out")
    lent: Money | None = maybe("已放贷款", "covered lending outstanding, CNY; 0.00 if left out")
    wanted: Money | None = maybe("拟放贷款", "lending asked for besides, CNY; 0.00 if left out")


class CoverExpected(Expectation):
    """How far lending may go."""

    limit: Money | None = maybe("可贷上限", "most that may be lent on the fund, CNY")
    available: Money | None = maybe("剩余额度", "what may still be lent, CNY")
    missing: Money | None = maybe("应补资金", "what must be paid into the fund, CNY")
    warning: Yes | None = maybe("预警", "whether a warning is raised")


class Objection(Section):
    """Days on which an objection was open."""

    raised_on: date = leaf("提出日", "day on which it was raised")
    settled_on: date = leaf("处理日", "day on which it was settled")


class PublicNotice(Section):
    """A notice that is posted; each next level's notice is posted on the day the one below ends."""

    starts_on: date = leaf("公示起始日", "day on which the first notice is posted")
    of: Literal["application", "rating"] | None = maybe("公示事项", "what is public; an application if left out")
    objections: tuple[Objection, ...] | None = maybe("异议", "objections; none if left out")


class PublicNoticeExpected(Expectation):
    """The last day of each level's notice; levels may be left out."""

    ends_on: dict[RegionLevel, date] | None = maybe("公示截止日", "last day by level")

    def _named(self, name: str, value: Any) -> dict[str, Any]:
        return {f"ends_on {level}": day for level, day in value.items()} if name == "ends_on" else {name: value}


class Deposit(Section):
    """A loan whose recommender puts down a deposit."""

    amount: Money = leaf("贷款金额", "amount lent, CNY")


class DepositExpected(Expectation):
    """The recommender's deposit."""

    deposit: Money | None = maybe("风险保证金", "deposit due, CNY")
