"""What holds for every change of the register. Pure."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final
from uuid import UUID

from services.registry.register.changes.refusals import (
    ChangeAlreadyDecided,
    ChangeOvertaken,
    OneHeadNeeded,
    RelationsIncomplete,
)
from services.registry.register.households.refusals import MembersUnknown
from services.registry.register.households.vocabulary import Relation

# Every other pair of state and decision is refused.
MOVES: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("proposed", "approve"): "approved",
        ("proposed", "reject"): "rejected",
        ("proposed", "withdraw"): "withdrawn",
    }
)


def decided(state: str, decision: str, decided_by: str | None) -> str:
    """Return the next state of a change.

    Raises:
        ChangeAlreadyDecided: the change is not open any more.
    """
    following = MOVES.get((state, decision))
    if following is None:
        raise ChangeAlreadyDecided(state, decided_by)
    return following


def ensure_not_overtaken(proposed: Mapping[str, str | None], present: Mapping[str, str | None]) -> None:
    """Refuse a change whose old values are no longer those on file.

    Raises:
        ChangeOvertaken: with the names of the values, never the values.
    """
    differing = {key for key in proposed.keys() | present.keys() if proposed.get(key) != present.get(key)}
    if differing:
        raise ChangeOvertaken(differing)


def ensure_each_related(named: Sequence[UUID], expected: Collection[UUID]) -> None:
    """Refuse relations that do not name each of the expected members exactly once.

    Raises:
        MembersUnknown: someone else is named.
        RelationsIncomplete: a member is missing or named twice.
    """
    if unknown := set(named) - set(expected):
        raise MembersUnknown(unknown)
    if missing := {each for each in expected if named.count(each) != 1}:
        raise RelationsIncomplete(missing)


def ensure_one_head(relations: Sequence[Relation]) -> None:
    """Refuse a new household with no head or several.

    Raises:
        OneHeadNeeded: with the number of heads.
    """
    heads = relations.count(Relation.HEAD)
    if heads != 1:
        raise OneHeadNeeded(heads)
