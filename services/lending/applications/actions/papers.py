"""Papers of an application: those that come with it and those that come in after the filing (LG-11, FJ-4a)."""

from uuid import UUID

from services.lending.applications import queries
from services.lending.applications.actions.filing import codes_of, digests_of
from services.lending.applications.schemas.applications import ApplicationDetail, DocumentsIn
from services.lending.loans.refusals import ApplicationUnknown
from shared.access import Principal, Right
from shared.db import Connection
from shared.scope import scope_of


async def add_documents(
    conn: Connection, officer: Principal, application_id: UUID, body: DocumentsIn
) -> ApplicationDetail:
    """Put papers on file that came in after the filing (LG-11, FJ-4a).

    Raises:
        ApplicationUnknown: there is none in the officer's regions, or it has ended.
    """
    scope = scope_of(officer, Right.APPLICATIONS_FILE)
    changed = await conn.fetchval(
        "UPDATE application SET documents = (SELECT array_agg(DISTINCT code ORDER BY code) "
        "FROM unnest(documents || $3::text[]) AS code), document_digests = document_digests || $4::jsonb "
        "WHERE id = $1 AND village_code ^@ ANY($2::text[]) AND state NOT IN ('disbursed', 'refused', 'withdrawn') "
        "RETURNING id",
        application_id,
        scope.regions,
        codes_of(body),
        digests_of(body),
    )
    if changed is None:
        raise ApplicationUnknown(application_id)
    return await queries.get_application(conn, scope, application_id)
