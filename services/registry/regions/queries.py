"""Named reads of the administrative tree."""

from services.registry.regions.schemas import RegionOut
from shared.db import Connection
from shared.errors import NotFound

_CHILDREN = """
SELECT code, name, level, parent_code FROM region
WHERE parent_code IS NOT DISTINCT FROM $1 AND ($2::text IS NULL OR code > $2) ORDER BY code LIMIT $3
"""


class RegionUnknown(NotFound):
    """No such region is on file."""

    code = "region-unknown"
    title = "行政区划不存在 Region unknown"

    def __init__(self, region_code: str) -> None:
        super().__init__(
            f"Region {region_code} is not on file; check the code, or ask the administrator to load the region file.",
            region_code=region_code,
        )


async def list_children(conn: Connection, parent: str | None, after: str | None, limit: int) -> list[RegionOut]:
    """Return up to `limit` children of a region by code, or the provinces when `parent` is None."""
    rows = await conn.fetch(_CHILDREN, parent, after, limit)
    return [RegionOut(**row) for row in rows]


async def get_region(conn: Connection, region_code: str) -> RegionOut:
    """Return one region.

    Raises:
        RegionUnknown: the code is not on file.
    """
    row = await conn.fetchrow("SELECT code, name, level, parent_code FROM region WHERE code = $1", region_code)
    if row is None:
        raise RegionUnknown(region_code)
    return RegionOut(**row)
