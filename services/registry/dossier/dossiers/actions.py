"""Who viewed a household's dossier: recorded before the dossier is answered, and listed (LG-42, LG-44)."""

from typing import Literal
from uuid import UUID

from services.registry.dossier.documents.queries import get_household
from services.registry.dossier.dossiers.schemas import DossierViewOut
from shared.access import Principal, Right
from shared.db import Connection

_RECORD = "INSERT INTO dossier_view (household_id, access, viewed_by, roles) VALUES ($1, $2, $3, $4)"
_VIEWS = """
SELECT id, access, viewed_by, roles, viewed_at FROM dossier_view
WHERE household_id = $1 AND ($2::bigint IS NULL OR id > $2) ORDER BY id LIMIT $3
"""


async def record_view(
    conn: Connection, officer: Principal, household_id: UUID, village_code: str, access: Literal["screen", "print"]
) -> None:
    """Record who looked at the file, in which roles."""
    await conn.execute(
        _RECORD, household_id, access, officer.subject, officer.roles_for(Right.DOCUMENTS_READ, village_code)
    )


async def list_views(
    conn: Connection, officer: Principal, household_id: UUID, after: int | None, limit: int
) -> list[DossierViewOut]:
    """Return up to `limit` views of a household's dossier, the first one first.

    Raises:
        HouseholdsUnknown: it is not on file in the officer's region.
    """
    await get_household(conn, officer, household_id)
    return [DossierViewOut(**row) for row in await conn.fetch(_VIEWS, household_id, after, limit)]
