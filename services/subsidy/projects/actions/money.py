"""A project's money: committed by its programmes, paid out of what is committed, freed when nothing more is needed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.subsidy.programmes.actions import money as programmes
from services.subsidy.projects.refusals import AboveWhatWasPaid, SourceExceeded
from services.subsidy.projects.rules.money import drawn
from shared.db import Connection
from shared.money import ZERO

_GRANTED: Final = """
SELECT programme_id, amount - committed - paid AS amount FROM project_money
WHERE project_id = $1 ORDER BY programme_id FOR UPDATE
"""
# Of a budget that is split by source, what projects were promised of each source is never more than it gives.
_BEYOND_SOURCE: Final = """
SELECT s.fund_source, m.amount - m.paid AS amount, s.amount - (SELECT coalesce(sum(o.committed + o.paid), 0.00)
  FROM project_money o WHERE o.programme_id = m.programme_id AND o.fund_source = m.fund_source
    AND o.project_id <> m.project_id) - m.paid AS available
FROM project_money m JOIN programme_source s USING (programme_id, fund_source) WHERE m.project_id = $1
ORDER BY s.fund_source
"""
_COMMIT: Final = "UPDATE project_money SET committed = amount - paid WHERE project_id = $1"
_COMMITTED: Final = """
SELECT programme_id, committed FROM project_money WHERE project_id = $1 ORDER BY programme_id FOR UPDATE
"""
_PAY: Final = """
UPDATE project_money SET committed = committed - $3, paid = paid + $3 WHERE project_id = $1 AND programme_id = $2
"""
_FREE: Final = "UPDATE project_money SET committed = committed - $3 WHERE project_id = $1 AND programme_id = $2"
# What households were granted and have not got yet stays committed to them.
_PENDING: Final = """
SELECT coalesce(sum(amount), 0.00) FROM household_grant WHERE project_id = $1 AND state = 'approved'
"""
_PAID: Final = """
SELECT programme_id, paid FROM project_money WHERE project_id = $1 ORDER BY programme_id DESC FOR UPDATE
"""

_TAKEABLE: Final = """
SELECT (SELECT sum(paid) FROM project_money WHERE project_id = $1) - (
  SELECT coalesce(sum(m.amount - m.waived - (SELECT coalesce(sum(r.amount), 0) FROM project_receipt r
    WHERE r.measure_id = m.id AND r.reversed_on IS NULL)), 0)
  FROM project_measure m WHERE m.project_id = $1 AND m.kind = 'take_back' AND m.state = 'approved') - (
  SELECT coalesce(sum(taken_back), 0) FROM household_grant WHERE project_id = $1)
"""


async def commit_money(conn: Connection, project_id: UUID) -> None:
    """Commit all that a project gets and was not paid, programme by programme in one order.

    Two approvals never wait crosswise.

    Raises:
        BudgetExceeded: a programme has less left.
        SourceExceeded: one of its sources has.
    """
    for row in await conn.fetch(_GRANTED, project_id):
        await programmes.commit(conn, row["programme_id"], row["amount"])
    for row in await conn.fetch(_BEYOND_SOURCE, project_id):
        if row["amount"] > row["available"]:
            raise SourceExceeded(row["fund_source"], row["amount"], row["available"])
    await conn.execute(_COMMIT, project_id)


async def ensure_claimable(conn: Connection, project_id: UUID, amount: Decimal) -> None:
    """Refuse a claim, in yuan, above what is committed to the project and not granted to households.

    Raises:
        AboveProjectMoney.
    """
    pending: Decimal = await conn.fetchval(_PENDING, project_id)
    drawn(amount + pending, await _committed(conn, project_id))


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


async def take_in(conn: Connection, project_id: UUID, amount: Decimal) -> list[tuple[UUID, Decimal]]:
    """Turn paid money that came back into committed money: the last programme's first; return each one's part, in yuan.

    Raises:
        AboveProjectMoney: less was paid.
    """
    paid = [(row["programme_id"], row["paid"]) for row in await conn.fetch(_PAID, project_id)]
    parts = drawn(amount, paid)
    for programme_id, part in parts:
        await conn.execute(_PAY, project_id, programme_id, -part)
        await programmes.unbook_paid(conn, programme_id, part)
    return parts


async def ensure_takeable(conn: Connection, project_id: UUID, amount: Decimal) -> None:
    """Refuse to take back more, in yuan, than was paid and is not taken back by measures or from households yet.

    Raises:
        AboveWhatWasPaid.
    """
    left = await conn.fetchval(_TAKEABLE, project_id)
    if amount > left:
        raise AboveWhatWasPaid(f"{amount:.2f}", f"{max(left, ZERO):.2f}")


async def granted_by(conn: Connection, project_id: UUID, taken: Mapping[UUID, Decimal]) -> list[tuple[UUID, Decimal]]:
    """Return what each programme paid and has not been `taken` back from households, in yuan; the last one first."""
    paid = await conn.fetch(_PAID, project_id)
    return [(row["programme_id"], max(row["paid"] - taken.get(row["programme_id"], ZERO), ZERO)) for row in paid]


async def pay_again(conn: Connection, project_id: UUID, programme_id: UUID, amount: Decimal) -> None:
    """Count money of a programme as paid that had come back by mistake, in yuan.

    Raises:
        BudgetExceeded: the programme has promised it to others.
    """
    await programmes.commit(conn, programme_id, amount)
    await conn.execute(_FREE, project_id, programme_id, -amount)
    await conn.execute(_PAY, project_id, programme_id, amount)
    await programmes.book_paid(conn, programme_id, amount)


async def free_rest(conn: Connection, project_id: UUID) -> None:
    """Give what is still committed to a project, and not granted to households, back to its programmes."""
    committed = await _committed(conn, project_id)
    pending: Decimal = await conn.fetchval(_PENDING, project_id)
    for programme_id, part in drawn(sum((each for _, each in committed), ZERO) - pending, committed[::-1]):
        await programmes.release(conn, programme_id, part)
        await conn.execute(_FREE, project_id, programme_id, part)


async def reimburse(conn: Connection, project_id: UUID, amount: Decimal) -> None:
    """Pay what a project claimed, in yuan, and free the rest of its money.

    Raises:
        AboveProjectMoney: less is committed by now.
    """
    await pay_out(conn, project_id, amount)
    await free_rest(conn, project_id)


async def _committed(conn: Connection, project_id: UUID) -> list[tuple[UUID, Decimal]]:
    return [(row["programme_id"], row["committed"]) for row in await conn.fetch(_COMMITTED, project_id)]
