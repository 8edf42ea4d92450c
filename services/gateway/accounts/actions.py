"""Create people and API clients, and give them grants."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.gateway.accounts.refusals import AccountUnknown, GrantsHeld, GrantsTooMany, UsernameTaken
from services.gateway.accounts.rules.granting import ensure_may_grant, ensure_not_oneself
from services.gateway.accounts.rules.passwords import ensure_strong
from services.gateway.accounts.schemas import (
    GRANTS_MAX,
    AccountsCreated,
    ApiClientBody,
    GrantAnswer,
    GrantBody,
    GrantsAdded,
    GrantsBody,
    PersonBody,
)
from services.gateway.accounts.secrets import SecretHasher
from shared.access import Principal, Role
from shared.db import Connection, Database
from shared.ids import new_id


@dataclass(frozen=True)
class NewAccount:
    """One account to be created, its secret already hashed."""

    kind: str
    username: str
    display_name: str
    organisation: str | None
    secret_hash: str
    grants: Sequence[GrantBody]


async def hashed_people(hasher: SecretHasher, giver: Principal, people: Sequence[PersonBody]) -> list[NewAccount]:
    """Check grants and passwords of new people and hash these; slow on purpose, so it runs before the transaction.

    Raises:
        RoleNotGrantable, GrantOutsideRegion: a grant is not the giver's to hand out.
        PasswordTooWeak: naming the rule.
    """
    ensure_may_grant(giver, (each.grant for person in people for each in person.grants))
    for person in people:
        ensure_strong(person.username, person.password)
    return [
        NewAccount("person", p.username, p.display_name, p.organisation, await hasher.hashed(p.password), p.grants)
        for p in people
    ]


async def hashed_client(hasher: SecretHasher, giver: Principal, client: ApiClientBody) -> NewAccount:
    """Check grants and secret of a new API client and hash it.

    Raises:
        RoleNotGrantable, GrantOutsideRegion: a grant is not the giver's to hand out.
        PasswordTooWeak: naming the rule.
    """
    ensure_may_grant(giver, (each.grant for each in client.grants))
    ensure_strong(client.client_id, client.client_secret)
    secret_hash = await hasher.hashed(client.client_secret)
    return NewAccount("client", client.client_id, client.display_name, client.organisation, secret_hash, client.grants)


async def create_accounts(tx: Connection, by: str, accounts: Sequence[NewAccount]) -> AccountsCreated:
    """Store the accounts with their grants, all or none.

    Raises:
        UsernameTaken: naming the accounts that exist.
    """
    names = [account.username for account in accounts]
    ids = [new_id() for _ in accounts]
    made = await tx.fetch(
        """
        INSERT INTO account (id, kind, username, display_name, organisation, secret_hash, state, created_by)
        SELECT id, kind, username, display_name, organisation, secret_hash, 'active', $7
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
             AS new (id, kind, username, display_name, organisation, secret_hash)
        ON CONFLICT (username) DO NOTHING RETURNING username
        """,
        ids,
        [account.kind for account in accounts],
        names,
        [account.display_name for account in accounts],
        [account.organisation for account in accounts],
        [account.secret_hash for account in accounts],
        by,
    )
    if len(made) < len(names):
        raise UsernameTaken(sorted(set(names) - {row["username"] for row in made}) or names)
    grants = [(ids[i], g.role, g.region, by) for i, account in enumerate(accounts) for g in account.grants]
    await tx.execute(
        """
        INSERT INTO account_grant (account_id, role, region, granted_by)
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
        """,
        *[list(column) for column in zip(*grants, strict=True)],
    )
    return AccountsCreated(created_count=len(made), usernames=names)


_ADD_GRANTS = """
INSERT INTO account_grant (account_id, role, region, granted_by)
SELECT $1, role, region, $4 FROM unnest($2::text[], $3::text[]) AS new (role, region)
ON CONFLICT (account_id, role, region) DO NOTHING
"""


async def add_grants(tx: Connection, giver: Principal, body: GrantsBody) -> GrantsAdded:
    """Give an account further grants; those it has stay, so that what it could see remains in sight.

    Raises:
        GrantToOneself, RoleNotGrantable, GrantOutsideRegion: the grants are not the giver's to hand out.
        AccountUnknown, GrantsHeld, GrantsTooMany: by name; nothing was added.
    """
    ensure_not_oneself(giver, body.username)
    ensure_may_grant(giver, (each.grant for each in body.grants))
    account_id = await tx.fetchval("SELECT id FROM account WHERE username = $1 FOR UPDATE", body.username)
    if account_id is None:
        raise AccountUnknown(body.username)
    roles, regions = [str(each.role) for each in body.grants], [each.region for each in body.grants]
    added = int((await tx.execute(_ADD_GRANTS, account_id, roles, regions, giver.name)).rsplit(" ", 1)[-1])
    if added == 0:
        raise GrantsHeld(body.username)
    rows = await tx.fetch(
        "SELECT role, region FROM account_grant WHERE account_id = $1 ORDER BY role, region", account_id
    )
    if len(rows) > GRANTS_MAX:
        raise GrantsTooMany(body.username, len(rows), GRANTS_MAX)
    return GrantsAdded(added_count=added, grants=[GrantAnswer(**row) for row in rows])


async def bootstrap_admin(database: Database, hasher: SecretHasher, password: str) -> None:
    """Create the first account, `admin` with the whole country, when there is none at all."""
    async with database.connection() as connection:
        if await connection.fetchval("SELECT EXISTS (SELECT FROM account)"):
            return
    secret_hash = await hasher.hashed(password)
    admin = NewAccount(
        "person", "admin", "平台管理员 Administrator", None, secret_hash, [GrantBody(role=Role.ADMIN, region="")]
    )

    async def create(tx: Connection) -> None:
        await tx.execute("SELECT pg_advisory_xact_lock(hashtext('bootstrap-admin'))")
        if not await tx.fetchval("SELECT EXISTS (SELECT FROM account)"):
            await create_accounts(tx, "bootstrap", [admin])

    await database.run(create)
