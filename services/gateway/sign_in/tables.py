"""Tables of sign-ins: refresh tokens, the log, and what the limits count."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Table,
    Text,
    Uuid,
    false,
    func,
)

from services.gateway.metadata import metadata

refresh_token = Table(
    "refresh_token",
    metadata,
    Column("token_digest", LargeBinary, primary_key=True),
    Column("family", Uuid, nullable=False, index=True),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
)

access_log = Table(
    "access_log",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("what", Text, CheckConstraint("what IN ('signed-in', 'sign-in-failed')", name="what_known"), nullable=False),
    Column("username", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("request_id", Text, nullable=False),
)

# What the limits of sign-ins count: a row is there before its secret is checked, and gone when the secret was right or
# the window is over. The evidence is the access log.
sign_in_attempt = Table(
    "sign_in_attempt",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("username", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("is_failed", Boolean, nullable=False, server_default=false()),
    Index("sign_in_attempt_of_account", "username", "at"),
    Index("sign_in_attempt_at", "at"),
)
