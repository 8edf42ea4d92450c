"""Batches, decisions and lines in and out."""

from datetime import date, datetime
from uuid import UUID

from services.subsidy.batches.rules.due import LineReason
from services.subsidy.batches.rules.states import Decision
from shared.events.base import Percent
from shared.money import Money
from shared.policy.vocabulary import Payer
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
    """A batch in figures: interest + supplements = amount + clawed_back + all excluded.

    `household_count` are those who get something; `amount_reduced` was not paid out, because it had proved too much.
    """

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
    supplements: Money
    amount_reduced: Money
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


class ChangedLine(Answer):
    """A line that would be another if its batch were prepared today: `amount` stands in it, `due_today` is right now.

    While it is among the lines the batch is neither passed on nor approved; it is returned and prepared anew.
    """

    line_id: UUID
    loan_id: UUID
    household_id: UUID
    contract_number: str
    amount: Money
    due_today: Money


class LineOut(Answer):
    """One line, from the repayment it rests on to the transfer that paid it (DZ-7).

    `kind` is `interest`; `supplement`, what an earlier line proved to lack; or `clawback` with a negative amount.
    `reasons` says why it is not the whole interest: `full`,
    `days_repeated`, `paid_by_others`, `without_subsidy`, `year_served`, `lifted_at_start`, `prepaid`, `stopped`,
    `beyond_years`, `listed`, `above_principal`, `above_cap`, `beyond_share`, `granted_before`; the amounts of the same
    names say how much each withheld. `is_restated`: the repayment was corrected or taken back since;
    what stands here is as it was published when the line was prepared. `payer` paid the interest; the subsidy goes to
    the household whoever paid (SX-5).
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
    payer: Payer | None
    installment_number: int | None
    period_from: date | None
    period_until: date | None
    interest_paid_on: date | None
    is_restated: bool
    clawback_id: UUID | None
    interest: Money
    not_covered: Money
    stopped: Money
    beyond_years: Money
    listed: Money
    above_principal: Money
    above_cap: Money
    beyond_share: Money
    granted_before: Money
    amount: str
    reduced: Money
    reasons: list[LineReason]
    days: int
    eligible_days: int
    cap_rate: Percent | None
    is_in_force: bool
    instruction_id: UUID | None
    instruction_state: str | None
    paid_on: date | None
