"""A derivation as it is shown."""

from services.registry.credit.rating.rules.scoring import Derivation
from services.registry.credit.rating.schemas import DerivationLineOut


def derivation_lines(derivation: Derivation) -> list[DerivationLineOut]:
    """Return what each indicator earned and why, in the order of the scheme."""
    return [
        DerivationLineOut(
            code=line.code,
            zh=line.zh,
            en=line.en,
            value=line.value,
            per=line.per,
            threshold=line.threshold,
            points=line.points,
            points_max=line.points_max,
        )
        for line in derivation.lines
    ]
