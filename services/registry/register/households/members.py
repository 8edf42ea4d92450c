"""Members of a household as they were on a day; names and numbers leave masked."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.registry.register.households.masking import masked_name
from services.registry.register.households.refusals import HouseholdsUnknown
from services.registry.register.households.schemas import MemberOut
from services.registry.register.households.sealed import NAME_CONTEXT, RESIDENT_ID_CONTEXT
from shared.access import Principal, Right
from shared.dates import age_on
from shared.db import Connection
from shared.pii import PiiCipher
from shared.resident_id import masked

_COLUMNS = """
id, is_head, relation, name_sealed, resident_id_sealed, born_on, sex, civil_capacity, labour, education, at_school,
migrant_worker, health, joined_on, left_on, left_reason
"""
_ALL = f"""
SELECT {_COLUMNS} FROM member WHERE household_id = $1 ORDER BY left_on IS NOT NULL, is_head DESC, born_on, id
"""  # noqa: S608 - our own column list
_ON = f"""
SELECT {_COLUMNS} FROM member
WHERE household_id = $1 AND joined_on <= $2 AND (left_on IS NULL OR $2 < left_on) ORDER BY is_head DESC, born_on, id
"""  # noqa: S608 - our own column list
_SEEN = "SELECT EXISTS (SELECT FROM household WHERE id = $1 AND village_code ^@ ANY ($2::text[]))"


async def ensure_seen(conn: Connection, officer: Principal, household_id: UUID) -> None:
    """Refuse a household that the officer may not read.

    Raises:
        HouseholdsUnknown: it is not on file in the officer's region.
    """
    if not await conn.fetchval(_SEEN, household_id, officer.regions_for(Right.HOUSEHOLDS_READ)):
        raise HouseholdsUnknown([household_id])


async def members_on_file(conn: Connection, cipher: PiiCipher, household_id: UUID, today: date) -> list[MemberOut]:
    """Return everyone who is or was a member, those of today first."""
    return [member_out(row, cipher, today) for row in await conn.fetch(_ALL, household_id)]


async def members_on(conn: Connection, cipher: PiiCipher, household_id: UUID, on: date) -> list[MemberOut]:
    """Return who was a member on a day, with what is on file of them now."""
    return [member_out(row, cipher, on) for row in await conn.fetch(_ON, household_id, on)]


def member_out(row: Mapping[str, Any], cipher: PiiCipher, on: date) -> MemberOut:
    """Return a member with name and number masked and the age on a day."""
    facts = dict(row)
    name = cipher.decrypt(facts.pop("name_sealed"), NAME_CONTEXT)
    number = cipher.decrypt(facts.pop("resident_id_sealed"), RESIDENT_ID_CONTEXT)
    return MemberOut(name=masked_name(name), resident_id=masked(number), age=age_on(facts["born_on"], on), **facts)
