"""The lending figures of a region; amounts are yuan as decimal strings."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from shared.money import Money
from shared.policy.vocabulary import LoanMode
from shared.web.bodies import Answer


class IndustryFigures(Answer):
    """First loans by industry, those that come first first, those that state none last (FJ-8, MS-3)."""

    code: str
    households: int
    amount: Money
    is_priority: bool


class ModeFigures(Answer):
    """All loans used in one way; every way has a row (DY-3)."""

    mode: LoanMode
    loans: int
    households: int
    amount: Money


class ProductFigures(Answer):
    """All loans of one product of the county; `outstanding_without_cover` is the part that banks bear alone."""

    product_code: str
    loans: int
    households: int
    amount: Money
    outstanding: Money
    outstanding_without_cover: Money
    interest_paid: Money


class TownshipFigures(Answer):
    """First loans of one township."""

    township_code: str
    households: int
    amount: Money


class MonthLent(Answer):
    """What was lent in one month: first loans, and loans granted again."""

    month: str = Field(examples=["2017-03"])
    loans: int
    amount: Money
    repeat_loans: int
    repeat_amount: Money


class MonthOverdue(Answer):
    """What was overdue at the end of a month (or on the last day asked for)."""

    month: str = Field(examples=["2017-12"])
    loans: int
    amount: Money


class RefusedFor(Answer):
    """Applications refused for one reason; an application may have several."""

    code: str
    application_count: int


class LendingReport(Answer):
    """The lending figures of a region as of a day."""

    region_code: str
    as_of: date
    product_code: str | None
    households_lent: int
    amount_lent: Money
    repeat_households: int
    repeat_amount_lent: Money
    loans: int
    loans_active: int
    loans_closed: int
    average_amount: Money
    average_term_months: Decimal
    households_lent_this_year: int
    amount_lent_this_year: Money
    own_use_share: Decimal
    outstanding: Money
    principal_repaid: Money
    prepaid: Money
    prepayments: int
    repayments: int
    interest_paid: Money
    penalty_paid: Money
    disbursed_late: int
    applications_refused: int
    applications_refused_by_reason: list[RefusedFor]
    refusals_explained: int
    defaults: int
    amount_defaulted: Money
    defaults_by_cause: dict[str, int]
    loans_compensated: int
    principal_compensated: Money
    interest_compensated: Money
    recoveries: int
    recovered: Money
    loans_written_off: int
    amount_written_off: Money
    recovered_after_write_off: Money
    by_industry: list[IndustryFigures]
    by_mode: list[ModeFigures]
    by_product: list[ProductFigures]
    by_township: list[TownshipFigures]
    lent_by_month: list[MonthLent]
    overdue_by_month: list[MonthOverdue]


class ResponsibleBankFigures(Answer):
    """The villages that a bank answers for on a day, and what was lent and filed in them, by whatever bank (LG-47)."""

    bank_code: str
    bank_name: str
    villages: int
    households_lent: int
    loans: int
    loans_of_other_banks: int
    outstanding: Money
    applications: int
    applications_at_other_banks: int


class VillageWithoutBank(Answer):
    """A village for which no bank answers."""

    code: str
    name: str


class ResponsibleBanksReport(Answer):
    """Which part of a county's villages has a responsible bank on a day, and each bank's figures (LG-47).

    `coverage` is covered over all villages, null where there is none; `proposals_open` wait for their second person.
    """

    region_code: str
    as_of: date
    villages: int
    villages_covered: int
    coverage: Decimal | None
    proposals_open: int
    banks: list[ResponsibleBankFigures]
    villages_without_bank: list[VillageWithoutBank]
