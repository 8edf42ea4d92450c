"""Create accounts, sign in, rotate refresh tokens, revoke."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.gateway.accounts.granting import ensure_may_grant, ensure_not_oneself
from services.gateway.accounts.refusals import (
    AccountUnknown,
    GrantsHeld,
    GrantsTooMany,
    SignInRefused,
    TooManyFailures,
    UsernameTaken,
)
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
from services.gateway.accounts.secrets import SecretHasher, ensure_strong
from shared.access import Grant, Principal, Role
from shared.db import Connection, Database
from shared.ids import new_id

REFRESH_TOKEN_BYTES = 32


@dataclass(frozen=True)
class NewAccount:
    """One account to be created, its secret already hashed."""

    kind: str
    username: str
    display_name: str
    organisation: str | None
    secret_hash: str
    grants: Sequence[GrantBody]


@dataclass(frozen=True)
class SignedIn:
    """An account that proved itself."""

    account_id: UUID
    principal: Principal


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
    return AccountsCreated(created=len(made), usernames=names)


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
        raise GrantsTooMany(body.username, len(rows))
    return GrantsAdded(added=added, grants=[GrantAnswer(**row) for row in rows])


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


@dataclass(frozen=True)
class Attempt:
    """One try to sign in: who says to be whom, from where."""

    kind: str
    username: str
    secret: str
    source: str
    request_id: str


@dataclass(frozen=True)
class SignInRules:
    """How many failures of one account from one source are allowed in how many minutes."""

    failures_allowed: int
    window_minutes: int


_ACCOUNT_TO_PROVE = """
SELECT a.id, a.secret_hash, a.state, (
    SELECT count(*) FROM access_log
    WHERE what = 'sign-in-failed' AND username = $1 AND source = $3
      AND at > now() - make_interval(mins => $4)) AS failures
FROM (VALUES (1)) AS one LEFT JOIN account a ON a.username = $1 AND a.kind = $2
"""


async def sign_in(database: Database, hasher: SecretHasher, rules: SignInRules, attempt: Attempt) -> SignedIn:
    """Return the account that name and secret prove.

    Raises:
        SignInRefused: unknown, disabled, or a wrong secret; the same answer and time for each.
        TooManyFailures: after several failures of this account from this source.
    """
    async with database.connection() as connection:
        (row,) = await connection.fetch(
            _ACCOUNT_TO_PROVE, attempt.username, attempt.kind, attempt.source, rules.window_minutes
        )
    if row["failures"] >= rules.failures_allowed:
        raise TooManyFailures(rules.window_minutes)
    right = await hasher.matches(attempt.secret, row["secret_hash"])
    signed_in = await find_account(database, row["id"]) if right else None
    what = "signed-in" if signed_in else "sign-in-failed"
    await note(database, what, attempt.username, attempt.source, attempt.request_id)
    if signed_in is None:
        raise SignInRefused
    return signed_in


async def note(
    database: Database,
    what: str,
    username: str,
    source: str,
    request_id: str,
    detail: str | None = None,
    http_status: int | None = None,
) -> None:
    """Write one line of the access log."""
    async with database.connection() as connection:
        await connection.execute(
            "INSERT INTO access_log (what, username, source, detail, http_status, request_id) "
            "VALUES ($1, $2, $3, $4, $5, $6)",
            what,
            username,
            source,
            detail,
            http_status,
            request_id,
        )


async def find_account(database: Database, account_id: UUID) -> SignedIn | None:
    """Return an active account with its grants as they stand in the database now."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            """
            SELECT a.username, a.organisation, g.role, g.region
            FROM account a JOIN account_grant g ON g.account_id = a.id
            WHERE a.id = $1 AND a.state = 'active' ORDER BY g.role, g.region
            """,
            account_id,
        )
    if not rows:
        return None
    grants = tuple(Grant(Role(row["role"]), row["region"]) for row in rows)
    principal = Principal(str(account_id), rows[0]["username"], grants, rows[0]["organisation"])
    return SignedIn(account_id, principal)


async def issue_refresh_token(tx: Connection, account_id: UUID, lifetime_seconds: int, family: UUID | None) -> str:
    """Store and return a new refresh token; only its digest is kept."""
    token = secrets.token_urlsafe(REFRESH_TOKEN_BYTES)
    await tx.execute(
        "INSERT INTO refresh_token (token_digest, family, account_id, expires_at) "
        "VALUES ($1, $2, $3, now() + make_interval(secs => $4))",
        _digest(token),
        family or new_id(),
        account_id,
        float(lifetime_seconds),
    )
    return token


async def rotate_refresh_token(database: Database, token: str, lifetime_seconds: int) -> tuple[UUID, str]:
    """Exchange a refresh token for a new one; the second use of one revokes its whole family.

    Raises:
        SignInRefused: unknown, expired, used or revoked.
    """

    async def exchange(tx: Connection) -> tuple[UUID, str] | None:
        row = await tx.fetchrow(
            "SELECT family, account_id, used_at IS NULL AND revoked_at IS NULL AS fresh, expires_at > now() AS valid "
            "FROM refresh_token WHERE token_digest = $1 FOR UPDATE",
            _digest(token),
        )
        if row is None or not row["valid"]:
            return None
        if not row["fresh"]:
            await tx.execute("UPDATE refresh_token SET revoked_at = now() WHERE family = $1", row["family"])
            return None
        await tx.execute("UPDATE refresh_token SET used_at = now() WHERE token_digest = $1", _digest(token))
        return row["account_id"], await issue_refresh_token(tx, row["account_id"], lifetime_seconds, row["family"])

    exchanged = await database.run(exchange)  # the revocation above must commit, so the refusal comes after it
    if exchanged is None:
        raise SignInRefused
    return exchanged


async def revoke_refresh_token(tx: Connection, token: str) -> None:
    """Revoke the family of a refresh token; an unknown one is no error (RFC 7009)."""
    await tx.execute(
        "UPDATE refresh_token SET revoked_at = now() "
        "WHERE family = (SELECT family FROM refresh_token WHERE token_digest = $1)",
        _digest(token),
    )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
