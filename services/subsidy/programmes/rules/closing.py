"""When a programme is closed, opened again, and what of its money goes into a later one: pure (DZ-2)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from services.subsidy.programmes.refusals import (
    CarryOverAboveAvailable,
    CarryOverIntoOther,
    ProgrammeClosed,
    ProgrammeOpen,
    ProgrammeRunsStill,
    ProgrammeUnconfirmed,
)

ClosingKind = Literal["close", "reopen", "carry_over", "carry_back"]


@dataclass(frozen=True, slots=True)
class YearEnd:
    """A programme as far as it decides about its end; `available` is what it may still promise, in yuan."""

    id: UUID
    county_code: str
    year: int
    ends_on: date
    closed_on: date | None
    state: str
    available: Decimal


def ensure_may_close(programme: YearEnd, on: date) -> None:
    """Refuse to close a programme twice, or before its last day.

    Raises:
        ProgrammeUnconfirmed, ProgrammeClosed, ProgrammeRunsStill.
    """
    _ensure_open(programme)
    if on < programme.ends_on:
        raise ProgrammeRunsStill(programme.id, programme.ends_on)


def ensure_may_reopen(programme: YearEnd) -> None:
    """Refuse to open again what is not closed.

    Raises:
        ProgrammeOpen.
    """
    if programme.closed_on is None:
        raise ProgrammeOpen(programme.id)


def ensure_may_carry(programme: YearEnd, into: YearEnd, amount: Decimal) -> None:
    """Refuse to pass on what is promised, what is still the running year's, or to whom it does not belong.

    Raises:
        ProgrammeOpen: the programme itself is not closed.
        CarryOverIntoOther: the other one is of another county, or of no later year.
        ProgrammeUnconfirmed, ProgrammeClosed: the other one is not confirmed yet, or closed.
        CarryOverAboveAvailable: less is left, or nothing.
    """
    ensure_may_reopen(programme)
    if into.county_code != programme.county_code or into.year <= programme.year:
        raise CarryOverIntoOther(programme.year)
    _ensure_open(into)
    _ensure_left(programme, amount)


def ensure_may_carry_back(into: YearEnd, amount: Decimal) -> None:
    """Refuse to take back from the later programme what it has promised meanwhile.

    Raises:
        CarryOverAboveAvailable.
    """
    _ensure_left(into, amount)


def _ensure_open(programme: YearEnd) -> None:
    if programme.state != "confirmed":
        raise ProgrammeUnconfirmed(programme.id, programme.state)
    if programme.closed_on is not None:
        raise ProgrammeClosed(programme.id, programme.closed_on)


def _ensure_left(programme: YearEnd, amount: Decimal) -> None:
    if amount > programme.available or amount <= 0:
        raise CarryOverAboveAvailable(amount, programme.available)
