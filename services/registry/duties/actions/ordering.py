"""Order a summons, or that something is put right, and take an order back: by hand, by a record, or by a ranking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from services.registry.duties.pack_rules import (
    days_to_put_right,
    last_places_before_summons,
    offices_for,
    ranking_rhythm,
)
from services.registry.duties.queries import get_order
from services.registry.duties.refusals import DutyAlreadyDone, DutyEnded, DutyIsNoOrder, DutyOrderUnfit, DutyUnknown
from services.registry.duties.rules.kinds import DutyKind
from services.registry.duties.rules.results import summoned
from services.registry.duties.schemas import DutyOrderIn, DutyOut, DutyWithdrawalIn, PutRightIn
from services.registry.policy.packs.queries import get_pack_in_force, pack_by_id
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.events.registry import DutyOrdered
from shared.ids import new_id
from shared.outbox import RecordedEvent, record_many
from shared.policy.pack import PolicyPack
from shared.regions import county_of

_TOWNSHIPS: Final = """
SELECT code FROM region WHERE level = 'township' AND code = ANY ($1::text[]) AND coalesce(valid_from <= $2, true)
  AND coalesce(valid_until > $2, true)
"""
_ORDER: Final = """
INSERT INTO duty (id, version, county_code, region_code, kind, offices, loan_id, household_id, bank_code, pictures,
  opens_on, due_on, pack_id, ordered, ordered_by, ordered_by_record_id, ordered_by_ranking_id)
SELECT n.id, 1, n.county_code, n.region_code, n.kind, n.offices, n.loan_id, n.household_id, n.bank_code, 0,
  n.opens_on, n.due_on, n.pack_id, n.ordered, n.ordered_by, n.ordered_by_record_id, n.ordered_by_ranking_id
FROM jsonb_to_recordset($1::jsonb) AS n (id uuid, county_code text, region_code text, kind text, offices text[],
  loan_id uuid, household_id uuid, bank_code text, opens_on date, due_on date, pack_id uuid, ordered text,
  ordered_by text, ordered_by_record_id uuid, ordered_by_ranking_id uuid)
"""
LOCK: Final = """
SELECT d.*, r.done_on, r.recorded_by AS done_by FROM duty d
LEFT JOIN duty_record r ON r.duty_id = d.id AND r.withdrawn_on IS NULL
WHERE d.id = $1 FOR UPDATE OF d
"""
_TAKE_BACK: Final = """
UPDATE duty d SET ended_on = $2, end_cause = 'order_withdrawn', end_reason = $3, ended_by = $4
WHERE d.id = ANY ($1::uuid[]) AND d.ended_on IS NULL
  AND NOT EXISTS (SELECT FROM duty_record r WHERE r.duty_id = d.id AND r.withdrawn_on IS NULL)
"""
_OF_RECORD: Final = "SELECT array_agg(id) FROM duty WHERE ordered_by_record_id = $1"
_RANKINGS: Final = """
SELECT d.id, d.due_on, d.pack_id, r.last_place, r.done_on, r.recorded_by, s.id AS summons_id, s.region_code AS summoned
FROM duty d LEFT JOIN duty_record r ON r.duty_id = d.id AND r.withdrawn_on IS NULL
LEFT JOIN duty s ON s.ordered_by_ranking_id = d.id AND s.ended_on IS NULL
WHERE d.series = 'township_ranking' AND d.region_code = $1 ORDER BY d.opens_on FOR UPDATE OF d
"""
_SINCE_EVER: Final = "由排名产生的约谈随排名更正而撤销 Ordered by a ranking that was corrected"


@dataclass(frozen=True, slots=True)
class Order:
    """An order to be stored: to whom, about which loan, what, until when, and what gave rise to it."""

    kind: DutyKind
    region_code: str
    ordered: str
    ordered_by: str
    opens_on: date
    due_on: date
    loan: tuple[UUID, UUID, str | None] | None = None  # loan, household, bank
    record_id: UUID | None = None
    ranking_id: UUID | None = None


async def order_duty(conn: Connection, officer: Principal, body: DutyOrderIn) -> DutyOut:
    """Order a summons, or that a township puts something right until a day.

    Raises:
        OutsideRegion, DutyOrderUnfit, DateBeforeStep, NoPackInForce. Clause: XX-9.
    """
    officer.ensure_region(Right.DUTIES_OVERSEE, body.region_code)
    ensure_not_before("due_on", body.due_on, "ordered_on", body.ordered_on)
    if not await conn.fetch(_TOWNSHIPS, [body.region_code], body.ordered_on):
        raise DutyOrderUnfit(county_of(body.region_code), None)
    found = await get_pack_in_force(conn, body.region_code, body.ordered_on)
    order = Order(DutyKind(body.kind), body.region_code, body.text, officer.subject, body.ordered_on, body.due_on)
    [duty_id] = await store_orders(conn, found.pack_id, found.pack, [order])
    return await get_order(conn, duty_id, body.ordered_on)


async def withdraw_order(conn: Connection, officer: Principal, duty_id: UUID, body: DutyWithdrawalIn) -> DutyOut:
    """Take an order back that was wrong; by another officer than who gave it.

    Raises:
        DutyUnknown, DutyIsNoOrder, DutyAlreadyDone, DutyEnded, MakerIsChecker, DateBeforeStep
    """
    row = await conn.fetchrow(LOCK, duty_id)
    if row is None or not row["region_code"].startswith(tuple(officer.regions_for(Right.DUTIES_OVERSEE))):
        raise DutyUnknown(duty_id)
    if row["ordered"] is None:
        raise DutyIsNoOrder(DutyKind(row["kind"]))
    if row["done_on"] is not None:
        raise DutyAlreadyDone(row["done_on"])
    if row["ended_on"] is not None:
        raise DutyEnded(row["ended_on"], row["end_cause"])
    if row["ordered_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("withdrawn_on", body.withdrawn_on, "opens_on", row["opens_on"])
    await conn.execute(_TAKE_BACK, [duty_id], body.withdrawn_on, body.reason, officer.subject)
    return await get_order(conn, duty_id, body.withdrawn_on)


async def order_by_record(
    conn: Connection, officer: Principal, duty: Any, record_id: UUID, done_on: date, orders: Sequence[PutRightIn]
) -> None:
    """Store what a record orders to be put right, in the duty's region or in townships of it (FJ-5, XX-9).

    Raises:
        DutyOrderUnfit: no township of the region, no day, or a later day than the county allows for a loan.
    """
    if not orders:
        return
    pack = await pack_by_id(conn, duty["pack_id"])
    days = days_to_put_right(pack) if duty["loan_id"] else None
    latest_on = done_on + timedelta(days=days) if days is not None else None
    loan = (duty["loan_id"], duty["household_id"], duty["bank_code"]) if duty["loan_id"] else None
    named = {each.region_code or duty["region_code"] for each in orders}
    townships = {row["code"] for row in await conn.fetch(_TOWNSHIPS, sorted(named), done_on)}
    found = []
    for each in orders:
        region, due_on = each.region_code or duty["region_code"], each.due_on or latest_on
        fits = region == duty["region_code"] if loan else region in townships and region.startswith(duty["region_code"])
        if not fits or due_on is None or due_on < done_on or (latest_on is not None and due_on > latest_on):
            raise DutyOrderUnfit(duty["region_code"], latest_on)
        found.append(
            Order(DutyKind.RECTIFICATION, region, each.text, officer.subject, done_on, due_on, loan, record_id)
        )
    await store_orders(conn, duty["pack_id"], pack, found)


async def take_back_orders_of(conn: Connection, record_id: UUID, on: date, reason: str, by: str) -> None:
    """End what a withdrawn record had ordered and nobody has done."""
    await conn.execute(_TAKE_BACK, await conn.fetchval(_OF_RECORD, record_id) or [], on, reason, by)


async def summon_by_rankings(conn: Connection, region_code: str, on: date, by: str) -> None:
    """Summon whom the rankings of a region put last so many times running, and nobody else (FJ-2, DY-8).

    It looks at all rankings together, so that the order in which they are recorded and corrected makes no difference.
    A summons that was held stays.
    """
    rows = await conn.fetch(_RANKINGS, region_code)
    due: dict[UUID, str] = {}
    for pack_id in {row["pack_id"] for row in rows}:
        running = last_places_before_summons(await pack_by_id(conn, pack_id))
        if running is not None:
            due |= {
                rows[number]["id"]: who
                for number, who in summoned([row["last_place"] for row in rows], running)
                if rows[number]["pack_id"] == pack_id
            }
    stale = [row["summons_id"] for row in rows if row["summons_id"] and due.get(row["id"]) != row["summoned"]]
    await conn.execute(_TAKE_BACK, stale, on, _SINCE_EVER, by)
    for row in rows:
        who = due.get(row["id"])
        if who is not None and who != row["summoned"]:
            await _summon(conn, row, who)


async def _summon(conn: Connection, ranking: Any, township: str) -> None:
    pack = await pack_by_id(conn, ranking["pack_id"])
    running = last_places_before_summons(pack)
    due_on = ranking_rhythm(pack).after(ranking["due_on"], 1)
    text = f"连续{running}次排名末位 Last of the townships {running} times running"
    order = Order(
        DutyKind.SUMMONS,
        township,
        text,
        ranking["recorded_by"],
        ranking["done_on"],
        max(due_on, ranking["done_on"]),
        ranking_id=ranking["id"],
    )
    await store_orders(conn, ranking["pack_id"], pack, [order])


async def store_orders(conn: Connection, pack_id: UUID, pack: PolicyPack, orders: Sequence[Order]) -> list[UUID]:
    """Store orders and publish them; return their ids in the order given."""
    ids = [new_id() for _ in orders]
    rows = [_row(*each, pack_id, pack) for each in zip(ids, orders, strict=True)]
    await conn.execute(_ORDER, rows)
    await record_many(conn, [_event(*each) for each in zip(ids, orders, strict=True)])
    return ids


def _row(duty_id: UUID, order: Order, pack_id: UUID, pack: PolicyPack) -> dict[str, Any]:
    loan_id, household_id, bank_code = order.loan or (None, None, None)
    return {
        "id": str(duty_id),
        "county_code": county_of(order.region_code),
        "region_code": order.region_code,
        "kind": order.kind,
        "offices": list(offices_for(order.kind, pack)),
        "loan_id": loan_id and str(loan_id),
        "household_id": household_id and str(household_id),
        "bank_code": bank_code,
        "opens_on": order.opens_on.isoformat(),
        "due_on": order.due_on.isoformat(),
        "pack_id": str(pack_id),
        "ordered": order.ordered,
        "ordered_by": order.ordered_by,
        "ordered_by_record_id": order.record_id and str(order.record_id),
        "ordered_by_ranking_id": order.ranking_id and str(order.ranking_id),
    }


def _event(duty_id: UUID, order: Order) -> RecordedEvent:
    loan_id = order.loan[0] if order.loan else None
    kind: Any = str(order.kind)
    event = DutyOrdered(duty_id=duty_id, kind=kind, region_code=order.region_code, loan_id=loan_id, due_on=order.due_on)
    return RecordedEvent(event, duty_id, 1, order.region_code)
