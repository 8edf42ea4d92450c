"""Named reads: the statement of a loan, and the bank that prints it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.lending.accounts.loading import books_of
from services.lending.accounts.queries import account_as_of, known_loan, line_of, recoveries_of
from services.lending.accounts.rules.account import Account, Receipt, Remission
from services.lending.accounts.schemas import LoanStatementLineOut
from services.lending.loans.heirs_sql import heirs_of
from services.lending.statements.schemas import LoanStatementOut
from services.lending.statements.statement_sql import OTHER_LINES
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.money import ZERO
from shared.policy.vocabulary import DueKind
from shared.scope import Scope

_HEIRS: Final = f"SELECT {heirs_of('$1', '$2')}"
_PAYERS: Final = "SELECT id, payer_name FROM repayment WHERE loan_id = $1 AND payer_name IS NOT NULL"


async def statement(
    conn: Connection, loan_id: UUID, scope: Scope, from_on: date, through_on: date, known_at: datetime | None = None
) -> LoanStatementOut:
    """Return what was posted on a loan in a span of days, repayments as they stand on its last day.

    With `known_at`, what was posted and known at that moment; that answer never changes.

    Raises: LoanUnknown, DateBeforeStep, KnownBeforeBooking, KnownInFuture.
    """
    loan = await known_loan(conn, loan_id, scope, known_at)
    ensure_not_before("through_on", through_on, "from_on", from_on)
    (books,) = await books_of(conn, [loan_id], known_at)
    lines = [line_of(row) for row in await conn.fetch(OTHER_LINES, loan_id, known_at)]
    lines += await recoveries_of(conn, loan, books, known_at)
    named = {row["id"]: row["payer_name"] for row in await conn.fetch(_PAYERS, loan_id)}
    account = account_as_of(books, through_on)
    surcharges = account.surcharges
    lines += [
        _receipt_line(receipt, surcharges[receipt.posting.id], named.get(receipt.posting.id))
        for receipt in account.receipts
    ]
    lines += _remission_lines(account)
    owed, shown = ZERO, []
    opening = ZERO
    for line in sorted(lines, key=lambda line: line.value_on):
        lent = line.kind == "disbursement" and line.reversed_on is None
        owed += line.amount if lent else -line.principal
        if line.value_on < from_on:
            opening = owed
        elif line.value_on <= through_on:
            shown.append(line.model_copy(update={"principal_outstanding": owed}))
    closing = shown[-1].principal_outstanding if shown else opening
    return LoanStatementOut(
        loan_id=loan_id,
        contract_number=loan["contract_number"],
        from_on=from_on,
        through_on=through_on,
        known_at=known_at,
        opening_principal=opening,
        closing_principal=closing,
        heirs=await conn.fetchval(_HEIRS, loan_id, known_at),
        lines=shown,
    )


async def bank_of(conn: Connection, loan_id: UUID) -> str:
    """Return the name under which the bank of a loan that is in sight is on file, else its code."""
    name: str = await conn.fetchval(
        "SELECT coalesce(b.name, l.bank_code) FROM loan l LEFT JOIN lender b "
        "ON (b.county_code, b.code) = (l.county_code, l.bank_code) WHERE l.id = $1",
        loan_id,
    )
    return name


def _receipt_line(receipt: Receipt, surcharge: Decimal, payer_name: str | None) -> LoanStatementLineOut:
    return LoanStatementLineOut(
        value_on=receipt.posting.value_on,
        kind=receipt.posting.kind.value,  # type: ignore[arg-type]
        bank_reference=receipt.posting.reference,
        amount=receipt.posting.amount,
        penalty=receipt.total(DueKind.PENALTY),
        surcharge=surcharge,
        interest=receipt.total(DueKind.INTEREST),
        principal=receipt.total(DueKind.PRINCIPAL),
        held=receipt.held,
        principal_outstanding=ZERO,
        reversed_on=None,
        payer=receipt.posting.payer,
        payer_name=payer_name,
    )


def _remission_lines(account: Account) -> list[LoanStatementLineOut]:
    """Return what was remitted, one line for a decision and one for each day's small differences."""
    together: dict[tuple[date, UUID | None], list[Remission]] = {}
    for each in account.remissions:
        together.setdefault((each.on, each.decided_by), []).append(each)
    return [
        LoanStatementLineOut(
            value_on=on,
            kind="small_difference" if decided_by is None else "remission",
            bank_reference=None,
            amount=sum((each.amount for each in of_line), ZERO),
            penalty=_remitted(of_line, DueKind.PENALTY),
            surcharge=sum((each.surcharge for each in of_line), ZERO),
            interest=_remitted(of_line, DueKind.INTEREST),
            principal=_remitted(of_line, DueKind.PRINCIPAL),
            held=ZERO,
            principal_outstanding=ZERO,
            reversed_on=None,
            payer=None,
            payer_name=None,
        )
        for (on, decided_by), of_line in together.items()
    ]


def _remitted(remissions: list[Remission], kind: DueKind) -> Decimal:
    return sum((each.amount for each in remissions if each.kind is kind), ZERO)
