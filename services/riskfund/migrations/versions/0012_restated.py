"""Risk fund: defaults that stand no more, claims that are void, and reviews by two persons."""

from alembic import op

revision = "0012_restated"
down_revision = "0011_fund_movements"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
ALTER TABLE loan_default
    ADD COLUMN lifted_on DATE,
    ADD COLUMN lift_cause TEXT,
    ADD CONSTRAINT lift_cause CHECK (lift_cause IN ('cured', 'withdrawn', 'reopened')),
    ADD CONSTRAINT lifted_is_whole CHECK ((lifted_on IS NULL) = (lift_cause IS NULL))
""",
    """
ALTER TABLE cover_exception
    DROP CONSTRAINT kind,
    ADD CONSTRAINT kind CHECK (kind IN ('disbursed-without-reservation', 'disbursed-above-reservation',
        'county-without-fund', 'repaid-after-compensation', 'outstanding-differs', 'reopened-beyond-cover'))
""",
    """
ALTER TABLE insurance_request
    ADD COLUMN ended_on DATE,
    ADD CONSTRAINT ended_without_answer CHECK (ended_on IS NULL OR accepted IS NULL)
""",
    """
ALTER TABLE claim
    ADD COLUMN voided_on DATE,
    ADD COLUMN void_cause TEXT,
    DROP CONSTRAINT state,
    ADD CONSTRAINT state CHECK (state IN ('awaiting_insurer', 'deciding', 'approved', 'paid', 'refused', 'voided')),
    ADD CONSTRAINT voided CHECK (num_nulls(voided_on, void_cause) = CASE state WHEN 'voided' THEN 0 ELSE 2 END)
""",
    "DROP INDEX one_claim_per_default",
    "CREATE UNIQUE INDEX one_claim_per_default ON claim (default_id) WHERE state NOT IN ('refused', 'voided')",
    """
CREATE TABLE claim_review (
    id UUID NOT NULL,
    claim_id UUID NOT NULL,
    cause TEXT NOT NULL,
    raised_on DATE NOT NULL,
    raised_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    outcome TEXT,
    concluded_on DATE,
    CONSTRAINT pk_claim_review PRIMARY KEY (id),
    CONSTRAINT fk_claim_review_claim_id_claim FOREIGN KEY(claim_id) REFERENCES claim (id),
    CONSTRAINT outcome CHECK (outcome IN ('void', 'stands', 'return_due')),
    CONSTRAINT concluded_is_whole CHECK ((outcome IS NULL) = (concluded_on IS NULL)),
    CONSTRAINT cause CHECK (cause IN ('default_cured', 'default_withdrawn', 'default_reopened', 'loan_repaid',
        'account_restated'))
)
""",
    "CREATE UNIQUE INDEX one_open_review_per_claim ON claim_review (claim_id) WHERE outcome IS NULL",
    """
CREATE TABLE claim_review_answer (
    review_id UUID NOT NULL,
    person TEXT NOT NULL,
    office TEXT NOT NULL,
    outcome TEXT NOT NULL,
    answered_on DATE NOT NULL,
    reason TEXT NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_claim_review_answer PRIMARY KEY (review_id, person),
    CONSTRAINT fk_claim_review_answer_review_id_claim_review FOREIGN KEY(review_id) REFERENCES claim_review (id),
    CONSTRAINT outcome CHECK (outcome IN ('void', 'stands', 'return_due'))
)
""",
    """
CREATE TRIGGER claim_review_answer_only_grows BEFORE UPDATE OR DELETE ON claim_review_answer
FOR EACH ROW EXECUTE FUNCTION refuse_change()
""",
)
UNDO: tuple[str, ...] = (
    "DROP TABLE claim_review_answer",
    "DROP TABLE claim_review",
    "DROP INDEX one_claim_per_default",
    "CREATE UNIQUE INDEX one_claim_per_default ON claim (default_id) WHERE state <> 'refused'",
    """
ALTER TABLE claim
    DROP CONSTRAINT voided,
    DROP CONSTRAINT state,
    ADD CONSTRAINT state CHECK (state IN ('awaiting_insurer', 'deciding', 'approved', 'paid', 'refused')),
    DROP COLUMN voided_on,
    DROP COLUMN void_cause
""",
    "ALTER TABLE insurance_request DROP CONSTRAINT ended_without_answer, DROP COLUMN ended_on",
    """
ALTER TABLE cover_exception
    DROP CONSTRAINT kind,
    ADD CONSTRAINT kind CHECK (kind IN ('disbursed-without-reservation', 'disbursed-above-reservation',
        'county-without-fund', 'repaid-after-compensation', 'outstanding-differs'))
""",
    """
ALTER TABLE loan_default
    DROP CONSTRAINT lifted_is_whole, DROP CONSTRAINT lift_cause, DROP COLUMN lift_cause, DROP COLUMN lifted_on
""",
)


def upgrade() -> None:
    """Make room for claims whose ground is gone."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop it."""
    for statement in UNDO:
        op.execute(statement)
