"""Lending: which applications a public notice showed, where it hung, and where objections are received."""

from alembic import op

revision = "0016_notices"
down_revision = "0015_own_choice"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    "ALTER TABLE public_notice ADD COLUMN objections_to TEXT",
    """
CREATE TABLE public_notice_entry (
    notice_id UUID NOT NULL,
    application_id UUID NOT NULL,
    CONSTRAINT pk_public_notice_entry PRIMARY KEY (notice_id, application_id),
    CONSTRAINT fk_public_notice_entry_notice_id_public_notice FOREIGN KEY(notice_id) REFERENCES public_notice (id),
    CONSTRAINT fk_public_notice_entry_application_id_application FOREIGN KEY(application_id)
      REFERENCES application (id)
)
""",
    "CREATE INDEX ix_public_notice_entry_application_id ON public_notice_entry (application_id)",
    # What is public now; of what went on earlier nobody kept which notice had shown it.
    "INSERT INTO public_notice_entry SELECT notice_id, id FROM application WHERE notice_id IS NOT NULL",
    """
CREATE TABLE public_notice_hanging (
    id UUID NOT NULL,
    notice_id UUID NOT NULL,
    region_code TEXT NOT NULL,
    place TEXT NOT NULL,
    hung_on DATE NOT NULL,
    hung_by TEXT NOT NULL,
    office TEXT NOT NULL,
    photos TEXT[] NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    withdrawn_on DATE,
    withdrawn_by TEXT,
    withdrawal_reason TEXT,
    CONSTRAINT pk_public_notice_hanging PRIMARY KEY (id),
    CONSTRAINT place_given CHECK (place <> ''),
    CONSTRAINT withdrawn_by CHECK (withdrawn_by <> hung_by),
    CONSTRAINT withdrawn_on CHECK (withdrawn_on >= hung_on),
    CONSTRAINT withdrawal CHECK (num_nulls(withdrawn_on, withdrawn_by, withdrawal_reason) IN (0, 3)),
    CONSTRAINT fk_public_notice_hanging_notice_id_public_notice FOREIGN KEY(notice_id) REFERENCES public_notice (id)
)
""",
    "CREATE INDEX ix_public_notice_hanging_notice_id ON public_notice_hanging (notice_id)",
    """
CREATE TRIGGER public_notice_hanging_is_only_withdrawn BEFORE UPDATE OR DELETE ON public_notice_hanging
FOR EACH ROW EXECUTE FUNCTION refuse_all_but_withdrawing()
""",
)
UNDO: tuple[str, ...] = (
    "DROP TABLE public_notice_hanging",
    "DROP TABLE public_notice_entry",
    "ALTER TABLE public_notice DROP COLUMN objections_to",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    for statement in UNDO:
        op.execute(statement)
