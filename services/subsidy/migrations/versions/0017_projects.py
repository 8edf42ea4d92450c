"""Subsidy: relief projects with their steps, posts and money (ZJ-9, ZJ-10)."""

from alembic import op

revision = "0017_projects"
down_revision = "0016_derivations"
branch_labels = None
depends_on = None

TABLES = ("project", "project_step", "project_post", "project_money")
STATEMENTS: tuple[str, ...] = (
    """
CREATE TABLE project (
    id UUID NOT NULL,
    county_code TEXT NOT NULL,
    region_code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    industry TEXT NOT NULL,
    households_planned INTEGER NOT NULL,
    policy_document TEXT NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    entity_code TEXT,
    entity_name TEXT,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_project PRIMARY KEY (id),
    CONSTRAINT kind CHECK (kind IN ('scattered', 'centralised')),
    CONSTRAINT project_state CHECK (state IN ('planned', 'applied', 'designed', 'approved', 'under_way', 'completed',
        'accepted', 'claimed', 'reimbursed', 'refused', 'withdrawn', 'stopped')),
    CONSTRAINT plan CHECK (ends_on >= starts_on AND households_planned > 0 AND version > 0),
    CONSTRAINT place CHECK (region_code ^@ county_code AND length(region_code) IN (9, 12)),
    CONSTRAINT entity CHECK ((entity_code IS NULL) = (entity_name IS NULL))
)
""",
    """
CREATE UNIQUE INDEX uq_project_name ON project (county_code, name)
    WHERE state NOT IN ('refused', 'withdrawn')
""",
    """
CREATE TABLE project_step (
    project_id UUID NOT NULL,
    number INTEGER NOT NULL,
    step TEXT NOT NULL,
    outcome TEXT NOT NULL,
    happened_on DATE NOT NULL,
    state_before TEXT,
    state_after TEXT NOT NULL,
    note TEXT NOT NULL,
    documents TEXT[] NOT NULL,
    progress_percent INTEGER,
    quality_in_order BOOLEAN,
    amount NUMERIC(18, 2),
    recorded_by TEXT NOT NULL,
    office TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    struck BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_project_step PRIMARY KEY (project_id, number),
    CONSTRAINT documents CHECK (cardinality(documents) > 0),
    CONSTRAINT progress_percent CHECK (progress_percent BETWEEN 0 AND 100),
    CONSTRAINT works CHECK ((step = 'works') = (progress_percent IS NOT NULL AND quality_in_order IS NOT NULL)),
    CONSTRAINT amount CHECK (amount IS NULL OR (step = 'reimbursement' AND amount >= 0)),
    CONSTRAINT fk_project_step_project_id_project FOREIGN KEY(project_id) REFERENCES project (id)
)
""",
    """
CREATE TABLE project_post (
    id UUID NOT NULL,
    project_id UUID NOT NULL,
    post TEXT NOT NULL,
    person TEXT NOT NULL,
    from_on DATE NOT NULL,
    until_on DATE,
    hand_over TEXT,
    recorded_by TEXT NOT NULL,
    CONSTRAINT pk_project_post PRIMARY KEY (id),
    CONSTRAINT post CHECK (post IN ('leader', 'member')),
    CONSTRAINT handed_over CHECK (until_on >= from_on AND (until_on IS NULL) = (hand_over IS NULL)),
    CONSTRAINT fk_project_post_project_id_project FOREIGN KEY(project_id) REFERENCES project (id)
)
""",
    """
CREATE UNIQUE INDEX uq_project_post_leader ON project_post (project_id)
    WHERE post = 'leader' AND until_on IS NULL
""",
    "CREATE UNIQUE INDEX uq_project_post_person ON project_post (project_id, person) WHERE until_on IS NULL",
    """
CREATE TABLE project_money (
    project_id UUID NOT NULL,
    programme_id UUID NOT NULL,
    fund_source TEXT NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    committed NUMERIC(18, 2) DEFAULT '0' NOT NULL,
    paid NUMERIC(18, 2) DEFAULT '0' NOT NULL,
    CONSTRAINT pk_project_money PRIMARY KEY (project_id, programme_id),
    CONSTRAINT within_amount CHECK (amount > 0 AND committed >= 0 AND paid >= 0 AND committed + paid <= amount),
    CONSTRAINT fk_project_money_project_id_project FOREIGN KEY(project_id) REFERENCES project (id),
    CONSTRAINT fk_project_money_programme_id_programme FOREIGN KEY(programme_id) REFERENCES programme (id)
)
""",
    "CREATE INDEX ix_project_money_programme_id ON project_money (programme_id)",
)


def upgrade() -> None:
    """Create the tables; what was recorded of a project is never deleted."""
    for statement in STATEMENTS:
        op.execute(statement)
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_stays BEFORE DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Forget the projects."""
    for table in reversed(TABLES):
        op.drop_table(table)
