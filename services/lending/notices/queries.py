"""Named reads of public notices: the list, one whole notice, and the sheet that is hung up (LG-12)."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from services.lending.applications.refusals import NoticeUnknown
from services.lending.applications.schemas.public_notices import ObjectionOut
from services.lending.clients import HouseholdName, ask_names
from services.lending.notices.rules.sheet import Head, content_of, sheet_of
from services.lending.notices.schemas import HangingOut, NoticeEntryOut, PublicNoticeDetail, PublicNoticeOut
from shared.access import Principal, Right
from shared.clients import PeerClient
from shared.db import Connection, Database
from shared.offices import STEP_OF_NOTICE, office_zh, offices_in_whose_name, takes
from shared.policy.copies import pack_for
from shared.policy.in_force import ConfirmedPack
from shared.policy.vocabulary import NoticeItem, Office, RegionLevel
from shared.prints.sheet import Sheet
from shared.scope import Scope, scope_of, seen
from shared.web.pages import PageRequest

_SEEN: Final = seen("a.village_code", "a.bank_code")
_PLACE: Final = "left(a.village_code, CASE n.level WHEN 'village' THEN 12 WHEN 'township' THEN 9 ELSE 6 END)"
_NOTICE: Final = f"""
SELECT n.*, s.not_hung_in, s.objections_open FROM public_notice n
CROSS JOIN LATERAL (
  SELECT coalesce(array_agg(DISTINCT {_PLACE}) FILTER (WHERE NOT EXISTS (
      SELECT FROM public_notice_hanging h
      WHERE h.notice_id = n.id AND h.withdrawn_on IS NULL AND h.region_code = {_PLACE})), '{{}}') AS not_hung_in,
    (SELECT count(*) FROM objection o LEFT JOIN settlement t ON t.objection_id = o.id
     WHERE o.notice_id = n.id AND t.objection_id IS NULL) AS objections_open, count(*) AS shown
  FROM public_notice_entry e JOIN application a ON a.id = e.application_id
  WHERE e.notice_id = n.id AND {_SEEN} AND ($3::text IS NULL OR a.village_code ^@ $3)) s
WHERE s.shown > 0
"""  # noqa: S608 - our own text
_LIST: Final = f"""
SELECT * FROM ({_NOTICE}) n WHERE ($4::text IS NULL OR level = $4)
  AND ($5::boolean IS NULL OR (closed_on IS NULL) = $5) AND ($6::boolean IS NULL OR (not_hung_in = '{{}}') = $6)
  AND ($7::uuid IS NULL OR id > $7)
ORDER BY id LIMIT $8
"""  # noqa: S608 - our own text
_ONE: Final = f"SELECT * FROM ({_NOTICE}) n WHERE id = $4"  # noqa: S608 - our own text
_ENTRIES: Final = f"""
SELECT a.*, l.name AS bank,
  CASE WHEN a.notice_id = e.notice_id THEN a.public_notice_ends_on END AS ends_on
FROM public_notice_entry e JOIN application a ON a.id = e.application_id
LEFT JOIN lender l ON l.county_code = a.county_code AND l.code = a.bank_code
WHERE e.notice_id = $4 AND {_SEEN} AND ($3::text IS NULL OR a.village_code ^@ $3)
ORDER BY a.village_code, a.household_number, a.id
"""  # noqa: S608 - our own text
_HANGINGS: Final = "SELECT * FROM public_notice_hanging WHERE notice_id = $1 ORDER BY id"
_OBJECTIONS: Final = f"""
SELECT o.*, s.settled_on, s.settled_by, s.outcome, s.reason FROM objection o
JOIN application a ON a.id = o.application_id LEFT JOIN settlement s ON s.objection_id = o.id
WHERE o.notice_id = $4 AND {_SEEN} AND ($3::text IS NULL OR a.village_code ^@ $3) ORDER BY o.id
"""  # noqa: S608 - our own text


async def list_notices(
    conn: Connection,
    scope: Scope,
    page: PageRequest,
    region: str | None,
    level: str | None,
    is_open: bool | None,
    is_hung: bool | None,
) -> list[PublicNoticeOut]:
    """Return up to one row more than a page of notices that show somebody of the caller's scope, oldest first."""
    asked = (region, level, is_open, is_hung, page.after_as(UUID), page.limit + 1)
    rows = await conn.fetch(_LIST, scope.regions, scope.banks, *asked)
    return [PublicNoticeOut.model_validate(dict(row)) for row in rows]


async def show_notice(
    database: Database, registry: PeerClient, officer: Principal, notice_id: UUID, region: str | None
) -> PublicNoticeDetail:
    """Return what a notice says, where it hangs and what was objected, as far as the officer sees it.

    Raises:
        NoticeUnknown: it shows nobody of the officer's regions.
        PeerUnavailable: the registry did not answer with the names in time.
    """
    scope = scope_of(officer, Right.APPLICATIONS_READ)
    async with database.connection() as conn:
        found, entries, pack = await _found(conn, scope, notice_id, region)
        hangings = await conn.fetch(_HANGINGS, notice_id)
        objections = await conn.fetch(_OBJECTIONS, scope.regions, scope.banks, region, notice_id)
    items = content_of(pack.public_notice_rule.content)
    in_full = takes(officer, STEP_OF_NOTICE[RegionLevel(found["level"])], _villages(entries), pack.pack)
    said = await _said(registry, scope.regions, entries, in_full=in_full)
    return PublicNoticeDetail(
        **found,
        product=pack.pack.product.name.zh,
        content=list(items),
        names_in_full=in_full,
        entries=[_entry(each, items) for each in said],
        hangings=[HangingOut.model_validate(dict(row)) for row in hangings],
        objections=[ObjectionOut.model_validate(dict(row)) for row in objections],
    )


async def notice_sheet(
    database: Database, registry: PeerClient, officer: Principal, notice_id: UUID, region: str | None
) -> Sheet:
    """Return the notice to hang up, names in full, for the office that runs it; of one region or of all.

    Raises:
        NoticeUnknown: it shows nobody of the officer's regions.
        OtherOffice: the county's pack has another office run it.
        PeerUnavailable: the registry did not answer with the names in time.
    """
    scope = Scope.within(officer.regions_for(Right.PUBLIC_NOTICES_RUN))
    async with database.connection() as conn:
        found, entries, pack = await _found(conn, scope, notice_id, region)
    step = STEP_OF_NOTICE[RegionLevel(found["level"])]
    acting = offices_in_whose_name(officer, step, _villages(entries), pack.pack)
    said = await _said(registry, scope.regions, entries, in_full=True)
    head = Head(
        level=found["level"],
        product=pack.pack.product.name.zh,
        source=pack.pack.header.source.zh,
        office=office_zh(Office(found["office"]) if found["office"] else acting[0]),
        working_days=found["working_days"],
        started_on=found["started_on"],
        ends_on=max((each["ends_on"] for each in said if each["ends_on"]), default=found["ends_on"]),
        objections_to=found["objections_to"],
    )
    return sheet_of(head, content_of(pack.public_notice_rule.content), said, pack.purpose_rule)


async def _found(
    conn: Connection, scope: Scope, notice_id: UUID, region: str | None
) -> tuple[dict[str, Any], Sequence[Any], ConfirmedPack]:
    asked = (scope.regions, scope.banks, region, notice_id)
    row = await conn.fetchrow(_ONE, *asked)
    if row is None:
        raise NoticeUnknown(notice_id)
    entries = await conn.fetch(_ENTRIES, *asked)
    return dict(row), entries, await pack_for(conn, entries[0]["pack_id"], entries[0]["product_code"])


def _villages(entries: Sequence[Any]) -> set[str]:
    return {row["village_code"] for row in entries}


async def _said(
    registry: PeerClient, regions: Sequence[str], entries: Sequence[Any], *, in_full: bool
) -> list[dict[str, Any]]:
    names = await ask_names(registry, regions, [row["household_id"] for row in entries])
    unknown = HouseholdName("", "", "")
    said = []
    for row in entries:
        name = names.get(row["household_id"], unknown)
        head = name.head_name if in_full else name.head_name_masked
        said.append({**row, "household_head": head or None, "place": name.place or row["village_code"]})
    return said


def _entry(said: dict[str, Any], items: Sequence[NoticeItem]) -> NoticeEntryOut:
    return NoticeEntryOut(
        application_id=said["id"],
        state=said["state"],
        public_notice_ends_on=said["ends_on"],
        **{item: said[item] if item in items else None for item in NoticeItem},
    )
