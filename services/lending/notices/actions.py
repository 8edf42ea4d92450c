"""Record where a public notice hangs, and take back what was recorded wrongly (LG-12)."""

from typing import Any, Final
from uuid import UUID

from services.lending.applications.actions.public_notices import restart_clocks
from services.lending.applications.refusals import NoticeUnknown
from services.lending.notices.refusals import HangingUnknown, HangingWithdrawn, NoticeNotThere
from services.lending.notices.schemas import HangingIn, HangingOut, HangingWithdrawalIn
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.offices import STEP_OF_NOTICE, acting_for
from shared.policy.copies import pack_for
from shared.policy.vocabulary import Office, RegionLevel

# A notice hangs where its level is: in each village, in the township, in the county.
_PLACES: Final = """
SELECT n.id, n.level, n.started_on, min(b.pack_id::text)::uuid AS pack_id, min(b.product_code) AS product_code,
  array_agg(DISTINCT left(a.village_code, CASE n.level WHEN 'village' THEN 12 WHEN 'township' THEN 9 ELSE 6 END))
    AS regions
FROM public_notice n JOIN application_batch b ON b.id = n.batch_id
JOIN public_notice_entry e ON e.notice_id = n.id JOIN application a ON a.id = e.application_id
WHERE n.id = $1 AND a.village_code ^@ ANY ($2::text[]) GROUP BY n.id
"""
_LOCK: Final = "SELECT FROM public_notice WHERE id = $1 FOR UPDATE"
_RECORD: Final = """
INSERT INTO public_notice_hanging (id, notice_id, region_code, place, hung_on, photos, hung_by, office)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING *
"""
_FIND: Final = """
SELECT * FROM public_notice_hanging WHERE id = $1 AND region_code ^@ ANY ($2::text[]) FOR UPDATE
"""
_WITHDRAW: Final = """
UPDATE public_notice_hanging SET withdrawn_on = $2, withdrawn_by = $3, withdrawal_reason = $4 WHERE id = $1 RETURNING *
"""


async def hang_notice(conn: Connection, officer: Principal, notice_id: UUID, body: HangingIn) -> HangingOut:
    """Record where a notice hangs; hung later than it was started, it stays public there that much longer (LG-12).

    Raises:
        NoticeUnknown, NoticeNotThere, OtherOffice, DateBeforeStep, CalendarHorizonPassed.
    """
    await conn.execute(_LOCK, notice_id)
    notice = await _notice(conn, officer, notice_id)
    if body.region_code not in notice["regions"]:
        raise NoticeNotThere(body.region_code, notice["regions"])
    office = await _office(conn, officer, notice, body.region_code)
    ensure_not_before("hung_on", body.hung_on, "started_on", notice["started_on"])
    place = (body.region_code, body.place, body.hung_on, list(body.photos))
    row = await conn.fetchrow(_RECORD, new_id(), notice_id, *place, officer.subject, str(office))
    await restart_clocks(conn, notice_id, body.region_code)
    return HangingOut.model_validate(dict(row))


async def withdraw_hanging(
    conn: Connection, officer: Principal, hanging_id: UUID, body: HangingWithdrawalIn
) -> HangingOut:
    """Take back, as another person of the office, a record that is wrong; the days are worked out without it.

    Raises:
        HangingUnknown, OtherOffice, MakerIsChecker, HangingWithdrawn, DateBeforeStep, CalendarHorizonPassed.
    """
    found = await conn.fetchrow(_FIND, hanging_id, officer.regions_for(Right.PUBLIC_NOTICES_RUN))
    if found is None:
        raise HangingUnknown(hanging_id)
    notice = await _notice(conn, officer, found["notice_id"])
    await _office(conn, officer, notice, found["region_code"])
    if found["hung_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    if found["withdrawn_on"] is not None:
        raise HangingWithdrawn(found["withdrawn_on"], found["withdrawn_by"])
    ensure_not_before("withdrawn_on", body.withdrawn_on, "hung_on", found["hung_on"])
    row = await conn.fetchrow(_WITHDRAW, hanging_id, body.withdrawn_on, officer.subject, body.reason)
    await restart_clocks(conn, found["notice_id"], found["region_code"])
    return HangingOut.model_validate(dict(row))


async def _notice(conn: Connection, officer: Principal, notice_id: UUID) -> Any:
    notice = await conn.fetchrow(_PLACES, notice_id, officer.regions_for(Right.PUBLIC_NOTICES_RUN))
    if notice is None:
        raise NoticeUnknown(notice_id)
    return notice


async def _office(conn: Connection, officer: Principal, notice: Any, region_code: str) -> Office:
    pack = await pack_for(conn, notice["pack_id"], notice["product_code"])
    return acting_for(officer, STEP_OF_NOTICE[RegionLevel(notice["level"])], region_code, pack.pack)
