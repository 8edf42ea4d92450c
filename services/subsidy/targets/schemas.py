"""Targets and entered figures, in and out."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import PlainSerializer, WithJsonSchema, model_validator

from services.subsidy.targets.rules.progress import Verdict
from shared.errors import WrongValue
from shared.money import Money
from shared.web.bodies import Answer, Body, HappenedOn, Text

TargetCode = Literal[
    "households",
    "townships",
    "loan_amount",
    "subsidy_amount",
    "household_share",
    "repayment_rate",
    "risk_ratio",
    "satisfaction",
    "expected_income",
]
FigureKind = Literal["satisfaction", "expected_income", "relending"]
SHARES = frozenset({"household_share", "repayment_rate", "risk_ratio", "satisfaction"})
# A share with four decimals or an amount or a number with two.
Figure = Annotated[
    Decimal,
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]+\.[0-9]{2}([0-9]{2})?$", "examples": ["0.9812"]}),
]


class TargetIn(Body):
    """A figure to reach: households, townships, yuan lent, yuan of subsidy, a share between 0 and 1, yuan of income."""

    code: TargetCode
    value: Money

    @model_validator(mode="after")
    def _share(self) -> "TargetIn":
        if self.code in SHARES and self.value > 1:
            raise WrongValue(zh="比率须在 0 与 1 之间，如 0.98。", en="a share lies between 0 and 1, for example 0.98")
        return self


class TargetOut(Answer):
    """A target, how far it is reached on the day that was asked about (null: nothing measures it yet), and whether."""

    code: str
    value: Money
    reached: Figure | None
    state: Verdict


class FigureIn(Body):
    """A figure counted on a day: households satisfied of those asked, income in yuan, or relending used of its quota.

    `out_of` is how many were asked, or the quota in yuan; income has none. Relending is entered month by month.
    """

    kind: FigureKind
    counted_on: HappenedOn
    amount: Money
    out_of: Money | None = None
    counted_by: Text
    document: Text

    @model_validator(mode="after")
    def _fits(self) -> "FigureIn":
        if (self.kind == "expected_income") != (self.out_of is None):
            raise WrongValue(
                zh="满意度须填写 out_of（调查户数），支农再贷款须填写 out_of（额度），预期收益不填。",
                en="satisfaction needs out_of (households asked), relending needs out_of (the quota), income has none",
            )
        if self.out_of is not None and not 0 < self.out_of >= self.amount:
            raise WrongValue(
                zh="out_of 须大于零，且不得小于 amount。", en="out_of is above zero and not less than amount"
            )
        if self.kind == "satisfaction" and (self.amount % 1 or (self.out_of or 0) % 1):
            raise WrongValue(zh="户数须为整数。", en="households are counted whole")
        return self


class FigureDecisionIn(Body):
    """A second officer's word: `approve` lets the figure count, `return` drops it."""

    decision: Literal["approve", "return"]
    decided_on: HappenedOn


class FigureOut(Answer):
    """An entered figure; it counts once another officer has confirmed it, the newest one of a day alone."""

    id: UUID
    programme_id: UUID
    kind: str
    counted_on: date
    amount: Money
    out_of: Money | None
    counted_by: str
    document: str
    state: str
    recorded_by: str
    recorded_at: datetime
    decided_by: str | None
    decided_on: date | None
