"""Create accounts, sign in, rotate refresh tokens, revoke."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.gateway.accounts.refusals import (
    AccountUnknown,
    GrantsHeld,
    GrantsTooMany,
    SignInRefused,
    SignInsUnderway,
    TooManyFailures,
    UsernameTaken,
)
from services.gateway.accounts.rules.granting import ensure_may_grant, ensure_not_oneself
from services.gateway.accounts.rules.throttle import CountedAttempt, SignInRules, wait_before_next
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
CHECKED_WITHIN = timedelta(seconds=30)  # a secret is checked in a fraction of a second, also behind many others


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


# One account's attempts are admitted one after the other, in every replica: each sees all that were admitted before it.
_IN_TURN = "SELECT pg_advisory_xact_lock(hashtextextended('sign-in ' || $1, 0))"
_FORGET = """
DELETE FROM sign_in_attempt WHERE id IN (
    SELECT id FROM sign_in_attempt WHERE at <= clock_timestamp() - $1::interval
    ORDER BY at LIMIT 100 FOR UPDATE SKIP LOCKED)
"""
# A check that has not ended in time never will: its process died.
_EARLIER = """
SELECT at, source, is_failed OR at <= clock_timestamp() - $3::interval AS is_failed, clock_timestamp() AS now
FROM sign_in_attempt WHERE username = $1 AND at > clock_timestamp() - $2::interval
"""
_COUNT = "INSERT INTO sign_in_attempt (username, source, at) VALUES ($1, $2, clock_timestamp()) RETURNING id"
_SECRET = "SELECT id, secret_hash FROM account WHERE username = $1 AND kind = $2"  # noqa: S105 - a query


async def sign_in(database: Database, hasher: SecretHasher, rules: SignInRules, attempt: Attempt) -> SignedIn:
    """Return the account that name and secret prove; the attempt counts as a failure until it is known to be none.

    Raises:
        SignInRefused: unknown, disabled, or a wrong secret; the same answer and time for each.
        TooManyFailures: after several failures of this account, from this source or from all together.
        SignInsUnderway: so many of this account are being checked that together they might pass the limit.
    """
    number = await database.run(lambda tx: _count_attempt(tx, rules, attempt))
    async with database.connection() as connection:
        row = await connection.fetchrow(_SECRET, attempt.username, attempt.kind)
    is_right = await hasher.matches(attempt.secret, row["secret_hash"] if row else None)
    signed_in = await find_account(database, row["id"]) if row and is_right else None
    await database.run(lambda tx: _settle_attempt(tx, number, attempt, is_failed=signed_in is None))
    if signed_in is None:
        raise SignInRefused
    return signed_in


async def _count_attempt(tx: Connection, rules: SignInRules, attempt: Attempt) -> int:
    await tx.execute(_FORGET, rules.window)
    await tx.execute(_IN_TURN, attempt.username)
    rows = await tx.fetch(_EARLIER, attempt.username, rules.window, CHECKED_WITHIN)
    earlier = [CountedAttempt(row["at"], row["source"], row["is_failed"]) for row in rows]
    wait = wait_before_next(earlier, attempt.source, rows[0]["now"], rules) if rows else None
    if wait is not None:
        raise TooManyFailures(wait.seconds) if wait.is_locked else SignInsUnderway(wait.seconds)
    return int(await tx.fetchval(_COUNT, attempt.username, attempt.source))


async def _settle_attempt(tx: Connection, number: int, attempt: Attempt, *, is_failed: bool) -> None:
    if is_failed:
        await tx.execute("UPDATE sign_in_attempt SET is_failed = true WHERE id = $1", number)
    else:
        await tx.execute("DELETE FROM sign_in_attempt WHERE id = $1", number)
    await tx.execute(
        "INSERT INTO access_log (what, username, source, request_id) VALUES ($1, $2, $3, $4)",
        "sign-in-failed" if is_failed else "signed-in",
        attempt.username,
        attempt.source,
        attempt.request_id,
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
