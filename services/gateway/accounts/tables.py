"""Tables of accounts and their grants."""

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, Table, Text, UniqueConstraint, Uuid, func

from services.gateway.metadata import metadata

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
