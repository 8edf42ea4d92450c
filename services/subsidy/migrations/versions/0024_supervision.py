"""Subsidy: findings on projects with their answers, measures and what came in on them (ZJ-3)."""

from alembic import op

revision = "0024_supervision"
down_revision = "0023_clawback_entries"
branch_labels = None
depends_on = None

TABLES = (
    "project_finding",
    "finding_answer",
    "project_measure",
    "project_receipt",
)
STATEMENTS: tuple[str, ...] = (
    """
CREATE TABLE project_finding (
    id UUID NOT NULL,
    project_id UUID NOT NULL,
    region_code TEXT NOT NULL,
    office TEXT NOT NULL,
    subject TEXT NOT NULL,
    from_villager BOOLEAN NOT NULL,
    finding TEXT NOT NULL,
    found_on DATE NOT NULL,
    due_on DATE NOT NULL,
    state TEXT DEFAULT 'open' NOT NULL,
    recorded_by TEXT NOT NULL,
    CONSTRAINT pk_project_finding PRIMARY KEY (id),
    CONSTRAINT state CHECK (state IN ('open', 'answered', 'closed')),
    CONSTRAINT due_on CHECK (due_on >= found_on),
    CONSTRAINT fk_project_finding_project_id_project FOREIGN KEY(project_id) REFERENCES project (id)
)
""",
    "CREATE INDEX ix_project_finding_open ON project_finding (due_on) WHERE state <> 'closed'",
    "CREATE INDEX ix_project_finding_project_id ON project_finding (project_id)",
    """
CREATE TABLE finding_answer (
    finding_id UUID NOT NULL,
    number INTEGER NOT NULL,
    answer TEXT NOT NULL,
    answered_by TEXT NOT NULL,
    answered_on DATE NOT NULL,
    decision TEXT,
    decided_by TEXT,
    decided_on DATE,
    note TEXT,
    CONSTRAINT pk_finding_answer PRIMARY KEY (finding_id, number),
    CONSTRAINT decision CHECK (decision IN ('close', 'return')),
    CONSTRAINT decided CHECK (num_nonnulls(decision, decided_by, decided_on, note) IN (0, 4)),
    CONSTRAINT two_persons CHECK (decided_by <> answered_by AND decided_on >= answered_on),
    CONSTRAINT fk_finding_answer_finding_id_project_finding FOREIGN KEY(finding_id) REFERENCES project_finding (id)
)
""",
    """
CREATE TABLE project_measure (
    id UUID NOT NULL,
    project_id UUID NOT NULL,
    finding_id UUID NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    amount NUMERIC(18, 2),
    due_on DATE,
    new_region_code TEXT,
    entity_code TEXT,
    entity_name TEXT,
    state TEXT DEFAULT 'proposed' NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_on DATE NOT NULL,
    decided_by TEXT,
    decided_on DATE,
    CONSTRAINT pk_project_measure PRIMARY KEY (id),
    CONSTRAINT kind CHECK (kind IN ('take_back', 'move')),
    CONSTRAINT state CHECK (state IN ('proposed', 'approved', 'refused')),
    CONSTRAINT take_back CHECK ((kind = 'take_back') = (amount IS NOT NULL AND due_on IS NOT NULL)),
    CONSTRAINT move CHECK (kind = 'take_back' OR num_nonnulls(new_region_code, entity_code) > 0),
    CONSTRAINT decided CHECK ((state = 'proposed') = (decided_by IS NULL)),
    CONSTRAINT two_persons CHECK (decided_by <> proposed_by AND decided_on >= proposed_on),
    CONSTRAINT fk_project_measure_project_id_project FOREIGN KEY(project_id) REFERENCES project (id),
    CONSTRAINT fk_project_measure_finding_id_project_finding FOREIGN KEY(finding_id) REFERENCES project_finding (id)
)
""",
    "CREATE INDEX ix_project_measure_project_id ON project_measure (project_id)",
    "CREATE UNIQUE INDEX uq_project_measure_proposed ON project_measure (project_id) WHERE state = 'proposed'",
    """
CREATE TABLE project_receipt (
    id UUID NOT NULL,
    measure_id UUID NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    bank_reference TEXT NOT NULL,
    received_on DATE NOT NULL,
    recorded_by TEXT NOT NULL,
    CONSTRAINT pk_project_receipt PRIMARY KEY (id),
    CONSTRAINT amount CHECK (amount > 0),
    CONSTRAINT fk_project_receipt_measure_id_project_measure FOREIGN KEY(measure_id) REFERENCES project_measure (id),
    CONSTRAINT uq_project_receipt_bank_reference UNIQUE (bank_reference)
)
""",
    "CREATE INDEX ix_project_receipt_measure_id ON project_receipt (measure_id)",
)


def upgrade() -> None:
    """Create the tables; what was recorded is never deleted."""
    for statement in STATEMENTS:
        op.execute(statement)
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_stays BEFORE DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Take the tables back."""
    for table in reversed(TABLES):
        op.drop_table(table)
