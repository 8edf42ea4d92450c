"""What jobs answer."""

from datetime import date

from shared.money import Money
from shared.web.bodies import Answer


class ExpiryRunOut(Answer):
    """How many reservations ended, and their amount."""

    county_code: str
    as_of: date
    expired_count: int
    amount: Money
