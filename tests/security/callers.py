"""Callers who go to a service's own port with a token signed for it, as only the gateway can."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx

from deploy.platform import Platform
from shared.access import Grant, Principal, Role
from shared.ids import new_id
from shared.tokens import TokenSigner
from tests.security.operations import COUNTY, Operation

TOKEN_SECONDS: Final = 3600
AT_ONCE: Final = 4  # caller and service keep two processors busy; each further connection only costs
ORGANISATIONS: Final = {Role.BANK: "RCB", Role.INSURER: "PICC"}

_IDS: Final = {
    "registry": {
        "import_id": "SELECT id FROM household_import LIMIT 1",
        "household_id": "SELECT id FROM household WHERE village_code ^@ '500236001' ORDER BY id LIMIT 1",
        "pack_id": "SELECT id FROM policy_pack LIMIT 1",
        "campaign_id": "SELECT id FROM rating_campaign LIMIT 1",
        "code": "SELECT '500236001'",
    },
    "lending": {
        "batch_id": "SELECT batch_id FROM application WHERE id = (SELECT application_id FROM loan WHERE id = {loan})",
        "application_id": "SELECT application_id FROM loan WHERE id = {loan}",
        "loan_id": "{loan}",
        "bank_code": "SELECT 'RCB'",
        "branch_id": "SELECT id FROM bank_branch WHERE bank_code = 'RCB' LIMIT 1",
        "objection_id": "SELECT id FROM objection LIMIT 1",
        "notice_id": "SELECT id FROM public_notice LIMIT 1",
        "file_id": "SELECT id FROM repayment_file WHERE bank_code = 'RCB' LIMIT 1",
        "report_id": "SELECT id FROM default_report LIMIT 1",
    },
    "subsidy": {
        "batch_id": "SELECT id FROM subsidy_batch LIMIT 1",
        "run_id": "SELECT id FROM payment_run LIMIT 1",
        "programme_id": "SELECT id FROM programme LIMIT 1",
    },
    "riskfund": {
        "fund_id": "SELECT id FROM fund LIMIT 1",
        "claim_id": "SELECT id FROM claim LIMIT 1",
        "recovery_id": "SELECT id FROM recovery LIMIT 1",
    },
}
_LOAN: Final = """(
SELECT id FROM loan WHERE bank_code = 'RCB' AND township_code = '500236001' AND state = 'active'
ORDER BY contract_number LIMIT 1)"""


@dataclass
class Ports:
    """The services' own ports, and the gateway's key."""

    platform: Platform
    http: httpx.AsyncClient
    signer: TokenSigner
    ids: dict[str, str]
    _tokens: dict[Any, str] = field(default_factory=dict)

    def token(
        self, service: str, role: Role, region: str | None = None, organisation: str | None = None, subject: str = ""
    ) -> str:
        """Return a token for one service that carries one role; services' own role is for the whole country."""
        scope = region if region is not None else ("" if role is Role.SERVICE else COUNTY)
        known = (service, role, scope, organisation, subject)
        if known not in self._tokens:
            who = subject or f"{role}-{scope}"
            caller = Principal(who, who, (Grant(role, scope),), organisation or ORGANISATIONS.get(role))
            self._tokens[known] = self.signer.sign(caller, service, TOKEN_SECONDS)
        return self._tokens[known]

    async def call(self, operation: Operation, token: str | None, *, with_key: bool = False, **content: Any) -> Any:
        """Send one request to the operation's service and return the answer; what is not given is made up."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        headers |= content.pop("headers", {})
        if with_key:
            headers["Idempotency-Key"] = str(new_id())
        content.setdefault("params", operation.query())
        if operation.media_type == "application/json":
            content.setdefault("json", {})
        elif operation.media_type is not None:
            headers["Content-Type"] = operation.media_type
            content.setdefault("content", b"-")
        path = content.pop("path", operation.path(self.ids))
        url = f"{self.platform.urls[operation.service]}{path}"
        try:
            return await self.http.request(operation.method, url, headers=headers, **content)
        except httpx.TransportError as error:
            raise AssertionError(f"{operation.method} {url[:200]} {str(content)[:200]}: {error!r}") from None

    async def recorded(self) -> int:
        """Return how many events and stored answers the four services hold; a refused request adds none."""
        total = 0
        for service in _IDS:
            for table in ("outbox", "idempotency_key"):
                total += await self._value(service, f"SELECT count(*) FROM {table}")
        return total

    async def learn_ids(self) -> None:
        """Find one real thing of each kind."""
        for service, queries in _IDS.items():
            for name, query in queries.items():
                sql = query.replace("{loan}", _LOAN)
                self.ids[f"{service}.{name}"] = str(await self._value(service, f"SELECT ({sql})::text"))

    async def _value(self, service: str, query: str) -> Any:
        connection = await asyncpg.connect(self.platform.env[f"RECONCILE_{service.upper()}_DATABASE_URL"])
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()


def ports_of(platform: Platform, http: httpx.AsyncClient) -> Ports:
    """Return the platform's ports with the gateway's signing key."""
    return Ports(platform, http, TokenSigner.from_directory(Path(platform.env["PLATFORM_KEYS_DIR"]), "gateway"), {})


async def gathered(requests: Iterable[Any]) -> list[Any]:
    """Await all, a few at a time, and return the answers in order."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def gated(request: Any) -> Any:
        async with gate:
            return await request

    return await asyncio.gather(*(gated(request) for request in requests))


def is_problem(answer: httpx.Response) -> bool:
    """Return whether an answer is a named refusal as RFC 9457 has it."""
    if answer.headers.get("content-type") != "application/problem+json":
        return False
    problem = answer.json()
    return bool(problem["code"] and problem["detail"] and problem["status"] == answer.status_code)
