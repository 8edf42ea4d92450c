"""Which values an open contract follows: those of the version it was signed under, as two persons corrected them.

A correction lets named values of a wrong version follow another version from a day on. It acts on what is decided
after it; nothing that was booked, granted or decided is rewritten. A later correction of the same value replaces it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from shared.policy.overlays import PRODUCT_SECTIONS
from shared.policy.pack import PolicyPack
from shared.policy.sourced import Section, Sourced


class Moment(StrEnum):
    """When the values of a section are read for a loan."""

    DECIDED = "decided"  # when a loss, an insurance or a subsidy is decided: what a correction reaches
    SIGNED = "signed"  # they are in the contract, its schedule and its account
    FILED = "filed"  # an application goes its way under them
    CURRENT = "current"  # whoever acts takes the version in force on the day
    RECORDED = "recorded"  # nothing acts on them yet


_READ_WHEN: Final = {
    Moment.DECIDED: ("subsidy", "compensation", "insurance", "legacy_rules"),
    Moment.SIGNED: ("lending", "interest", "repayment"),
    Moment.FILED: ("approval", "public_notice", "entities", "purposes"),
    Moment.CURRENT: ("eligibility", "rating", "lists", "fund", "follow_up", "supervision"),
}
MOMENT_OF: Final = MappingProxyType({name: moment for moment, names in _READ_WHEN.items() for name in names})
CORRECTABLE: Final = _READ_WHEN[Moment.DECIDED]


def by_product(pack: PolicyPack) -> dict[str, PolicyPack]:
    """Return the rules of each product of a pack, the first one first."""
    return {each.code: pack.for_product(each.code) for each in pack.products_offered()}


def differing(old: Mapping[str, PolicyPack], new: Mapping[str, PolicyPack]) -> Iterator[str]:
    """Yield the correctable keys whose values differ, of each product that both versions have (`by_product`).

    A key is `section.key`, or `section` where the whole of it differs or only one version has it; that of a further
    product begins with the product's code: `farm:subsidy.share`.
    """
    for number, code in enumerate(old):
        if code in new:
            sections = [name for name in CORRECTABLE if not number or name in PRODUCT_SECTIONS]
            prefix = f"{code}:" if number else ""
            yield from (f"{prefix}{key}" for name in sections for key in _differing(name, old[code], new[code]))


def _differing(section: str, old: PolicyPack, new: PolicyPack) -> Iterator[str]:
    before, after = getattr(old, section), getattr(new, section)
    if isinstance(before, Section) and isinstance(after, Section):
        names = type(before).model_fields
        yield from (f"{section}.{name}" for name in names if _plain(before, name) != _plain(after, name))
    elif before != after:
        yield section


def _plain(section: Section, name: str) -> Any:
    held = getattr(section, name)
    return held.value if isinstance(held, Sourced) else held


def corrected(pack: PolicyPack, steps: Iterable[tuple[PolicyPack, Sequence[str]]]) -> dict[str, PolicyPack]:
    """Return the rules of each product after corrections, each a version that is followed and in which keys."""
    found = by_product(pack)
    for follows, keys in steps:
        sources = by_product(follows)
        for number, code in enumerate(found):
            prefix = f"{code}:" if number else ""
            own = [key.removeprefix(prefix) for key in keys if key.rpartition(":")[0] == prefix.removesuffix(":")]
            if own:
                found[code] = _merged(found[code], sources[code], own)
    return found


def _merged(pack: PolicyPack, follows: PolicyPack, keys: Iterable[str]) -> PolicyPack:
    """Return a product's rules with these keys as the other version has them, and the clauses that those rest on."""
    taken: dict[str, Any] = {}
    for key in keys:
        section, _, name = key.partition(".")
        source, base = getattr(follows, section), taken.get(section, getattr(pack, section))
        taken[section] = base.model_copy(update={name: getattr(source, name)}) if name else source
    documents = {each.prefix: each for each in (*pack.documents, *follows.documents)}
    clauses = {each.id: each for each in (*pack.clauses, *follows.clauses)}
    return pack.model_copy(update={**taken, "documents": (*documents.values(),), "clauses": (*clauses.values(),)})
