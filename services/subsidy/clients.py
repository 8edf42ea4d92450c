"""What subsidy asks registry: the accounts that money is to be paid into."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from shared.clients import PeerClient

HOUSEHOLDS_PER_QUESTION: Final = 5000  # one answer then stays near a megabyte


@dataclass(frozen=True, slots=True)
class Account:
    """A household's account in clear, and the version of it that was answered."""

    household_id: UUID
    holder_name: str
    bank_code: str
    account_number: str
    account_version: int


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
                str(each["bank_code"]),
                str(each["account_number"]),
                int(each["account_version"]),
            )
            for each in answer["accounts"]
        )
    return found
