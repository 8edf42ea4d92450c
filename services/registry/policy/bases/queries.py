"""Named reads of provinces' bases."""

from uuid import UUID

from services.registry.policy.bases.refusals import BaseUnknown
from services.registry.policy.bases.schemas import BaseOut, BaseWithContent
from shared.db import Connection
from shared.policy.bases import BasePack, FindBase, no_base, wanted_base
from shared.policy.yaml_source import parse

_COLUMNS = (
    "id, region_code, code, version, supersedes, effective_from, state, content_hash, submitted_by, submitted_at, "
    "confirmed_by, confirmed_at, ARRAY(SELECT p.county_code || ' ' || p.code FROM policy_pack p "
    "WHERE p.state = 'confirmed' AND p.content #>> '{based_on,code}' = b.code "
    "AND (p.content #>> '{based_on,version}')::int = b.version ORDER BY 1) AS resting"
)
_LIST = f"SELECT {_COLUMNS} FROM policy_base b WHERE ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2"  # noqa: S608
_ONE = f"SELECT {_COLUMNS}, content FROM policy_base b WHERE id = $1"  # noqa: S608 - our own columns
_CONFIRMED = "SELECT content FROM policy_base WHERE code = $1 AND version = $2 AND state = 'confirmed'"


async def list_bases(conn: Connection, after: UUID | None, limit: int) -> list[BaseOut]:
    """Return up to `limit` bases in the order of submission."""
    return [BaseOut(**row) for row in await conn.fetch(_LIST, after, limit)]


async def get_base(conn: Connection, base_id: UUID) -> BaseWithContent:
    """Return one base with its content.

    Raises:
        BaseUnknown: there is no such base.
    """
    row = await conn.fetchrow(_ONE, base_id)
    if row is None:
        raise BaseUnknown(base_id)
    return BaseWithContent(**row)


async def base_under(conn: Connection, text: str) -> FindBase:
    """Return what finds the confirmed base that the text of a county's pack names, and no other."""
    wanted = wanted_base(parse(text).data) if "based_on" in text else None
    content = await conn.fetchval(_CONFIRMED, *wanted) if wanted else None
    if content is None:
        return no_base
    base = BasePack.model_validate(content)
    return lambda code, version: base if (code, version) == wanted else None
