"""Loans, their instalments and what the bank confirmed when it paid them out.

A contract carries the policy values it was signed under, so that posting a repayment reads one row and no pack.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.lending.metadata import metadata

MONEY = Numeric(18, 2)
# Repayments change these rows in place: room in the page keeps the change out of the indexes.
ROOM_FOR_UPDATES = {"fillfactor": "80"}


def _money(name: str) -> Column[object]:
    return Column(name, MONEY, nullable=False, server_default=text("0.00"))


disbursement_file = Table(
    "disbursement_file",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("bank_code", Text, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("total", MONEY, nullable=False),
    Column("loans", Integer, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("late", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("received_by", Text, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("lines = loans + rejected AND loans >= 0 AND rejected >= 0", name="lines"),
    CheckConstraint("late >= 0 AND late <= loans", name="late"),
)

loan = Table(
    "loan",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("application_id", Uuid, ForeignKey("application.id"), nullable=False),
    Column("household_id", Uuid, nullable=False),
    Column("household_number", Text, nullable=False),
    Column("village_code", Text, nullable=False),
    Column("township_code", Text, nullable=False),
    Column("county_code", Text, nullable=False),
    Column("bank_code", Text, nullable=False),
    Column("contract_number", Text, nullable=False),
    Column("industry", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("loan_round", Integer, nullable=False),
    Column("pack_id", Uuid, ForeignKey("policy_pack.pack_id"), nullable=False),
    Column("pack_version", Integer, nullable=False),
    Column("principal", MONEY, nullable=False),
    Column("signed_on", Date, nullable=False),
    Column("signed_rate", Numeric, nullable=False),  # percent a year, of the contract
    Column("rate_stated", Boolean, nullable=False),  # by the bank; else it is the published rate of the day of signing
    Column("annual_rate", Numeric, nullable=False),  # percent a year, as it stands after the last change
    Column("repriced_on", Date),  # last day on which a floating contract took the published rate anew
    Column("next_repricing_on", Date),  # null: its rate is fixed, or not taken anew any more
    Column("day_count", Text, nullable=False),
    Column("repayment_method", Text, nullable=False),
    Column("rounding", Text, nullable=False),
    Column("term_months", Integer, nullable=False),
    Column("disbursed_on", Date, nullable=False),
    Column("matures_on", Date, nullable=False),
    Column("early_payment_window_days", Integer, nullable=False),
    Column("grace_days", Integer, nullable=False),
    Column("penalty_multiplier", Numeric, nullable=False),
    Column("default_after_days", Integer, nullable=False),
    Column("prepayment_allowed", Boolean, nullable=False),
    Column("allocation_order", ARRAY(Text), nullable=False),
    Column("principal_outstanding", MONEY, nullable=False),
    _money("principal_repaid"),
    _money("principal_compensated"),
    _money("principal_recovered"),
    Column("interest_charged", MONEY, nullable=False),  # all interest of the schedule in force
    _money("interest_paid"),
    _money("interest_compensated"),
    _money("interest_recovered"),
    _money("penalty_accrued"),
    _money("penalty_paid"),
    Column("state", Text, nullable=False, server_default=text("'active'")),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("overdue_from", Date),
    Column("was_late", Boolean, nullable=False, server_default=text("false")),
    # The last posting by content (day, rank of its kind, reference): what comes after it takes the fast path.
    Column("last_value_on", Date, nullable=False),
    Column("last_rank", SmallInteger, nullable=False, server_default=text("0")),
    Column("last_reference", Text(collation="C"), nullable=False, server_default=text("''")),
    # Owed no more: within `tolerance`, which the pack allowed when it was signed, or by decision of two persons (减免).
    _money("tolerance"),
    _money("principal_remitted"),
    _money("interest_remitted"),
    _money("penalty_remitted"),
    _money("surcharge_remitted"),  # of the penalty
    _money("held"),  # received, and pays nothing yet (挂账)
    _money("refund_missing"),  # refunded of money that was taken back since: owed by who received it
    Column("closed_on", Date),
    Column("defaulted_on", Date),
    Column("compensated_on", Date),
    Column("compensated_at", DateTime(timezone=True)),
    Column("claim_id", Uuid),
    Column("cancelled_on", Date),  # its disbursement was taken back: it never stood
    Column("cancelled_at", DateTime(timezone=True)),
    Column("written_off_on", Date),  # taken from the bank's books (核销); what is owed is as before
    Column("mode", Text, nullable=False, server_default=text("'direct'")),
    Column("entity_id", Uuid),
    Column("borrower_member_id", Uuid),  # null: the head of the household
    Column("branch_id", Uuid),
    Column("granted_under", Text, nullable=False, server_default=text("'current'")),
    Column("product_code", Text, nullable=False, server_default=text("'small_loan'")),
    # Conditions of borrowing that were not met and did not refuse the loan, as they stood with its application.
    Column("conditions", JSONB, nullable=False, server_default=text("'[]'")),
    Column("bank_reason", Text),  # why the bank granted it, where a condition asks for that
    Column("unpaid_interest_bears", Text, nullable=False, server_default=text("'penalty_rate'")),
    CheckConstraint(
        "unpaid_interest_bears IN ('nothing', 'contract_rate_then_penalty_rate', 'penalty_rate')",
        name="unpaid_interest_bears",
    ),
    Column("misuse_multiplier", Numeric, nullable=False, server_default=text("1.5")),
    Column("misused", Boolean, nullable=False, server_default=text("false")),  # at some time: a replay knows more
    CheckConstraint("misuse_multiplier >= 1", name="misuse_multiplier"),
    CheckConstraint("mode IN ('direct', 'joint', 'indirect', 'equity', 'enterprise_use')", name="mode"),
    CheckConstraint("entity_id IS NULL OR mode NOT IN ('direct', 'joint')", name="entity_id"),
    CheckConstraint("granted_under IN ('current', 'legacy_amount', 'legacy_mode', 'legacy_day')", name="granted_under"),
    CheckConstraint("state IN ('active', 'closed', 'defaulted', 'compensated', 'cancelled')", name="state"),
    CheckConstraint(
        "(state = 'cancelled') = (cancelled_on IS NOT NULL) AND (cancelled_on IS NULL) = (cancelled_at IS NULL)",
        name="cancelled_on",
    ),
    CheckConstraint(
        "principal > 0 AND principal_outstanding + principal_repaid + principal_remitted + principal_compensated "
        "= CASE WHEN state = 'cancelled' THEN 0 ELSE principal END",
        name="principal",
    ),
    CheckConstraint(
        "principal_outstanding >= 0 AND principal_repaid >= 0 AND principal_compensated >= 0 "
        "AND principal_recovered >= 0 AND principal_recovered <= principal_compensated",
        name="principal_parts",
    ),
    CheckConstraint(
        "interest_paid >= 0 AND interest_paid <= interest_charged AND interest_compensated >= 0 "
        "AND interest_paid + interest_compensated <= interest_charged + penalty_accrued - penalty_paid "
        "AND interest_recovered >= 0 AND interest_recovered <= interest_compensated",
        name="interest_parts",
    ),
    CheckConstraint("penalty_paid >= 0 AND penalty_paid <= penalty_accrued", name="penalty_parts"),
    CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed_on"),
    CheckConstraint("state <> 'closed' OR principal_outstanding = 0", name="closed_owes_nothing"),
    CheckConstraint(
        "(compensated_on IS NULL) = (claim_id IS NULL) AND (state <> 'compensated' OR compensated_on IS NOT NULL) "
        "AND (state <> 'active' OR defaulted_on IS NULL) AND (state <> 'defaulted' OR defaulted_on IS NOT NULL)",
        name="default_path",
    ),
    CheckConstraint(
        "annual_rate >= 0 AND signed_rate >= 0 AND term_months >= 1 AND loan_round >= 1 AND version >= 1", name="terms"
    ),
    CheckConstraint(
        "matures_on > disbursed_on AND signed_on <= disbursed_on AND last_value_on >= disbursed_on", name="dates"
    ),
    CheckConstraint(
        "tolerance >= 0 AND principal_remitted >= 0 AND interest_remitted >= 0 "
        "AND surcharge_remitted >= 0 AND surcharge_remitted <= penalty_remitted",
        name="remitted",
    ),
    CheckConstraint("held >= 0 AND refund_missing >= 0", name="held_parts"),
    CheckConstraint(
        "written_off_on IS NULL OR (written_off_on >= disbursed_on AND state <> 'cancelled')", name="written_off_on"
    ),
    CheckConstraint("repriced_on < coalesce(next_repricing_on, matures_on)", name="repriced_on"),
    # An application and a contract number stand for one loan, and again where that was cancelled.
    Index("uq_loan_application_id", "application_id", unique=True, postgresql_where=text("cancelled_on IS NULL")),
    Index(
        "uq_loan_contract_number",
        "bank_code",
        "contract_number",
        unique=True,
        postgresql_where=text("cancelled_on IS NULL"),
    ),
    Index("ix_loan_village_code", "village_code", postgresql_ops={"village_code": "text_pattern_ops"}),
    Index("ix_loan_household_id", "household_id"),
    Index(
        "ix_loan_next_repricing_on",
        "county_code",
        "next_repricing_on",
        postgresql_where=text("next_repricing_on IS NOT NULL"),
    ),
    Index("ix_loan_repriced_on", "repriced_on", postgresql_where=text("repriced_on IS NOT NULL")),
    postgresql_with=ROOM_FOR_UPDATES,
)

disbursement = Table(
    "disbursement",
    metadata,
    Column("loan_id", Uuid, ForeignKey("loan.id"), primary_key=True),
    Column("bank_code", Text, nullable=False),
    Column("bank_reference", Text, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("disbursed_on", Date, nullable=False),
    Column("handed_over_on", Date, nullable=False),
    Column("disbursement_due_on", Date, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("file_id", Uuid, ForeignKey("disbursement_file.id")),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("account_reference", Text),  # the bank's own key of the account the money went to
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("disbursed_on >= handed_over_on AND late = (disbursed_on > disbursement_due_on)", name="late"),
)

# What each of a bank's references stands for; put by the statement that books it, without foreign keys: a file of
# 100 000 lines would check each of them a second time.
bank_reference = Table(
    "bank_reference",
    metadata,
    Column("bank_code", Text, nullable=False),
    Column("bank_reference", Text, nullable=False),
    Column("entry", Text, nullable=False),
    Column("entry_id", Uuid, nullable=False),  # of the repayment or recovery; a disbursement is its loan's
    Column("loan_id", Uuid, nullable=False),
    Column("booked_on", Date, nullable=False),
    Column("amount", MONEY, nullable=False),
    PrimaryKeyConstraint("bank_code", "bank_reference"),
    CheckConstraint("entry IN ('disbursement', 'repayment', 'prepayment', 'recovery', 'refund')", name="entry"),
)

# Days of rest of the announced years and the working day that ends each rest; China's are put at start-up (`actions`).
# A county has rows only where its days are other than China's; one that works on a day of rest works that day.
rest_day = Table(
    "rest_day",
    metadata,
    Column("region_code", Text, nullable=False, server_default=text("''")),  # '': everywhere; a county's own
    Column("day", Date, nullable=False),
    Column("next_workday", Date, nullable=False),
    Column("known_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("region_code", "day"),
    CheckConstraint("next_workday > day OR (next_workday = day AND region_code <> '')", name="next_workday"),
)

# Of days of rest that turned out to end otherwise: what was known until then.
former_rest_day = Table(
    "former_rest_day",
    metadata,
    Column("region_code", Text, nullable=False, server_default=text("''")),
    Column("day", Date, nullable=False),
    Column("next_workday", Date, nullable=False),
    Column("known_at", DateTime(timezone=True), nullable=False),
    Column("replaced_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("region_code", "day", "known_at"),
)

# The account that first took a household's loan takes no other household's (SX-1).
payee_account = Table(
    "payee_account",
    metadata,
    Column("bank_code", Text, nullable=False),
    Column("account_reference", Text, nullable=False),
    Column("household_id", Uuid, nullable=False),
    Column("since_on", Date, nullable=False),
    PrimaryKeyConstraint("bank_code", "account_reference"),
)

disbursement_rejection = Table(
    "disbursement_rejection",
    metadata,
    Column("file_id", Uuid, ForeignKey("disbursement_file.id"), nullable=False),
    Column("line_number", Integer, nullable=False),
    Column("application_id", Text),
    Column("contract_number", Text),
    Column("code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    PrimaryKeyConstraint("file_id", "line_number"),
)

installment = Table(
    "installment",
    metadata,
    Column("loan_id", Uuid, ForeignKey("loan.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("period_from", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("days", Integer, nullable=False),
    # What it asks for: what was remitted is asked for no more.
    Column("principal_due", MONEY, nullable=False),
    Column("interest_due", MONEY, nullable=False),
    _money("penalty_due"),  # accrued so far
    _money("compound_due"),  # of it, interest on unpaid interest at the contract's rate
    _money("principal_paid"),
    _money("interest_paid"),
    _money("penalty_paid"),
    _money("principal_remitted"),
    _money("interest_remitted"),
    _money("penalty_remitted"),
    _money("compound_paid"),
    _money("compound_remitted"),
    Column("penalty_until_on", Date, nullable=False),  # penalty is accrued up to, not including, this day
    Column("cancelled_on", Date),  # replaced by a prepayment
    Column("signed", Boolean, nullable=False, server_default=text("true")),  # of the contract; else put by a prepayment
    Column("of_misuse", Boolean, nullable=False, server_default=text("false")),  # only what a misuse adds, as penalty
    Column("misused_until", Date),  # of a misuse: the first day on which nothing was misused any more; null: it goes on
    PrimaryKeyConstraint("loan_id", "number"),
    CheckConstraint("NOT of_misuse OR principal_due + interest_due = 0 AND NOT signed", name="of_misuse"),
    CheckConstraint("misused_until IS NULL OR of_misuse AND misused_until >= due_on", name="misused_until"),
    CheckConstraint("number >= 1 AND days >= 0 AND due_on >= period_from", name="dates"),
    CheckConstraint("principal_paid >= 0 AND principal_paid <= principal_due", name="principal"),
    CheckConstraint("interest_paid >= 0 AND interest_paid <= interest_due", name="interest"),
    CheckConstraint("penalty_paid >= 0 AND penalty_paid <= penalty_due", name="penalty"),
    CheckConstraint(
        "compound_paid >= 0 AND compound_paid <= compound_due AND compound_paid <= penalty_paid "
        "AND compound_due <= penalty_due AND compound_remitted >= 0 AND compound_remitted <= penalty_remitted",
        name="compound",
    ),
    CheckConstraint(
        "cancelled_on IS NULL OR (principal_paid = 0 AND interest_paid = 0 AND penalty_due = 0)", name="cancelled"
    ),
    CheckConstraint(
        "principal_remitted >= 0 AND interest_remitted >= 0 AND penalty_remitted >= 0 "
        "AND (cancelled_on IS NULL OR principal_remitted + interest_remitted + penalty_remitted = 0)",
        name="remitted",
    ),
    Index("ix_installment_of_misuse", "loan_id", postgresql_where=text("of_misuse")),
    postgresql_with=ROOM_FOR_UPDATES,
)

penalty_accrual = Table(
    "penalty_accrual",
    metadata,
    Column("loan_id", Uuid, nullable=False),
    Column("installment_number", Integer, nullable=False),
    Column("period_from", Date, nullable=False),
    Column("period_until", Date, nullable=False),
    Column("overdue", MONEY, nullable=False),
    Column("amount", MONEY, nullable=False),
    _money("compound"),  # of the amount, interest on unpaid interest at the contract's rate
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("loan_id", "installment_number", "period_until"),
    CheckConstraint("compound >= 0 AND compound <= amount", name="compound"),
    CheckConstraint("period_until > period_from AND overdue > 0 AND amount >= 0", name="span"),
)
