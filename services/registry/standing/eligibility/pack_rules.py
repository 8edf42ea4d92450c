"""What a county's pack says about borrowing, with the origin of every value."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final
from uuid import UUID

from services.registry.policy.packs.queries import find_packs_in_force
from services.registry.policy.packs.rules.schemes import banks_with_own_scheme
from services.registry.standing.eligibility.catalogue import KIND_BY_CODE
from services.registry.standing.eligibility.rules.facts import BorrowingRules
from shared.db import Connection
from shared.languages import Sentence
from shared.policy.clause_list import Citation, citations
from shared.policy.in_force import PACKS_CACHED, ConfirmedPack
from shared.policy.pack import PolicyPack
from shared.policy.sourced import Section, Sourced
from shared.policy.vocabulary import RegionLevel
from shared.regions import LEVEL_BY_LENGTH

_CODE_LENGTH: Final = {RegionLevel(level): length for length, level in LEVEL_BY_LENGTH.items()}


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """A pack in force for one product and what it says about borrowing."""

    pack: ConfirmedPack
    rules: BorrowingRules

    @property
    def pack_id(self) -> UUID:
        """Return the pack's id."""
        return self.pack.pack_id

    def product(self, code: str | None) -> "RulesInForce":
        """Return the rules of a product of the same county; None is its first.

        Raises:
            ProductUnknown: the county has none of this code.
        """
        return self if code is None else _rules_in_force(self.pack.product(code))


async def rules_in_force(conn: Connection, regions: Iterable[str], on: date) -> dict[str, RulesInForce]:
    """Return the rules of the first product in each region on a day; regions without a pack are left out."""
    found = await find_packs_in_force(conn, regions, on)
    return {region: _rules_in_force(pack) for region, pack in found.items() if pack is not None}


def _rules_in_force(pack: ConfirmedPack) -> RulesInForce:
    return RulesInForce(pack, borrowing_rules(pack))


@lru_cache(4 * PACKS_CACHED)
def borrowing_rules(found: ConfirmedPack) -> BorrowingRules:
    """Return the rules of a pack in force; built once for each pack and product."""
    return rules_of(found.pack)


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
        legacy=pack.legacy_loan_rules(),
        without_limit=dict(_without_limit(pack)),
        rating_banks=banks_with_own_scheme(pack.rating_scheme()),
    )


def _without_limit(pack: PolicyPack) -> Iterator[tuple[str, Sentence]]:
    """Yield the grades that have no credit limit, each with the pack's reason; the county's own last."""
    schemes = pack.rating.bank_schemes.value if pack.rating.bank_schemes else ()
    limits = [limit for scheme in schemes for limit in scheme.grade_limits]
    for limit in (*limits, *pack.rating.grade_limits.value):
        if limit.zh and limit.en:
            yield limit.code, Sentence(limit.zh, limit.en)


def citations_of(pack: PolicyPack, reasons: Iterable[tuple[str, str]]) -> tuple[Citation, ...]:
    """Return what the pack says of the clauses that (code, clauses) of reasons name, each once.

    A reason that no value of the pack sets names a clause of the program's own catalogue; the pack says nothing of it.
    """
    ids = (each for code, named in reasons if KIND_BY_CODE[code].value for each in named.split(", "))
    return tuple(citations(pack.documents, pack.clauses, dict.fromkeys(ids)))


def _origins(pack: PolicyPack) -> Iterator[tuple[str, str]]:
    """Yield (name of the value, clauses that set it or that an assumed value follows)."""
    sections: tuple[Section, ...] = (pack.eligibility, pack.purposes, pack.entities, pack.lending, pack.rating)
    for section in sections:
        for name in type(section).model_fields:
            value = getattr(section, name)
            if isinstance(value, Sourced):
                yield name, ", ".join(value.clause or value.after or ("assumed",))
