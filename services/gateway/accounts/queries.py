"""Named reads of accounts: the holders of the ids on records, and grants on regions that ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.gateway.accounts.refusals import NobodyAskedFor, TooManyAskedFor
from services.gateway.accounts.schemas import PEOPLE_ASKED_MAX, EndedGrant, GrantAnswer, PeopleAnswer, PersonAnswer
from services.gateway.regions.queries import lineage_of, lying_in
from services.gateway.regions.rules.lineage import Lineage
from services.gateway.regions.rules.widening import is_decided
from shared.access import Role
from shared.db import Connection

CANDIDATES: Final = 500  # grants looked at in one go

_PEOPLE: Final = """
SELECT a.id, a.display_name, a.organisation, a.state = 'active' AS is_active,
       ARRAY(SELECT role FROM account_grant WHERE account_id = a.id ORDER BY role, region) AS roles,
       ARRAY(SELECT region FROM account_grant WHERE account_id = a.id ORDER BY role, region) AS regions
FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (id, place) JOIN account a USING (id)
ORDER BY asked.place
"""
# Only grants on codes that something became of, themselves or with the region they lie in, can have ended.
_TOUCHED = f"""
SELECT a.username, a.display_name, g.role, g.region,
       ARRAY(SELECT o.region FROM account_grant o
             WHERE o.account_id = g.account_id AND o.role = g.role AND o.region <> g.region) AS others
FROM account_grant g JOIN account a ON a.id = g.account_id AND a.state = 'active'
WHERE g.region <> '' AND g.region ^@ ANY($6::text[]) AND (a.username, g.role, g.region) > ($1, $2, $3)
  AND EXISTS (SELECT FROM region_succession s
              WHERE s.from_code = ANY ({lying_in("g.region")}) AND s.from_code <> s.to_code AND effective_on <= $4)
ORDER BY a.username, g.role, g.region LIMIT $5
"""  # noqa: S608 - our own expressions


@dataclass(frozen=True, slots=True)
class GrantPlace:
    """Where a grant stands in the list: by account, role and region."""

    username: str = ""
    role: str = ""
    region: str = ""

    @classmethod
    def read(cls, cursor: str) -> "GrantPlace":
        """Return the place a cursor names.

        Raises:
            ValueError: it names none.
        """
        username, role, region = cursor.split(" ")
        return cls(username, role, region)


async def look_up_people(conn: Connection, ids: Sequence[UUID]) -> PeopleAnswer:
    """Return whom 1 to 100 ids stand for, each once in the order asked, with the grants as given (LG-44).

    A disabled account is named too: what its person decided stays on record. Sign-in names never go out.

    Raises:
        NobodyAskedFor, TooManyAskedFor: none or more ids than one answer holds.
    """
    if not ids:
        raise NobodyAskedFor(PEOPLE_ASKED_MAX)
    if len(ids) > PEOPLE_ASKED_MAX:
        raise TooManyAskedFor(len(ids), PEOPLE_ASKED_MAX)
    asked = list(dict.fromkeys(ids))
    items = [
        PersonAnswer(
            id=row["id"],
            display_name=row["display_name"],
            organisation=row["organisation"],
            roles=[
                GrantAnswer(role=role, region=region) for role, region in zip(row["roles"], row["regions"], strict=True)
            ],
            is_active=row["is_active"],
        )
        for row in await conn.fetch(_PEOPLE, asked)
    ]
    known = {item.id for item in items}
    return PeopleAnswer(items=items, unknown=[each for each in asked if each not in known])


async def list_ended_grants(
    conn: Connection, scope: Sequence[str], as_of: date, after: GrantPlace | None, limit: int
) -> list[EndedGrant]:
    """Return up to `limit` grants of active accounts on regions that were merged or split, and nobody decided yet.

    Args:
        scope: the regions of which the caller manages people; grants on others are not listed.
        as_of: the business day on which changes of codes have taken effect.
        after: the last grant of the page before.
    """
    found: list[EndedGrant] = []
    place = after or GrantPlace()
    while len(found) < limit:
        rows = await conn.fetch(_TOUCHED, place.username, place.role, place.region, as_of, CANDIDATES, scope)
        lineage = await lineage_of(conn, {code for row in rows for code in (row["region"], *row["others"])}, as_of)
        ended = [(_ended(row, lineage), row["others"]) for row in rows]
        found += [grant for grant, others in ended if grant and not is_decided(grant.successors, others, lineage)]
        if len(rows) < CANDIDATES:
            break
        place = GrantPlace(rows[-1]["username"], rows[-1]["role"], rows[-1]["region"])
    return found[:limit]


def _ended(row: Mapping[str, Any], lineage: Lineage) -> EndedGrant | None:
    home = lineage.home_of(row["region"])
    if home.ended_on is None:
        return None
    return EndedGrant(
        username=row["username"],
        display_name=row["display_name"],
        role=Role(row["role"]),
        region=row["region"],
        ended_on=home.ended_on,
        successors=sorted(lineage.became(home.code)),
    )
