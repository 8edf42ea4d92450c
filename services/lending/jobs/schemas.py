"""Bodies of the job API."""

from datetime import date

from shared.money import Money
from shared.web.bodies import Answer


class OverdueRunOut(Answer):
    """What marking overdue loans found; the same for every repetition of a date."""

    job: str
    county_code: str
    as_of: date
    loans_marked: int
    amount_overdue: Money
    loans_overdue: int
    loans_repriced: int = 0  # runs of before there were floating contracts did not count them
