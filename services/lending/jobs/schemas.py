"""Bodies of the job API."""

from datetime import date

from shared.money import Money
from shared.regions import CountyCode
from shared.web.bodies import Answer, Body, HappenedOn


class JobRunIn(Body):
    """For which county and business date a job is to run."""

    as_of: HappenedOn
    county_code: CountyCode


class OverdueRunOut(Answer):
    """What marking overdue loans found; the same for every repetition of a date."""

    job: str
    county_code: str
    as_of: date
    loans_marked: int
    amount_overdue: Money
    loans_overdue: int
