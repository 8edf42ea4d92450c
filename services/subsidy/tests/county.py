"""A small county for the tests: its pack, its loans and repayments as their events, its register."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi import FastAPI, Request

from shared.access import Role
from shared.events.base import Event
from shared.events.lending import (
    InterestPart,
    LoanDisbursed,
    LoanFigures,
    LoanRestated,
    PayerKind,
    RateFrom,
    RepaymentRecorded,
    RestatedRepayment,
)
from shared.events.registry import HouseholdStatusChanged, PolicyPackConfirmed
from shared.ids import new_id
from shared.policy.load import read_pack
from shared.policy.pack import PolicyPack
from shared.testing.service import ServiceUnderTest

COUNTY = "500236"
VILLAGE = "500236001201"
PACK_FILE = Path(__file__).resolve().parents[3] / "policy" / "packs" / "fengjie.yaml"
YEAR_2017 = {"period_from": "2017-01-01", "period_until": "2018-01-01"}


@cache
def pack_text() -> str:
    """Return Fengjie's pack as its file says."""
    return PACK_FILE.read_text(encoding="utf-8")


def pack(*changes: tuple[str, str]) -> PolicyPack:
    """Return the pack with parts of its text replaced; each must be there exactly once."""
    text = pack_text()
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return read_pack(text, "pack.yaml")


def confirmed(content: PolicyPack, *, version: int = 1, county: str = COUNTY) -> PolicyPackConfirmed:
    """Return the event that a pack was confirmed."""
    content = content.model_copy(update={"header": content.header.model_copy(update={"version": version})})
    return PolicyPackConfirmed(
        pack_id=new_id(),
        county_code=county,
        pack_version=version,
        effective_from=date(2016, 1, 1),
        content_hash=content.content_hash(),
        content=content.model_dump(mode="json"),
    )


@dataclass
class Loan:
    """A loan of the tests; events are numbered as lending numbers them."""

    principal: str = "50000.00"
    annual_rate: str = "4.35"
    term_months: int = 36
    disbursed_on: date = date(2017, 3, 1)
    village: str = VILLAGE
    bank_code: str = "CQRCB"
    pack_version: int = 1
    product_code: str | None = None
    mode: str = "direct"
    household_id: UUID = field(default_factory=new_id)
    loan_id: UUID = field(default_factory=new_id)
    version: int = 1

    def disbursed(self) -> LoanDisbursed:
        """Return the loan's first event."""
        return LoanDisbursed(
            loan_id=self.loan_id,
            application_id=new_id(),
            household_id=self.household_id,
            contract_number=f"C-{self.loan_id.hex[-8:]}",
            bank_code=self.bank_code,
            village_code=self.village,
            principal=Decimal(self.principal),
            annual_rate=Decimal(self.annual_rate),
            day_count="ACT/360",
            repayment_method="interest_only",
            term_months=self.term_months,
            disbursed_on=self.disbursed_on,
            matures_on=date(self.disbursed_on.year + 3, self.disbursed_on.month, 1),
            industry="planting",
            loan_round=1,
            pack_version=self.pack_version,
            product_code=self.product_code,
            mode=self.mode,
        )

    def paid(
        self,
        interest: str,
        *,
        on: date = date(2017, 12, 18),
        period: tuple[date, date] = (date(2017, 3, 1), date(2017, 12, 20)),
        number: int = 1,
        penalty: str = "0.00",
        kind: str = "repayment",
        parts: Sequence[InterestPart] | None = None,
        payer: PayerKind = "borrower",
        principal: str = "0.00",
    ) -> RepaymentRecorded:
        """Return the event that interest was paid, with principal or without."""
        amount = Decimal(interest)
        if parts is None:
            start, until = period
            parts = [
                InterestPart(installment_number=number, period_from=start, period_until=until, amount=each)
                for each in (amount,)
                if each
            ]
        return RepaymentRecorded(
            loan_id=self.loan_id,
            household_id=self.household_id,
            repayment_id=new_id(),
            bank_reference=f"R-{new_id().hex[-12:]}",
            kind=kind,  # type: ignore[arg-type]  # the tests also say it as text
            paid_on=on,
            amount=amount + Decimal(penalty) + Decimal(principal),
            penalty=Decimal(penalty),
            interest=amount,
            principal=Decimal(principal),
            interest_parts=list(parts),
            principal_outstanding=Decimal(self.principal),
            payer=payer,
        )

    def restated(
        self,
        *repayments: RepaymentRecorded,
        reversed_repayments: Sequence[UUID] = (),
        closed_on: date | None = None,
        rates: Sequence[tuple[date, str]] = (),
    ) -> LoanRestated:
        """Return the event that exactly these repayments count, all fields anew."""
        figures = LoanFigures(
            state="closed" if closed_on else "active",
            principal_outstanding=Decimal(self.principal),
            interest_paid=sum((each.interest for each in repayments), Decimal("0.00")),
            penalty_paid=sum((each.penalty for each in repayments), Decimal("0.00")),
            held=Decimal("0.00"),
            overdue_from=None,
            closed_on=closed_on,
            repaid_on_time=True,
        )
        fields = {"repayment_id", "bank_reference", "kind", "paid_on", "amount", "penalty", "interest", "principal",
                "held", "interest_parts", "payer"}  # fmt: skip
        return LoanRestated(
            loan_id=self.loan_id,
            household_id=self.household_id,
            village_code=self.village,
            bank_code=self.bank_code,
            cause="reversal",
            restated_on=date(2018, 3, 1),
            before=figures,
            after=figures,
            repayments=[
                RestatedRepayment(**each.model_dump(include=fields), refunded=Decimal("0.00")) for each in repayments
            ],
            reversed_repayments=list(reversed_repayments),
            annual_rate=Decimal(rates[-1][1]) if rates else None,
            rates=[RateFrom(from_on=day, annual_rate=Decimal(rate)) for day, rate in rates] or None,
        )


async def deliver(service: ServiceUnderTest, loan: Loan, event: Event) -> None:
    """Let the loan's next event arrive."""
    await service.deliver(event, aggregate_id=loan.loan_id, aggregate_version=loan.version, region_code=loan.village)
    loan.version += 1


async def lend(service: ServiceUnderTest, loan: Loan, *repayments: RepaymentRecorded) -> Loan:
    """Let a loan and its repayments arrive."""
    await deliver(service, loan, loan.disbursed())
    for repayment in repayments:
        await deliver(service, loan, repayment)
    return loan


async def mark(service: ServiceUnderTest, loan: Loan, state: str, on: date, version: int = 2) -> None:
    """Let the register's word about the loan's household arrive."""
    event = HouseholdStatusChanged(
        household_id=loan.household_id, village_code=loan.village, state=state, effective_from=on
    )
    await service.deliver(event, aggregate_id=loan.household_id, aggregate_version=version, region_code=loan.village)


@dataclass
class Register:
    """A registry that answers account look-ups; accounts can be missing or be corrected."""

    missing: set[UUID] = field(default_factory=set)
    versions: dict[UUID, int] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)
    merged: dict[UUID, UUID] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)

    def app(self) -> FastAPI:
        """Return the peer as an application."""
        app = FastAPI()

        @app.post("/api/v1/account-lookups")
        async def look_up(request: Request) -> dict[str, Any]:
            asked = [UUID(each) for each in (await request.json())["household_ids"]]
            self.asked.append(len(asked))
            found = [self._account(each) for each in asked if each not in self.missing]
            return {"accounts": found, "unknown": [str(each) for each in asked if each in self.missing]}

        @app.post("/api/v1/household-name-lookups")
        async def names(request: Request) -> dict[str, Any]:
            asked = [UUID(each) for each in (await request.json())["household_ids"]]
            return {"households": [self._name(each) for each in asked if each not in self.missing], "unknown": []}

        return app

    def _name(self, household_id: UUID) -> dict[str, Any]:
        name = self.names.get(household_id, "张三")
        number = f"FJ{household_id.int % 10**5:05}"
        masked = f"{name[0]}{'*' * (len(name) - 1)}"
        named = {"head_name": name, "head_name_masked": masked, "place": "永乐镇大坝村"}
        return {"household_id": str(household_id), "household_number": number, **named}

    def _account(self, household_id: UUID) -> dict[str, Any]:
        return {
            "household_id": str(household_id),
            "household_number": "H1",
            "holder_name": self.names.get(household_id, "张三"),
            "id_number": "11010519491231002X",
            "bank_code": "CQRCB",
            "account_number": "62220000" + str(household_id.int % 10**8).zfill(8),
            "account_version": self.versions.get(household_id, 1),
            "account_household_id": str(self.merged.get(household_id, household_id)),
        }


async def ask(
    service: ServiceUnderTest, path: str, role: Role, body: Any, *, expect: int = 201, **who: Any
) -> dict[str, Any]:
    """Send a write as an officer of the county and return the answer."""
    answer = await service.client.post(f"/api/v1{path}", json=body, headers=service.headers(role, **who))
    assert answer.status_code == expect, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def look(service: ServiceUnderTest, path: str, role: Role = Role.FINANCE_BUREAU, **who: Any) -> dict[str, Any]:
    """Read as an officer of the county."""
    answer = await service.client.get(f"/api/v1{path}", headers=service.headers(role, **who))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def open_programme(service: ServiceUnderTest, budget: str = "1000000.00", year: int = 2017) -> str:
    """Open a programme of one year and return its id."""
    body = {
        "county_code": COUNTY,
        "year": year,
        "name": "扶贫小额信贷贴息",
        "budget": budget,
        "fund_sources": ["县级财政"],
        "starts_on": f"{year}-01-01",
        "ends_on": f"{year}-12-31",
        "targets": [{"code": "households", "value": "2"}],
    }
    return await confirmed_programme(service, body)


async def confirmed_programme(service: ServiceUnderTest, body: dict[str, Any], region: str = COUNTY) -> str:
    """Open a programme, let a second officer confirm it and return its id."""
    first: dict[str, Any] = {"region": region}
    second = {**first, "subject": "bureau.chief"}
    opened = await ask(service, "/programmes", Role.FINANCE_BUREAU, body, **first)
    said = {"decision": "approve", "decided_on": "2017-01-05"}
    await ask(service, f"/programmes/{opened['id']}/decisions", Role.FINANCE_BUREAU, said, **second)
    return str(opened["id"])


async def adjust(
    service: ServiceUnderTest, programme_id: str, *, region: str = COUNTY, expect: int = 201, **change: Any
) -> dict[str, Any]:
    """Propose an adjustment of a programme's budget and let a second officer confirm it; return the decision."""
    body = {"fund_source": "县级财政", "decided_on": "2017-12-01", "note": "预算批复", **change}
    path, first = f"/programmes/{programme_id}/supplements", Role.FINANCE_BUREAU
    proposed = await ask(service, path, first, body, region=region, subject="bureau.clerk")
    path, word = f"/programme-supplements/{proposed['id']}/decisions", {"decision": "approve"}
    said = word | {"confirmed_on": body["decided_on"]}
    return await ask(service, path, first, said, region=region, subject="bureau.chief", expect=expect)


async def prepare(service: ServiceUnderTest, programme_id: str, *, expect: int = 201, **period: str) -> dict[str, Any]:
    """Prepare a batch of 2017, or of another period, at Christmas of the period's first year."""
    asked = {**YEAR_2017, **period}
    prepared_on = f"{asked['period_from'][:4]}-12-25"
    body = {"county_code": COUNTY, "programme_id": programme_id, "prepared_on": prepared_on, **asked}
    return await ask(service, "/subsidy-batches", Role.SERVICE_CENTRE, body, expect=expect)


async def _year_of(service: ServiceUnderTest, batch_id: str) -> str:
    return str((await look(service, f"/subsidy-batches/{batch_id}"))["prepared_on"])[:4]


async def review(service: ServiceUnderTest, batch_id: str, decision: str = "approve", **more: Any) -> dict[str, Any]:
    """Review a batch as the poverty office."""
    reviewed_on = f"{await _year_of(service, batch_id)}-12-26"
    body = {"decision": decision, "note": "核对无误", "reviewed_on": reviewed_on}
    return await ask(service, f"/subsidy-batches/{batch_id}/reviews", Role.POVERTY_OFFICE, body, **more)


async def approve(service: ServiceUnderTest, batch_id: str, decision: str = "approve", **more: Any) -> dict[str, Any]:
    """Approve a batch as the finance bureau."""
    approved_on = f"{await _year_of(service, batch_id)}-12-27"
    body = {"decision": decision, "note": "同意拨付", "approved_on": approved_on}
    return await ask(service, f"/subsidy-batches/{batch_id}/approvals", Role.FINANCE_BUREAU, body, **more)


async def approved_batch(service: ServiceUnderTest, programme_id: str, **period: str) -> str:
    """Take a batch through preparation, review and approval."""
    batch_id = str((await prepare(service, programme_id, expect=201, **period))["id"])
    await review(service, batch_id)
    await approve(service, batch_id)
    return batch_id


async def pay(service: ServiceUnderTest, batch_id: str, *, expect: int = 201, **more: Any) -> dict[str, Any]:
    """Start a payment run."""
    body = {"paid_on": f"{await _year_of(service, batch_id)}-12-28", **more}
    return await ask(service, f"/subsidy-batches/{batch_id}/payment-runs", Role.FINANCE_BUREAU, body, expect=expect)


async def instructions(service: ServiceUnderTest, run_id: str, **who: Any) -> list[list[str]]:
    """Return a run's instructions as rows of the bank's file, without the header."""
    answer = await service.client.get(
        f"/api/v1/payment-runs/{run_id}/instructions.csv", headers=service.headers(Role.FINANCE_BUREAU, **who)
    )
    assert answer.status_code == 200, answer.text
    return [line.split(",") for line in answer.content.decode("utf-8-sig").splitlines()[1:]]


def return_file(rows: Sequence[Sequence[str]]) -> tuple[bytes, int, str]:
    """Return a return file with its number of lines and its total."""
    text = "\n".join(",".join(row) for row in (("instruction_id", "state", "amount", "paid_on", "reason"), *rows))
    return text.encode(), len(rows), f"{sum((Decimal(row[2]) for row in rows), Decimal('0.00')):.2f}"


async def confirm(
    service: ServiceUnderTest,
    run_id: str,
    rows: Sequence[Sequence[str]],
    *,
    expect: int = 201,
    lines: int | None = None,
    total: str | None = None,
    role: Role = Role.FINANCE_BUREAU,
    **who: Any,
) -> dict[str, Any]:
    """Send a return file."""
    body, counted, summed = return_file(rows)
    announced = {"line_count": str(counted if lines is None else lines), "total_amount": total or summed}
    answer = await service.client.post(
        f"/api/v1/payment-runs/{run_id}/return-files",
        params=announced,
        content=body,
        headers=service.headers(role, **who) | {"Content-Type": "text/csv"},
    )
    assert answer.status_code == expect, answer.text
    found: dict[str, Any] = answer.json()
    return found


def paid_rows(sent: Sequence[Sequence[str]], on: str = "2017-12-29") -> list[list[str]]:
    """Return return-file rows that confirm every instruction."""
    return [[row[0], "paid", row[4], on, ""] for row in sent]


@dataclass
class Lender:
    """Lending as subsidy asks it: what publications would do to loans."""

    consequences: dict[str, Any] = field(default_factory=lambda: {"loan_count": 0, "kept_count": 0})
    questions: list[dict[str, Any]] = field(default_factory=list)

    def app(self) -> FastAPI:
        """Return the application that answers."""
        app = FastAPI()

        @app.post("/api/v1/rate-consequences")
        async def consequences(request: Request) -> dict[str, Any]:
            self.questions.append(await request.json())
            sums = dict.fromkeys(("interest_before", "interest_after", "penalty_before", "penalty_after"), "0.00")
            return {**sums, "items": [], "next": None, **self.consequences}

        return app
