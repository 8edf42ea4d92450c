"""What an officer puts forward as proof: a reference to a document and, where it is a file, the hash of its content."""

from typing import Annotated, Any

from pydantic import Field

from shared.web.bodies import Answer, Body, Sha256, Text

EVIDENCE_MAX = 20


class EvidenceIn(Body):
    """One document: its number, title or place, and the SHA-256 of its content when it is a file."""

    reference: Text
    sha256: Sha256 | None = None


class EvidenceOut(Answer):
    """One document that was put forward."""

    reference: str
    sha256: str | None


EvidenceList = Annotated[list[EvidenceIn], Field(min_length=1, max_length=EVIDENCE_MAX)]


def plain(evidence: list[EvidenceIn]) -> list[dict[str, Any]]:
    """Return evidence as it is kept."""
    return [each.model_dump() for each in evidence]
