"""What secures another agreement already. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Pledged:
    """A security of another agreement: the paper that values it, its kind, what it is, and whose."""

    document: str
    kind: str
    what: str
    entity_id: UUID | None


def is_pledged(document: str, kind: str, what: str, entity_id: UUID | None, taken: Iterable[Pledged]) -> bool:
    """Return whether an asset is pledged already: by the same paper, or the same thing of the same entity (ZJ-4(b)).

    Of money the paper alone counts: two deposits of one entity are two things.
    """
    return any(
        each.document == document
        or (kind == each.kind == "fixed_assets" and (each.entity_id, each.what) == (entity_id, what))
        for each in taken
    )
