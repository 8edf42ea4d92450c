"""Loans in every state they can be in on one day, each twice: with nothing under way, and with everything proposed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from services.lending.tests.accounts.test_corrections import act
from services.lending.tests.accounts.test_corrections import propose as propose_reversal
from services.lending.tests.accounts.test_default_withdrawals import propose as propose_withdrawal
from services.lending.tests.classes.test_classes import classify
from services.lending.tests.classes.test_classes import propose as propose_class
from services.lending.tests.collections.test_collections import draw, in_two, press
from services.lending.tests.county import COUNTY, County
from services.lending.tests.defaults.test_defaults import claim_for, confirm, recover, report
from services.lending.tests.heirs.test_heirs import HEIR
from services.lending.tests.write_offs.test_write_offs import propose as propose_write_off
from services.lending.tests.write_offs.test_write_offs import propose_back
from shared.access import Role
from shared.ids import new_id

TODAY: Final = "2018-06-01"
EMPTIED: Final = "2018-05-02"
OLD, YOUNG = date(2017, 3, 6), date(2018, 3, 6)  # the old one's interest of 20 December 2017 is unpaid
NOBODY: Final = str(new_id())
REFUND: Final = {"amount": "50.00", "payee": "borrower", "account_reference": "A6228-1", "reason": "多还款退回"}
REMINDED: Final = {"channel": "telephone", "reminded_by": "信贷员李明", "amount": "1911.11"}
NEWS: Final = {"news_kind": "illness", "words": "借款人住院，蘑菇大棚无人照看。"}

FLOW: Final = [{"kind": "account_flow", "reference": "账户流水第3页"}]
MISUSE: Final = {"amount": "0.01", "papers": FLOW, "reason": "资金用于建房"}
TERMINATION: Final = {"papers": FLOW, "reason": "资金已收回"}


@dataclass
class Subject:
    """One loan in one state; `things` are ids of what operations act on, of nobody's where there is none."""

    county: County
    state: str
    loan: dict[str, Any]
    busy: bool
    things: dict[str, str] = field(default_factory=dict)
    arrears: str = "1.00"

    @property
    def loan_id(self) -> str:
        """Return the loan's id."""
        return str(self.loan["id"])

    def thing(self, name: str) -> str:
        """Return the id of something of the loan."""
        return self.things.get(name, NOBODY)

    def keep(self, name: str, answer: Any) -> None:
        """Keep what an operation made."""
        assert answer.status_code == 201, (self.state, name, answer.text)
        self.things[name] = answer.json()["id"]


Step = Callable[[Subject], Awaitable[None]]


async def _nothing(_subject: Subject) -> None:
    """Leave the loan as it is."""


async def _reported(subject: Subject) -> None:
    subject.keep("report", await report(subject.county, subject.loan_id))
    if subject.busy:
        subject.keep("withdrawal", await propose_withdrawal(subject.county, subject.thing("report")))


async def _defaulted(subject: Subject) -> None:
    await _reported(subject)
    confirmed = await confirm(subject.county, subject.thing("report"), "2018-04-02")
    assert confirmed.status_code == 201, confirmed.text
    subject.loan["confirmed"] = confirmed.json()
    if subject.busy:
        step = {"kind": "demand", "happened_on": "2018-04-03", "reference": "催收通知书2018-4", "note": "依法办理"}
        subject.keep("step", await subject.county.post(f"/api/v1/loans/{subject.loan_id}/pursuit-steps", step))


async def _cured(subject: Subject) -> None:
    await _defaulted(subject)
    arrears = (await subject.county.account(subject.loan_id, "2018-04-10"))["arrears"]
    await subject.county.repay(subject.loan_id, arrears, "2018-04-10", f"CURE-{subject.loan_id[-12:]}")


async def _compensated(subject: Subject) -> None:
    await _defaulted(subject)
    await subject.county.service.deliver(claim_for(subject.loan, subject.loan["confirmed"]))
    if subject.busy:
        subject.keep("write_off", await propose_write_off(subject.county, subject.loan_id))


async def _written_off(subject: Subject) -> None:
    """Write the loan off once its loss is compensated; where everything is proposed, the way back is proposed too."""
    await _compensated(subject)
    if not subject.busy:
        subject.keep("write_off", await propose_write_off(subject.county, subject.loan_id))
    await _second(subject, f"write-offs/{subject.thing('write_off')}")
    if subject.busy:
        subject.keep("write_off_back", await propose_back(subject.county, subject.thing("write_off")))


async def _recovered(subject: Subject) -> None:
    await _compensated(subject)
    one = (await recover(subject.county, subject.loan_id, "1.00", f"V1-{subject.loan_id[-12:]}")).json()
    subject.things["recovery"] = one["id"]
    rest = one["amount_outstanding"]
    closed = (await recover(subject.county, subject.loan_id, rest, f"V2-{subject.loan_id[-12:]}")).json()
    assert closed["loan_closed"] is True, closed
    if subject.busy:
        wrong = {"cause": "wrong_loan", "reason": "登记错户", "proposed_on": TODAY}
        path = f"/api/v1/loans/{subject.loan_id}/recoveries/{one['id']}/reversals"
        subject.keep("recovery_reversal", await subject.county.post(path, wrong))


async def _settled(subject: Subject) -> None:
    owed = (await subject.county.account(subject.loan_id, "2018-05-01"))["payoff_amount"]
    reference = f"S-{subject.loan_id[-12:]}"
    paid = await subject.county.repay(subject.loan_id, owed, "2018-05-01", reference, "prepayment")
    assert paid.json()["loan_closed"] is True, paid.text


async def _emptied(subject: Subject) -> None:
    """Take back all that was received; where everything is proposed, the disbursement is proposed too."""
    if subject.busy:
        await _second(subject, f"repayment-reversals/{subject.thing('reversal')}")
    subject.keep("taken_back", await propose_reversal(subject.county, subject.thing("receipt"), proposed_on=EMPTIED))
    await _second(subject, f"repayment-reversals/{subject.thing('taken_back')}")
    if subject.busy:
        await _propose_to_cancel(subject)


async def _cancelled(subject: Subject) -> None:
    await _emptied(subject)
    if not subject.busy:
        await _propose_to_cancel(subject)
    await _second(subject, f"disbursement-reversals/{subject.thing('cancellation')}")


async def _propose_to_cancel(subject: Subject) -> None:
    wrong = {"cause": "returned", "reason": "款项未使用即退回", "proposed_on": EMPTIED}
    path = f"/api/v1/loans/{subject.loan_id}/disbursement-reversals"
    subject.keep("cancellation", await subject.county.post(path, wrong))


async def _second(subject: Subject, path: str) -> None:
    decision = {"decision": "confirm", "decided_on": EMPTIED}
    done = await act(subject.county, f"{path}/decisions", decision)
    assert done.status_code == 201, done.text


# State: the day it was lent, its months, and what brings it there.
STATES: Final[dict[str, tuple[date, int, Step]]] = {
    "active": (YOUNG, 36, _nothing),
    "overdue": (OLD, 36, _nothing),
    "matured_overdue": (OLD, 12, _nothing),
    "reported": (OLD, 36, _reported),
    "defaulted": (OLD, 36, _defaulted),
    "cured": (OLD, 36, _cured),
    "compensated": (OLD, 36, _compensated),
    "written_off": (OLD, 36, _written_off),
    "recovered": (OLD, 36, _recovered),
    "settled": (YOUNG, 36, _settled),
    "lent": (YOUNG, 36, _emptied),
    "cancelled": (YOUNG, 36, _cancelled),
}


async def subjects(county: County) -> tuple[dict[str, Subject], dict[str, Subject]]:
    """Return loans in every state: with nothing under way, and with everything that can be proposed."""
    bare, busy = [
        {
            state: Subject(county, state, await _lent(county, lent_on, months), is_busy)
            for state, (lent_on, months, _) in STATES.items()
        }
        for is_busy in (False, True)
    ]
    for subject in (*bare.values(), *busy.values()):
        await _received(subject, "receipt", "100.00")
    for subject in busy.values():
        await _propose_on_receipts(subject)
    await _day(county, "2018-01-15")
    assert (await classify(county, "2017-12-31")).status_code == 201
    for subject in (*bare.values(), *busy.values()):
        await _remit(subject)
        await _misuse(subject)
    for subject in busy.values():
        await _make_busy(subject)
    for subject in (*bare.values(), *busy.values()):
        await STATES[subject.state][2](subject)
    await _day(county, TODAY)
    for subject in bare.values():
        arrears = (await county.account(subject.loan_id, TODAY))["arrears"]
        subject.arrears = arrears if arrears != "0.00" else subject.arrears
    return bare, busy


async def _lent(county: County, lent_on: date, months: int) -> dict[str, Any]:
    return await county.lend(disbursed_on=lent_on, term_months=months, handed_over_on=lent_on)


async def _received(subject: Subject, name: str, amount: str) -> str:
    day = f"{date.fromisoformat(subject.loan['disbursed_on']).replace(day=20)}"
    reference = f"{name}-{subject.loan_id[-12:]}"
    subject.keep(name, await subject.county.repay(subject.loan_id, amount, day, reference))
    return day


async def _day(county: County, day: str) -> None:
    body = {"as_of": day, "county_code": COUNTY}
    answer = await county.post("/api/v1/jobs/mark-overdue/runs", body, role=Role.SERVICE_CENTRE)
    assert answer.status_code == 201, answer.text


async def _propose_on_receipts(subject: Subject) -> None:
    """Propose a reversal and a refund while all that came is held."""
    day = await _received(subject, "doubtful", "60.00")
    subject.keep("reversal", await propose_reversal(subject.county, subject.thing("doubtful"), proposed_on=day))
    refund = {**REFUND, "proposed_on": day}
    subject.keep("refund", await subject.county.post(f"/api/v1/loans/{subject.loan_id}/refunds", refund))


async def _remit(subject: Subject) -> None:
    """Remit a little of the penalty of who is late; where everything is proposed, also more, and to take it back."""
    if subject.loan["disbursed_on"] != f"{OLD}":
        return
    path, day = f"/api/v1/loans/{subject.loan_id}/remissions", "2018-01-15"
    body = {"remits": "penalty", "amount": "0.01", "value_on": day, "reason": "协商减免", "proposed_on": day}
    subject.keep("remitted", await subject.county.post(path, body))
    await _second(subject, f"remissions/{subject.thing('remitted')}")
    if subject.busy:
        back = {"reason": "减免对象有误", "proposed_on": EMPTIED}
        reversals = f"/api/v1/remissions/{subject.thing('remitted')}/reversals"
        subject.keep("remission_reversal", await subject.county.post(reversals, back))
        subject.keep("remission", await subject.county.post(path, {**body, "amount": "1.00"}))


async def _misuse(subject: Subject) -> None:
    """Let a fen of who is late be misused; where everything is proposed, that it ended, and that another never was."""
    if subject.loan["disbursed_on"] != f"{OLD}":
        if subject.busy:
            subject.keep("misuse", await _found(subject, "2018-04-01", "2018-04-01"))
        return
    await _find(subject, "never", "2017-04-01")
    if subject.busy:
        termination = {**TERMINATION, "ended_on": "2017-04-02", "proposed_on": EMPTIED}
        path = f"/api/v1/misuses/{subject.thing('never')}"
        subject.keep("ended", await subject.county.post(f"{path}/terminations", termination))
        await _second(subject, f"misuse-terminations/{subject.thing('ended')}")
        back = {"reason": "认定有误", "proposed_on": EMPTIED}
        subject.keep("misuse_reversal", await subject.county.post(f"{path}/reversals", back))
        await _find(subject, "misused", "2017-04-02")
        path = f"/api/v1/misuses/{subject.thing('misused')}/terminations"
        subject.keep("misuse_termination", await subject.county.post(path, {**termination, "ended_on": "2017-05-02"}))
    else:
        subject.things["misused"] = subject.thing("never")


async def _find(subject: Subject, name: str, day: str) -> None:
    subject.keep(name, await _found(subject, day, EMPTIED))
    await _second(subject, f"misuses/{subject.thing(name)}")


async def _found(subject: Subject, day: str, on: str) -> Any:
    body = {**MISUSE, "from_on": day, "proposed_on": on}
    return await subject.county.post(f"/api/v1/loans/{subject.loan_id}/misuses", body)


async def _make_busy(subject: Subject) -> None:
    county, path = subject.county, f"/api/v1/loans/{subject.loan_id}"
    news = {**NEWS, "observed_on": "2018-04-01", "sent_on": "2018-04-01"}
    heir = {**HEIR, "died_on": "2018-04-01", "proposed_on": "2018-04-01"}
    subject.keep("heir", await county.post(f"{path}/heirs", heir))
    subject.keep("news", await county.post(f"{path}/borrower-news", news, role=Role.VILLAGE))
    if subject.loan["disbursed_on"] == f"{OLD}":
        subject.keep("review", await propose_class(county, subject.loan_id))
        subject.keep("record", await press(county, subject.loan_id, "village_committee"))
        subject.keep("plan", await draw(county, subject.loan_id, await in_two(county, subject.loan_id)))
        said = {"due_on": "2017-12-20", "days_before": 60, "reminded_on": "2017-10-21", **REMINDED}
        subject.keep("reminder", await county.post(f"{path}/reminders", said))
