"""Projects: their steps, the persons who answer for them, and the money of each programme."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.subsidy.metadata import MONEY, metadata

project = Table(
    "project",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("county_code", Text, nullable=False),
    Column("region_code", Text, nullable=False),  # the township or village where it is carried out
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("industry", Text, nullable=False),
    Column("households_planned", Integer, nullable=False),
    Column("policy_document", Text, nullable=False),  # the one policy by which it is run
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("entity_code", Text),
    Column("entity_name", Text),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),  # of its last event
    CheckConstraint("kind IN ('scattered', 'centralised')", name="kind"),
    CheckConstraint(
        "state IN ('planned', 'applied', 'designed', 'approved', 'under_way', 'completed', 'accepted', 'claimed', "
        "'reimbursed', 'refused', 'withdrawn', 'stopped')",
        name="project_state",
    ),
    CheckConstraint("ends_on >= starts_on AND households_planned > 0 AND version > 0", name="plan"),
    CheckConstraint("region_code ^@ county_code AND length(region_code) IN (9, 12)", name="place"),
    CheckConstraint("(entity_code IS NULL) = (entity_name IS NULL)", name="entity"),
    Index(
        "uq_project_name", "county_code", "name", unique=True, postgresql_where=text("state NOT IN ('refused', "
        "'withdrawn')"),
    ),
)  # fmt: skip

project_step = Table(
    "project_step",
    metadata,
    Column("project_id", Uuid, ForeignKey("project.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("step", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("state_before", Text),  # null: the planning meeting, before which there was no project
    Column("state_after", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("documents", ARRAY(Text), nullable=False),
    Column("progress_percent", Integer),
    Column("quality_in_order", Boolean),
    Column("amount", MONEY),
    Column("entity_code", Text),  # whom the step chose
    Column("entity_name", Text),
    Column("recorded_by", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("struck", Boolean, nullable=False, server_default=text("false")),  # found wrong by two
    PrimaryKeyConstraint("project_id", "number"),
    CheckConstraint("cardinality(documents) > 0", name="documents"),
    CheckConstraint("progress_percent BETWEEN 0 AND 100", name="progress_percent"),
    CheckConstraint("(step = 'works') = (progress_percent IS NOT NULL AND quality_in_order IS NOT NULL)", name="works"),
    CheckConstraint("amount IS NULL OR (step = 'reimbursement' AND amount >= 0)", name="amount"),
    CheckConstraint(
        "(entity_code IS NULL) = (entity_name IS NULL) AND (entity_code IS NULL OR step = 'entity')", name="entity"
    ),
)

# The one leader and the team: who answers from when until when, and what was handed over.
project_post = Table(
    "project_post",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("project_id", Uuid, ForeignKey("project.id"), nullable=False),
    Column("post", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date),
    Column("hand_over", Text),
    Column("recorded_by", Text, nullable=False),
    CheckConstraint("post IN ('leader', 'member')", name="post"),
    CheckConstraint("until_on >= from_on AND (until_on IS NULL) = (hand_over IS NULL)", name="handed_over"),
    Index("uq_project_post_leader", "project_id", unique=True,
          postgresql_where=text("post = 'leader' AND until_on IS NULL")),
    Index("uq_project_post_person", "project_id", "person", unique=True, postgresql_where=text("until_on IS NULL")),
)  # fmt: skip

project_money = Table(
    "project_money",
    metadata,
    Column("project_id", Uuid, ForeignKey("project.id"), nullable=False),
    Column("programme_id", Uuid, ForeignKey("programme.id"), nullable=False),
    Column("fund_source", Text, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("committed", MONEY, nullable=False, server_default="0"),
    Column("paid", MONEY, nullable=False, server_default="0"),
    PrimaryKeyConstraint("project_id", "programme_id"),
    CheckConstraint("amount > 0 AND committed >= 0 AND paid >= 0 AND committed + paid <= amount", name="within_amount"),
    Index("ix_project_money_programme_id", "programme_id"),
)
