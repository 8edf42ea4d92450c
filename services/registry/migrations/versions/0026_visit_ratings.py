"""Registry: ratings that a visit gave, and who gave them by which survey."""

from alembic import op

revision = "0026_visit_ratings"
down_revision = "0025_duties"
branch_labels = None
depends_on = None

_NAMED = "(cause = 'campaign') = (campaign_id IS NOT NULL) AND (cause = 'repaid_on_time') = (loan_id IS NOT NULL)"
STATEMENTS: tuple[str, ...] = (
    """
CREATE TABLE visit_rating (
    visit_id UUID NOT NULL,
    household_id UUID NOT NULL,
    bank_code TEXT,
    surveyed_on DATE NOT NULL,
    surveyed_by TEXT NOT NULL,
    rated_on DATE NOT NULL,
    rated_by TEXT NOT NULL,
    office TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_visit_rating PRIMARY KEY (visit_id),
    CONSTRAINT rated_after_the_survey CHECK (rated_on >= surveyed_on),
    CONSTRAINT two_persons CHECK (rated_by <> surveyed_by),
    CONSTRAINT fk_visit_rating_household_id_household FOREIGN KEY(household_id) REFERENCES household (id)
)
""",
    f"""
ALTER TABLE rating ADD COLUMN visit_id UUID,
  ADD CONSTRAINT uq_rating_visit_id UNIQUE (visit_id),
  ADD CONSTRAINT fk_rating_visit_id_visit_rating FOREIGN KEY (visit_id) REFERENCES visit_rating (visit_id),
  DROP CONSTRAINT cause, DROP CONSTRAINT cause_is_named,
  ADD CONSTRAINT cause CHECK (cause IN ('campaign', 'repaid_on_time', 'visit')),
  ADD CONSTRAINT cause_is_named CHECK ({_NAMED} AND (cause = 'visit') = (visit_id IS NOT NULL))
""",
)
UNDO: tuple[str, ...] = (
    f"""
ALTER TABLE rating DROP CONSTRAINT cause, DROP CONSTRAINT cause_is_named, DROP COLUMN visit_id,
  ADD CONSTRAINT cause CHECK (cause IN ('campaign', 'repaid_on_time')),
  ADD CONSTRAINT cause_is_named CHECK ({_NAMED})
""",
    "DROP TABLE visit_rating",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    for statement in UNDO:
        op.execute(statement)
