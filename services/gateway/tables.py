"""Tables of the gateway."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    func,
)

from shared.tables import service_metadata

metadata = service_metadata()

account = Table(
    "account",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, CheckConstraint("kind IN ('person', 'client')", name="kind_known"), nullable=False),
    Column("username", Text, nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("organisation", Text),
    Column("secret_hash", Text, nullable=False),
    Column(
        "state", Text, CheckConstraint("state IN ('active', 'disabled')", name="account_state_known"), nullable=False
    ),
    Column("created_by", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

account_grant = Table(
    "account_grant",
    metadata,
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False),
    Column("role", Text, CheckConstraint("role <> 'service'", name="role_of_an_account"), nullable=False),
    Column("region", Text, CheckConstraint("region ~ '^[0-9]{0,12}$'", name="region_shape"), nullable=False),
    Column("granted_by", Text, nullable=False),
    Column("granted_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    UniqueConstraint("account_id", "role", "region"),
)

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
    Column("what", Text, nullable=False),  # signed-in, sign-in-failed, refused, account-created, …
    Column("username", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("detail", Text),
    Column("http_status", Integer),
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

# Codes compare by their bytes, so that a beginning is a range of the index whatever the database's language is.
region_succession = Table(
    "region_succession",
    metadata,
    Column("change_id", Uuid, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column(
        "from_code",
        Text(collation="C"),
        CheckConstraint("from_code ~ '^[0-9]{2,12}$'", name="from_shape"),
        nullable=False,
    ),
    Column(
        "to_code", Text(collation="C"), CheckConstraint("to_code ~ '^[0-9]{2,12}$'", name="to_shape"), nullable=False
    ),
    Column("successor_count", Integer, CheckConstraint("successor_count > 0", name="has_a_successor"), nullable=False),
    Column(
        "predecessor_count", Integer, CheckConstraint("predecessor_count > 0", name="has_a_predecessor"), nullable=False
    ),
    PrimaryKeyConstraint("change_id", "from_code", "to_code"),
    CheckConstraint("length(from_code) = length(to_code)", name="same_level"),
    Index("region_succession_from", "from_code", "to_code"),
    Index("region_succession_to", "to_code", "from_code"),
)
