"""Operations as officers send them on a loan: who, where, what; one for each route that changes a loan."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import pytest

from services.lending.tests.collections.test_collections import PRESSED
from services.lending.tests.defaults.test_defaults import REPORT, papers
from services.lending.tests.heirs.test_heirs import HEIR
from services.lending.tests.operations.states import MISUSE, NEWS, OLD, REFUND, REMINDED, TERMINATION, TODAY, Subject
from services.lending.tests.repayments.test_allocation_in_sql import HEADER
from services.lending.tests.write_offs.test_write_offs import WRITE_OFF
from shared.access import Role
from shared.db import Connection, Database

SECOND: Final = "second officer"
CONFIRM: Final = {"decision": "confirm", "decided_on": TODAY}
WITHDRAW: Final = {"withdrawn_on": TODAY, "reason": "填错"}
PAID: Final = {"kind": "repayment", "paid_on": TODAY, "amount": "10.00"}

Body = dict[str, Any] | Callable[[Subject], dict[str, Any]]


@dataclass(frozen=True)
class Operation:
    """One request; `{loan}` in the path is the loan, another name is the thing of that name."""

    path: str
    body: Body
    role: Role = Role.BANK
    by: str | None = None
    on_busy: bool = False

    async def sent(self, subject: Subject) -> Any:
        """Send it on a loan."""
        path = self.path.replace("{loan}", subject.loan_id)
        if "{" in path:
            name = path[path.index("{") + 1 : path.index("}")]
            path = path.replace(f"{{{name}}}", subject.thing(name))
        body = self.body(subject) if callable(self.body) else self.body
        return await subject.county.post(f"/api/v1{path}", body, role=self.role, subject=self.by)


def _reference(subject: Subject) -> dict[str, str]:
    return {"bank_reference": f"NEW-{subject.loan_id[-12:]}"}


def _plan(subject: Subject) -> dict[str, Any]:
    rows = [{"due_on": "2018-07-01", "amount": subject.arrears}]
    said = {"office": "helper", "person": "帮扶干部", "paper_reference": "JH-2018-06", "note": "分期还清逾期利息"}
    return {"agreed_on": TODAY, **said, "installments": rows}


def _reminder(subject: Subject) -> dict[str, Any]:
    year = 2017 if subject.loan["disbursed_on"] == f"{OLD}" else 2018
    return {"due_on": f"{year}-12-20", "days_before": 60, "reminded_on": f"{year}-10-21", **REMINDED}


OPERATIONS: Final = {
    "record_repayment": Operation("/loans/{loan}/repayments", lambda it: {**PAID, **_reference(it)}),
    "propose_reversal": Operation(
        "/repayments/{receipt}/reversals", {"cause": "wrong_loan", "reason": "登记错户", "proposed_on": TODAY}
    ),
    "decide_reversal": Operation("/repayment-reversals/{reversal}/decisions", CONFIRM, by=SECOND, on_busy=True),
    "withdraw_reversal": Operation("/repayment-reversals/{reversal}/withdrawals", WITHDRAW, on_busy=True),
    "propose_refund": Operation("/loans/{loan}/refunds", {**REFUND, "proposed_on": TODAY}),
    "decide_refund": Operation(
        "/refunds/{refund}/decisions", lambda it: {**CONFIRM, **_reference(it)}, by=SECOND, on_busy=True
    ),
    "withdraw_refund": Operation("/refunds/{refund}/withdrawals", WITHDRAW, on_busy=True),
    "propose_remission": Operation(
        "/loans/{loan}/remissions",
        {"remits": "interest", "amount": "1.00", "value_on": TODAY, "reason": "协商减免", "proposed_on": TODAY},
    ),
    "decide_remission": Operation("/remissions/{remission}/decisions", CONFIRM, by=SECOND, on_busy=True),
    "withdraw_remission": Operation("/remissions/{remission}/withdrawals", WITHDRAW, on_busy=True),
    "propose_remission_reversal": Operation(
        "/remissions/{remitted}/reversals", {"reason": "减免对象有误", "proposed_on": TODAY}
    ),
    "decide_remission_reversal": Operation(
        "/remission-reversals/{remission_reversal}/decisions", CONFIRM, by=SECOND, on_busy=True
    ),
    "withdraw_remission_reversal": Operation(
        "/remission-reversals/{remission_reversal}/withdrawals", WITHDRAW, on_busy=True
    ),
    "propose_misuse": Operation("/loans/{loan}/misuses", {**MISUSE, "from_on": TODAY, "proposed_on": TODAY}),
    "decide_misuse": Operation("/misuses/{misuse}/decisions", CONFIRM, by=SECOND, on_busy=True),
    "withdraw_misuse": Operation("/misuses/{misuse}/withdrawals", WITHDRAW, on_busy=True),
    "propose_misuse_termination": Operation(
        "/misuses/{misused}/terminations", {**TERMINATION, "ended_on": TODAY, "proposed_on": TODAY}
    ),
    "decide_misuse_termination": Operation(
        "/misuse-terminations/{misuse_termination}/decisions", CONFIRM, by=SECOND, on_busy=True
    ),
    "withdraw_misuse_termination": Operation(
        "/misuse-terminations/{misuse_termination}/withdrawals", WITHDRAW, on_busy=True
    ),
    "propose_misuse_reversal": Operation("/misuses/{misused}/reversals", {"reason": "认定有误", "proposed_on": TODAY}),
    "decide_misuse_reversal": Operation(
        "/misuse-reversals/{misuse_reversal}/decisions", CONFIRM, by=SECOND, on_busy=True
    ),
    "withdraw_misuse_reversal": Operation("/misuse-reversals/{misuse_reversal}/withdrawals", WITHDRAW, on_busy=True),
    "propose_disbursement_reversal": Operation(
        "/loans/{loan}/disbursement-reversals", {"cause": "wrong_day", "reason": "放款日录错", "proposed_on": TODAY}
    ),
    "decide_disbursement_reversal": Operation(
        "/disbursement-reversals/{cancellation}/decisions", CONFIRM, by=SECOND, on_busy=True
    ),
    "withdraw_disbursement_reversal": Operation(
        "/disbursement-reversals/{cancellation}/withdrawals", WITHDRAW, on_busy=True
    ),
    "report_default": Operation(
        "/loans/{loan}/default-reports", {**REPORT, "reported_on": TODAY, "papers": papers("demand_letter")}
    ),
    "confirm_default": Operation(
        "/default-reports/{report}/confirmations", {"confirmed_on": TODAY}, Role.SERVICE_CENTRE, SECOND
    ),
    "propose_default_withdrawal": Operation(
        "/default-reports/{report}/withdrawals", {"proposed_on": TODAY, "reason": "系统漏登还款"}
    ),
    "decide_default_withdrawal": Operation(
        "/default-withdrawals/{withdrawal}/decisions", CONFIRM, Role.SERVICE_CENTRE, SECOND, on_busy=True
    ),
    "give_up_default_withdrawal": Operation("/default-withdrawals/{withdrawal}/withdrawals", WITHDRAW, on_busy=True),
    "record_recovery": Operation(
        "/loans/{loan}/recoveries", lambda it: {"recovered_on": TODAY, "amount": "10.00", **_reference(it)}
    ),
    "propose_write_off": Operation("/loans/{loan}/write-offs", {**WRITE_OFF, "proposed_on": TODAY}),
    "decide_write_off": Operation("/write-offs/{write_off}/decisions", CONFIRM, by=SECOND, on_busy=True),
    "withdraw_write_off": Operation("/write-offs/{write_off}/withdrawals", WITHDRAW, on_busy=True),
    "propose_write_off_withdrawal": Operation(
        "/write-offs/{write_off}/reversals", {"proposed_on": TODAY, "reason": "核销有误"}
    ),
    "decide_write_off_withdrawal": Operation(
        "/write-off-withdrawals/{write_off_back}/decisions", CONFIRM, by=SECOND, on_busy=True
    ),
    "give_up_write_off_withdrawal": Operation(
        "/write-off-withdrawals/{write_off_back}/withdrawals", WITHDRAW, on_busy=True
    ),
    "propose_recovery_reversal": Operation(
        "/loans/{loan}/recoveries/{recovery}/reversals",
        {"cause": "wrong_loan", "reason": "登记错户", "proposed_on": TODAY},
    ),
    "decide_recovery_reversal": Operation(
        "/recovery-reversals/{recovery_reversal}/decisions", CONFIRM, by=SECOND, on_busy=True
    ),
    "withdraw_recovery_reversal": Operation(
        "/recovery-reversals/{recovery_reversal}/withdrawals", WITHDRAW, on_busy=True
    ),
    "record_pursuit_step": Operation(
        "/loans/{loan}/pursuit-steps",
        {"kind": "demand", "happened_on": TODAY, "reference": "催收通知书2018-6", "note": "依法办理"},
    ),
    "withdraw_pursuit_step": Operation("/pursuit-steps/{step}/withdrawals", WITHDRAW, by=SECOND, on_busy=True),
    "propose_heir": Operation("/loans/{loan}/heirs", {**HEIR, "died_on": TODAY, "proposed_on": TODAY}),
    "decide_heir": Operation("/heirs/{heir}/decisions", CONFIRM, by=SECOND, on_busy=True),
    "withdraw_heir": Operation("/heirs/{heir}/withdrawals", WITHDRAW, on_busy=True),
    "record_reminder": Operation("/loans/{loan}/reminders", _reminder),
    "withdraw_reminder": Operation("/reminders/{reminder}/withdrawals", WITHDRAW, by=SECOND, on_busy=True),
    "propose_class_review": Operation(
        "/loans/{loan}/class-reviews", {"loan_class": "loss", "reason": "借款人失联", "proposed_on": TODAY}
    ),
    "decide_class_review": Operation("/class-reviews/{review}/decisions", CONFIRM, by=SECOND, on_busy=True),
    "withdraw_class_review": Operation("/class-reviews/{review}/withdrawals", WITHDRAW, on_busy=True),
    "record_pressing": Operation(
        "/loans/{loan}/collection-records",
        {**PRESSED, "office": "village_committee", "pressed_on": TODAY},
        Role.VILLAGE,
    ),
    "withdraw_collection_record": Operation(
        "/collection-records/{record}/withdrawals", WITHDRAW, Role.VILLAGE, SECOND, on_busy=True
    ),
    "draw_repayment_plan": Operation("/loans/{loan}/repayment-plans", _plan, Role.HELPER),
    "sign_repayment_plan": Operation(
        "/repayment-plans/{plan}/decisions", {"decision": "sign", "signed_on": TODAY}, on_busy=True
    ),
    "withdraw_repayment_plan": Operation("/repayment-plans/{plan}/withdrawals", WITHDRAW, Role.HELPER, on_busy=True),
    "send_borrower_news": Operation(
        "/loans/{loan}/borrower-news", {**NEWS, "observed_on": TODAY, "sent_on": TODAY}, Role.VILLAGE
    ),
    "answer_borrower_news": Operation(
        "/borrower-news/{news}/answers", {"answered_on": TODAY, "answer": "已入户。"}, on_busy=True
    ),
    "take_back_news": Operation("/borrower-news/{news}/withdrawals", WITHDRAW, Role.TOWNSHIP, SECOND, on_busy=True),
}


async def sent_in_a_file(subject: Subject) -> str:
    """Send a repayment as the one line of a file, and return what became of the line."""
    line = f"NEW-{subject.loan_id[-12:]},{subject.loan['contract_number']},repayment,{TODAY},10.00"
    answer = await subject.county.send_file("repayment-files", HEADER, [line])
    assert answer.status_code == 201, answer.text
    rejections = answer.json()["rejections"]
    return str(rejections[0]["code"]) if rejections else "taken"


@asynccontextmanager
async def forgetting(database: Database) -> AsyncIterator[None]:
    """Let every write be answered as always, its constraints checked, and then forget it."""

    @asynccontextmanager
    async def transaction() -> AsyncIterator[Connection]:
        async with database.connection() as connection:
            begun = connection.transaction()
            await begun.start()
            try:
                yield connection
                await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            finally:
                await begun.rollback()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "transaction", transaction)
        yield
