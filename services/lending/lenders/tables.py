"""Banks that lend in a county and their branches there; what was recorded stays, a branch can only be closed."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
)

from services.lending.metadata import metadata

KINDS = (
    "'state_owned', 'joint_stock', 'postal_savings', 'rural_credit_cooperative', 'city_commercial', "
    "'rural_commercial', 'rural_cooperative', 'village'"
)

lender = Table(
    "lender",
    metadata,
    Column("county_code", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("registered_by", Text, nullable=False),
    Column("registered_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("county_code", "code"),
    CheckConstraint("county_code ~ '^[0-9]{6}$'", name="county_code"),
    CheckConstraint("code ~ '^[A-Za-z0-9-]{2,20}$'", name="code"),
    CheckConstraint(f"kind IN ({KINDS})", name="kind"),
)

bank_branch = Table(
    "bank_branch",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("county_code", Text, nullable=False),
    Column("bank_code", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("region_code", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("registered_by", Text, nullable=False),
    Column("registered_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("closed_on", Date),
    Column("closed_by", Text),
    UniqueConstraint("county_code", "bank_code", "code"),
    ForeignKeyConstraint(["county_code", "bank_code"], ["lender.county_code", "lender.code"]),
    CheckConstraint("region_code ^@ county_code", name="in_its_county"),
    CheckConstraint("region_code ~ '^([0-9]{9}|[0-9]{12})$'", name="region_code"),
    CheckConstraint("(closed_on IS NULL) = (closed_by IS NULL)", name="closed_on"),
    Index("ix_bank_branch_region_code", "region_code", postgresql_ops={"region_code": "text_pattern_ops"}),
)
