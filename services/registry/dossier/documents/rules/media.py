"""Which kinds of content are stored: recognised by their first bytes, with a size limit for each. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class MediaType(StrEnum):
    """A kind of content that a dossier may hold."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    HEIC = "image/heic"
    PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class MediaRule:
    """How large content of a type may be, and by which names it goes elsewhere."""

    size_max_bytes: int
    extensions: tuple[str, ...]  # of file names; the first is the one that downloads get
    declared: frozenset[str]  # as a Content-Type


_MEBIBYTE: Final = 1024 * 1024
PICTURE_MAX_BYTES: Final = 15 * _MEBIBYTE  # the largest photo of a telephone, with room
PDF_MAX_BYTES: Final = 20 * _MEBIBYTE  # a contract of fifty scanned pages
SIGNATURE_BYTES: Final = 32
RULES: Final = MappingProxyType(
    {
        MediaType.JPEG: MediaRule(
            PICTURE_MAX_BYTES, ("jpg", "jpeg", "jfif", "jpe"), frozenset({"image/jpeg", "image/jpg"})
        ),
        MediaType.PNG: MediaRule(PICTURE_MAX_BYTES, ("png",), frozenset({"image/png"})),
        MediaType.WEBP: MediaRule(PICTURE_MAX_BYTES, ("webp",), frozenset({"image/webp"})),
        MediaType.HEIC: MediaRule(PICTURE_MAX_BYTES, ("heic", "heif"), frozenset({"image/heic", "image/heif"})),
        MediaType.PDF: MediaRule(PDF_MAX_BYTES, ("pdf",), frozenset({"application/pdf"})),
    }
)
DOCUMENT_MAX_BYTES: Final = max(rule.size_max_bytes for rule in RULES.values())
UNDECLARED: Final = frozenset({"", "application/octet-stream"})
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis"})


def media_type_of(start: bytes) -> MediaType | None:
    """Return the type that the first SIGNATURE_BYTES of some content belong to, or None for one that is not kept."""
    if start.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaType.PNG
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return MediaType.WEBP
    if start.startswith((b"%PDF-1.", b"%PDF-2.")):
        return MediaType.PDF
    if start[4:8] == b"ftyp" and _heic_brands(start):
        return MediaType.HEIC
    return None


def is_declared_as(declared: str, media_type: MediaType) -> bool:
    """Return whether a Content-Type fits the content; none, or octet-stream, fits everything."""
    name = declared.partition(";")[0].strip().lower()
    return name in UNDECLARED or name in RULES[media_type].declared


def is_named_as(file_name: str, media_type: MediaType) -> bool:
    """Return whether a file's name ends as its content says; a name without an ending fits everything."""
    _, dot, ending = file_name.rpartition(".")
    return not dot or ending.lower() in RULES[media_type].extensions


def _heic_brands(start: bytes) -> bool:
    brands = [start[8:12], *(start[at : at + 4] for at in range(16, len(start) - 3, 4))]
    return any(brand in _HEIC_BRANDS for brand in brands)
