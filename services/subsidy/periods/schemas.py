"""Periods out."""

from datetime import date
from typing import Literal
from uuid import UUID

from shared.money import Money
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
