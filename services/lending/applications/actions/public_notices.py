"""Make applications public, hear objections, and go on when the days are over (公示与异议, LG-12)."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.lending.applications.actions.rows import (
    LockedApplication,
    ensure_on_or_after,
    enter_states,
    lock_application,
    lock_batch,
    lock_notice_applications,
    pack_of,
    refuse,
    state_after,
    states_of,
)
from services.lending.applications.refusals import (
    AlreadySettled,
    NoticeClosed,
    NoticeUnknown,
    NotPublic,
    ObjectionsOpen,
    ObjectionUnknown,
    PublicNoticeNotOver,
    RaiserMayNotSettle,
    WrongStage,
)
from services.lending.applications.rules import approval
from services.lending.applications.rules.approval import PUBLIC_NOTICE, State, Transition
from services.lending.applications.schemas.public_notices import (
    ClosureIn,
    ClosureOut,
    NoticeIn,
    NoticeOut,
    ObjectionIn,
    ObjectionOut,
    RemainingApplication,
    SettlementIn,
    SettlementOut,
)
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.ids import new_id
from shared.offices import STEP_OF_NOTICE, offices_in_whose_name
from shared.policy.copies import pack_for
from shared.policy.in_force import ConfirmedPack
from shared.policy.vocabulary import Office, RegionLevel
from shared.rules import public_notice

# One of another region looks like one that does not exist.
_OBJECTION: Final = """
SELECT o.* FROM objection o JOIN application a ON a.id = o.application_id
WHERE o.id = $1 AND a.village_code ^@ ANY ($2::text[])
"""
_SHOW: Final = """
WITH shown AS (
  INSERT INTO public_notice_entry (notice_id, application_id) SELECT $2, unnest($1::uuid[])
)
UPDATE application SET notice_id = $2, public_notice_ends_on = $3 WHERE id = ANY ($1::uuid[])
"""
_PLACES: Final = """
SELECT DISTINCT village_code, pack_id, product_code FROM application
WHERE batch_id = $1 AND village_code ^@ ANY ($2::text[])
"""


async def start_notice(conn: Connection, officer: Principal, batch_id: UUID, body: NoticeIn) -> NoticeOut:
    """Make a batch's applications public at one level and work out the day the notice may come down.

    Raises:
        BatchUnknown, OtherOffice, WrongStage, DateBeforeStep, CalendarHorizonPassed.
    """
    level, regions = RegionLevel(body.level), officer.regions_for(Right.PUBLIC_NOTICES_RUN)
    rows = await lock_batch(conn, batch_id, regions)
    pack = await pack_of(conn, rows)
    office = _office(officer, level, {row.region_code for row in rows}, pack)
    state = approval.STATE_OF_PUBLIC_NOTICE[level]
    chosen = [row for row in rows if row.state is state and row.notice_id is None]
    if not chosen:
        raise WrongStage(f"{level} public notice", await states_of(conn, batch_id, regions))
    ensure_on_or_after("started_on", body.started_on, chosen)
    days = public_notice.days_at(level, pack.public_notice_rule)
    notice = NoticeOut(
        id=new_id(),
        batch_id=batch_id,
        level=body.level,
        working_days=days,
        started_on=body.started_on,
        ends_on=public_notice.ends_on(body.started_on, days),
        application_count=len(chosen),
        objections_to=body.objections_to,
    )
    await _insert_notice(conn, officer, notice, office)
    await conn.execute(_SHOW, [row.id for row in chosen], notice.id, notice.ends_on)
    return notice


async def close_notice(conn: Connection, officer: Principal, notice_id: UUID, body: ClosureIn) -> ClosureOut:
    """Take a notice down: applications without an open objection go on, the others stay public (LG-12).

    Raises:
        NoticeUnknown, OtherOffice, NoticeClosed, PublicNoticeNotOver, ObjectionsOpen.
    """
    regions = officer.regions_for(Right.PUBLIC_NOTICES_RUN)
    notice = await _lock_notice(conn, notice_id, regions)
    places = await conn.fetch(_PLACES, notice["batch_id"], regions)
    pack = await pack_for(conn, places[0]["pack_id"], places[0]["product_code"])
    office = _office(officer, RegionLevel(notice["level"]), {row["village_code"] for row in places}, pack)
    if notice["closed_on"] is not None:
        raise NoticeClosed(notice["closed_on"])
    if body.closed_on < notice["ends_on"]:
        raise PublicNoticeNotOver(body.closed_on, notice["ends_on"])
    rows = await lock_notice_applications(conn, notice_id, regions)
    kept = await _kept(conn, rows, body.closed_on)
    staying = {entry.application_id for entry in kept}
    free = [row for row in rows if row.id not in staying]
    if kept and not free:
        waiting = sum(1 for entry in kept if entry.objections_open)
        raise ObjectionsOpen(len(kept), waiting, max(entry.public_notice_ends_on for entry in kept))
    if free:
        await enter_states(
            conn, {row: state_after(pack, row, Transition.END_PUBLIC_NOTICE) for row in free}, body.closed_on
        )
    complete = await _record_closing(conn, officer, office, notice_id, body.closed_on, len(free))
    return ClosureOut(
        notice_id=notice_id,
        closed_on=body.closed_on,
        advanced_count=len(free),
        remaining=kept,
        is_complete=complete,
        states=await states_of(conn, notice["batch_id"], regions),
    )


async def raise_objection(
    conn: Connection, officer: Principal, application_id: UUID, body: ObjectionIn
) -> ObjectionOut:
    """Record an objection against an application that is public; from that day its clock stands still.

    Raises:
        ApplicationUnknown, NotPublic, DateBeforeStep.
    """
    row = await lock_application(conn, application_id, officer.regions_for(Right.OBJECTIONS_RAISE))
    if row.state not in PUBLIC_NOTICE or row.notice_id is None:
        raise NotPublic(row.state)
    ensure_on_or_after("raised_on", body.raised_on, [row])
    objection = await conn.fetchrow(
        "INSERT INTO objection (id, application_id, notice_id, raised_on, raised_by, recorded_by, grounds) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) "
        "RETURNING *, NULL AS settled_on, NULL AS settled_by, NULL AS outcome, NULL AS reason",
        new_id(),
        application_id,
        row.notice_id,
        body.raised_on,
        body.raised_by or officer.subject,
        officer.subject,
        body.grounds,
    )
    return ObjectionOut.model_validate(dict(objection))


async def settle_objection(
    conn: Connection, officer: Principal, objection_id: UUID, body: SettlementIn
) -> SettlementOut:
    """Settle an objection: upheld refuses the application, dismissed lets its remaining days run on (LG-12).

    Raises:
        ObjectionUnknown, AlreadySettled, RaiserMayNotSettle, DateBeforeStep, NotPublic.
    """
    regions = officer.regions_for(Right.OBJECTIONS_SETTLE)
    objection = await conn.fetchrow(_OBJECTION, objection_id, regions)
    if objection is None:
        raise ObjectionUnknown(objection_id)
    row = await lock_application(conn, objection["application_id"], regions)
    settled_on = await conn.fetchval("SELECT settled_on FROM settlement WHERE objection_id = $1", objection_id)
    if settled_on is not None:
        raise AlreadySettled(settled_on)
    if officer.subject in (objection["raised_by"], objection["recorded_by"]):
        raise RaiserMayNotSettle(officer.subject)
    ensure_not_before("settled_on", body.settled_on, "raised_on", objection["raised_on"])
    if row.state not in PUBLIC_NOTICE:
        raise NotPublic(row.state)
    await conn.execute(
        "INSERT INTO settlement (objection_id, settled_on, settled_by, outcome, reason) VALUES ($1, $2, $3, $4, $5)",
        objection_id,
        body.settled_on,
        officer.subject,
        body.outcome,
        body.reason,
    )
    ends_on = None
    if body.outcome == "upheld":
        state_after(await pack_of(conn, [row]), row, Transition.UPHOLD_OBJECTION)
        await refuse(conn, [row], body.settled_on, "public_notice", _upheld(body.reason))
    else:
        ends_on = await _restart_clock(conn, row)
    return SettlementOut(
        objection_id=objection_id,
        application_id=row.id,
        outcome=body.outcome,
        settled_on=body.settled_on,
        state=State.REFUSED if body.outcome == "upheld" else row.state,
        public_notice_ends_on=ends_on,
    )


def _office(officer: Principal, level: RegionLevel, regions: Collection[str], pack: ConfirmedPack) -> Office:
    return offices_in_whose_name(officer, STEP_OF_NOTICE[level], regions, pack.pack)[0]


def _upheld(reason: str) -> dict[str, str]:
    return {"code": "objection-upheld", "clause": "LG-12", "zh": reason, "en": ""}


async def _insert_notice(conn: Connection, officer: Principal, notice: NoticeOut, office: Office) -> None:
    await conn.execute(
        "INSERT INTO public_notice (id, batch_id, level, working_days, started_on, ends_on, started_by, "
        "application_count, office, objections_to) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        notice.id,
        notice.batch_id,
        notice.level,
        notice.working_days,
        notice.started_on,
        notice.ends_on,
        officer.subject,
        notice.application_count,
        str(office),
        notice.objections_to,
    )


async def _lock_notice(conn: Connection, notice_id: UUID, regions: Sequence[str]) -> Any:
    notice = await conn.fetchrow(
        "SELECT * FROM public_notice n WHERE id = $1 AND EXISTS (SELECT 1 FROM application a "
        "WHERE a.batch_id = n.batch_id AND a.village_code ^@ ANY($2::text[])) FOR UPDATE",
        notice_id,
        list(regions),
    )
    if notice is None:
        raise NoticeUnknown(notice_id)
    return notice


async def _kept(conn: Connection, rows: Sequence[LockedApplication], on: date) -> list[RemainingApplication]:
    counts = await conn.fetch(
        "SELECT o.application_id, count(*) AS open FROM objection o WHERE o.application_id = ANY($1::uuid[]) "
        "AND NOT EXISTS (SELECT 1 FROM settlement s WHERE s.objection_id = o.id) GROUP BY o.application_id",
        [row.id for row in rows],
    )
    waiting = {entry["application_id"]: entry["open"] for entry in counts}
    return [
        RemainingApplication(
            application_id=row.id,
            objections_open=waiting.get(row.id, 0),
            public_notice_ends_on=row.public_notice_ends_on or on,
        )
        for row in rows
        if row.id in waiting or (row.public_notice_ends_on or on) > on
    ]


async def _record_closing(
    conn: Connection, officer: Principal, office: Office, notice_id: UUID, on: date, moved_on: int
) -> bool:
    await conn.execute(
        "INSERT INTO public_notice_closure (id, notice_id, closed_on, closed_by, applications, office) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        new_id(),
        notice_id,
        on,
        officer.subject,
        moved_on,
        str(office),
    )
    closed = await conn.fetchval(
        "UPDATE public_notice n SET closed_on = $2 WHERE id = $1 "
        "AND NOT EXISTS (SELECT 1 FROM application a WHERE a.notice_id = n.id) RETURNING id",
        notice_id,
        on,
    )
    return closed is not None


# Where it was hung later than it was started, the days run from the day it hung there.
_SHOWN_FROM: Final = """
SELECT n.working_days, coalesce((
  SELECT min(h.hung_on) FROM public_notice_hanging h
  WHERE h.notice_id = n.id AND h.withdrawn_on IS NULL AND $2 ^@ h.region_code), n.started_on) AS started_on
FROM public_notice n WHERE n.id = $1
"""
_OBJECTED: Final = "SELECT DISTINCT application_id FROM objection WHERE notice_id = $1"
_RUN_UNTIL: Final = "UPDATE application SET public_notice_ends_on = $2 WHERE id = ANY ($1::uuid[])"
_PAUSES: Final = """
SELECT o.raised_on, s.settled_on FROM objection o JOIN settlement s ON s.objection_id = o.id
WHERE o.application_id = $1 AND o.notice_id = $2 AND s.outcome = 'dismissed'
"""


async def _restart_clock(conn: Connection, row: LockedApplication) -> date:
    pack: ConfirmedPack = await pack_of(conn, [row])
    notice = await conn.fetchrow(_SHOWN_FROM, row.notice_id, row.region_code)
    settled = await conn.fetch(_PAUSES, row.id, row.notice_id)
    pauses = [public_notice.Pause(entry["raised_on"], entry["settled_on"]) for entry in settled]
    stops = pack.public_notice_rule.objection_stops_clock
    ends_on = public_notice.ends_on(notice["started_on"], notice["working_days"], pauses, stops_clock=stops)
    await conn.execute("UPDATE application SET public_notice_ends_on = $2 WHERE id = $1", row.id, ends_on)
    return ends_on


async def restart_clocks(conn: Connection, notice_id: UUID, region_code: str) -> None:
    """Work out anew until when a region's applications stay public, after where the notice hangs was put right."""
    rows = await lock_notice_applications(conn, notice_id, [region_code])
    objected = {row["application_id"] for row in await conn.fetch(_OBJECTED, notice_id)}
    for row in rows:
        if row.id in objected:
            await _restart_clock(conn, row)
    quiet = [row for row in rows if row.id not in objected]
    for village in sorted({row.region_code for row in quiet}):
        notice = await conn.fetchrow(_SHOWN_FROM, notice_id, village)
        ends_on = public_notice.ends_on(notice["started_on"], notice["working_days"])
        await conn.execute(_RUN_UNTIL, [row.id for row in quiet if row.region_code == village], ends_on)
