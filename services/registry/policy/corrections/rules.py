"""What a correction may reach, and what contracts then follow. Pure."""

from collections.abc import Mapping, Sequence
from itertools import compress

from pydantic import ValidationError

from services.registry.policy.corrections.refusals import CorrectionContradicts, KeyNotCorrectable, NothingToCorrect
from shared.policy.corrections import CORRECTABLE, by_product, differing
from shared.policy.pack import PolicyPack

Rules = Mapping[str, PolicyPack]  # of each product, the county's first one first


def keys_to_correct(now: Rules, follows: PolicyPack, asked: Sequence[str] | None) -> tuple[str, ...]:
    """Return the keys whose values change, of every product: of those asked for, or all that can be corrected.

    Raises:
        KeyNotCorrectable: a key asked for is not read when something is decided about an open contract.
        NothingToCorrect: both versions say the same of a key asked for, or of all.
    """
    for key in asked or ():
        if key.partition(".")[0] not in CORRECTABLE:
            raise KeyNotCorrectable(key)
    found = tuple(differing(now, by_product(follows)))
    plain = [each.rpartition(":")[2] for each in found]
    same = [key for key in asked or () if not any(each == key or each.startswith(f"{key}.") for each in plain)]
    if same or not found:
        raise NothingToCorrect(same)
    wanted = [asked is None or key in asked or key.partition(".")[0] in asked for key in plain]
    return tuple(compress(found, wanted))


def ensure_consistent(rules: Rules) -> None:
    """Refuse a correction after which values cannot be true together, such as shares that are not one together.

    Raises:
        CorrectionContradicts: with each finding.
    """
    for pack in rules.values():
        try:
            PolicyPack.model_validate(pack.content())
        except ValidationError as problem:
            findings = [found for detail in problem.errors() for found in detail.get("ctx", {}).get("found", ())]
            raise CorrectionContradicts(findings) from None
