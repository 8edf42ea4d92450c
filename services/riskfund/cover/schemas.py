"""Request and response bodies of cover reservations."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from services.riskfund.funds.schemas import CoverOut
from shared.errors import WrongValue
from shared.money import PositiveMoney
from shared.regions import CountyCode
from shared.web.bodies import Answer, BankCode, Body, Code, Day, HappenedOn

ITEMS_MAX = 5000  # the largest batch of applications handed over at once, with room


class ReservationItem(Body):
    """One application's loan."""

    application_id: UUID
    amount: PositiveMoney


class ReservationsIn(Body):
    """Applications in the order in which they are to be covered; `expires_on` is the last day the cover holds."""

    county_code: CountyCode
    product_code: Code | None = None  # None: the county's first product
    bank_code: BankCode | None = None  # the bank that is to lend all of them
    as_of: HappenedOn
    expires_on: Day
    items: Annotated[list[ReservationItem], Field(min_length=1, max_length=ITEMS_MAX)]

    @model_validator(mode="after")
    def _makes_sense(self) -> "ReservationsIn":
        if self.expires_on < self.as_of:
            raise WrongValue(zh="expires_on 不得早于 as_of。", en="expires_on must not lie before as_of")
        if len({item.application_id for item in self.items}) < len(self.items):
            raise WrongValue(zh="每件申请只填一次。", en="name each application once")
        return self


class ReservationsOut(Answer):
    """Which applications hold cover now and which do not; `code` and `detail` say why, or are null."""

    reserved_applications: list[UUID]
    refused_applications: list[UUID]
    cover: CoverOut
    code: str | None
    detail: str | None
