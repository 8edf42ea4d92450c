"""Batches, decisions and lines in and out."""

from datetime import date, datetime
from uuid import UUID

from services.subsidy.batches.rules.states import Decision
from shared.events.base import Percent
from shared.money import Money
from shared.regions import CountyCode
from shared.web.bodies import Answer, Body, Day, HappenedOn, Text


class BatchIn(Body):
    """Which interest to reimburse: paid on days of [`period_from`, `period_until`)."""

    county_code: CountyCode
    programme_id: UUID
    period_from: Day
    period_until: Day
    prepared_on: HappenedOn


class ReviewIn(Body):
    """The reviewer's word: `approve` passes the batch on, `return` gives its interest back for a new batch."""

    decision: Decision
    note: Text
    reviewed_on: HappenedOn


class ApprovalIn(Body):
    """The approver's word: `approve` commits the programme's money, `return` gives the interest back."""

    decision: Decision
    note: Text
    approved_on: HappenedOn


class Withheld(Answer):
    """How many lines were cut for a reason and how much interest stays with the borrowers for it."""

    count: int
    interest: Money


class DecisionOut(Answer):
    """One decision on a batch."""

    step: str
    decision: str
    note: str
    decided_on: date
    decided_by: str
    decided_at: datetime


class BatchOut(Answer):
    """A batch in figures: interest = amount + clawed_back + all excluded; `households` are those who get something."""

    id: UUID
    county_code: str
    programme_id: UUID
    period_from: date
    period_until: date
    prepared_on: date
    prepared_by: str
    prepared_at: datetime
    state: str
    line_count: int
    household_count: int
    held_back_count: int  # interest payments of households on the blacklist, which wait for a later batch (LG-22)
    interest: Money
    amount: Money
    clawed_back: Money
    excluded: dict[str, Withheld]
    lines_hash: str
    households_paid: int
    households_unpaid: int
    amount_paid: Money
    settled_on: date | None
    decisions: list[DecisionOut]


class BatchSummary(Answer):
    """A batch in a list."""

    id: UUID
    county_code: str
    programme_id: UUID
    period_from: date
    period_until: date
    prepared_on: date
    state: str
    line_count: int
    household_count: int
    interest: Money
    amount: Money
    amount_paid: Money
    settled_on: date | None


class LineOut(Answer):
    """One line, from the repayment it rests on to the transfer that paid it (DZ-7).

    `kind` is `interest`, or `clawback` with a negative amount. `reasons` says why it is not the whole interest:
    `full`, `days_repeated`, `without_subsidy`, `year_served`, `lifted_at_start`, `prepaid`, `stopped`,
    `beyond_years`, `listed`, `above_principal`, `above_cap`, `beyond_share`; the amounts of the same names say how
    much each withheld.
    """

    id: UUID
    batch_id: UUID
    kind: str
    household_id: UUID
    village_code: str
    loan_id: UUID
    contract_number: str
    bank_code: str
    repayment_id: UUID | None
    bank_reference: str | None
    installment_number: int | None
    period_from: date | None
    period_until: date | None
    interest_paid_on: date | None
    clawback_id: UUID | None
    interest: Money
    not_covered: Money
    stopped: Money
    beyond_years: Money
    listed: Money
    above_principal: Money
    above_cap: Money
    beyond_share: Money
    amount: str
    reasons: list[str]
    days: int
    eligible_days: int
    cap_rate: Percent | None
    is_in_force: bool
    instruction_id: UUID | None
    instruction_state: str | None
    paid_on: date | None


class OverpaidLine(Answer):
    """A line that paid more than the rule gives by what is known today, for example after a late mark (FJ-6)."""

    line_id: UUID
    batch_id: UUID
    household_id: UUID
    loan_id: UUID
    village_code: str
    amount: Money
    due_today: Money
    overpaid: Money
    reasons: list[str]
    clawback_id: UUID | None
