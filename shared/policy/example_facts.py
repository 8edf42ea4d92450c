"""What a worked example may state and expect, kind by kind; facts left out are such that every condition is met."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from types import NoneType
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, get_args, get_origin, get_type_hints

from pydantic import Field, create_model, model_validator

from shared.errors import WrongValue
from shared.money import Money
from shared.policy.household_facts import (
    BankCode,
    Code,
    EntityFacts,
    GradeCode,
    HouseholdFacts,
    LoanRequest,
    RatingFacts,
    Stated,
)
from shared.policy.sourced import AtLeastOne, Number, Section, Whole, Words, Yes, leaf, maybe
from shared.policy.vocabulary import Consequence, LossCause, PovertyState, ProductCondition, RegionLevel, SoftCondition

ROW: Final = "due"  # stands for a row of the repayment plan that exists, whatever its figures
Age = Annotated[int, Field(strict=True, ge=0, le=130)]


class Expectation(Section):
    """What an example expects; each figure that is written is compared, and at least one must be."""

    refused: Code | None = maybe("应被拒绝", "code of the refusal that the rule must raise instead of any figure")

    @model_validator(mode="after")
    def _says_something(self) -> "Expectation":
        if not any(getattr(self, name) is not None for name in type(self).model_fields):
            raise WrongValue(zh="算例至少要写一项预期结果。", en="an example expects at least one figure")
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


_AS_WRITTEN: Final[dict[Any, Any]] = {bool: Yes, int: Whole, Decimal: Money, date: date, str: Code}


def said(section: Section | None) -> dict[str, Any]:
    """Return what a part of an example states, by the names of the facts; nothing when it is left out."""
    values = {} if section is None else {name: getattr(section, name) for name in type(section).model_fields}
    return {name: value for name, value in values.items() if value is not None}


def _stating(name: str, explained: str, *kinds: type[Any], **more: Any) -> type[Section]:
    """Return the section that states the named facts of dataclasses, and `more`; none of them is required."""
    stated: dict[str, Any] = {}
    for kind in kinds:
        for key, hint in get_type_hints(kind, include_extras=True).items():
            plain, *notes = get_args(hint) if get_origin(hint) is Annotated else (hint,)
            for note in notes:
                stated[key] = (_written(plain, note) | None, maybe(note.zh, note.en))
    return create_model(name, __base__=Section, __doc__=explained, **more, **stated)


def _written(plain: Any, note: Stated) -> Any:
    listed = get_origin(plain) in (tuple, frozenset)
    bare = next(each for each in (*get_args(plain), plain) if each is not NoneType)
    kind = _AS_WRITTEN[bare] if note.kind is None else note.kind
    return tuple.__class_getitem__((kind, ...)) if listed else kind


_AS_WRITTEN[RatingFacts] = _stating("RatedAs", "The household's rating on the day of the question.", RatingFacts)
_AS_WRITTEN[EntityFacts] = _stating(
    "EntityFacts",
    "The implementing entity that is to use the money with the household (indirect mode).",
    EntityFacts,
    assessed=(Yes | None, maybe("已评估承载能力", "its capacity is assessed, validly; yes if left out")),
)
if TYPE_CHECKING:

    class Borrowing(Section):
        """May this household borrow? It states facts of `HouseholdFacts` and `LoanRequest`."""

        def __getattr__(self, name: str) -> Any: ...
else:
    Borrowing = _stating(
        "Borrowing",
        "May this household borrow? What is left out fulfils every condition of the pack.",
        HouseholdFacts,
        LoanRequest,
        as_of=(date | None, maybe("询问日", "day of the question; the pack's first day if left out")),
        state_word=(Words | None, maybe("户类型名称", "the state in the county's word, in place of `state`")),
        age=(Age | None, maybe("户主年龄", "age of the head in whole years")),
        rated=(Yes | None, maybe("已评级", "`false`: it has never been rated")),
    )


class BorrowingExpected(Expectation):
    """Every reason against the loan, in order; none means that the household may borrow."""

    reasons: tuple[Code, ...] | None = maybe("不予贷款的原因", "codes of all reasons in order; [] if it may borrow")
    eligible: Yes | None = maybe("可贷", "whether it may borrow")
    conditions: tuple[SoftCondition | ProductCondition, ...] | None = maybe(
        "附条件", "codes of the conditions under which it is granted, in order; [] if there is none"
    )
    consequences: tuple[Consequence, ...] | None = maybe("附条件的处理", "what follows of each of these conditions")


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
    term_months: AtLeastOne | None = maybe("期限（月）", "term; 12 months, or the nearest possible")
    disbursed_on: date | None = maybe("放款日", "day of the money; the pack's first day if left out")
    stated_rate: Number | None = maybe(
        "银行报送利率（%）", "rate that the bank states, percent a year; none if left out"
    )


class DueExpected(Section):
    """One row of the repayment plan."""

    due_on: date = leaf("应还日", "day on which it falls due")
    interest: Money | None = maybe("利息", "interest due, CNY")
    principal: Money | None = maybe("本金", "principal due, CNY")


class LoanExpected(Expectation):
    """The contract's figures; `due` may name some of the rows only."""

    annual_rate: Number | None = maybe("年利率（%）", "rate, percent a year")
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
    year_served: Yes | None = maybe("本年已贴息", "the household was subsidised this calendar year; no if left out")
    principal: Money | None = maybe("本金", "amount lent, CNY; the largest subsidised if left out")
    annual_rate: Number | None = maybe("年利率（%）", "contract rate, percent a year; the published one if left out")
    term_months: AtLeastOne | None = maybe("期限（月）", "term of the loan; 12 months, or the nearest possible")
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
    late_interest: Money | None = maybe("逾期计息", "of days late, at the contract's rate, CNY; 0.00 if left out")
    penalty: Money | None = maybe("加收罚息", "the surcharge on interest of days late, CNY; never claimed")
    bank_code: BankCode | None = maybe("贷款银行", "code of the bank that lent; none of its own shares if left out")
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
    bank_code: BankCode | None = maybe("贷款银行", "code of the bank whose own account it is; the county's if left out")


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
