"""What households apply for, township by township and bank by bank."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tools.demo.places import Township
from tools.demo.population import Household


@dataclass
class LoanRequest:
    """What one household applies for."""

    household: Household
    amount: Decimal
    term_months: int


@dataclass
class Batch:
    """One township's applications at one bank, for one product of the county; None is the first."""

    township: Township
    bank_code: str
    filed_on: date
    loan_requests: list[LoanRequest]
    product_code: str | None = None
    batch_id: str = ""
    handed_over_on: date = date.min
    again: bool = False  # of households that borrowed before: who is refused then is no household that got nothing
