"""Bodies of the classification of loans; amounts are yuan as decimal strings."""

from datetime import date
from enum import StrEnum
from typing import Literal
from uuid import UUID

from services.lending.proposals.schemas import ProposalOut
from shared.money import Money
from shared.policy.vocabulary import LoanClass
from shared.web.bodies import Answer, Body, HappenedOn, LongText

WorseClass = Literal[LoanClass.SPECIAL_MENTION, LoanClass.SUBSTANDARD, LoanClass.DOUBTFUL, LoanClass.LOSS]


class RuleGround(StrEnum):
    """What makes the rule's class, where it is not the days past due."""

    MISUSED = "misused"  # 挪用
    WRITTEN_OFF = "written_off"  # 核销


class ClassRunsOut(Answer):
    """Which months a run of the job classified: the last day of each; the same for every repetition of a date."""

    job: str
    county_code: str
    as_of: date
    months: list[date]


class ClassFiguresOut(Answer):
    """The loans of one class."""

    loan_class: LoanClass
    loans: int
    principal_outstanding: Money


class ClassRunOut(Answer):
    """A county's classification at the end of a month, as it was found then."""

    id: UUID
    county_code: str
    classified_on: date
    loans: int
    principal_outstanding: Money
    classes: list[ClassFiguresOut]
    run_as_of: date
    run_by: str


class ClassifiedLoanOut(Answer):
    """A loan's class at the end of a month, as it was found then."""

    loan_id: UUID
    contract_number: str
    household_number: str
    village_code: str
    bank_code: str
    days_past_due: int
    principal_outstanding: Money
    by_rule: LoanClass
    rule_ground: RuleGround | None
    loan_class: LoanClass
    review_id: UUID | None


class MonthClassOut(Answer):
    """What one month's classification found of a loan."""

    classified_on: date
    days_past_due: int
    by_rule: LoanClass
    rule_ground: RuleGround | None
    loan_class: LoanClass


class LoanClassOut(Answer):
    """A loan's class on a day as it is known now; `months` is what each month's classification found then.

    `by_rule` is what its days past due give, or what a misuse or a write-off (`rule_ground`) makes worse; `set_class`
    is what two officers set. The worse of both is its class.
    """

    loan_id: UUID
    as_of: date
    overdue_from: date | None
    days_past_due: int
    principal_outstanding: Money
    by_rule: LoanClass
    rule_ground: RuleGround | None
    misused_since: date | None
    set_class: LoanClass | None
    loan_class: LoanClass
    review_id: UUID | None
    months: list[MonthClassOut]


class ClassReviewIn(Body):
    """A class worse than the rule's; without `loan_class`: back to what the rule gives."""

    loan_class: WorseClass | None = None
    reason: LongText
    proposed_on: HappenedOn


class ClassReviewOut(ProposalOut):
    """A class that an officer proposed, and what another decided."""

    loan_class: LoanClass | None


class BucketOut(Answer):
    """Loans by days past due: from `days_from` until, not including, `days_until`; null: without end."""

    days_from: int
    days_until: int | None
    loans: int
    principal_outstanding: Money


class ClassReport(Answer):
    """Loans of a region by class and by days past due on a day, as they are known now."""

    region_code: str
    as_of: date
    loans: int
    principal_outstanding: Money
    classes: list[ClassFiguresOut]
    buckets: list[BucketOut]
