"""A loan's life over HTTP in any order: whatever is booked, taken back or refused, it is what its postings say.

One loan lives through the drawn steps. What counts in the end is booked on a second loan by files, in another order,
and on paper by the clerk of `spec.account`. All three are the same, and so is every day's account.
"""

import csv
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.lending.accounts.loading import Books, books_of
from services.lending.accounts.queries import account_as_of
from services.lending.accounts.rules.account import Account
from services.lending.accounts.rules.postings import Posting, PostingKind
from services.lending.accounts.rules.replay import replay
from services.lending.tests.accounts import misused
from services.lending.tests.accounts.test_clerk import by_clerk, by_service
from services.lending.tests.accounts.test_corrections import act, propose
from services.lending.tests.accounts.test_corrections import confirm as confirm_reversal
from services.lending.tests.county import COUNTY, County, county_with_pack
from services.lending.tests.defaults.test_defaults import confirm as confirm_default
from services.lending.tests.defaults.test_defaults import papers, report
from services.lending.tests.repayments.test_allocation_in_sql import HEADER, PACKS, ensure_ledgers_agree
from shared.access import Role
from shared.policy.vocabulary import DueKind
from shared.testing.service import ServiceUnderTest
from spec.account import Clerk

DECIDED = {PostingKind.REFUND, PostingKind.DEFAULT, PostingKind.REMISSION, PostingKind.MISUSE, PostingKind.MISUSE_ENDED}
LENT_ON, LAST = date(2017, 3, 6), date(2021, 6, 1)
DAYS = st.integers(0, (LAST - LENT_ON).days).map(lambda days: LENT_ON + timedelta(days=days))
AMOUNTS = st.integers(1, 5_000_000).map(lambda fen: Decimal(fen).scaleb(-2)) | st.sampled_from(
    [Decimal("50000.00"), Decimal("2407.99"), Decimal("2407.97"), Decimal("2407.00"), Decimal("300.00")]
)

STEPS = st.sampled_from(
    [
        "receive",
        "receive",
        "receive",
        "take back",
        "give back",
        "remit",
        "restore",
        "misuse",
        "misuse put right",
        "no misuse",
        "correct",
        "write off",
        "default",
        "day",
    ]
)
REMITTED = st.sampled_from(["confirm", "confirm", "refuse"])
DECISIONS = st.sampled_from(["confirmed", "confirmed", "refused", "withdrawn"])


@dataclass
class Life:
    """One loan over HTTP, and the postings that must count by what was answered."""

    county: County
    loan_id: str
    prefix: str
    counts: dict[str, Posting] = field(default_factory=dict)
    taken_back: set[str] = field(default_factory=set)
    repayments: dict[str, str] = field(default_factory=dict)
    refunds: int = 0
    remissions: list[str] = field(default_factory=list)
    misuses: dict[str, str | None] = field(default_factory=dict)  # each with its end
    written_off: bool = False

    async def receive(self, reference: str, kind: str, day: date, amount: Decimal) -> None:
        """Book a receipt; sent twice it is booked once."""
        for again in (False, True):
            answer = await self.county.repay(self.loan_id, f"{amount:.2f}", f"{day}", self.prefix + reference, kind)
            assert answer.status_code == 201, answer.text
            assert answer.json()["already_recorded"] is again
        self.repayments[reference] = answer.json()["id"]
        self.counts[reference] = Posting(UUID(answer.json()["id"]), PostingKind(kind), day, reference, amount)

    async def take_back(self, reference: str, ending: str) -> None:
        """Propose a reversal and end it: confirmed, refused or withdrawn; only the first changes the loan."""
        proposed = await propose(self.county, self.repayments[reference], proposed_on=f"{LAST}")
        if reference in self.taken_back:
            assert proposed.json()["code"] == "reversal-on-file"
            return
        assert proposed.status_code == 201, proposed.text
        reversal, on = proposed.json(), f"{LAST}"
        if ending == "withdrawn":
            body = {"withdrawn_on": on, "reason": "填错"}
            answer = await act(
                self.county, f"repayment-reversals/{reversal['id']}/withdrawals", body, reversal["proposed_by"]
            )
        elif ending == "refused":
            answer = await confirm_reversal(
                self.county, reversal["id"], decision="refuse", decided_on=on, reason="该笔款项属于本户"
            )
        else:
            answer = await confirm_reversal(self.county, reversal["id"], decided_on=on)
            self.taken_back.add(reference)
            del self.counts[reference]
        assert answer.status_code == 201, answer.text

    async def correct(self, wrong: str, right: str, kind: str, day: date, amount: Decimal) -> None:
        """Put another receipt in the place of one by two persons, in one step."""
        received = {"bank_reference": self.prefix + right, "kind": kind, "paid_on": f"{day}", "amount": f"{amount:.2f}"}
        proposed = await propose(self.county, self.repayments[wrong], proposed_on=f"{LAST}", replacement=received)
        if wrong in self.taken_back:
            assert proposed.json()["code"] == "reversal-on-file"
            return
        if proposed.status_code != 201:
            same = self.counts[wrong]
            assert (same.kind, same.value_on, same.amount) == (PostingKind(kind), day, amount), proposed.text
            assert proposed.json()["code"] == "correction-changes-nothing"
            return
        answer = await confirm_reversal(self.county, proposed.json()["id"], decided_on=f"{LAST}")
        assert answer.status_code == 201, answer.text
        self.taken_back.add(wrong)
        del self.counts[wrong]
        self.repayments[right] = answer.json()["replacement"]["repayment_id"]
        self.counts[right] = Posting(UUID(self.repayments[right]), PostingKind(kind), day, right, amount)

    async def write_off(self, day: date) -> None:
        """Write the loan off by two persons where the books let it be; its account goes on as it was."""
        papers = [{"kind": "bank_decision", "reference": "核销批复2021-7"}]
        body = {"amount": "100.00", "papers": papers, "reason": "借款人无财产可供执行", "proposed_on": f"{day}"}
        proposed = await self.county.post(f"/api/v1/loans/{self.loan_id}/write-offs", body)
        if proposed.status_code == 201:
            decision = {"decision": "confirm", "decided_on": f"{day}"}
            decided = await act(self.county, f"write-offs/{proposed.json()['id']}/decisions", decision)
            assert decided.status_code == 201, decided.text
            self.written_off = True
            return
        refused = {"no-ground-to-write-off", "write-off-above-owed", "loan-not-classified", "date-before-step"}
        code = proposed.json()["code"]
        assert code == "loan-written-off" if self.written_off else code in refused, proposed.text

    async def cancel(self) -> None:
        """Take the disbursement back: refused while anything stands on the loan, else nothing is owed on any day."""
        body = {"cause": "other", "reason": "款项未使用即退回", "proposed_on": f"{LAST}"}
        path = f"/api/v1/loans/{self.loan_id}/disbursement-reversals"
        proposed = await self.county.post(path, body)
        if proposed.status_code != 201:
            assert proposed.json()["code"] in {"loan-has-postings", "loan-written-off"}, proposed.text
            return
        assert not self.counts
        decision = {"decision": "confirm", "decided_on": f"{LAST}"}
        decided = await act(self.county, f"disbursement-reversals/{proposed.json()['id']}/decisions", decision)
        assert decided.status_code == 201, decided.text
        account = await self.county.account(self.loan_id, f"{LAST}")
        assert (account["state"], account["payoff_amount"], account["remitted"]) == ("cancelled", "0.00", "0.00")

    async def give_back(self, day: date, amount: Decimal) -> None:
        """Refund what is held by two persons; more than is held is refused."""
        held = await self.held(day)
        body = {"amount": f"{amount:.2f}", "payee": "borrower", "account_reference": "A6228-1", "reason": "多还款退回"}
        path = f"/api/v1/loans/{self.loan_id}/refunds"
        proposed = await self.county.post(path, {**body, "proposed_on": f"{day}"})
        if amount > held:
            assert proposed.json()["code"] == "more-than-held"
            return
        assert proposed.status_code == 201, proposed.text
        self.refunds += 1
        decision = {"decision": "confirm", "decided_on": f"{day}", "bank_reference": f"{self.prefix}T{self.refunds}"}
        decided = await act(self.county, f"refunds/{proposed.json()['id']}/decisions", decision)
        assert decided.status_code == 201, decided.text
        refund_id = proposed.json()["id"]
        self.counts[refund_id] = Posting(UUID(refund_id), PostingKind.REFUND, day, refund_id, amount)

    async def held(self, day: date) -> Decimal:
        """Return what the clerk has in the drawer on a day and still has at the end."""
        (books,) = await self.books()
        days = (day, books.last_day(books.postings, day))
        return min(Clerk(books.contract, books.postings, books.rest_days, each).drawer for each in days)

    async def remit(self, remits: str, day: date, amount: Decimal, decision: str) -> None:
        """Remit by two persons what is unpaid of a kind on a day; where nothing is, that is refused."""
        body = {"remits": remits, "amount": f"{amount:.2f}", "value_on": f"{day}", "reason": "协商减免"}
        path = f"/api/v1/loans/{self.loan_id}/remissions"
        proposed = await self.county.post(path, {**body, "proposed_on": f"{LAST}"})
        if proposed.status_code != 201:
            assert proposed.json()["code"] == "nothing-to-remit"
            return
        remission, on = proposed.json(), f"{LAST}"
        decided = await act(
            self.county,
            f"remissions/{remission['id']}/decisions",
            {"decision": decision, "decided_on": on, "reason": "已核对"},
        )
        assert decided.status_code == 201, decided.text
        if decision == "confirm":
            assert decided.json()["remitted"] == remission["remitted"]
            self.remissions.append(remission["id"])
            remission_id, kind = UUID(remission["id"]), PostingKind.REMISSION
            self.counts[remission["id"]] = Posting(
                remission_id, kind, day, remission["id"], amount, remits=DueKind(remits)
            )

    async def restore(self, remission_id: str) -> None:
        """Take a remission back by two persons; a second time it is refused."""
        body = {"reason": "减免对象有误", "proposed_on": f"{LAST}"}
        proposed = await self.county.post(f"/api/v1/remissions/{remission_id}/reversals", body)
        if remission_id not in self.counts:
            assert proposed.json()["code"] == "remission-reversal-on-file"
            return
        assert proposed.status_code == 201, proposed.text
        path = f"remission-reversals/{proposed.json()['id']}/decisions"
        decided = await act(self.county, path, {"decision": "confirm", "decided_on": f"{LAST}"})
        assert decided.status_code == 201, decided.text
        assert decided.json()["after"] == proposed.json()["after"]
        del self.counts[remission_id]

    async def books(self) -> list[Books]:
        """Return the service's books of the loan."""
        async with self.county.service.database.pool.acquire() as conn:
            return await books_of(conn, [UUID(self.loan_id)])

    async def default(self, day: date) -> None:
        """Report and confirm a default where the books let it be."""
        given = papers("demand_letter", "acceleration_notice")  # of these packs one lets all principal fall due
        reported = await report(self.county, self.loan_id, reported_on=f"{day}", papers=given)
        refused = {"nothing-overdue", "default-too-early", "loan-not-active", "already-reported", "date-before-step"}
        if reported.status_code != 201:
            assert reported.json()["code"] in refused
            return
        confirmed = await confirm_default(self.county, reported.json()["id"], f"{day}")
        if confirmed.status_code != 201:
            assert confirmed.json()["code"] in refused
            return
        report_id = reported.json()["id"]
        self.counts[report_id] = Posting(UUID(report_id), PostingKind.DEFAULT, day, report_id)

    async def pass_day(self, day: date) -> None:
        """Run the job of a day, which uses what is held and marks what is late."""
        body = {"as_of": f"{day}", "county_code": COUNTY}
        answer = await self.county.post("/api/v1/jobs/mark-overdue/runs", body, role=Role.SERVICE_CENTRE)
        assert answer.status_code == 201, answer.text


BY_DAY = {"write off": Life.write_off, "default": Life.default, "day": Life.pass_day}


async def live(life: Life, data: st.DataObject, after_each: Callable[[], Awaitable[None]] | None = None) -> None:
    """Draw some steps and take them; `after_each` looks at the loan after each."""
    for number in range(data.draw(st.integers(1, 7), label="steps")):
        step = data.draw(STEPS)
        if step == "receive":
            kind = data.draw(st.sampled_from(["repayment", "prepayment"]))
            await life.receive(f"R{number}", kind, data.draw(DAYS), data.draw(AMOUNTS))
        elif step == "take back" and life.repayments:
            reference = data.draw(st.sampled_from(sorted(life.repayments)))
            await life.take_back(
                reference, data.draw(st.sampled_from(["confirmed", "confirmed", "refused", "withdrawn"]))
            )
        elif step == "give back":
            await life.give_back(data.draw(DAYS), data.draw(AMOUNTS))
        elif step == "remit":
            remits, decision = data.draw(st.sampled_from(["penalty", "interest"])), data.draw(REMITTED)
            await life.remit(remits, data.draw(DAYS), data.draw(AMOUNTS), decision)
        elif step == "restore" and life.remissions:
            await life.restore(data.draw(st.sampled_from(life.remissions)))
        elif "misuse" in step:
            amount = min(data.draw(AMOUNTS), Decimal("50000.00"))
            await misused.STEPS[step](life, data, data.draw(DAYS), amount, LAST)
        elif step == "correct" and life.repayments:
            kind = data.draw(st.sampled_from(["repayment", "prepayment"]))
            wrong = data.draw(st.sampled_from(sorted(life.repayments)))
            await life.correct(wrong, f"R{number}", kind, data.draw(DAYS), data.draw(AMOUNTS))
        elif step in BY_DAY:
            await BY_DAY[step](life, data.draw(DAYS))
        if after_each is not None:
            await after_each()


# A small difference is remitted in two of the counties.
TOLERANCES = ("0.02", "1.00", "0.00")


@pytest.fixture(params=zip(PACKS.values(), TOLERANCES, strict=True), ids=[*PACKS])
async def county(request: pytest.FixtureRequest, start_service: Callable[..., Awaitable[ServiceUnderTest]]) -> County:
    """Return a county for each kind of pack; every example lends two loans of its own."""
    terms, tolerance = request.param
    return await county_with_pack(
        await start_service("lending"), **terms, repayment__tolerance=tolerance, repayment__misuse_multiplier="2"
    )


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
async def test_whatever_happens_a_loan_is_what_its_postings_say(county: County, data: st.DataObject) -> None:
    lived, filed = [
        Life(county, loan["id"], f"{loan['contract_number']}-")
        for loan in [await county.lend(disbursed_on=LENT_ON) for _ in range(2)]
    ]

    await live(lived, data)

    await ensure_ledgers_agree(county)
    await by_files(lived, filed, data)
    await ensure_ledgers_agree(county)
    day = data.draw(DAYS, label="as of")
    for life in (lived, filed):
        await ensure_account(life, day)
    decided = lived.written_off or any(each.kind in DECIDED for each in lived.counts.values())
    if not decided:
        answers = [await county.account(life.loan_id, f"{day}") for life in (lived, filed)]
        assert {**answers[0], "loan_id": ""} == {**answers[1], "loan_id": ""}
    await lived.cancel()
    await ensure_ledgers_agree(county)


async def by_files(lived: Life, filed: Life, data: st.DataObject) -> None:
    """Book by one or two files on the second loan what counts on the first, in another order."""
    receipts = [each for each in lived.counts.values() if each.kind in {PostingKind.REPAYMENT, PostingKind.PREPAYMENT}]
    receipts = data.draw(st.permutations(receipts), label="order of the files")
    cut = data.draw(st.integers(0, len(receipts)), label="lines of the first file")
    number = (await filed.county.loan(filed.loan_id))["contract_number"]
    for part in (receipts[:cut], receipts[cut:]):
        lines = [
            f"{filed.prefix}{each.reference},{number},{each.kind},{each.value_on},{each.amount:.2f}" for each in part
        ]
        if lines:
            answer = (await filed.county.send_file("repayment-files", HEADER, lines)).json()
            assert (answer["recorded_count"], answer["rejections"]) == (len(lines), [])
    filed.counts = {each.reference: each for each in receipts}


async def ensure_account(life: Life, day: date) -> None:
    """Compare the loan's books with the clerk's, and the list of dues with the books."""
    books = await ensure_books(life, day)
    last = books.last_day(books.postings, day)
    await ensure_dues(life, account_as_of(books, last), last)


async def ensure_books(life: Life, day: date) -> Books:
    """Compare the stored account with the clerk's book, and any day's account with the clerk's of that day."""
    (books,) = await life.books()
    ids = {each.id: each.reference.removeprefix(life.prefix) for each in books.postings}
    postings = [replace(each, reference=ids[each.id]) for each in books.postings]
    assert {(each.kind, each.value_on, each.reference, each.amount) for each in postings} == {
        (each.kind, each.value_on, each.reference, each.amount) for each in life.counts.values()
    }
    for on in (day, max([day, *(each.value_on for each in postings)])):
        service = replay(books.contract, books.postings, books.rest_days, on)
        assert by_service(service) == by_clerk(Clerk(books.contract, books.postings, books.rest_days, on))
    stored = replay(books.contract, books.postings, books.rest_days, books.last_day(books.postings))
    assert books.principal_left == {receipt.posting.id: receipt.principal_left for receipt in stored.receipts}
    return books


async def ensure_dues(life: Life, account: Account, day: date) -> None:
    """Compare what the bank's list of dues asks for on a day with the account."""
    text = (await life.county.get(f"/api/v1/dues.csv?due_through={day}&paid_on={day}")).text
    rows = [row for row in csv.DictReader(text.splitlines()) if row["loan_id"] == life.loan_id]
    asked = {(row["due_on"], *(Decimal(row[name]) for name in (*DueKind, "surcharge"))) for row in rows}
    owed = {
        (
            f"{due.due_on}",
            *(due.unpaid(kind) for kind in DueKind),
            account.surcharge_due(due) - account.surcharge_paid(due),
        )
        for due in account.live
        if due.is_open and due.due_on <= day
    }
    assert asked == owed
