"""What lending asks its peers, in their words; each answer is stored with the decision it led to."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from shared.clients import PeerClient
from shared.db import Connection
from shared.ids import new_id
from shared.policy.vocabulary import Consequence
from shared.rules.reasons import Condition, Reason
from shared.web.writes import Writer


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Registry's answer about one household; `answer` is the whole of it, as it is stored with the application."""

    household_id: UUID
    household_number: str
    household_version: int
    village_code: str
    grade: str | None
    credit_limit: Decimal | None
    entity_id: UUID | None
    reasons: tuple[Reason, ...]
    conditions: tuple[Condition, ...]
    answer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Household:
    """A household on the register, as registry names it."""

    household_id: UUID
    household_number: str
    household_version: int
    village_code: str


REGIONS_AT_ONCE = 500  # the most that registry gives in one page


async def list_regions(registry: PeerClient, within: str, level: str, as_of: date) -> dict[str, str]:
    """Return the regions of a level within another, in force on a day: their names by code.

    Raises:
        PeerUnavailable: registry did not answer in time.
    """
    path = f"/api/v1/regions/{within}/descendants"
    asked: dict[str, Any] = {"level": level, "as_of": as_of.isoformat(), "limit": REGIONS_AT_ONCE}
    found: dict[str, str] = {}
    while True:
        page = await registry.get(path, **asked)
        found |= {region["code"]: region["name"] for region in page["items"]}
        if page["next"] is None:
            return found
        asked["cursor"] = page["next"]


async def ask_eligibility(
    registry: PeerClient, as_of: date, asker_regions: Sequence[str], items: Sequence[Mapping[str, Any]]
) -> list[Eligibility | None]:
    """Ask registry which of these households may borrow, and get one answer for each item, in order.

    A household outside `asker_regions` (prefixes) or on no register is None.

    Raises:
        PeerUnavailable: registry did not answer in time.
        PeerRefused: registry refused the question.
    """
    body = {
        "as_of": as_of.isoformat(),
        "asker_regions": list(asker_regions),
        "for_application": True,
        "items": list(items),
    }
    answer = await registry.ask("/api/v1/eligibility-checks", body)
    return [_eligibility(found) if found["household_id"] else None for found in answer["items"]]


async def ask_households(
    registry: PeerClient, county_code: str | None, asker_regions: Sequence[str], named: Sequence[Mapping[str, str]]
) -> list[Household | None]:
    """Ask registry which households are meant, by number or id, and get one answer for each name, in order.

    A household outside `asker_regions` (prefixes) or on no register is None.

    Raises:
        PeerUnavailable: registry did not answer in time.
        PeerRefused: registry refused the question.
    """
    body = {"county_code": county_code, "asker_regions": list(asker_regions), "items": list(named)}
    answer = await registry.ask("/api/v1/household-lookups", body)
    return [None if found is None else _household(found) for found in answer["items"]]


@dataclass(frozen=True, slots=True)
class HouseholdName:
    """What a public notice calls a household: its head's name, whole and masked, and its place."""

    head_name: str
    head_name_masked: str
    place: str


async def ask_names(
    registry: PeerClient, asker_regions: Sequence[str], household_ids: Sequence[UUID]
) -> dict[UUID, HouseholdName]:
    """Ask registry what a public notice calls these households; one outside `asker_regions` is missing.

    Raises:
        PeerUnavailable: registry did not answer in time.
        PeerRefused: registry refused the question.
    """
    body = {"asker_regions": list(asker_regions), "household_ids": [str(each) for each in household_ids]}
    answer = await registry.ask("/api/v1/household-name-lookups", body)
    return {
        UUID(each["household_id"]): HouseholdName(each["head_name"], each["head_name_masked"], each["place"])
        for each in answer["households"]
    }


def _household(found: Mapping[str, Any]) -> Household:
    return Household(
        UUID(found["household_id"]),
        str(found["household_number"]),
        int(found["household_version"]),
        str(found["village_code"]),
    )


def _eligibility(found: Mapping[str, Any]) -> Eligibility:
    return Eligibility(
        household_id=UUID(found["household_id"]),
        household_number=str(found["household_number"]),
        household_version=int(found["household_version"]),
        village_code=str(found["village_code"]),
        grade=found.get("grade"),
        credit_limit=Decimal(found["credit_limit"]) if found.get("credit_limit") is not None else None,
        entity_id=UUID(found["entity_id"]) if found.get("entity_id") is not None else None,
        reasons=tuple(_reason(entry) for entry in found["reasons"]),
        conditions=tuple(
            Condition(Consequence(entry["consequence"]), _reason(entry)) for entry in found.get("conditions", ())
        ),
        answer=found,
    )


def _reason(entry: Mapping[str, Any]) -> Reason:
    return Reason(entry["code"], entry.get("clause") or "", entry.get("zh", ""), entry.get("en", ""))


@dataclass(frozen=True, slots=True)
class Cover:
    """Riskfund's answer to a request for cover; `answer` is the whole of it, as it is stored with the hand-over."""

    reserved: frozenset[UUID]
    refused: frozenset[UUID]
    figures: Mapping[str, Any]
    code: str | None
    detail: str | None

    @property
    def missing(self) -> Decimal | None:
        """Return what the county would have to pay in for the rest, if riskfund said so."""
        value = self.figures.get("missing_amount")
        return Decimal(value) if value is not None else None


async def reserve_cover(
    riskfund: PeerClient,
    county_code: str,
    bank_code: str,
    as_of: date,
    expires_on: date,
    amounts: Mapping[UUID, Decimal],
    request_key: str,
    product_code: str,
) -> Cover:
    """Ask riskfund to reserve cover for these applications of one bank, in the order given (FJ-13).

    The same applications under the same request get the same key, so that a repetition after a crash finds what the
    first try reserved.

    Raises:
        PeerUnavailable: riskfund did not answer in time.
        PeerRefused: riskfund refused the request as a whole.
    """
    body = {
        "county_code": county_code,
        "product_code": product_code,
        "bank_code": bank_code,
        "as_of": as_of.isoformat(),
        "expires_on": expires_on.isoformat(),
        "items": [
            {"application_id": str(application_id), "amount": f"{amount:.2f}"}
            for application_id, amount in amounts.items()
        ],
    }
    named = "/".join([request_key, *(str(application_id) for application_id in amounts)])
    key = hashlib.sha256(named.encode()).hexdigest()
    answer = await riskfund.post("/api/v1/cover-reservations", body, key)
    return Cover(
        reserved=frozenset(UUID(value) for value in answer["reserved_applications"]),
        refused=frozenset(UUID(value) for value in answer["refused_applications"]),
        figures=answer["cover"],
        code=answer.get("code"),
        detail=answer.get("detail"),
    )


HOLDS: Final = timedelta(days=7)  # what is confirmed at a disbursement, whose loan takes it at once
ASKED_AT_ONCE: Final = 5_000  # as many as riskfund takes


_PLACE: Final = itemgetter("county_code", "bank_code", "product_code")


async def confirm_cover(
    riskfund: PeerClient,
    write: Writer,
    today: date,
    uncertain: Callable[[Connection], Awaitable[Sequence[Mapping[str, Any]]]],
) -> frozenset[UUID]:
    """Have riskfund confirm, or reserve again, the cover of loans to be paid out; return those it holds cover for.

    `uncertain` reads their `application_id`, `amount`, `county_code`, `bank_code` and `product_code`.

    No lock is held while riskfund works. What it confirms holds for some days, so that it lives when the loan's event
    arrives, whatever expires meanwhile; a crash before that leaves a reservation that expires by itself.

    Raises:
        what `uncertain` raises; PeerUnavailable, PeerRefused: riskfund did not answer in time, or covers none of them.
    """
    if await write.is_answered():
        return frozenset()
    async with write.database.transaction() as conn:
        found = await uncertain(conn)
    confirmed: set[UUID] = set()
    for (county_code, bank_code, product_code), together in groupby(sorted(found, key=_PLACE), key=_PLACE):
        amounts = [(each["application_id"], each["amount"]) for each in together]
        for first in range(0, len(amounts), ASKED_AT_ONCE):
            asked = dict(amounts[first : first + ASKED_AT_ONCE])
            # A new key each time: the same request repeated after money was paid in is another question.
            answer = await reserve_cover(
                riskfund, county_code, bank_code, today, today + HOLDS, asked, str(new_id()), product_code
            )
            confirmed |= answer.reserved
    return frozenset(confirmed)
