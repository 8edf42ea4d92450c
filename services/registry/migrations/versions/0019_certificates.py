"""Registry: loan certificates and the villages' own rules."""

from alembic import op

revision = "0019_certificates"
down_revision = "0018_scored_as_of"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
CREATE TABLE loan_certificate (
    id UUID NOT NULL,
    household_id UUID NOT NULL,
    bank_code TEXT NOT NULL,
    number TEXT NOT NULL CONSTRAINT number_given CHECK (number <> ''),
    grade TEXT NOT NULL,
    credit_limit NUMERIC(18, 2) NOT NULL CONSTRAINT credit_limit CHECK (credit_limit > 0),
    cause TEXT NOT NULL CONSTRAINT cause CHECK (cause IN ('first', 'renewed', 'lost')),
    replaces_id UUID,
    issued_on DATE NOT NULL,
    valid_until DATE NOT NULL,
    issued_by TEXT NOT NULL,
    issued_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    ended_on DATE,
    end_cause TEXT CONSTRAINT end_cause CHECK (end_cause IN ('renewed', 'lost', 'rating_fell', 'listed',
        'wrong_person', 'wrong_details', 'given_back', 'household_ended')),
    ended_by TEXT,
    CONSTRAINT pk_loan_certificate PRIMARY KEY (id),
    CONSTRAINT replaces_another CHECK ((cause = 'first') = (replaces_id IS NULL)),
    CONSTRAINT valid_for_some_time CHECK (valid_until > issued_on),
    CONSTRAINT ended_is_whole CHECK ((ended_on IS NULL) = (end_cause IS NULL)),
    CONSTRAINT ends_after_issue CHECK (ended_on >= issued_on),
    CONSTRAINT uq_loan_certificate_bank_code_number UNIQUE (bank_code, number),
    CONSTRAINT fk_loan_certificate_household_id_household FOREIGN KEY(household_id) REFERENCES household (id),
    CONSTRAINT uq_loan_certificate_replaces_id UNIQUE (replaces_id),
    CONSTRAINT fk_loan_certificate_replaces_id_loan_certificate
        FOREIGN KEY(replaces_id) REFERENCES loan_certificate (id)
)
""",
    """
CREATE UNIQUE INDEX loan_certificate_held ON loan_certificate (household_id, bank_code) WHERE ended_on IS NULL
""",
    """
CREATE TABLE certificate_withdrawal (
    id UUID NOT NULL,
    certificate_id UUID NOT NULL,
    cause TEXT NOT NULL CONSTRAINT cause CHECK (cause IN ('wrong_person', 'wrong_details', 'given_back')),
    reason TEXT NOT NULL CONSTRAINT reason_given CHECK (reason <> ''),
    proposed_on DATE NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    state TEXT NOT NULL CONSTRAINT state CHECK (state IN ('open', 'accepted', 'rejected')),
    decided_by TEXT,
    decided_on DATE,
    decision_reason TEXT,
    CONSTRAINT pk_certificate_withdrawal PRIMARY KEY (id),
    CONSTRAINT decision_is_whole
        CHECK (num_nulls(decided_by, decided_on, decision_reason) = CASE WHEN state = 'open' THEN 3 ELSE 0 END),
    CONSTRAINT decided_after_proposal CHECK (decided_on >= proposed_on),
    CONSTRAINT maker_is_not_checker CHECK (decided_by <> proposed_by),
    CONSTRAINT fk_certificate_withdrawal_certificate_id_loan_certificate
        FOREIGN KEY(certificate_id) REFERENCES loan_certificate (id)
)
""",
    """
CREATE INDEX certificate_withdrawal_of_certificate ON certificate_withdrawal (certificate_id)
""",
    """
CREATE UNIQUE INDEX certificate_withdrawal_one_open ON certificate_withdrawal (certificate_id) WHERE state = 'open'
""",
    """
CREATE TABLE village_rule (
    id UUID NOT NULL,
    village_code TEXT NOT NULL,
    title TEXT NOT NULL CONSTRAINT title_given CHECK (title <> ''),
    content TEXT NOT NULL CONSTRAINT content_given CHECK (content <> ''),
    evidence JSONB NOT NULL CONSTRAINT evidence_given CHECK (jsonb_array_length(evidence) > 0),
    adopted_on DATE NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    ended_on DATE,
    end_cause TEXT CONSTRAINT cause CHECK (end_cause IN ('replaced', 'repealed', 'recorded_wrongly')),
    end_reason TEXT,
    ended_by TEXT,
    CONSTRAINT pk_village_rule PRIMARY KEY (id),
    CONSTRAINT ended_is_whole CHECK (num_nonnulls(ended_on, end_cause, end_reason, ended_by) IN (0, 4)),
    CONSTRAINT ends_after_adoption CHECK (ended_on >= adopted_on),
    CONSTRAINT maker_is_not_checker CHECK (ended_by <> recorded_by OR end_cause = 'replaced'),
    CONSTRAINT fk_village_rule_village_code_region FOREIGN KEY(village_code) REFERENCES region (code)
)
""",
    """
CREATE UNIQUE INDEX village_rule_in_force ON village_rule (village_code) WHERE ended_on IS NULL
""",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Forget certificates and village rules."""
    op.execute("DROP TABLE certificate_withdrawal, loan_certificate, village_rule")
