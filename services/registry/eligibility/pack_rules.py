"""What a county's pack says about borrowing, with the origin of every value."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from services.registry.eligibility.rules import BorrowingRules
from services.registry.packs.queries import PackInForce
from shared.policy.pack import PolicyPack
from shared.policy.sourced import Section, Sourced

RULES_KEPT: Final = 64
_built: dict[UUID, BorrowingRules] = {}


def borrowing_rules(found: PackInForce) -> BorrowingRules:
    """Return the rules of a pack in force; built once for each pack."""
    rules = _built.get(found.id)
    if rules is None:
        pack = found.pack
        rules = BorrowingRules(pack.eligibility_rules(), pack.loan_terms(), dict(_origins(pack)))
        if len(_built) >= RULES_KEPT:
            _built.pop(next(iter(_built)))
        _built[found.id] = rules
    return rules


def _origins(pack: PolicyPack) -> Iterator[tuple[str, str]]:
    """Yield (name of the value, clauses that set it or that an assumed value follows)."""
    sections: tuple[Section, ...] = (pack.eligibility, pack.purposes, pack.lending, pack.rating)
    for section in sections:
        for name in type(section).model_fields:
            value = getattr(section, name)
            if isinstance(value, Sourced):
                yield name, ", ".join(value.clause or value.after or ("assumed",))
