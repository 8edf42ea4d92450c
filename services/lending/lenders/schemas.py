"""Bodies of the lender API."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from services.lending.lenders.rules.nearness import Nearness
from shared.policy.vocabulary import LenderKind
from shared.regions import CountyCode
from shared.web.bodies import Answer, BankCode, Body, HappenedOn, Reference, Text

BranchRegion = Annotated[str, StringConstraints(pattern=r"^([0-9]{9}|[0-9]{12})$")]


class LenderIn(Body):
    """A bank that lends in a county."""

    county_code: CountyCode | None = None
    code: BankCode
    name: Text
    kind: LenderKind


class LenderOut(Answer):
    """A bank that is registered in a county."""

    county_code: str
    code: str
    name: str
    kind: LenderKind
    registered_by: str
    place: str


class BranchIn(Body):
    """A branch (网点) of a bank."""

    code: Reference
    name: Text
    region_code: BranchRegion
    address: Text


class BranchOut(Answer):
    """A branch of a bank."""

    id: UUID
    bank_code: str
    code: str
    name: str
    region_code: str
    address: str
    closed_on: date | None


class NearBranch(BranchOut):
    """A branch with how near it is to the village asked about, and its place in the list."""

    bank_name: str
    kind: LenderKind
    nearness: Nearness
    place: str


class BranchClosureIn(Body):
    """The last day of a branch has come."""

    closed_on: HappenedOn
