"""Papers that must be on file before a level may decide (两表一书一合同, FJ-4a, LG-11). Pure."""

from collections.abc import Collection

from shared.policy.terms import ApprovalChain, RequiredDocument
from shared.policy.vocabulary import ApprovalLevel

_ORDER = tuple(ApprovalLevel)


def missing(chain: ApprovalChain, held: Collection[str], level: ApprovalLevel) -> tuple[RequiredDocument, ...]:
    """Return the papers that should be on file before `level` decides and are not, in the pack's order."""
    reached = _ORDER.index(level)
    return tuple(
        document
        for document in chain.documents
        if _ORDER.index(document.before) <= reached and document.code not in held
    )
