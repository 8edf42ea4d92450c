"""Who may call: one alias per right; and what a caller sees of what he asks for."""

from dataclasses import dataclass
from typing import Annotated

from shared.access import Principal, Right, Role
from shared.errors import NotAllowed, OutsideRegion
from shared.web.identity import requires

ReadRates = Annotated[Principal, requires(Right.RATES_READ)]
PublishRates = Annotated[Principal, requires(Right.RATES_PUBLISH)]
ManageProgrammes = Annotated[Principal, requires(Right.PROGRAMMES_MANAGE)]
ReadSubsidies = Annotated[Principal, requires(Right.SUBSIDIES_READ)]
PrepareSubsidies = Annotated[Principal, requires(Right.SUBSIDIES_PREPARE)]
ReviewSubsidies = Annotated[Principal, requires(Right.SUBSIDIES_REVIEW)]
ApproveSubsidies = Annotated[Principal, requires(Right.SUBSIDIES_APPROVE)]
PaySubsidies = Annotated[Principal, requires(Right.SUBSIDIES_PAY)]
ConfirmSubsidies = Annotated[Principal, requires(Right.SUBSIDIES_CONFIRM)]
ReadReports = Annotated[Principal, requires(Right.REPORTS_READ)]


class OrganisationMissing(NotAllowed):
    """A bank's user is not tied to a bank."""

    code = "organisation-missing"
    title = "未绑定机构 No organisation"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} acts for a bank but belongs to none; ask the administrator to set the account's organisation.",
            name=name,
        )


@dataclass(frozen=True, slots=True)
class Scope:
    """Region prefixes, and the one bank whose loans are visible (None: every bank's)."""

    regions: list[str]
    bank_code: str | None

    def covers(self, region_code: str) -> bool:
        """Tell whether a region lies in the scope or holds a part of it."""
        return any(region_code.startswith(prefix) or prefix.startswith(region_code) for prefix in self.regions)


def scope_of(officer: Principal, right: Right) -> Scope:
    """Return what the officer sees under a right; a bank's user sees the bank's loans.

    Raises:
        OrganisationMissing: a bank's user without bank.
    """
    if not officer.has_role(Role.BANK):
        return Scope(officer.regions_for(right), None)
    if officer.organisation is None:
        raise OrganisationMissing(officer.name)
    return Scope(officer.regions_for(right), officer.organisation)


def scope_within(officer: Principal, right: Right, region: str) -> Scope:
    """Return what the officer sees under a right inside one region.

    Raises:
        OutsideRegion: nothing granted overlaps it.
        OrganisationMissing: a bank's user without bank.
    """
    scope = scope_of(officer, right)
    if any(region.startswith(granted) for granted in scope.regions):
        return Scope([region], scope.bank_code)
    inside = [granted for granted in scope.regions if granted.startswith(region)]
    if not inside:
        raise OutsideRegion(region)
    return Scope(inside, scope.bank_code)
