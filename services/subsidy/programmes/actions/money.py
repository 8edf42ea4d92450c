"""A programme's money: promised, paid, freed and come back; every other room moves it here (DZ-2)."""

from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.subsidy.programmes.available_sql import AVAILABLE
from services.subsidy.programmes.refusals import (
    BudgetExceeded,
    ProgrammeClosed,
    ProgrammeUnconfirmed,
    ReturnedMoneyPromised,
)
from shared.db import Connection

_LEFT: Final = f"SELECT {AVAILABLE} AS available, closed_on, state FROM programme WHERE id = $1 FOR UPDATE"  # noqa: S608 - our own
_COMMIT: Final = "UPDATE programme SET committed = committed + $2 WHERE id = $1"
_RELEASE: Final = "UPDATE programme SET committed = committed - $2 WHERE id = $1"
_UNBOOK_PAID: Final = "UPDATE programme SET committed = committed + $2, paid = paid - $2 WHERE id = $1"
_BOOK_PAID: Final = "UPDATE programme SET committed = committed - $2, paid = paid + $2 WHERE id = $1"
_RETURN: Final = "UPDATE programme SET returned = returned + $2 WHERE id = $1"


async def commit(conn: Connection, programme_id: UUID, amount: Decimal) -> None:
    """Commit money of a programme to an approved batch, in yuan; a closed one promises nothing new.

    Raises:
        ProgrammeUnconfirmed: no second officer has confirmed it.
        ProgrammeClosed: its year is closed.
        BudgetExceeded: the programme has less left than that.
    """
    programme: Any = await conn.fetchrow(_LEFT, programme_id)
    if programme["state"] != "confirmed":
        raise ProgrammeUnconfirmed(programme_id, programme["state"])
    if amount and programme["closed_on"] is not None:
        raise ProgrammeClosed(programme_id, programme["closed_on"])
    if amount > programme["available"]:
        raise BudgetExceeded(amount, programme["available"])
    await conn.execute(_COMMIT, programme_id, amount)


async def release(conn: Connection, programme_id: UUID, amount: Decimal) -> None:
    """Free committed money that will not be paid, in yuan."""
    await conn.execute(_RELEASE, programme_id, amount)


async def book_paid(conn: Connection, programme_id: UUID, amount: Decimal) -> None:
    """Turn committed money that a bank confirmed as paid into paid money, in yuan."""
    await conn.execute(_BOOK_PAID, programme_id, amount)


async def unbook_paid(conn: Connection, programme_id: UUID, amount: Decimal) -> None:
    """Turn paid money that came back to be paid again into committed money, in yuan."""
    await conn.execute(_UNBOOK_PAID, programme_id, amount)


async def take_back(conn: Connection, programme_id: UUID, amount: Decimal) -> None:
    """Add money that was paid and came back to what the programme may promise, in yuan; less than zero: it had not.

    Raises:
        ReturnedMoneyPromised: what is taken off again is promised to others.
    """
    programme: Any = await conn.fetchrow(_LEFT, programme_id)
    if amount + programme["available"] < 0:
        raise ReturnedMoneyPromised(-amount, programme["available"])
    await conn.execute(_RETURN, programme_id, amount)
