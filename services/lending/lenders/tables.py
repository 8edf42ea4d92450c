"""Banks that lend in a county, their branches, and the villages that each answers for; what was recorded stays."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
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

# Which bank answers for the households of which villages (包干服务), from a day on, until another one does: each is
# proposed by one person and decided by another, and none is changed afterwards. Without a bank nobody does any more.
responsibility = Table(
    "responsibility",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("county_code", Text, nullable=False),
    Column("bank_code", Text),
    Column("from_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("proposed_on", Date, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'proposed'")),
    Column("decided_on", Date),
    Column("decided_by", Text),
    Column("decided_at", DateTime(timezone=True)),
    Column("decision_reason", Text),
    ForeignKeyConstraint(["county_code", "bank_code"], ["lender.county_code", "lender.code"]),
    CheckConstraint("state IN ('proposed', 'confirmed', 'refused')", name="state"),
    CheckConstraint(
        "(state = 'proposed') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_on IS NULL) "
        "AND (decided_by IS NULL) = (decided_at IS NULL)",
        name="decided",
    ),
    CheckConstraint("decided_by <> proposed_by", name="two_persons"),
    CheckConstraint("decided_on >= proposed_on", name="decided_on"),
    CheckConstraint("state <> 'refused' OR decision_reason IS NOT NULL", name="decision_reason"),
    Index("ix_responsibility_county_code", "county_code", "from_on"),
)

responsibility_region = Table(
    "responsibility_region",
    metadata,
    Column("responsibility_id", Uuid, ForeignKey("responsibility.id"), nullable=False),
    Column("region_code", Text, nullable=False),  # a village, or a township with all villages that have no own
    PrimaryKeyConstraint("responsibility_id", "region_code"),
    CheckConstraint("region_code ~ '^([0-9]{9}|[0-9]{12})$'", name="region_code"),
    Index("ix_responsibility_region_region_code", "region_code"),
)
