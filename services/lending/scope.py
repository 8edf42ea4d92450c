"""What a caller may see and touch: regions by grant, and for a bank only its own loans."""

from dataclasses import dataclass

from shared.access import Principal, Right, Role
from shared.errors import NotAllowed, OutsideRegion


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


def bank_of(officer: Principal) -> str:
    """Return the bank an officer acts for. Raises: OrganisationMissing."""
    if officer.organisation is None:
        raise OrganisationMissing(officer.name)
    return officer.organisation


def scope_of(officer: Principal, right: Right) -> Scope:
    """Return what the officer sees under a right.

    Raises: OrganisationMissing: a bank's user without bank.
    """
    return Scope(officer.regions_for(right), bank_of(officer) if officer.has_role(Role.BANK) else None)


def scope_within(officer: Principal, right: Right, region: str) -> Scope:
    """Return what the officer sees under a right inside one region.

    Raises: OutsideRegion: nothing granted overlaps it; OrganisationMissing.
    """
    scope = scope_of(officer, right)
    inside = [granted for granted in scope.regions if granted.startswith(region)]
    if any(region.startswith(granted) for granted in scope.regions):
        inside = [region]
    if not inside:
        raise OutsideRegion(region)
    return Scope(inside, scope.bank_code)
