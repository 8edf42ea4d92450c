"""Which papers a stage of the approval needs of a household, and which are there (LG-11, FJ-4a)."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.registry.dossier.documents.queries import get_household
from services.registry.dossier.documents.refusals import StageUnknown
from services.registry.dossier.documents.rules.kinds import ChecklistLine, checklist, stages_of
from services.registry.dossier.documents.schemas import ChecklistLineOut, ChecklistOut
from services.registry.policy.packs.queries import get_pack_in_force
from shared.access import Principal
from shared.db import Connection
from shared.policy.in_force import ConfirmedPack

_LATEST_BY_KIND: Final = """
SELECT DISTINCT ON (d.kind) d.kind, d.id AS document_id, v.version, v.added_at
FROM document d JOIN document_version v ON v.document_id = d.id AND v.withdrawn_at IS NULL
WHERE d.household_id = $1 ORDER BY d.kind, v.added_at DESC, v.id DESC
"""


async def get_checklist(
    conn: Connection, officer: Principal, household_id: UUID, stage: str | None, today: date
) -> ChecklistOut:
    """Return what a stage needs of a household, the last stage if none is named.

    Raises:
        HouseholdsUnknown: it is not on file in the officer's region.
        NoPackInForce: the household's village has none today.
        StageUnknown: the approval there has no such stage.
    """
    household = await get_household(conn, officer, household_id)
    found = await get_pack_in_force(conn, household["village_code"], today)
    on_file = {row["kind"]: row for row in await conn.fetch(_LATEST_BY_KIND, household_id)}
    return checklist_out(household_id, household["number"], found, stage, on_file)


def checklist_out(
    household_id: UUID, household_number: str, found: ConfirmedPack, stage: str | None, on_file: Mapping[str, Any]
) -> ChecklistOut:
    """Return the checklist of a stage from the latest document of each kind.

    Raises:
        StageUnknown: the county's approval has no such stage.
    """
    chain = found.pack.approval_chain()
    stages = stages_of(chain)
    asked = stage or stages[-1]
    if asked not in stages:
        raise StageUnknown(asked, stages)
    lines = checklist(chain, asked, on_file)
    missing = [line.document for line in lines if not line.present]
    sourced = found.pack.approval.documents
    return ChecklistOut(
        household_id=household_id,
        household_number=household_number,
        stage=asked,
        pack_version=found.pack.header.version,
        clauses=list(sourced.clause or sourced.after or ()),
        complete=not missing,
        lines=[_line(line, on_file) for line in lines],
        missing=[each.code for each in missing],
        missing_zh=[each.zh for each in missing],
        missing_en=[each.en for each in missing],
    )


def _line(line: ChecklistLine, on_file: Mapping[str, Any]) -> ChecklistLineOut:
    latest = on_file.get(line.document.code, {"document_id": None, "version": None, "added_at": None})
    return ChecklistLineOut(
        kind=line.document.code,
        zh=line.document.zh,
        en=line.document.en,
        before=str(line.document.before),
        present=line.present,
        document_id=latest["document_id"],
        version=latest["version"],
        added_at=latest["added_at"],
    )
