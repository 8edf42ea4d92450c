"""Distinguish a transient fault, of the machinery, from a permanent one, of the message."""

import asyncpg

from shared.errors import Unavailable

_TRANSIENT = (
    OSError,  # covers refused and lost connections, and time-outs
    Unavailable,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    asyncpg.ObjectInUseError,
    asyncpg.PostgresSystemError,
    asyncpg.InternalClientError,
    asyncpg.InvalidCachedStatementError,
)


def is_transient(error: BaseException) -> bool:
    """Return whether the same work may succeed later without anyone changing the message or the code."""
    if isinstance(error, asyncpg.QueryCanceledError):
        return False  # a statement that always takes too long is the message's fault in the end
    if isinstance(error, asyncpg.InterfaceError):
        return "connection" in str(error) or "pool" in str(error)
    return isinstance(error, _TRANSIENT)
