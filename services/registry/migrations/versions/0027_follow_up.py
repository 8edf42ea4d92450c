"""Registry: credit indicators collected by schedule, and looks at how implementing entities use loans."""

from alembic import op

revision = "0027_follow_up"
down_revision = "0026_visit_ratings"
branch_labels = None
depends_on = None

_KINDS = """
    'demand_report', 'inspection', 'satisfaction_survey', 'township_ranking', 'township_assessment',
    'bank_assessment', 'entity_assessment', 'coordination_meeting', 'bulletin', 'use_survey', 'use_pictures', 'revisit',
    'summons', 'rectification'
"""
_NEW = "'credit_collection', 'entity_follow_up'"
_CAUSES = "'loan_closed', 'region_ended', 'order_withdrawn'"
STATEMENTS: tuple[str, ...] = (
    f"""
ALTER TABLE duty DROP CONSTRAINT kind, DROP CONSTRAINT end_cause, ADD COLUMN entity_id UUID,
  ADD CONSTRAINT kind CHECK (kind IN ({_KINDS}, {_NEW})),
  ADD CONSTRAINT end_cause CHECK (end_cause IN ({_CAUSES}, 'entity_released')),
  ADD CONSTRAINT of_loan_or_entity CHECK (loan_id IS NULL OR entity_id IS NULL),
  ADD CONSTRAINT fk_duty_entity_id_implementing_entity FOREIGN KEY (entity_id) REFERENCES implementing_entity (id)
""",
    "DROP INDEX duty_of_place",
    """
CREATE UNIQUE INDEX duty_of_place ON duty (series, region_code, opens_on)
WHERE series IS NOT NULL AND loan_id IS NULL AND entity_id IS NULL
""",
    """
CREATE UNIQUE INDEX duty_of_entity ON duty (entity_id, series, opens_on)
WHERE series IS NOT NULL AND entity_id IS NOT NULL
""",
    """
ALTER TABLE duty_record ADD COLUMN used_as_agreed BOOLEAN, ADD COLUMN risk TEXT,
  ADD CONSTRAINT risk CHECK (risk IN ('low', 'raised', 'high'))
""",
)
UNDO: tuple[str, ...] = (
    f"DELETE FROM duty_record WHERE duty_id IN (SELECT id FROM duty WHERE kind IN ({_NEW}))",  # noqa: S608 - our own kinds
    f"DELETE FROM duty WHERE kind IN ({_NEW})",  # noqa: S608 - our own kinds
    "ALTER TABLE duty_record DROP COLUMN used_as_agreed, DROP COLUMN risk",
    "DROP INDEX duty_of_entity",
    "DROP INDEX duty_of_place",
    f"""
ALTER TABLE duty DROP COLUMN entity_id, DROP CONSTRAINT kind, DROP CONSTRAINT end_cause,
  ADD CONSTRAINT kind CHECK (kind IN ({_KINDS})),
  ADD CONSTRAINT end_cause CHECK (end_cause IN ({_CAUSES}))
""",
    """
CREATE UNIQUE INDEX duty_of_place ON duty (series, region_code, opens_on)
WHERE series IS NOT NULL AND loan_id IS NULL
""",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    for statement in UNDO:
        op.execute(statement)
