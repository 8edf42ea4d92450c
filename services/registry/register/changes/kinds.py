"""Each kind of change: how to read what it starts from, and how to carry it out."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import UUID

from services.registry.register.changes import household_changes as households
from services.registry.register.changes import member_changes as members
from services.registry.register.changes import splitting
from services.registry.register.changes.schemas import (
    AnyChange,
    ContactChanged,
    GroupChanged,
    HeadChanged,
    HouseholdEndedIn,
    HouseholdMovedIn,
    HouseholdsMergedIn,
    HouseholdSplitIn,
    MemberAdded,
    MemberCorrected,
    MemberLeft,
    ResidenceChanged,
)
from services.registry.register.changes.values import Values


class Kind(NamedTuple):
    """Old values and effect; `...`, because one mapping holds many kinds, each called with its own body only."""

    before: Callable[..., Awaitable[Values]]
    carry_out: Callable[..., Awaitable[UUID | None]]


KINDS: Final[Mapping[type[AnyChange], Kind]] = MappingProxyType(
    {
        MemberAdded: Kind(members.nothing_before, members.add_member),
        MemberCorrected: Kind(members.details_before, members.correct_member),
        MemberLeft: Kind(members.membership_before, members.let_leave),
        HeadChanged: Kind(members.head_before, members.change_head),
        ContactChanged: Kind(households.phone_before, households.change_contact),
        ResidenceChanged: Kind(households.residence_before, households.change_residence),
        GroupChanged: Kind(households.group_before, households.change_group),
        HouseholdSplitIn: Kind(splitting.members_before, splitting.split_household),
        HouseholdsMergedIn: Kind(households.both_before, households.merge_household),
        HouseholdMovedIn: Kind(households.place_before, households.move_household),
        HouseholdEndedIn: Kind(households.register_before, households.close_household),
    }
)
