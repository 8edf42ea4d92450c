"""Registry and riskfund as lending sees them: small applications that answer the documented contract."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

NAMESPACE = UUID("6f2d5f0e-0000-4000-8000-000000000000")


def household_id(number: str) -> UUID:
    """Return the id the fake registry gives a household number."""
    return uuid5(NAMESPACE, number)


@dataclass
class Registry:
    """Households are `<village code>-<n>`; `reasons` stand against single ones, `unknown` are on no register."""

    reasons: dict[str, list[str]] = field(default_factory=dict)
    conditions: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    credit_limit: str | None = "50000.00"
    entities: dict[str, str] = field(default_factory=dict)  # of help agreements
    questions: list[dict[str, Any]] = field(default_factory=list)
    lookups: list[dict[str, Any]] = field(default_factory=list)
    writes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)  # key and body, repetitions too
    writes_fail: bool = False
    heads: dict[str, str] = field(default_factory=dict)  # names by household id
    regions: set[str] = field(default_factory=set)  # the townships and villages on file
    page: int = 500
    fails: bool = False
    meanwhile: Callable[[], Awaitable[None]] | None = None  # happens once, while the next question is answered
    _numbers: dict[str, str] = field(default_factory=dict)

    def app(self) -> FastAPI:
        """Return the application."""
        app = FastAPI()

        @app.post("/api/v1/eligibility-checks")
        async def check(request: Request) -> Any:
            if self.fails:
                return JSONResponse({"detail": "down"}, 503)
            body = await request.json()
            self.questions.append(body)
            meanwhile, self.meanwhile = self.meanwhile, None
            if meanwhile is not None:
                await meanwhile()
            return {"items": [self._answer(item, body["asker_regions"]) for item in body["items"]]}

        @app.get("/api/v1/regions/{within}/descendants")
        async def descendants(within: str, level: str, as_of: str, limit: int, cursor: str = "") -> Any:
            if self.fails:
                return JSONResponse({"detail": "down"}, 503)
            digits = {"township": 9, "village": 12}[level]
            codes = [code for code in self.regions if len(code) == digits and code.startswith(within) and code > cursor]
            items = [{"code": code, "name": f"{code}村"} for code in sorted(codes)[: min(limit, self.page)]]
            return {"items": items, "next": items[-1]["code"] if len(codes) > len(items) else None}

        @app.post("/api/v1/household-lookups")
        async def look_up(request: Request) -> Any:
            body = await request.json()
            self.lookups.append(body)
            if self.fails:
                return JSONResponse({"detail": "down"}, 503)
            self._numbers |= {
                str(household_id(item["household_number"])): item["household_number"]
                for item in body["items"]
                if "household_number" in item
            }
            found = [self._answer(item, body["asker_regions"]) for item in body["items"]]
            named = ("household_id", "household_number", "household_version", "village_code")
            return {"items": [{key: each[key] for key in named} if each["household_id"] else None for each in found]}

        @app.post("/api/v1/credit-surveys", status_code=201)
        async def record_surveys(request: Request) -> Any:
            return self._written(request.headers["idempotency-key"], await request.json(), {"recorded_count": 1})

        @app.post("/api/v1/visit-ratings", status_code=201)
        async def rate(request: Request) -> Any:
            rated = {"office": "service_centre", "score": "92.00000000", "grade": "A", "credit_limit": "50000.00"}
            return self._written(request.headers["idempotency-key"], await request.json(), rated)

        @app.post("/api/v1/household-name-lookups")
        async def look_up_names(request: Request) -> Any:
            body = await request.json()
            if self.fails:
                return JSONResponse({"detail": "down"}, 503)
            known = {each: self._named(each) for each in body["household_ids"] if each in self.heads}
            unknown = [each for each in body["household_ids"] if each not in known]
            return {"households": list(known.values()), "unknown": unknown}

        return app

    def _written(self, key: str, body: dict[str, Any], answer: dict[str, Any]) -> Any:
        if self.writes_fail:
            return JSONResponse({"detail": "down"}, 503)
        self.writes.append((key, body))
        return answer

    def _named(self, household: str) -> dict[str, str]:
        name = self.heads[household]
        masked = name[:1] + "*" * (len(name) - 1)
        return {"household_id": household, "head_name": name, "head_name_masked": masked, "place": "永乐镇大坝村"}

    def _answer(self, item: dict[str, Any], asker_regions: list[str]) -> dict[str, Any]:
        number = item.get("household_number") or self._numbers[item["household_id"]]
        if number in self.unknown or not number.startswith(tuple(asker_regions)):
            return {"household_number": number, "household_id": None, "reasons": []}
        codes = self.reasons.get(number, [])
        return {
            "household_number": number,
            "household_id": str(household_id(number)),
            "household_version": 3,
            "village_code": number.split("-")[0],
            "eligible": not codes,
            "grade": "A",
            "credit_limit": self.credit_limit,
            "entity_id": self.entities.get(number),
            "reasons": [{"code": code, "clause": "FJ-6", "zh": "不符合条件", "en": "not eligible"} for code in codes],
            "conditions": self.conditions.get(number, []),
        }


@dataclass
class Riskfund:
    """Reserves, application by application, until `available` is used up; a key is answered once."""

    available: Decimal = Decimal("1000000000.00")
    reserved: dict[str, Decimal] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    fails: bool = False

    def app(self) -> FastAPI:
        """Return the application."""
        app = FastAPI()

        @app.post("/api/v1/cover-reservations", status_code=201)
        async def reserve(request: Request) -> Any:
            if self.fails:
                return JSONResponse({"detail": "down"}, 503)
            body = await request.json()
            self.requests.append((request.headers["idempotency-key"], body))
            return self._answer(body)

        return app

    def _answer(self, body: dict[str, Any]) -> dict[str, Any]:
        granted, refused, missing = [], [], Decimal("0.00")
        for item in body["items"]:
            amount = Decimal(item["amount"])
            if item["application_id"] in self.reserved:
                granted.append(item["application_id"])
            elif amount <= self.available:
                self.available -= amount
                self.reserved[item["application_id"]] = amount
                granted.append(item["application_id"])
            else:
                refused.append(item["application_id"])
                missing += amount
        return {
            "reserved_applications": granted,
            "refused_applications": refused,
            "cover": {"available": f"{self.available:.2f}", "missing_amount": f"{missing / 10:.2f}"},
            "code": "cover-exhausted" if refused else None,
            "detail": "额度不足 The fund has no cover left." if refused else None,
        }
