"""Request and response bodies of jobs."""

from datetime import date

from shared.money import Money
from shared.regions import CountyCode
from shared.web.bodies import Answer, Body, HappenedOn


class ExpiryRunIn(Body):
    """For which county and business date."""

    county_code: CountyCode
    as_of: HappenedOn


class ExpiryRunOut(Answer):
    """How many reservations ended, and their amount."""

    county_code: str
    as_of: date
    expired_count: int
    amount: Money
