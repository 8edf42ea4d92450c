"""Who may give which grant: roles the giver may hand out, inside the giver's regions, never to the giver. Pure."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from services.gateway.accounts.refusals import GrantOutsideRegion, GrantToOneself, RoleNotGrantable
from shared.access import Grant, Principal, Role
from shared.regions import is_within

# What an account may hand out by a grant, by its own role and in its own regions. `service` belongs to no account.
ROLES_GIVEN_BY: Final[Mapping[Role, frozenset[Role]]] = MappingProxyType({Role.ADMIN: frozenset(Role) - {Role.SERVICE}})


def ensure_may_grant(giver: Principal, grants: Iterable[Grant]) -> None:
    """Refuse the first grant that the giver may not hand out (SX-7).

    Raises:
        RoleNotGrantable: no role of the giver hands out the grant's role; nobody hands out `service`.
        GrantOutsideRegion: the giver may hand out the role, but not on this region.
    """
    for grant in grants:
        reach = _reach(giver, grant.role)
        if not reach:
            raise RoleNotGrantable(grant.role)
        if not any(is_within(grant.region, region) for region in reach):
            raise GrantOutsideRegion(grant, reach)


def ensure_not_oneself(giver: Principal, username: str) -> None:
    """Refuse grants to the giver's own account.

    Raises:
        GrantToOneself: another administrator has to give them.
    """
    if username == giver.name:
        raise GrantToOneself(username)


def _reach(giver: Principal, role: Role) -> list[str]:
    """Return the regions in which the giver may hand out the role."""
    return sorted({held.region for held in giver.grants if role in ROLES_GIVEN_BY.get(held.role, ())})
