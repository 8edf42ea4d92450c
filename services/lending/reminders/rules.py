"""Which reminders a contract's terms ask for, and what the written one says. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.policy.terms import LoanTerms
from shared.prints.sheet import Sheet, in_words


@dataclass(frozen=True, slots=True)
class Notice:
    """Whom a written notice goes to, in which bank's name, and of which due it reminds; amounts in yuan."""

    name: str
    place: str
    household_number: str
    bank: str
    product: str
    contract_number: str
    due_on: date
    principal: Decimal
    interest: Decimal


def reminders_of(terms: LoanTerms) -> list[tuple[int, bool]]:
    """Return how many days before a due the borrower is reminded, and whether in writing. Clause: DZ-5b."""
    return [(reminder.days_before, reminder.written) for reminder in terms.reminders]


def sheet_of(notice: Notice, on: date) -> Sheet:
    """Return the written notice that principal and interest fall due, dated on a day. Clause: DZ-5b(b)."""
    total = notice.principal + notice.interest
    return Sheet(
        title=f"{notice.product}到期通知书",
        sentences=(
            f"{notice.name}（{notice.place}，户编号 {notice.household_number}）：",
            f"您在本行的{notice.product}（合同号 {notice.contract_number}）将于 {in_words(notice.due_on)}到期，"
            f"应还本息共 {total} 元。请做好还款准备，于到期日前将款项存入约定账户，按时还款。",
            "逾期将计收罚息，并影响个人信用和后续贷款、贴息。如有困难，请尽早与本行联系。本通知送达后请签收。",
        ),
        columns=("序号", "到期日", "应还本金（元）", "应还利息（元）", "合计（元）"),
        rows=(("1", in_words(notice.due_on), str(notice.principal), str(notice.interest), str(total)),),
        signature=f"{notice.bank}　　{in_words(on)}　　签收人：　　　　　　签收日期：　　　　　　",
    )
