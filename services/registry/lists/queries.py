"""Named reads of lists and quotas."""

from collections import defaultdict
from datetime import date
from uuid import UUID

from services.registry.lists.schemas import ListingOut, ListName, QuotaCutOut, VillageQuotaOut
from shared.access import Principal, Right
from shared.db import Connection

_LISTINGS = """
SELECT l.id, l.household_id, h.number AS household_number, l.village_code, l.list_name, l.cause, l.loan_id, l.listed_on,
       l.cleared_on
FROM listing l JOIN household h ON h.id = l.household_id
WHERE l.village_code ^@ $1 AND l.village_code ^@ ANY ($2::text[]) AND ($3::text IS NULL OR l.list_name = $3)
  AND ($4::date IS NULL OR (l.listed_on <= $4 AND (l.cleared_on IS NULL OR l.cleared_on > $4)))
  AND ($5::uuid IS NULL OR l.id > $5)
ORDER BY l.id LIMIT $6
"""
_QUOTAS = """
SELECT q.village_code, r.name AS village_name, trim_scale(q.share_left)::text AS share_left
FROM village_quota q JOIN region r ON r.code = q.village_code
WHERE q.village_code ^@ $1 AND q.village_code ^@ ANY ($2::text[]) AND ($3::text IS NULL OR q.village_code > $3)
ORDER BY q.village_code LIMIT $4
"""
_CUTS = """
SELECT village_code, loan_id, trim_scale(cut_share)::text AS cut_share, effective_on FROM village_quota_cut
WHERE village_code = ANY ($1::text[]) ORDER BY effective_on, loan_id
"""


async def list_listings(
    conn: Connection,
    officer: Principal,
    *,
    region: str,
    list_name: ListName | None,
    on: date | None,
    after: UUID | None,
    limit: int,
) -> list[ListingOut]:
    """Return up to `limit` entries of the lists; with `on` only those that hold on that day."""
    scopes = officer.regions_for(Right.LISTS_READ)
    rows = await conn.fetch(_LISTINGS, region, scopes, list_name, on, after, limit)
    return [ListingOut(**row) for row in rows]


async def list_quotas(
    conn: Connection, officer: Principal, *, region: str, after: str | None, limit: int
) -> list[VillageQuotaOut]:
    """Return up to `limit` villages whose quota was cut, with every cut."""
    quotas = await conn.fetch(_QUOTAS, region, officer.regions_for(Right.LISTS_READ), after, limit)
    cuts: dict[str, list[QuotaCutOut]] = defaultdict(list)
    for row in await conn.fetch(_CUTS, [quota["village_code"] for quota in quotas]):
        cuts[row["village_code"]].append(
            QuotaCutOut(loan_id=row["loan_id"], cut_share=row["cut_share"], effective_on=row["effective_on"])
        )
    return [VillageQuotaOut(**quota, cuts=cuts[quota["village_code"]]) for quota in quotas]
