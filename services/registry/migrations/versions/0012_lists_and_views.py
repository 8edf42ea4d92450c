"""Registry: cuts of village quotas that an accepted appeal takes back, and every view of a household's dossier."""

from alembic import op

revision = "0012_lists_and_views"
down_revision = "0011_imports_speed"
branch_labels = None
depends_on = None

_TABLES = (
    """
CREATE TABLE village_quota_restoration (
    loan_id UUID NOT NULL,
    request_id UUID NOT NULL,
    effective_on DATE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_village_quota_restoration PRIMARY KEY (loan_id),
    CONSTRAINT fk_village_quota_restoration_loan_id_village_quota_cut FOREIGN KEY(loan_id)
        REFERENCES village_quota_cut (loan_id),
    CONSTRAINT fk_village_quota_restoration_request_id_listing_request FOREIGN KEY(request_id)
        REFERENCES listing_request (id)
)
""",
    """
CREATE TABLE dossier_view (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    household_id UUID NOT NULL,
    access TEXT NOT NULL CONSTRAINT access CHECK (access IN ('screen', 'print')),
    viewed_by TEXT NOT NULL,
    roles TEXT[] NOT NULL CONSTRAINT roles CHECK (cardinality(roles) > 0),
    viewed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_household_dossier_view PRIMARY KEY (id),
    CONSTRAINT fk_household_dossier_view_household_id_household FOREIGN KEY(household_id) REFERENCES household (id)
)
""",
    "CREATE INDEX household_dossier_view_of_household ON dossier_view (household_id, id)",
)
_KEPT = tuple(
    f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    for table in ("village_quota_restoration", "dossier_view")
)
STATEMENTS: tuple[str, ...] = (*_TABLES, *_KEPT)
UNDO: tuple[str, ...] = ("DROP TABLE dossier_view", "DROP TABLE village_quota_restoration")


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back, last first."""
    for statement in UNDO:
        op.execute(statement)
