"""What the report on the subsidy answers."""

from datetime import date
from uuid import UUID

from services.subsidy.batches.schemas import Withheld
from services.subsidy.programmes.schemas import ProgrammeOut
from shared.money import Money
from shared.web.bodies import Answer


class QuarterOut(Answer):
    """Subsidy that banks confirmed as paid in a quarter, for example 2017Q4."""

    quarter: str
    amount: Money
    households: int


class ProductOut(Answer):
    """A loan product's interest paid and subsidy paid."""

    product_code: str
    loans: int
    interest_paid: Money
    subsidy_paid: Money
    households_paid: int


class TownshipOut(Answer):
    """A township's interest paid and subsidy paid."""

    township_code: str
    interest_paid: Money
    penalty_paid: Money
    subsidy_paid: Money
    households_paid: int


class InstructionCounts(Answer):
    """Payment instructions by state; `rejected_unpaid_count` are households whom no instruction has reached.

    `returned_count` are transfers that came back after they had been confirmed as paid (退汇).
    """

    sent_count: int
    paid_count: int
    rejected_count: int
    returned_count: int
    rejected_unpaid_count: int


class SubsidyReport(Answer):
    """The subsidy of a region.

    `interest_paid` and `penalty_paid` are what borrowers paid; penalty is never subsidised. `interest_without_batch`
    waits for a batch. `subsidy_approved` includes what is paid. All amounts net of claw-backs except where named.
    """

    region_code: str
    product_code: str | None
    loans: int
    interest_paid: Money
    penalty_paid: Money
    interest_without_batch: Money
    subsidy_prepared: Money
    subsidy_approved: Money
    subsidy_paid: Money
    clawed_back: Money
    households_paid: int
    instructions: InstructionCounts
    by_quarter: list[QuarterOut]
    by_product: list[ProductOut]
    by_township: list[TownshipOut]
    excluded: dict[str, Withheld]
    programmes: list[ProgrammeOut]


class ProjectTotal(Answer):
    """Projects of a kind that were approved in the period, what they get and what of it is paid by now."""

    kind: str
    projects: int
    amount: Money
    paid: Money


class GrantTotal(Answer):
    """Direct grants to households that were approved in the period."""

    grants: int
    households: int
    amount: Money
    paid: Money


class LoanTotal(Answer):
    """Loans of a product that were paid out in the period."""

    product_code: str
    loans: int
    households: int
    amount: Money


class AgreementTotal(Answer):
    """Benefit agreements of a kind that came into force in the period, and their households' shares."""

    kind: str
    agreements: int
    households: int
    grant_amount: Money
    loan_amount: Money


class BenefitTotals(Answer):
    """What a region's projects, grants, loans and agreements come to in [`period_from`, `period_until`) (ZJ-11).

    `households` counts each household once, by whatever way it benefits.
    """

    region_code: str
    period_from: date
    period_until: date
    projects: list[ProjectTotal]
    grants: GrantTotal
    loans: list[LoanTotal]
    agreements: list[AgreementTotal]
    households: int


class UnsubsidisedLoan(Answer):
    """A loan of which interest of the year still awaits its subsidy.

    `without_line`: due and on no batch. `in_batch`: granted, and not confirmed as paid. `cap_missing`: what is due
    cannot be said before the rate that caps it is published.
    """

    loan_id: UUID
    contract_number: str
    household_id: UUID
    village_code: str
    bank_code: str
    interest: Money
    due: Money
    without_line: Money
    in_batch: Money
    outstanding: Money
    cap_missing: bool


class UnsubsidisedInterest(Answer):
    """Interest paid in a year whose subsidy is not paid out, by the facts known now; nothing when all is done (SX-5).

    `loan_count` and the sums are of all such loans; `items` are those with most outstanding.
    """

    county_code: str
    year: int
    as_of: date
    is_late: bool
    loan_count: int
    without_line: Money
    in_batch: Money
    outstanding: Money
    items: list[UnsubsidisedLoan]
