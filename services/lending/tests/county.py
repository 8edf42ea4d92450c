"""A small county for tests of loans: its pack, its rates, and applications that were handed over to a bank."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import orjson

from shared.access import Role
from shared.ids import new_id
from shared.policy.load import load_pack
from shared.testing.service import ServiceUnderTest

BANK = "fjrcb"
VILLAGE = "500236001201"
COUNTY = "500236"
ROOT = Path(__file__).resolve().parents[3]


@dataclass
class County:
    """The service with one pack in force; every method stands for what officers did before."""

    service: ServiceUnderTest
    pack_id: UUID = field(default_factory=new_id)
    counted: int = 0

    async def hand_over(
        self,
        amount: str = "50000.00",
        *,
        term_months: int = 36,
        handed_over_on: date = date(2017, 3, 1),
        bank: str = BANK,
        village: str = VILLAGE,
        state: str = "handed_over",
        loan_round: int = 1,
        household_id: UUID | None = None,
        industry: str = "planting",
        conditions: Sequence[dict[str, str]] = (),
        mode: str = "direct",
        cover_expires_on: date | None = date(2999, 12, 31),
    ) -> UUID:
        """Put one approved application into the bank's hands and return its id."""
        application_id = new_id()
        self.counted += 1
        await self.service.database.pool.execute(
            """INSERT INTO application (id, household_id, household_number, village_code, township_code, county_code,
                 bank_code, amount, term_months, industry, purpose, loan_round, state, state_from, pack_id,
                 pack_version, eligibility, filed_on, filed_by, approved_on, handed_over_on, handed_over_by,
                 disbursement_due_on, conditions, mode, cover_expires_on)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $14, $14, $10, $11, $12::date, $13, 1, '{}', $12::date,
                 'clerk', $12::date, $12::date, 'centre', $12::date + 9, $15, $16, $17)""",
            application_id,
            household_id or new_id(),
            f"H{self.counted:06d}",
            village,
            village[:9],
            village[:6],
            bank,
            Decimal(amount),
            term_months,
            loan_round,
            state,
            handed_over_on,
            self.pack_id,
            industry,
            list(conditions),
            mode,
            cover_expires_on,
        )
        return application_id

    async def lend(
        self, amount: str = "50000.00", *, disbursed_on: date = date(2017, 3, 6), **application: Any
    ) -> dict[str, Any]:
        """Hand over and disburse one loan; answer it as the API shows it."""
        application.setdefault("handed_over_on", min(date(2017, 3, 1), disbursed_on))
        application_id = await self.hand_over(amount, **application)
        body = {
            "contract_number": f"C{self.counted:06d}",
            "bank_reference": f"D{self.counted:06d}",
            "disbursed_on": disbursed_on.isoformat(),
            "amount": amount,
        }
        answer = await self.post(
            f"/api/v1/applications/{application_id}/disbursements", body, bank=application.get("bank", BANK)
        )
        assert answer.status_code == 201, answer.text
        loan: dict[str, Any] = answer.json()
        return loan

    async def post(self, path: str, body: Any, *, role: Role = Role.BANK, bank: str | None = BANK, **who: Any) -> Any:
        """Send JSON, or bytes as CSV, as an officer with a new key."""
        headers = self.service.headers(role, organisation=bank if role is Role.BANK else None, **who)
        if isinstance(body, bytes):
            return await self.service.client.post(path, content=body, headers={**headers, "Content-Type": "text/csv"})
        return await self.service.client.post(path, json=body, headers=headers)

    async def get(self, path: str, *, role: Role = Role.BANK, bank: str | None = BANK, **who: Any) -> httpx.Response:
        """Read as an officer."""
        headers = self.service.headers(role, organisation=bank if role is Role.BANK else None, **who)
        return await self.service.client.get(path, headers=headers)

    async def loan(self, loan_id: str) -> dict[str, Any]:
        """Return a loan as the bank sees it."""
        answer: dict[str, Any] = (await self.get(f"/api/v1/loans/{loan_id}")).json()
        return answer

    async def account(self, loan_id: str, as_of: str) -> dict[str, Any]:
        """Return a loan's account as of a day."""
        answer: dict[str, Any] = (await self.get(f"/api/v1/loans/{loan_id}/account?as_of={as_of}")).json()
        return answer

    async def installments(self, loan_id: str) -> list[dict[str, Any]]:
        """Return the schedule in force."""
        rows = (await self.get(f"/api/v1/loans/{loan_id}/installments")).json()["items"]
        return [row for row in rows if row["cancelled_on"] is None]

    async def repay(
        self, loan_id: str, amount: str, paid_on: str, reference: str, kind: str = "repayment", **payer: str
    ) -> Any:
        """Record one repayment; `payer` and `payer_name` where it was not the borrower."""
        body = {"bank_reference": reference, "kind": kind, "paid_on": paid_on, "amount": amount, **payer}
        return await self.post(f"/api/v1/loans/{loan_id}/repayments", body)

    async def send_file(self, kind: str, header: str, rows: list[str], **totals: Any) -> Any:
        """Send a file with its right totals, unless others are given."""
        amounts = [row.rpartition(",")[2] for row in rows]
        total = sum((Decimal(amount) for amount in amounts if amount[:1].isdigit()), Decimal(0))
        asked = {"line_count": len(rows), "total_amount": f"{total:.2f}", **totals}
        query = "&".join(f"{key}={value}" for key, value in asked.items())
        return await self.post(f"/api/v1/{kind}?{query}", "\n".join([header, *rows, ""]).encode())


@cache
def _fengjie() -> bytes:
    return orjson.dumps(load_pack(ROOT / "policy" / "packs" / "fengjie.yaml").model_dump(mode="json"))


async def county_with_pack(service: ServiceUnderTest, **changed: Any) -> County:
    """Return a county whose pack is Fengjie's with `section__value=...` changed, and its reference rates."""
    content: dict[str, Any] = orjson.loads(_fengjie())
    for name, value in changed.items():
        section, key = name.split("__")
        left_out = {"assumed": True, "reason": "Set by a test."}
        content[section][key] = {**(content[section].get(key) or left_out), "value": value}
    county = County(service)
    pool = service.database.pool
    await pool.execute(
        "INSERT INTO policy_pack (pack_id, county_code, pack_version, effective_from, content_hash, content) "
        "VALUES ($1, $2, 1, '2017-01-01', 'test', $3)",
        county.pack_id,
        COUNTY,
        content,
    )
    await pool.execute(
        "INSERT INTO reference_rate (rate_id, basis, effective_from, up_to_1y, over_1y_to_5y, over_5y) "
        "VALUES (uuid7(), 'PBOC_BENCHMARK', '2015-10-24', 4.35, 4.75, 4.90)"
    )
    return county


def as_json(data: Any) -> bytes:
    """Return an event's data as it travels, so that a test reads it the way a consumer does."""
    return orjson.dumps(data)
