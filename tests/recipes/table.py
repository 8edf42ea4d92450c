"""What a member of the committee remarks on a claim is kept in a table of its own."""

from shared.migrations import head
from tests.recipes.tree import Edit, Recipe

_SERVICE = "services/riskfund"

TABLE = Recipe(
    "A table",
    edits=(
        Edit(
            f"{_SERVICE}/claims/tables.py",
            after='    CheckConstraint("amount >= 0 AND (amount > 0) = (entry_id IS NOT NULL)", name="amount"),\n)\n',
            text="""
claim_remark = Table(
    "claim_remark",
    metadata,
    Column("claim_id", Uuid, ForeignKey("claim.id"), nullable=False),
    Column("person", Text, nullable=False),
    Column("remark", Text, nullable=False),
    PrimaryKeyConstraint("claim_id", "person"),
    CheckConstraint("remark <> ''", name="remark"),
)
""",
        ),
        Edit(
            f"{_SERVICE}/claims/actions/deciding.py",
            after='_APPROVERS = "SELECT person, office FROM claim_decision '
            "WHERE claim_id = $1 AND decision = 'approve'\"\n",
            text='_REMARK = "INSERT INTO claim_remark (claim_id, person, remark) VALUES ($1, $2, $3)"\n',
        ),
        Edit(
            f"{_SERVICE}/claims/actions/deciding.py",
            after="        await conn.execute(_NOTE, claim_id, officer.subject, *said)\n",
            text="        await conn.execute(_REMARK, claim_id, officer.subject, body.reason)\n",
        ),
        Edit(
            f"{_SERVICE}/migrations/versions/9000_remarks.py",
            f'''
"""What members of the committee remark on claims."""

from alembic import op

revision = "9000_remarks"
down_revision = "{head("riskfund")}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("""
        CREATE TABLE claim_remark (
            claim_id UUID NOT NULL,
            person TEXT NOT NULL,
            remark TEXT NOT NULL,
            CONSTRAINT pk_claim_remark PRIMARY KEY (claim_id, person),
            CONSTRAINT fk_claim_remark_claim_id_claim FOREIGN KEY (claim_id) REFERENCES claim (id),
            CONSTRAINT remark CHECK (remark <> '')
        )
    """)


def downgrade() -> None:
    """Take back."""
    op.execute("DROP TABLE claim_remark")
''',
        ),
    ),
    checks=(
        "tests/contracts/test_schema.py::test_the_migrated_schema_equals_the_tables_in_code[riskfund]",
        "tests/contracts/test_schema.py::test_version_files_are_named_after_their_revision[riskfund]",
        "tests/architecture/test_tables.py",
        f"{_SERVICE}/tests/test_claims.py::test_a_loss_is_claimed_approved_by_two_and_paid",
    ),
)
