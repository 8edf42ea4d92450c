"""What a claw-back stands at after something of it came back, was given up or was wrong (DZ-7)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.subsidy.programmes.actions import money as programmes
from shared.db import Connection
from shared.money import ZERO

# Money counts as received up to what is neither offset nor given up; what is above that is held for who paid it. So a
# batch that is returned takes what it had offset from the money held, before anything is owed again. Of a claw-back
# that was withdrawn nothing is owed: what came back counts as lacking on its line, so a later batch supplements it.
_BOOK: Final = """
WITH change AS (
  SELECT id, sum(money) AS money, sum(offset_by) AS offset_by, sum(given_up) AS given_up, bool_or(is_withdrawn)
    AS is_withdrawn
  FROM unnest($1::uuid[], $2::numeric[], $3::numeric[], $4::numeric[], $5::boolean[])
    AS t (id, money, offset_by, given_up, is_withdrawn) GROUP BY id
), stood AS MATERIALIZED (
  SELECT c.* FROM clawback c JOIN change USING (id) ORDER BY c.id FOR UPDATE OF c
), stands AS (
  SELECT s.id, s.amount, s.received_amount AS received_before, s.received_amount + s.held_amount + t.money AS money,
    s.offset_amount + t.offset_by AS offset_amount, s.written_off_amount + t.given_up AS written_off_amount,
    t.is_withdrawn OR s.state = 'withdrawn' AS is_withdrawn
  FROM stood s JOIN change t USING (id)
), split AS (
  SELECT *, amount - offset_amount - written_off_amount AS room, least(money, amount - offset_amount
    - written_off_amount, CASE WHEN is_withdrawn THEN received_before END) AS received_amount
  FROM stands
), booked AS (
  UPDATE clawback c SET offset_amount = s.offset_amount, written_off_amount = s.written_off_amount,
    received_amount = s.received_amount, held_amount = s.money - s.received_amount,
    withdrawn_amount = CASE WHEN s.is_withdrawn THEN s.room - s.received_amount ELSE 0 END,
    by_facts = CASE WHEN s.is_withdrawn THEN s.offset_amount + s.received_amount ELSE c.by_facts END,
    state = CASE WHEN s.is_withdrawn THEN 'withdrawn' WHEN s.received_amount < s.room THEN 'approved'
      WHEN s.offset_amount = s.amount THEN 'offset' ELSE 'settled' END
  FROM split s WHERE c.id = s.id
  RETURNING c.line_id, c.programme_id, s.received_amount - s.received_before AS came_back
)
SELECT coalesce(k.programme_id, b.programme_id) AS programme_id, k.came_back FROM booked k
LEFT JOIN subsidy_line l ON l.id = k.line_id LEFT JOIN subsidy_batch b ON b.id = l.batch_id
WHERE k.came_back <> 0 AND coalesce(k.programme_id, b.programme_id) IS NOT NULL ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Change:
    """By how much a claw-back changes, in yuan; below zero: what is taken back again."""

    clawback_id: UUID
    money: Decimal = ZERO
    offset: Decimal = ZERO
    given_up: Decimal = ZERO
    is_withdrawn: bool = False


async def book(conn: Connection, changes: Sequence[Change]) -> None:
    """Book changes of claw-backs; what comes back returns to the programmes that had paid, and never more.

    What was paid twice no programme had paid, so nothing of it returns to one.

    The caller holds the county's lock.

    Raises:
        ReturnedMoneyPromised: a programme has promised what is taken off again.
    """
    rows = await conn.fetch(
        _BOOK,
        [each.clawback_id for each in changes],
        [each.money for each in changes],
        [each.offset for each in changes],
        [each.given_up for each in changes],
        [each.is_withdrawn for each in changes],
    )
    returned: dict[UUID, Decimal] = defaultdict(lambda: ZERO)
    for row in rows:
        returned[row["programme_id"]] += row["came_back"]
    for programme_id, amount in returned.items():
        await programmes.take_back(conn, programme_id, amount)
