"""What subsidy asks its peers: registry for accounts and names, lending what new rates do to loans."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from shared.clients import PeerClient

HOUSEHOLDS_PER_QUESTION: Final = 5000  # one answer then stays near a megabyte


@dataclass(frozen=True, slots=True)
class Account:
    """A household's account in clear, and the version of it that was answered."""

    household_id: UUID
    holder_name: str
    id_number: str
    bank_code: str
    account_number: str
    account_version: int
    account_household_id: UUID | None  # whose account it is: of who absorbed the household, where it was merged
    payee_id: UUID | None = None  # who receives it for a household that died out; registry knows nothing of it


async def look_up_accounts(registry: PeerClient, household_ids: Sequence[UUID]) -> list[Account]:
    """Return the valid accounts of these households; those without one are missing from the answer.

    Raises:
        PeerUnavailable: registry did not answer in time.
        PeerRefused: registry refused the question.
    """
    found: list[Account] = []
    for start in range(0, len(household_ids), HOUSEHOLDS_PER_QUESTION):
        asked = [str(each) for each in household_ids[start : start + HOUSEHOLDS_PER_QUESTION]]
        answer = await registry.ask("/api/v1/account-lookups", {"household_ids": asked})
        found.extend(
            Account(
                UUID(each["household_id"]),
                str(each["holder_name"]),
                str(each["id_number"]),
                str(each["bank_code"]),
                str(each["account_number"]),
                int(each["account_version"]),
                UUID(each["account_household_id"]),
            )
            for each in answer["accounts"]
        )
    return found


@dataclass(frozen=True, slots=True)
class HouseholdName:
    """What the register calls a household: its number, its head's name masked, and its township and village."""

    number: str
    masked: str
    place: str


async def look_up_names(
    registry: PeerClient, asker_regions: Sequence[str], household_ids: Sequence[UUID]
) -> dict[UUID, HouseholdName]:
    """Return what these households are called; one outside `asker_regions` is missing from the answer.

    Raises:
        PeerUnavailable: registry did not answer in time.
        PeerRefused: registry refused the question.
    """
    found: dict[UUID, HouseholdName] = {}
    for start in range(0, len(household_ids), HOUSEHOLDS_PER_QUESTION):
        asked = [str(each) for each in household_ids[start : start + HOUSEHOLDS_PER_QUESTION]]
        question = {"asker_regions": list(asker_regions), "household_ids": asked}
        answer = await registry.ask("/api/v1/household-name-lookups", question)
        for each in answer["households"]:
            name = HouseholdName(each["household_number"], each["head_name_masked"], each["place"])
            found[UUID(each["household_id"])] = name
    return found


async def ask_rate_consequences(
    lending: PeerClient, publications: Sequence[dict[str, Any]], as_of: date, after: UUID | None, limit: int
) -> dict[str, Any]:
    """Return what publications of rates would do to loans if they were confirmed on a day, with a page of the loans.

    Raises:
        PeerUnavailable: lending did not answer in time.
        PeerRefused: lending refused the question.
    """
    question = {
        "publications": publications,
        "as_of": as_of.isoformat(),
        "after": None if after is None else str(after),
        "limit": limit,
    }
    answer: dict[str, Any] = await lending.ask("/api/v1/rate-consequences", question)
    return answer
