"""Take the body of an upload in piece by piece, and stop as soon as it is too large for its type."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from services.registry.dossier.documents.refusals import (
    ContentTypeContradicts,
    DocumentEmpty,
    DocumentTooLarge,
    DocumentTypeNotAccepted,
    FileNameContradicts,
)
from services.registry.dossier.documents.rules.media import (
    DOCUMENT_MAX_BYTES,
    RULES,
    SIGNATURE_BYTES,
    MediaType,
    is_declared_as,
    is_named_as,
    media_type_of,
)


@dataclass(frozen=True, slots=True)
class Received:
    """The content of an upload, of a type that is kept."""

    content: bytes
    media_type: MediaType

    @property
    def sha256(self) -> bytes:
        """Return the digest under which the content is known."""
        return hashlib.sha256(self.content).digest()


async def receive(parts: AsyncIterator[bytes], declared: str, announced_bytes: int | None) -> Received:
    """Return the content whose parts come in, at most one part more than its type's limit in memory.

    Raises:
        DocumentEmpty, DocumentTooLarge, DocumentTypeNotAccepted, ContentTypeContradicts: in this order of checks,
            each as soon as enough of the content is here to tell.
    """
    if announced_bytes is not None and announced_bytes > DOCUMENT_MAX_BYTES:
        raise DocumentTooLarge(DOCUMENT_MAX_BYTES, None)
    content, media_type = bytearray(), None
    async for part in parts:
        content += part
        if media_type is None and len(content) >= SIGNATURE_BYTES:
            media_type = _typed(bytes(content[:SIGNATURE_BYTES]), declared)
        if media_type is not None and len(content) > RULES[media_type].size_max_bytes:
            raise DocumentTooLarge(RULES[media_type].size_max_bytes, media_type)
    if not content:
        raise DocumentEmpty
    return Received(bytes(content), media_type or _typed(bytes(content), declared))


def ensure_named_so(file_name: str | None, media_type: MediaType) -> None:
    """Refuse a file whose name ends as another type.

    Raises:
        FileNameContradicts: it does.
    """
    if file_name is not None and not is_named_as(file_name, media_type):
        raise FileNameContradicts(media_type)


def _typed(start: bytes, declared: str) -> MediaType:
    media_type = media_type_of(start)
    if media_type is None:
        raise DocumentTypeNotAccepted
    if not is_declared_as(declared, media_type):
        raise ContentTypeContradicts(media_type)
    return media_type
