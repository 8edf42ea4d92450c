"""What a county's pack says about borrowing, with the origin of every value."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from services.registry.policy.packs.queries import PackInForce, find_packs_in_force
from services.registry.policy.packs.rules.schemes import banks_with_own_scheme
from services.registry.standing.eligibility.rules.judging import BorrowingRules
from shared.db import Connection
from shared.policy.pack import PolicyPack
from shared.policy.sourced import Section, Sourced
from shared.policy.vocabulary import RegionLevel
from shared.regions import LEVEL_BY_LENGTH

RULES_CACHED: Final = 64
_CODE_LENGTH: Final = {RegionLevel(level): length for length, level in LEVEL_BY_LENGTH.items()}
_built: dict[UUID, BorrowingRules] = {}


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """A pack in force and what it says about borrowing."""

    pack_id: UUID
    rules: BorrowingRules


async def rules_in_force(conn: Connection, regions: Iterable[str], on: date) -> dict[str, RulesInForce]:
    """Return the rules that hold in each region on a day; regions without a pack are left out."""
    found = await find_packs_in_force(conn, regions, on)
    return {region: RulesInForce(pack.id, borrowing_rules(pack)) for region, pack in found.items() if pack is not None}


def borrowing_rules(found: PackInForce) -> BorrowingRules:
    """Return the rules of a pack in force; built once for each pack."""
    rules = _built.get(found.id)
    if rules is None:
        rules = rules_of(found.pack)
        if len(_built) >= RULES_CACHED:
            _built.pop(next(iter(_built)))
        _built[found.id] = rules
    return rules


def rules_of(pack: PolicyPack) -> BorrowingRules:
    """Return the rules of a pack, confirmed or not."""
    eligibility = pack.eligibility_rules()
    length = _CODE_LENGTH[eligibility.residence_level]
    return BorrowingRules(
        eligibility=eligibility,
        loan=pack.loan_terms(),
        clauses=dict(_origins(pack)),
        entities=pack.entity_rules(),
        # A pack of one township whose rule is the county's reaches the whole county; never beyond its level.
        areas=tuple(sorted({region[:length] for region in pack.header.regions})),
        legacy=pack.legacy_loan_rule(),
        rating_banks=banks_with_own_scheme(pack.rating_scheme()),
    )


def _origins(pack: PolicyPack) -> Iterator[tuple[str, str]]:
    """Yield (name of the value, clauses that set it or that an assumed value follows)."""
    sections: tuple[Section, ...] = (pack.eligibility, pack.purposes, pack.entities, pack.lending, pack.rating)
    for section in sections:
        for name in type(section).model_fields:
            value = getattr(section, name)
            if isinstance(value, Sourced):
                yield name, ", ".join(value.clause or value.after or ("assumed",))
