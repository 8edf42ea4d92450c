"""What was known of a loan at a moment: once answered, it is answered the same for ever, whatever is booked since."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.lending.accounts.actions.restating import Change, RestatementCause, lock, restate
from services.lending.repayments.actions.recording import record_repayment
from services.lending.repayments.schemas import RepaymentIn
from services.lending.tests.accounts.test_corrections import act, propose
from services.lending.tests.accounts.test_corrections import confirm as confirm_reversal
from services.lending.tests.accounts.test_default_withdrawals import decide as decide_withdrawal
from services.lending.tests.accounts.test_default_withdrawals import propose as propose_withdrawal
from services.lending.tests.accounts.test_life import LENT_ON, Life, live
from services.lending.tests.county import BANK, COUNTY, County
from services.lending.tests.defaults.test_defaults import claim_for, confirm, recover, report
from services.lending.tests.rate_changes.test_following import publish
from shared.access import Grant, Principal, Role
from shared.db import Connection

DAYS = ("2017-12-31", "2018-03-31", "2018-12-31", "2020-12-31")
DUE_THROUGH = ("2018-12-31", "2020-12-31")  # after everything that is booked here


@dataclass
class Memory:
    """What was answered of a loan after each step, with the moment of the answer."""

    county: County
    loan_id: str
    answered: list[tuple[str, str, Any]] = field(default_factory=list)
    listed: list[tuple[str, str, str]] = field(default_factory=list)
    due_through: tuple[str, ...] = DUE_THROUGH  # of the lists of dues that are asked for

    async def look(self) -> None:
        """Ask for the account and the statement as they stand, and keep the answers with the moment."""
        paths = [f"account?as_of={day}" for day in DAYS] + ["statement?from_on=2017-01-01&through_on=2021-12-31"]
        for path in paths:
            stands = await self.ask(path)
            self.answered.append((await now(self.county), path, stands))
        for day in self.due_through:
            listed = await list_dues(self.county, day)
            self.listed.append((await now(self.county), day, listed))

    async def ask(self, path: str, known_at: str | None = None) -> dict[str, Any]:
        """Return an answer without the moment it was asked for."""
        known = "" if known_at is None else f"&known_at={quote(known_at)}"
        answer = await self.county.get(f"/api/v1/loans/{self.loan_id}/{path}{known}")
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        assert (shown.pop("known_at") is None) == (known_at is None)
        return shown

    async def ensure_stands(self) -> None:
        """The last answers are those of now as well."""
        for path, stood in {path: stood for _, path, stood in self.answered}.items():
            assert await self.ask(path) == stood, path

    async def ensure_kept(self) -> None:
        """Every answer is given again as it was."""
        for known_at, path, stood in self.answered:
            assert await self.ask(path, known_at) == stood, (known_at, path)
        for known_at, day, stood in self.listed:
            assert await list_dues(self.county, day, known_at) == stood, (known_at, day)


async def list_dues(county: County, day: str, known_at: str | None = None) -> str:
    """Return the bank's list of what falls due by a day, with penalty to that day."""
    known = "" if known_at is None else f"&known_at={quote(known_at)}"
    answer = await county.get(f"/api/v1/dues.csv?due_through={day}{known}")
    assert answer.status_code == 200, answer.text
    return answer.text


async def now(county: County) -> str:
    """Return the moment by the clock of the books."""
    moment: datetime = await county.service.database.pool.fetchval("SELECT clock_timestamp()")
    return moment.isoformat(timespec="microseconds")


async def test_what_was_answered_stays_whatever_is_booked_taken_back_or_corrected(county: County) -> None:
    loan = await county.lend()
    memory = Memory(county, loan["id"])
    await memory.look()
    wrong = (await county.repay(loan["id"], "1000.00", "2018-01-10", "R1")).json()
    await memory.look()
    await county.repay(loan["id"], "3000.00", "2017-12-20", "R0")
    await memory.look()
    reversal = (await propose(county, wrong["id"])).json()
    assert (await confirm_reversal(county, reversal["id"])).status_code == 201
    await memory.look()
    refund = {"amount": "500.00", "payee": "borrower", "account_reference": "A6228-1", "reason": "多还款退回"}
    refund = (await county.post(f"/api/v1/loans/{loan['id']}/refunds", {**refund, "proposed_on": "2018-02-01"})).json()
    paid = {"decision": "confirm", "decided_on": "2018-02-02", "bank_reference": "T1"}
    assert (await act(county, f"refunds/{refund['id']}/decisions", paid)).status_code == 201
    await memory.look()
    await publish(county, "4.25")
    await memory.look()
    await publish(county, "4.15", revision=3)
    await memory.look()
    await memory.ensure_kept()
    figures = [stood["payoff_amount"] for _, path, stood in memory.answered if path.endswith("2018-12-31")]
    assert len(set(figures)) == len(figures), "every step changed the figure of that day"


async def test_defaults_claims_and_recoveries_were_known_when_they_were(county: County) -> None:
    loan = await county.lend()
    memory = Memory(county, loan["id"])
    reported = (await report(county, loan["id"])).json()
    assert (await confirm(county, reported["id"])).status_code == 201
    await memory.look()
    withdrawal = (await propose_withdrawal(county, reported["id"])).json()
    assert (await decide_withdrawal(county, withdrawal["id"])).status_code == 201
    await memory.look()
    again = (await report(county, loan["id"], reported_on="2018-04-03", cause="illness")).json()
    confirmed = (await confirm(county, again["id"], "2018-04-04")).json()
    await memory.look()
    await county.service.deliver(claim_for(loan, confirmed))
    await memory.look()
    assert (await recover(county, loan["id"], "100.00", "V1")).status_code == 201
    await memory.look()
    await memory.ensure_kept()
    states = [stood["state"] for _, path, stood in memory.answered if path.endswith("2018-12-31")]
    assert states == ["defaulted", "active", "defaulted", "compensated", "compensated"]
    before_the_claim = {str(stood) for _, path, stood in memory.answered[10:] if path.endswith("2018-03-31")}
    assert len(before_the_claim) == 1, "what is posted after a day changes nothing of that day"


async def test_a_moment_to_come_or_before_the_loan_is_refused_by_name(county: County) -> None:
    before = await now(county)
    loan = await county.lend()
    for path in ("account?as_of=2018-01-01", "statement?from_on=2017-01-01&through_on=2018-01-01"):
        for known_at, code in ((before, "known-before-booking"), ("2150-01-01T00:00:00Z", "known-at-in-future")):
            asked = f"/api/v1/loans/{loan['id']}/{path}&known_at={quote(known_at)}"
            refused = await county.get(asked)
            assert (refused.status_code, refused.json()["code"]) == (422, code), refused.text
            assert refused.json()["values"]["known_at"].startswith(known_at[:10])
    dues = "/api/v1/dues.csv?due_through=2020-12-31&known_at="
    to_come = await county.get(f"{dues}2150-01-01T00:00:00Z")
    assert (to_come.status_code, to_come.json()["code"]) == (422, "known-at-in-future")
    assert len((await county.get(dues + quote(before))).text.splitlines()) == 1, "the loan was not on the list yet"
    for written in ("2026-11-30", "2026-11-30T09:00:00", "1764464400", "2026-11-30T09:00:00 08:00"):
        refused = await county.get(f"/api/v1/loans/{loan['id']}/account?known_at={quote(written)}")
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid-request"), refused.text


async def test_the_printed_and_exported_statement_say_what_was_known(county: County) -> None:
    loan = await county.lend()
    moment = await now(county)
    await county.repay(loan["id"], "100.00", "2018-01-10", "R1")
    path = f"/api/v1/loans/{loan['id']}/statement/export.csv?from_on=2017-01-01&through_on=2018-12-31"
    assert "R1" in (await county.get(path)).text
    assert "R1" not in (await county.get(f"{path}&known_at={quote(moment)}")).text
    printed = path.replace("/export.csv", ".pdf")
    assert (await county.get(f"{printed}&known_at={quote(moment)}")).content != (await county.get(printed)).content


async def test_the_list_of_dues_as_known_waits_for_who_is_booking(county: County) -> None:
    loan = await county.lend()
    before = await list_dues(county, "2018-12-31")
    async with booking(county, loan["id"]):
        moment = await now(county)
        asking = asyncio.create_task(list_dues(county, "2018-12-31", moment))
        done, _ = await asyncio.wait([asking], timeout=0.3)
        assert not done
    first = await asking
    assert first != before, "the repayment was stamped before the moment"
    assert await list_dues(county, "2018-12-31", moment) == first == await list_dues(county, "2018-12-31")


async def test_who_asks_what_was_known_waits_for_who_is_booking(county: County) -> None:
    loan = await county.lend()
    asked = f"/api/v1/loans/{loan['id']}/statement?from_on=2017-01-01&through_on=2018-12-31&known_at="
    async with booking(county, loan["id"]):
        moment = await now(county)
        asking = asyncio.create_task(county.get(asked + quote(moment)))
        done, _ = await asyncio.wait([asking], timeout=0.3)
        assert not done
    first = await asking
    assert [line["bank_reference"] for line in first.json()["lines"]] == ["D000001", "R1"]
    assert (await county.get(asked + quote(moment))).json() == first.json()


@asynccontextmanager
async def booking(county: County, loan_id: str) -> AsyncIterator[Connection]:
    """Book a repayment and commit it at the end."""
    clerk = Principal("clerk", "clerk", (Grant(Role.BANK, COUNTY),), BANK)
    body = RepaymentIn.model_validate(
        {"bank_reference": "R1", "kind": "repayment", "paid_on": date(2018, 1, 10), "amount": Decimal("100.00")}
    )
    async with county.service.database.transaction() as conn:
        await record_repayment(conn, clerk, UUID(loan_id), body)
        yield conn


async def replay_all(county: County, loan_id: str) -> None:
    """Compute a loan anew from all that was posted, and write that."""
    async with county.service.database.transaction() as conn:
        await lock(conn, [UUID(loan_id)])
        await restate(conn, [Change(UUID(loan_id), RestatementCause.HELD_MONEY, LENT_ON)])


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_drawn_lives_keep_every_answer(county: County, data: st.DataObject) -> None:
    loan = await county.lend(disbursed_on=LENT_ON)
    memory = Memory(county, loan["id"], due_through=())
    await live(Life(county, loan["id"], f"{loan['contract_number']}-"), data, memory.look)
    await replay_all(county, loan["id"])
    await memory.ensure_stands()
    await memory.ensure_kept()
