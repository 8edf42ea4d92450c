"""The household's dossier, read at one moment with a handful of statements (LG-42)."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Literal
from uuid import UUID

from services.registry.credit.rating.household_queries import get_household_rating
from services.registry.dossier.documents.queries import documents_on_file
from services.registry.dossier.documents.requirements import checklist_out
from services.registry.dossier.documents.rules.kinds import KindName, known_kinds
from services.registry.dossier.documents.schemas import ChecklistOut, DocumentOut
from services.registry.dossier.dossiers.actions import record_view
from services.registry.dossier.dossiers.dossier_sql import DOSSIER
from services.registry.dossier.dossiers.schemas import DocumentsOfKind, Dossier
from services.registry.policy.packs.queries import find_pack_in_force
from services.registry.register.households.members import members_on_file
from services.registry.register.households.refusals import HouseholdsUnknown
from services.registry.register.households.sealed import ACCOUNT_CONTEXT, PHONE_CONTEXT
from shared.access import Principal, Right
from shared.db import Connection
from shared.pii import PiiCipher, masked_tail
from shared.policy.in_force import ConfirmedPack


async def view_dossier(
    conn: Connection,
    officer: Principal,
    cipher: PiiCipher,
    household_id: UUID,
    as_of: date,
    access: Literal["screen", "print"],
) -> Dossier:
    """Return a household's dossier to an officer, and record that the officer viewed or printed it (LG-44).

    Raises:
        HouseholdsUnknown: it is not on file in the officer's region.
    """
    dossier = await get_dossier(conn, officer, cipher, household_id, as_of)
    await record_view(conn, officer, household_id, dossier.village_code, access)
    return dossier


async def get_dossier(
    conn: Connection, officer: Principal, cipher: PiiCipher, household_id: UUID, as_of: date
) -> Dossier:
    """Return everything on file about one household, all of it as of one moment; `as_of` chooses pack and ages.

    Raises:
        HouseholdsUnknown: it is not on file in the officer's region.
    """
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        row = await conn.fetchrow(DOSSIER, household_id, officer.regions_for(Right.DOCUMENTS_READ))
        if row is None:
            raise HouseholdsUnknown([household_id])
        members = await members_on_file(conn, cipher, household_id, as_of)
        rating = await get_household_rating(conn, officer, household_id, None, as_of)
        found = await find_pack_in_force(conn, row["village_code"], as_of)
        names = known_kinds(found.pack.approval_chain().documents if found else ())
        documents = await documents_on_file(conn, household_id, names)
    facts: dict[str, Any] = dict(row)
    phone = facts.pop("phone_sealed")
    accounts = [_account(each, cipher) for each in facts.pop("accounts")]
    return Dossier(
        **facts,
        phone=masked_tail(cipher.decrypt(phone, PHONE_CONTEXT)) if phone else None,
        accounts=accounts,
        members=members,
        rating=rating,
        documents=_by_kind(documents, names),
        document_count=len(documents),
        checklist=_checklist(household_id, row["household_number"], found, documents),
    )


def _account(entry: dict[str, Any], cipher: PiiCipher) -> Any:
    number = cipher.decrypt(bytes.fromhex(entry.pop("account_sealed")), ACCOUNT_CONTEXT)
    return {**entry, "account_number": masked_tail(number)}


def _by_kind(documents: Sequence[DocumentOut], names: Mapping[str, KindName]) -> list[DocumentsOfKind]:
    """Group documents, the kinds in the order in which the county names them."""
    order = {kind: place for place, kind in enumerate(names)}
    ordered = sorted(documents, key=lambda each: (order.get(each.kind, len(order)), each.kind))
    return [
        DocumentsOfKind(kind=kind, zh=same[0].kind_zh, en=same[0].kind_en, documents=same)
        for kind, same in ((kind, list(group)) for kind, group in groupby(ordered, key=lambda each: each.kind))
    ]


def _checklist(
    household_id: UUID, household_number: str, found: ConfirmedPack | None, documents: Sequence[DocumentOut]
) -> ChecklistOut | None:
    if found is None:
        return None
    latest: dict[str, Any] = {}
    for each in sorted(documents, key=lambda one: one.added_at):
        latest[each.kind] = {"document_id": each.id, "version": each.version, "added_at": each.added_at}
    return checklist_out(household_id, household_number, found, None, latest)
