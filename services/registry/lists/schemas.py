"""What goes out about lists and quotas."""

from datetime import date
from typing import Literal
from uuid import UUID

from shared.web.bodies import Answer

ListName = Literal["dishonesty", "blacklist"]


class ListingOut(Answer):
    """A household on a list: since when, why, over which loan."""

    id: UUID
    household_id: UUID
    household_number: str
    village_code: str
    list_name: ListName
    cause: str
    loan_id: UUID
    listed_on: date
    cleared_on: date | None


class QuotaCutOut(Answer):
    """One cut of a village's quota and the loan that caused it."""

    loan_id: UUID
    cut_share: str
    effective_on: date


class VillageQuotaOut(Answer):
    """What is left of a village's loan quota, as a fraction of one, after its cuts."""

    village_code: str
    village_name: str
    share_left: str
    cuts: list[QuotaCutOut]
