"""Sign in, rotate refresh tokens, revoke them."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from services.gateway.accounts.secrets import SecretHasher
from services.gateway.callers.queries import find_active_account
from services.gateway.sign_in.refusals import SignInRefused, SignInsUnderway, TooManyFailures
from services.gateway.sign_in.rules.throttle import CountedAttempt, SignInRules, wait_before_next
from shared.access import Principal
from shared.db import Connection, Database
from shared.ids import new_id

REFRESH_TOKEN_BYTES: Final = 32
CHECKED_WITHIN: Final = timedelta(seconds=30)  # a secret is checked in a fraction of a second, also behind many others


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to sign in: who says to be whom, from where."""

    kind: str
    username: str
    secret: str
    source: str
    request_id: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who proved an account, and the refresh token that stands for the proof."""

    principal: Principal
    refresh_token: str


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
_LOG = "INSERT INTO access_log (what, username, source, request_id) VALUES ($1, $2, $3, $4)"
_SECRET = "SELECT id, secret_hash FROM account WHERE username = $1 AND kind = $2"  # noqa: S105 - a query


async def sign_in(
    database: Database, hasher: SecretHasher, rules: SignInRules, attempt: Attempt, refresh_seconds: int
) -> SignedIn:
    """Return the account that name and secret prove; the attempt counts as a failure until it is known to be none.

    Args:
        refresh_seconds: how long the refresh token is valid.

    Raises:
        SignInRefused: unknown, disabled, or a wrong secret; the same answer and time for each.
        TooManyFailures: after several failures of this account, from this source or from all together.
        SignInsUnderway: so many of this account are being checked that together they might pass the limit.
    """
    number = await database.run(lambda tx: _count_attempt(tx, rules, attempt))
    async with database.connection() as connection:
        row = await connection.fetchrow(_SECRET, attempt.username, attempt.kind)
    is_right = await hasher.matches(attempt.secret, row["secret_hash"] if row else None)
    account = await find_active_account(database, row["id"]) if row and is_right else None
    if account is None:
        await database.run(lambda tx: _record_failure(tx, number, attempt))
        raise SignInRefused
    token = await database.run(lambda tx: _record_success(tx, number, attempt, account.account_id, refresh_seconds))
    return SignedIn(account.principal, token)


async def renew(database: Database, token: str, refresh_seconds: int) -> SignedIn:
    """Exchange a refresh token for a new one, valid for `refresh_seconds`; its second use revokes its whole family.

    Raises:
        SignInRefused: unknown, expired, used or revoked, or the account is disabled.
    """
    # A revocation must be committed, so the refusal comes after the transaction.
    exchanged = await database.run(lambda tx: _exchange(tx, token, refresh_seconds))
    account = await find_active_account(database, exchanged[0]) if exchanged else None
    if exchanged is None or account is None:
        raise SignInRefused
    return SignedIn(account.principal, exchanged[1])


async def revoke_refresh_token(tx: Connection, token: str) -> None:
    """Revoke the family of a refresh token; an unknown one is no error (RFC 7009)."""
    await tx.execute(
        "UPDATE refresh_token SET revoked_at = now() "
        "WHERE family = (SELECT family FROM refresh_token WHERE token_digest = $1)",
        _digest(token),
    )


async def _count_attempt(tx: Connection, rules: SignInRules, attempt: Attempt) -> int:
    await tx.execute(_FORGET, rules.window)
    await tx.execute(_IN_TURN, attempt.username)
    rows = await tx.fetch(_EARLIER, attempt.username, rules.window, CHECKED_WITHIN)
    earlier = [CountedAttempt(row["at"], row["source"], row["is_failed"]) for row in rows]
    wait = wait_before_next(earlier, attempt.source, rows[0]["now"], rules) if rows else None
    if wait is not None:
        raise TooManyFailures(wait.seconds) if wait.is_locked else SignInsUnderway(wait.seconds)
    return int(await tx.fetchval(_COUNT, attempt.username, attempt.source))


async def _record_failure(tx: Connection, number: int, attempt: Attempt) -> None:
    await tx.execute("UPDATE sign_in_attempt SET is_failed = true WHERE id = $1", number)
    await tx.execute(_LOG, "sign-in-failed", attempt.username, attempt.source, attempt.request_id)


async def _record_success(tx: Connection, number: int, attempt: Attempt, account_id: UUID, refresh_seconds: int) -> str:
    await tx.execute("DELETE FROM sign_in_attempt WHERE id = $1", number)
    await tx.execute(_LOG, "signed-in", attempt.username, attempt.source, attempt.request_id)
    return await _issue_refresh_token(tx, account_id, new_id(), refresh_seconds)


async def _issue_refresh_token(tx: Connection, account_id: UUID, family: UUID, valid_seconds: int) -> str:
    """Store and return a new refresh token; only its digest is stored."""
    token = secrets.token_urlsafe(REFRESH_TOKEN_BYTES)
    await tx.execute(
        "INSERT INTO refresh_token (token_digest, family, account_id, expires_at) "
        "VALUES ($1, $2, $3, now() + make_interval(secs => $4))",
        _digest(token),
        family,
        account_id,
        float(valid_seconds),
    )
    return token


async def _exchange(tx: Connection, token: str, valid_seconds: int) -> tuple[UUID, str] | None:
    row = await tx.fetchrow(
        "SELECT family, account_id, used_at IS NULL AND revoked_at IS NULL AS is_fresh, expires_at > now() AS is_valid "
        "FROM refresh_token WHERE token_digest = $1 FOR UPDATE",
        _digest(token),
    )
    if row is None or not row["is_valid"]:
        return None
    if not row["is_fresh"]:
        await tx.execute("UPDATE refresh_token SET revoked_at = now() WHERE family = $1", row["family"])
        return None
    await tx.execute("UPDATE refresh_token SET used_at = now() WHERE token_digest = $1", _digest(token))
    return row["account_id"], await _issue_refresh_token(tx, row["account_id"], row["family"], valid_seconds)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
