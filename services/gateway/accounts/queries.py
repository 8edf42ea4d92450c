"""Named reads of accounts: whom the ids on records stand for."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from services.gateway.accounts.refusals import NobodyAskedFor, TooManyAskedFor
from services.gateway.accounts.schemas import PEOPLE_ASKED_MAX, GrantAnswer, PeopleAnswer, PersonAnswer
from shared.db import Connection

_PEOPLE: Final = """
SELECT a.id, a.display_name, a.organisation, a.state = 'active' AS is_active,
       ARRAY(SELECT role FROM account_grant WHERE account_id = a.id ORDER BY role, region) AS roles,
       ARRAY(SELECT region FROM account_grant WHERE account_id = a.id ORDER BY role, region) AS regions
FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (id, place) JOIN account a USING (id)
ORDER BY asked.place
"""


async def look_up_people(conn: Connection, ids: Sequence[UUID]) -> PeopleAnswer:
    """Return whom 1 to 100 ids stand for, each once in the order asked, with the grants as given (LG-44).

    A disabled account is named too: what its person decided stays on record. Sign-in names never go out.

    Raises:
        NobodyAskedFor, TooManyAskedFor: none or more ids than one answer holds.
    """
    if not ids:
        raise NobodyAskedFor
    if len(ids) > PEOPLE_ASKED_MAX:
        raise TooManyAskedFor(len(ids))
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
