"""Every reason in the order in which it is given, in words without a household's figures, for counts. Pure."""

from collections.abc import Mapping
from typing import Final

from services.registry.standing.eligibility.rules.facts import ReasonKind
from services.registry.standing.eligibility.rules.judging import ENTITY_RULES, RULES

# Given by simulations alone: under another pack the county no longer has the product that was applied for.
NOT_OFFERED: Final = ReasonKind("product-not-offered", "本县不再有此产品", "the product is no longer offered")
KINDS: Final[tuple[ReasonKind, ...]] = (NOT_OFFERED, *(kind for kind, _ in RULES), *(kind for kind, _ in ENTITY_RULES))
KIND_BY_CODE: Final[Mapping[str, ReasonKind]] = {kind.code: kind for kind in KINDS}
PLACE_BY_CODE: Final[Mapping[str, int]] = {kind.code: place for place, kind in enumerate(KINDS)}
