"""A county that talks to the risk fund as its officers, its bank and its insurer do, and lets events arrive."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import count
from typing import Any
from uuid import UUID

import httpx
import orjson

from services.riskfund.tests.lending import LENT_ON, Lending, Loan
from shared.access import Role
from shared.events.base import Event
from shared.events.registry import PolicyPackConfirmed
from shared.ids import new_id
from shared.migrations import ROOT
from shared.policy.load import load_pack
from shared.testing.service import ServiceUnderTest

COMMITTEE = (Role.SERVICE_CENTRE, Role.FINANCE_BUREAU, Role.POVERTY_OFFICE)
_sequence = count(1)


@cache
def _fengjie() -> bytes:
    return orjson.dumps(load_pack(ROOT / "policy" / "packs" / "fengjie.yaml").model_dump(mode="json"))


def fengjie(**changes: Any) -> dict[str, Any]:
    """Return Fengjie's pack as it travels; `fund__multiplier="5"` changes one value."""
    content: dict[str, Any] = orjson.loads(_fengjie())
    for name, value in changes.items():
        section, key = name.split("__")
        leaf = content[section][key] or {"assumed": True, "reason": "Set by a test."}
        content[section][key] = {**leaf, "value": value}
    return content


@dataclass
class County(Lending):
    """One county's parties; every method is one request or lets an event arrive."""

    service: ServiceUnderTest
    code: str = "500236"
    fund_id: str = ""

    async def post(self, path: str, body: Any, role: Role, subject: str | None = None, **who: Any) -> httpx.Response:
        """Send one write as an officer of this role."""
        who.setdefault("region", self.code)
        headers = self.service.headers(role, subject=subject, **who)
        return await self.service.client.post(f"/api/v1{path}", json=body, headers=headers)

    async def get(self, path: str, role: Role = Role.FINANCE_BUREAU, **who: Any) -> httpx.Response:
        """Send one read."""
        who.setdefault("region", self.code)
        return await self.service.client.get(f"/api/v1{path}", headers=self.service.headers(role, **who))

    async def confirm_pack(self, content: dict[str, Any], version: int = 1) -> None:
        """Deliver the event of a confirmed pack, that of this county."""
        header = {**content["header"], "regions": [self.code], "version": version}
        pack_id, content = new_id(), {**content, "header": header}
        event = PolicyPackConfirmed(
            pack_id=pack_id,
            county_code=self.code,
            pack_version=version,
            effective_from=date(2017, 1, 1),
            content_hash="0" * 64,
            content=content,
        )
        await self.deliver(event, pack_id, 1)

    async def deliver(self, event: Event, aggregate_id: UUID, version: int) -> None:
        """Let one event arrive."""
        await self.service.deliver_all([self.message(event, aggregate_id, version)])

    # --- fund and cover

    async def open_fund(self, paid_in: str | None = "50000000.00") -> str:
        """Open the county's fund and pay money in."""
        self.fund_id = await self.open_account(None)
        if paid_in:
            assert (await self.pay_in(paid_in)).status_code == 201
        return self.fund_id

    async def open_account(self, bank_code: str | None, paid_in: str | None = None) -> str:
        """Open the county's account or one for a bank's loans alone; return its id."""
        body = {"county_code": self.code, "name": "风险补偿金", "account_bank": "重庆农商行", "opened_on": "2017-01-03"}
        answer = await self.post("/funds", {**body, "bank_code": bank_code}, Role.FINANCE_BUREAU)
        assert answer.status_code == 201, answer.text
        account: str = answer.json()["id"]
        if paid_in:
            assert (await self.pay_in(paid_in, account=account)).status_code == 201
        return account

    async def pay_in(self, amount: str, reference: str | None = None, account: str | None = None) -> httpx.Response:
        """Pay money into the fund."""
        body = {
            "amount": amount,
            "received_on": "2017-01-05",
            "source": "县财政",
            "bank_reference": reference or f"PAY-{next(_sequence)}",
        }
        return await self.post(f"/funds/{account or self.fund_id}/contributions", body, Role.FINANCE_BUREAU)

    async def fund(self, account: str | None = None) -> dict[str, Any]:
        """Return the fund as the finance bureau sees it."""
        answer = await self.get(f"/funds/{account or self.fund_id}?as_of=2018-12-31")
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def reserve(
        self,
        items: list[tuple[UUID, str]],
        as_of: date = LENT_ON,
        expires_on: date | None = None,
        bank_code: str | None = None,
        product_code: str | None = None,
    ) -> httpx.Response:
        """Ask for cover as lending does."""
        body = {
            "county_code": self.code,
            "product_code": product_code,
            "bank_code": bank_code,
            "as_of": str(as_of),
            "expires_on": str(expires_on or as_of + timedelta(days=60)),
            "items": [{"application_id": str(id_), "amount": amount} for id_, amount in items],
        }
        return await self.post("/cover-reservations", body, Role.SERVICE, region="", subject="service:lending")

    async def review(self, claim_id: str, member: str, outcome: str = "void", on: str = "2018-07-05") -> httpx.Response:
        """Answer a review as a member of the committee."""
        body = {"outcome": outcome, "answered_on": on, "reason": "已核实"}
        role = COMMITTEE[int(member[-1]) % len(COMMITTEE)]
        return await self.post(f"/claims/{claim_id}/review-answers", body, role, member)

    async def lend(self, principal: str = "50000.00", **values: Any) -> Loan:
        """Reserve cover and pay a loan out."""
        loan = self.loan(principal, **values)
        reserved = await self.reserve([(loan.application_id, principal)], bank_code=loan.bank_code)
        assert reserved.json()["refused_applications"] == [], reserved.text
        await self.service.deliver_all([self.disbursed(loan)])
        return loan

    async def default(self, principal: str = "50000.00", cause: str = "business_failure", **values: Any) -> Loan:
        """Lend, and let the loan default."""
        loan = await self.lend(principal, **values)
        await self.service.deliver_all([self.defaulted(loan, cause)])
        return loan

    # --- claims

    async def insure(self, loan: Loan, sum_insured: str = "30000.00", **values: Any) -> httpx.Response:
        """Record an accident policy of the insurer `picc` on the loan."""
        body = {
            "loan_id": str(loan.loan_id),
            "insurer_code": "picc",
            "kind": "accident",
            "policy_number": "P-1",
            "sum_insured": sum_insured,
            "valid_from": "2017-03-01",
            "valid_until": "2018-03-01",
            **values,
        }
        return await self.post("/insurance-policies", body, Role.BANK, "bank-clerk", organisation=loan.bank_code)

    async def file(self, loan: Loan, filed_on: str = "2018-06-05", subject: str = "bank-clerk", **more: Any) -> Any:
        """File a claim as the loan's bank."""
        body = {"loan_id": str(loan.loan_id), "filed_on": filed_on, **more}
        return await self.post("/claims", body, Role.BANK, subject, organisation=loan.bank_code)

    async def answer(self, claim_id: str, amount: str, insurer: str = "picc", **more: Any) -> httpx.Response:
        """Answer a claim as an insurer; 0.00 declines."""
        body = {
            "accepted": amount != "0.00",
            "amount_paid": amount,
            "answered_on": "2018-06-15",
            "reference": f"ANS-{next(_sequence)}",
            **more,
        }
        path = f"/claims/{claim_id}/insurance-answers"
        return await self.post(path, body, Role.INSURER, f"{insurer}-api", organisation=insurer)

    async def decide(
        self, claim_id: str, member: str, decision: str = "approve", on: str = "2018-06-20"
    ) -> httpx.Response:
        """Decide as a member of the committee, for another of its offices by each member's number."""
        body = {"decision": decision, "decided_on": on, "reason": "已核实"}
        role = COMMITTEE[int(member[-1]) % len(COMMITTEE)] if member[-1].isdigit() else COMMITTEE[0]
        return await self.post(f"/claims/{claim_id}/decisions", body, role, member)

    async def pay(self, claim_id: str, subject: str = "cashier", on: str = "2018-06-25", **more: Any) -> httpx.Response:
        """Pay an approved claim as the finance bureau."""
        body = {"paid_on": on, "bank_reference": f"OUT-{next(_sequence)}", **more}
        return await self.post(f"/claims/{claim_id}/payments", body, Role.FINANCE_BUREAU, subject)

    async def compensate(self, loan: Loan) -> dict[str, Any]:
        """File, approve twice and pay."""
        claim_id = (await self.file(loan)).json()["id"]
        await self.decide(claim_id, "member-1")
        await self.decide(claim_id, "member-2")
        paid = await self.pay(claim_id)
        assert paid.status_code == 201, paid.text
        claim: dict[str, Any] = paid.json()
        return claim

    async def give_back(
        self, recovery_id: str, amount: str, on: str = "2018-09-05", bank: str = "cqrcb", reference: str | None = None
    ) -> httpx.Response:
        """Return the fund's part of a recovery as the bank."""
        reference = reference or f"BACK-{next(_sequence)}"
        body = {"returned_on": on, "bank_reference": reference, "amount": amount}
        return await self.post(f"/recoveries/{recovery_id}/returns", body, Role.BANK, "bank-clerk", organisation=bank)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code of a refusal."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]
