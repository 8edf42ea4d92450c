"""Why a default, its confirmation or a recovery is refused."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from shared.errors import NotAllowed, NotFound, Refused


class LoanUnknown(NotFound):
    """No such loan in the officer's regions."""

    code = "loan-unknown"
    title = "贷款不存在 Loan unknown"

    def __init__(self) -> None:
        super().__init__("No such loan is known in your regions; check its id.")


class LoanOfAnotherBank(NotAllowed):
    """Only the lending bank speaks for its loan."""

    code = "loan-of-another-bank"
    title = "非本行贷款 Loan of another bank"

    def __init__(self) -> None:
        super().__init__("Another bank granted this loan; only that bank reports on it.")


class ReportUnknown(NotFound):
    """No such report in the officer's regions."""

    code = "default-report-unknown"
    title = "违约报告不存在 Default report unknown"

    def __init__(self, report_id: UUID) -> None:
        super().__init__(f"No default report {report_id} is known in your regions; check its id.")


class LoanNotActive(Refused):
    """The loan is closed, or its default is confirmed already."""

    code = "loan-not-active"
    title = "贷款不在还款期 Loan not active"

    def __init__(self, state: str) -> None:
        super().__init__(f"The loan is {state}; only an active loan can go into default.", state=state)


class NothingOverdue(Refused):
    """Everything that fell due was paid."""

    code = "nothing-overdue"
    title = "无逾期 Nothing overdue"

    def __init__(self, on: date) -> None:
        super().__init__(f"Nothing is overdue on the loan on {on}, so it is not in default.", on=on.isoformat())


class DefaultTooEarly(Refused):
    """The waiting time has not passed."""

    code = "default-too-early"
    title = "未达到违约认定期限 Too early for default"
    clause = "LG-21a"

    def __init__(self, on: date, first_on: date, past_due: int) -> None:
        super().__init__(
            f"On {on} the loan is {past_due} days past due; a default of this cause can be reported from {first_on}.",
            first_on=first_on.isoformat(),
            days_past_due=past_due,
        )


class AlreadyReported(Refused):
    """The bank has reported this default."""

    code = "already-reported"
    title = "已报告 Already reported"

    def __init__(self, report_id: UUID) -> None:
        super().__init__(
            f"This default is already reported under {report_id}; the service centre confirms that report.",
            report_id=str(report_id),
        )


class AlreadyConfirmed(Refused):
    """The report is confirmed."""

    code = "already-confirmed"
    title = "已认定 Already confirmed"

    def __init__(self, confirmed_on: date) -> None:
        super().__init__(f"The default was confirmed on {confirmed_on}; nothing more is to be done.")


class LoanNotCompensated(Refused):
    """Recoveries belong to loans whose loss was compensated."""

    code = "loan-not-compensated"
    title = "贷款未代偿 Loan not compensated"
    clause = "LG-40"

    def __init__(self, state: str) -> None:
        super().__init__(
            f"The loan is {state}; recoveries are recorded once the compensation is paid, repayments before default.",
            state=state,
        )


class AboveWhatIsOwed(Refused):
    """More than is left of the compensated claim."""

    code = "above-what-is-owed"
    title = "超过待追偿金额 Above what is owed"

    def __init__(self, amount: Decimal, owed: Decimal) -> None:
        super().__init__(
            f"{owed} is still owed, {amount} is more; return the rest to the household.",
            amount=str(amount),
            owed=str(owed),
        )
