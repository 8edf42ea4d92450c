"""Findings on projects, their answers, and measures against violating projects with what came in on them."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)

from services.subsidy.metadata import MONEY, metadata

project_finding = Table(
    "project_finding",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("project_id", Uuid, ForeignKey("project.id")),
    Column("agreement_id", Uuid, ForeignKey("agreement.id")),  # a finding on its dividends or income money (DZ-7)
    Column("region_code", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("from_villager", Boolean, nullable=False),  # its author is nowhere on file, and who took it is not shown
    Column("finding", Text, nullable=False),
    Column("found_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("state", Text, nullable=False, server_default="open"),
    Column("recorded_by", Text, nullable=False),
    CheckConstraint("state IN ('open', 'answered', 'closed')", name="state"),
    CheckConstraint("due_on >= found_on", name="due_on"),
    CheckConstraint("num_nonnulls(project_id, agreement_id) = 1", name="of_one"),
    Index("ix_project_finding_project_id", "project_id"),
    Index("ix_project_finding_agreement_id", "agreement_id", postgresql_where=text("agreement_id IS NOT NULL")),
    Index("ix_project_finding_open", "due_on", postgresql_where=text("state <> 'closed'")),
)

# Each answer to a finding, and the word on it: closed, or sent back with a new day.
finding_answer = Table(
    "finding_answer",
    metadata,
    Column("finding_id", Uuid, ForeignKey("project_finding.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("answer", Text, nullable=False),
    Column("answered_by", Text, nullable=False),
    Column("answered_on", Date, nullable=False),
    Column("decision", Text),
    Column("decided_by", Text),
    Column("decided_on", Date),
    Column("note", Text),
    PrimaryKeyConstraint("finding_id", "number"),
    CheckConstraint("decision IN ('close', 'return')", name="decision"),
    CheckConstraint("num_nonnulls(decision, decided_by, decided_on, note) IN (0, 4)", name="decided"),
    CheckConstraint("decided_by <> answered_by AND decided_on >= answered_on", name="two_persons"),
)

project_measure = Table(
    "project_measure",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("project_id", Uuid, ForeignKey("project.id"), nullable=False),
    Column("finding_id", Uuid, ForeignKey("project_finding.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("amount", MONEY),
    Column("waived", MONEY, nullable=False, server_default="0"),  # what two persons lowered it by since
    Column("due_on", Date),
    Column("new_region_code", Text),
    Column("entity_code", Text),
    Column("entity_name", Text),
    Column("state", Text, nullable=False, server_default="proposed"),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_on", Date, nullable=False),
    Column("decided_by", Text),
    Column("decided_on", Date),
    CheckConstraint("kind IN ('take_back', 'move')", name="kind"),
    CheckConstraint("state IN ('proposed', 'approved', 'refused')", name="state"),
    CheckConstraint("(kind = 'take_back') = (amount IS NOT NULL AND due_on IS NOT NULL)", name="take_back"),
    CheckConstraint("waived >= 0 AND waived <= coalesce(amount, 0)", name="waived"),
    CheckConstraint("kind = 'take_back' OR num_nonnulls(new_region_code, entity_code) > 0", name="move"),
    CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name="decided"),
    CheckConstraint("decided_by <> proposed_by AND decided_on >= proposed_on", name="two_persons"),
    Index("uq_project_measure_proposed", "project_id", unique=True, postgresql_where=text("state = 'proposed'")),
    Index("ix_project_measure_project_id", "project_id"),
)

project_receipt = Table(
    "project_receipt",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("measure_id", Uuid, ForeignKey("project_measure.id"), nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("bank_reference", Text, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("reversed_on", Date),  # two persons found that it was booked wrongly
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("reversed_on >= received_on", name="reversed_on"),
    Index("ix_project_receipt_measure_id", "measure_id"),
    Index("uq_project_receipt_bank_reference", "bank_reference", unique=True,
          postgresql_where=text("reversed_on IS NULL")),
)  # fmt: skip

# To which programmes a receipt went, so that exactly these give it back.
project_receipt_part = Table(
    "project_receipt_part",
    metadata,
    Column("receipt_id", Uuid, ForeignKey("project_receipt.id"), nullable=False),
    Column("programme_id", Uuid, ForeignKey("programme.id"), nullable=False),
    Column("amount", MONEY, nullable=False),
    PrimaryKeyConstraint("receipt_id", "programme_id"),
    CheckConstraint("amount > 0", name="amount"),
)
