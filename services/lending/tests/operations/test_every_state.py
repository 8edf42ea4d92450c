"""Every operation that changes a loan, tried in every state of a loan over HTTP: taken, or refused by this name.

The operations come from the service's own routes, so a new one needs its row here. What is tried is forgotten again,
so that one loan of each state serves all rows.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from services.lending.applications.tables import STATES as APPLICATION_STATES
from services.lending.main import ROUTERS
from services.lending.tests.county import County
from services.lending.tests.loans.conftest import county
from services.lending.tests.operations.states import STATES, subjects
from services.lending.tests.operations.tries import OPERATIONS, forgetting, sent_in_a_file

__all__ = ["county"]
REFUSALS: Final = (Path(__file__).parents[4] / "docs" / "refusals.md").read_text()
TAKEN: Final = "taken"
COMPENSATED: Final = ("compensated", "written_off", "recovered")
# Only loans that were late have something of these kinds under way.
NEVER_LATE: Final = ("active", "settled", "lent", "cancelled")
EMPTY: Final = ("lent", "cancelled")  # all that was received was taken back
NO_REPORT: Final = (*NEVER_LATE, "overdue", "matured_overdue")


def by_state(otherwise: str, codes: Mapping[str, str | tuple[str, ...]] | None = None) -> dict[str, str]:
    """Return what is answered in each state: for each code the states that get it, and for all others one."""
    row = dict.fromkeys(STATES, otherwise)
    for code, states in (codes or {}).items():
        row |= dict.fromkeys((states,) if isinstance(states, str) else states, code)
    assert row.keys() == STATES.keys(), "a state that does not exist"
    return row


# Money is taken in every state until others have borne the loss; what they bore comes back as a recovery.
ANSWERS: Final[Mapping[str, dict[str, str]]] = {
    "record_repayment": by_state(TAKEN, {"loan-compensated": COMPENSATED, "loan-cancelled": "cancelled"}),
    "record_repayment_file": by_state(TAKEN, {"loan-compensated": COMPENSATED, "loan-cancelled": "cancelled"}),
    "record_recovery": by_state(
        "loan-not-compensated", {"taken": ("compensated", "written_off"), "nothing-left-to-recover": "recovered"}
    ),
    # A write-off is the bank's own matter: it needs its ground, and stops nothing that is received.
    "propose_write_off": by_state(
        "no-ground-to-write-off",
        {
            "taken": "compensated",
            "loan-written-off": "written_off",
            "loan-not-classified": ("recovered", "settled", "cancelled"),
        },
    ),
    "decide_write_off": by_state(
        "write-off-unknown",
        {"taken": "compensated", "correction-decided": "written_off", "loan-not-classified": "recovered"},
    ),
    "withdraw_write_off": by_state(
        "write-off-unknown", {"taken": ("compensated", "recovered"), "correction-decided": "written_off"}
    ),
    "propose_write_off_withdrawal": by_state("write-off-unknown", {"taken": "written_off"}),
    "decide_write_off_withdrawal": by_state("write-off-withdrawal-unknown", {"taken": "written_off"}),
    "give_up_write_off_withdrawal": by_state("write-off-withdrawal-unknown", {"taken": "written_off"}),
    # Only a loan that others bore the loss of has something recovered on it.
    "propose_recovery_reversal": by_state("loan-recovery-unknown", {"taken": "recovered"}),
    "decide_recovery_reversal": by_state("recovery-reversal-unknown", {"taken": "recovered"}),
    "withdraw_recovery_reversal": by_state("recovery-reversal-unknown", {"taken": "recovered"}),
    # What was compensated rests on the books: nothing of them is taken back, but an open proposal may be withdrawn.
    "propose_reversal": by_state(TAKEN, {"loan-compensated-already": COMPENSATED, "reversal-on-file": EMPTY}),
    "decide_reversal": by_state(TAKEN, {"loan-compensated-already": COMPENSATED, "correction-decided": EMPTY}),
    "withdraw_reversal": by_state(TAKEN, {"correction-decided": EMPTY}),
    # Money is held until something falls due: then it has paid that, and is not there to be refunded.
    "propose_refund": by_state("more-than-held", {"taken": "active", "loan-compensated-already": COMPENSATED}),
    "decide_refund": by_state("more-than-held", {"taken": "active", "loan-compensated-already": COMPENSATED}),
    "withdraw_refund": by_state(TAKEN),
    # What has fallen due and is unpaid is remitted; what others bore by the loan's figures stays.
    "propose_remission": by_state(
        "nothing-to-remit",
        {
            "taken": ("overdue", "matured_overdue", "reported", "defaulted"),
            "loan-compensated-already": COMPENSATED,
        },
    ),
    "decide_remission": by_state(TAKEN, {"remission-unknown": NEVER_LATE, "loan-compensated-already": COMPENSATED}),
    "withdraw_remission": by_state(TAKEN, {"remission-unknown": NEVER_LATE}),
    "propose_remission_reversal": by_state(
        TAKEN, {"remission-unknown": NEVER_LATE, "loan-compensated-already": COMPENSATED}
    ),
    "decide_remission_reversal": by_state(
        TAKEN, {"remission-reversal-unknown": NEVER_LATE, "loan-compensated-already": COMPENSATED}
    ),
    "withdraw_remission_reversal": by_state(TAKEN, {"remission-reversal-unknown": NEVER_LATE}),
    # Misuse goes on until it ends; what others bore by the loan's figures stays.
    "propose_misuse": by_state(
        "misuse-on-file",
        {
            "taken": ("active", "lent"),
            "loan-compensated-already": COMPENSATED,
            "nothing-misused": ("settled", "cancelled"),
        },
    ),
    "decide_misuse": by_state(
        "misuse-unknown", {"taken": ("active", "lent", "settled"), "nothing-misused": "cancelled"}
    ),
    "withdraw_misuse": by_state("misuse-unknown", {"taken": NEVER_LATE}),
    "propose_misuse_termination": by_state(
        TAKEN, {"misuse-unknown": NEVER_LATE, "loan-compensated-already": COMPENSATED}
    ),
    "decide_misuse_termination": by_state(
        TAKEN, {"misuse-termination-unknown": NEVER_LATE, "loan-compensated-already": COMPENSATED}
    ),
    "withdraw_misuse_termination": by_state(TAKEN, {"misuse-termination-unknown": NEVER_LATE}),
    "propose_misuse_reversal": by_state(TAKEN, {"misuse-unknown": NEVER_LATE, "loan-compensated-already": COMPENSATED}),
    "decide_misuse_reversal": by_state(
        TAKEN, {"misuse-reversal-unknown": NEVER_LATE, "loan-compensated-already": COMPENSATED}
    ),
    "withdraw_misuse_reversal": by_state(TAKEN, {"misuse-reversal-unknown": NEVER_LATE}),
    # What stands on a loan is taken back before its disbursement.
    "propose_disbursement_reversal": by_state(
        "loan-has-postings",
        {"taken": "lent", "loan-compensated-already": COMPENSATED, "disbursement-reversal-on-file": "cancelled"},
    ),
    "decide_disbursement_reversal": by_state(
        "disbursement-reversal-unknown", {"taken": "lent", "correction-decided": "cancelled"}
    ),
    "withdraw_disbursement_reversal": by_state(
        "disbursement-reversal-unknown", {"taken": "lent", "correction-decided": "cancelled"}
    ),
    "report_default": by_state(
        "loan-not-active",
        {
            "taken": ("overdue", "matured_overdue"),
            "already-reported": "reported",
            "nothing-overdue": ("active", "cured", "lent"),
        },
    ),
    "confirm_default": by_state("already-confirmed", {"taken": "reported", "default-report-unknown": NO_REPORT}),
    "propose_default_withdrawal": by_state(
        TAKEN, {"default-report-unknown": NO_REPORT, "loan-compensated-already": COMPENSATED}
    ),
    "decide_default_withdrawal": by_state(
        TAKEN, {"default-withdrawal-unknown": NO_REPORT, "loan-compensated-already": COMPENSATED}
    ),
    "give_up_default_withdrawal": by_state(TAKEN, {"default-withdrawal-unknown": NO_REPORT}),
    # Who has paid is pursued no more.
    "record_pursuit_step": by_state(
        TAKEN, {"nothing-to-pursue": NO_REPORT, "pursued-debt-paid": ("cured", "recovered")}
    ),
    "withdraw_pursuit_step": by_state(TAKEN, {"pursuit-step-unknown": (*NO_REPORT, "reported")}),
    # Heirs stay on file whatever becomes of the loan: what was paid with their money is theirs to see.
    "propose_heir": by_state(TAKEN, {"loan-unknown": "cancelled"}),
    "decide_heir": by_state(TAKEN),
    "withdraw_heir": by_state(TAKEN),
    "record_reminder": by_state(
        TAKEN, {"nothing-due-then": "settled", "loan-unknown": "cancelled"}
    ),  # that it was said once stays a fact
    "withdraw_reminder": by_state(TAKEN, {"reminder-unknown": NEVER_LATE}),
    # Nothing is worse than written off.
    "propose_class_review": by_state(
        TAKEN, {"loan-not-classified": ("recovered", "settled", "cancelled"), "class-not-worse": "written_off"}
    ),
    "decide_class_review": by_state(TAKEN, {"class-review-unknown": NEVER_LATE}),
    "withdraw_class_review": by_state(TAKEN, {"class-review-unknown": NEVER_LATE}),
    # Who owes nothing that is late is not pressed, and signs no plan.
    "record_pressing": by_state(TAKEN, {"loan-not-overdue": (*NEVER_LATE, "cured", "recovered")}),
    "withdraw_collection_record": by_state(TAKEN, {"collection-record-unknown": NEVER_LATE}),
    "draw_repayment_plan": by_state(TAKEN, {"loan-not-overdue": (*NEVER_LATE, "cured", "recovered")}),
    "sign_repayment_plan": by_state(
        TAKEN, {"repayment-plan-unknown": NEVER_LATE, "loan-not-overdue": ("cured", "recovered")}
    ),
    "withdraw_repayment_plan": by_state(TAKEN, {"repayment-plan-unknown": NEVER_LATE}),
    "send_borrower_news": by_state(TAKEN),
    "answer_borrower_news": by_state(TAKEN),
    "take_back_news": by_state(TAKEN),
}
# On applications; a loan comes from the one that was handed over, alone or in a file.
OF_APPLICATIONS: Final[Mapping[str, dict[str, str]]] = {
    "disburse_application": {"handed_over": TAKEN, "disbursed": "already-disbursed"},
    "disburse_file": {"handed_over": TAKEN, "disbursed": "already-disbursed"},
}
BEFORE_A_LOAN: Final = {
    "file_application_batch", "file_application", "add_application_documents", "withdraw_application",
    "decide_application_batch", "decide_application", "sign_application_batch", "start_public_notice",
    "close_public_notice", "raise_objection", "settle_objection", "hand_over_application_batch",
    "decide_application_condition", "hang_public_notice", "withdraw_hanging", "record_check", "withdraw_check",
    "open_visit", "grant_visit", "withdraw_visit", "explain_refusal", "withdraw_explanation",
}  # fmt: skip
OF_NO_ONE_LOAN: Final = {
    "quote_loan", "quote_product", "show_rate_consequences",  # questions
    "register_lender", "register_branch", "close_branch", "propose_responsible_bank", "decide_responsible_bank",
    "onboard_legacy_loans",  # makes loans
    "run_mark_overdue", "run_classify_loans",  # of a whole county: test_days.py
    "propose_county_days", "decide_county_days", "withdraw_county_days",  # of a whole county: county_days
    "record_reminder_file",  # lines of record_reminder, judged alike: reminders/test_reminders.py
}  # fmt: skip


def writing_routes() -> set[str]:
    """Return the names of the service's routes that change something."""
    routes: list[Any] = [route for router in ROUTERS for route in router.routes]
    return {route.name for route in routes if route.methods - {"GET", "HEAD"}}


def test_every_route_that_changes_something_has_its_row() -> None:
    tried = ANSWERS.keys() | OF_APPLICATIONS.keys()
    assert tried | BEFORE_A_LOAN | OF_NO_ONE_LOAN == writing_routes()
    assert not tried & (BEFORE_A_LOAN | OF_NO_ONE_LOAN)
    assert ANSWERS.keys() - {"record_repayment_file"} == OPERATIONS.keys()


async def test_every_operation_in_every_state_is_taken_or_refused_by_name(county: County) -> None:
    bare, busy = await subjects(county)
    found: dict[str, dict[str, str]] = {}
    async with forgetting(county.service.database):
        for name, operation in OPERATIONS.items():
            on = busy if operation.on_busy else bare
            found[name] = {state: outcome(await operation.sent(subject)) for state, subject in on.items()}
        found["record_repayment_file"] = {state: await sent_in_a_file(subject) for state, subject in bare.items()}
    differs = {
        (name, state): (answered, ANSWERS[name][state])
        for name, row in found.items()
        for state, answered in row.items()
        if answered != ANSWERS[name][state]
    }
    assert differs == {}, "answered, expected"


async def test_money_is_paid_out_on_an_application_that_was_handed_over_and_on_no_other(county: County) -> None:
    states = re.findall(r"'(\w+)'", APPLICATION_STATES)
    lent = await county.lend()
    found: dict[str, dict[str, str]] = {"disburse_application": {}, "disburse_file": {}}
    for state in states:
        application_id = lent["application_id"] if state == "disbursed" else await _application(county, state)
        paid_out = {"disbursed_on": "2017-03-06", "amount": "50000.00"}
        named = {"contract_number": f"N-{state}", "bank_reference": f"N-{state}"}
        line = f"{application_id},N-{state},N-{state},2017-03-06,50000.00"
        async with forgetting(county.service.database):
            answer = await county.post(f"/api/v1/applications/{application_id}/disbursements", {**paid_out, **named})
            found["disburse_application"][state] = outcome(answer)
            in_file = await county.send_file("disbursement-files", FILE_HEADER, [line])
            rejections = in_file.json()["rejections"]
            found["disburse_file"][state] = rejections[0]["code"] if rejections else TAKEN
    for name, row in OF_APPLICATIONS.items():
        assert found[name] == {state: row.get(state, "not-handed-over") for state in states}


FILE_HEADER: Final = "application_id,contract_number,bank_reference,disbursed_on,amount"


async def _application(county: County, state: str) -> str:
    application_id = await county.hand_over()
    reasons = [{"code": "refused-by-test", "zh": "测试", "en": "a test", "clause": None}] if state == "refused" else []
    await county.service.database.pool.execute(
        "UPDATE application SET state = $2, reasons = $3 WHERE id = $1", application_id, state, reasons
    )
    return str(application_id)


def outcome(answer: Any) -> str:
    """Return `taken` or the name of the refusal."""
    return TAKEN if answer.status_code == 201 else str(answer.json()["code"])


@pytest.mark.parametrize(
    "code", sorted({code for row in (*ANSWERS.values(), *OF_APPLICATIONS.values()) for code in row.values()} - {TAKEN})
)
def test_every_refusal_says_in_the_reference_what_to_do(code: str) -> None:
    (entry, *_) = re.findall(rf"^\| `{code}` \| \d+ \| \*\*(.+?)\*\*<br>(.+?)<br>(.+?) \|", REFUSALS, re.MULTILINE)
    title, chinese, english = entry
    assert title
    assert len(chinese) >= 12
    assert len(english) >= 30
