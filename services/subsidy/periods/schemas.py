"""Periods out."""

from datetime import date
from typing import Literal
from uuid import UUID

from shared.money import Money
from shared.policy.vocabulary import Office
from shared.web.bodies import Answer


class PeriodOut(Answer):
    """A period that has ended: what of its interest no approved batch reimburses yet, and whether that is late.

    `state` is `done` when nothing waits, else `due`, and `late` from `late_from` on: then a whole further period passed
    with no run for it. Interest of households on a blacklist that bars support is not waited for (LG-22).
    """

    period_from: date
    period_until: date
    late_from: date
    state: Literal["done", "due", "late"]
    loans_waiting: int
    interest_waiting: Money
    programme_ids: list[UUID]


class LatePeriodOut(Answer):
    """A period whose run was late: whose duty it was noted as on which day, and the day from which nothing waited."""

    id: UUID
    county_code: str
    period_from: date
    period_until: date
    late_from: date
    office: Office
    loans_waiting: int
    interest_waiting: Money
    noted_on: date
    done_on: date | None


class LatePeriodsRunOut(Answer):
    """What the job of a day noted: periods that became late, and those for which nothing waits any more."""

    job: str
    county_code: str
    as_of: date
    late_count: int
    done_count: int
