"""A project's money: committed by its programmes, paid out of what is committed, freed when nothing more is needed."""

from decimal import Decimal
from typing import Final
from uuid import UUID

from services.subsidy.programmes import actions as programmes
from services.subsidy.projects.rules.money import drawn
from shared.db import Connection

_GRANTED: Final = "SELECT programme_id, amount FROM project_money WHERE project_id = $1 ORDER BY programme_id"
_COMMIT: Final = "UPDATE project_money SET committed = amount WHERE project_id = $1"
_COMMITTED: Final = """
SELECT programme_id, committed FROM project_money WHERE project_id = $1 ORDER BY programme_id FOR UPDATE
"""
_PAY: Final = """
UPDATE project_money SET committed = committed - $3, paid = paid + $3 WHERE project_id = $1 AND programme_id = $2
"""
_FREE: Final = "UPDATE project_money SET committed = 0 WHERE project_id = $1"


async def commit_money(conn: Connection, project_id: UUID) -> None:
    """Commit all that a project gets, programme by programme in one order, so that two approvals never wait crosswise.

    Raises:
        BudgetExceeded: a programme has less left.
    """
    for row in await conn.fetch(_GRANTED, project_id):
        await programmes.commit(conn, row["programme_id"], row["amount"])
    await conn.execute(_COMMIT, project_id)


async def ensure_claimable(conn: Connection, project_id: UUID, amount: Decimal) -> None:
    """Refuse a claim, in yuan, above what is committed to the project. Raises: AboveProjectMoney."""
    drawn(amount, await _committed(conn, project_id))


async def pay_out(conn: Connection, project_id: UUID, amount: Decimal) -> list[tuple[UUID, Decimal]]:
    """Turn committed money of a project into paid money; return what each programme paid, in yuan.

    Raises:
        AboveProjectMoney: less is committed.
    """
    parts = drawn(amount, await _committed(conn, project_id))
    for programme_id, part in parts:
        await conn.execute(_PAY, project_id, programme_id, part)
        await programmes.book_paid(conn, programme_id, part)
    return parts


async def free_rest(conn: Connection, project_id: UUID) -> None:
    """Give what is still committed to a project back to its programmes."""
    for programme_id, left in await _committed(conn, project_id):
        if left > 0:
            await programmes.release(conn, programme_id, left)
    await conn.execute(_FREE, project_id)


async def reimburse(conn: Connection, project_id: UUID, amount: Decimal) -> None:
    """Pay what a project claimed, in yuan, and free the rest of its money.

    Raises:
        AboveProjectMoney: less is committed by now.
    """
    await pay_out(conn, project_id, amount)
    await free_rest(conn, project_id)


async def _committed(conn: Connection, project_id: UUID) -> list[tuple[UUID, Decimal]]:
    return [(row["programme_id"], row["committed"]) for row in await conn.fetch(_COMMITTED, project_id)]
