"""Look into a document: does it decode, how large is it, does it hide or do anything (LG-43).

Decoders of pictures and PDFs meet hostile files, so they run in a process of their own, without keys, network
settings or a way to write, and with limits on memory and time. `python -m
services.registry.dossier.documents.inspection TYPE` is that process: the content comes through its standard input, the
finding goes out as one JSON object.
"""

import io
import re
import resource
import sys
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

import orjson

from services.registry.dossier.documents.refusals import (
    DocumentHidesAnother,
    DocumentUnreadable,
    PdfIsActive,
    PdfIsLocked,
    PictureTooLarge,
)
from services.registry.dossier.documents.rules.media import MediaType

PIXELS_MAX: Final = 64_000_000  # every telephone's ordinary mode; a page at 600 dpi has 35 million
MEMORY_MAX_BYTES: Final = 1536 * 1024 * 1024
CPU_SECONDS_MAX: Final = 20
PDF_OBJECTS_MAX: Final = 200_000
PDF_DEPTH_MAX: Final = 100
_PDF_END_WITHIN_BYTES: Final = 1024
_FORMATS: Final = {
    MediaType.JPEG: ["JPEG"],
    MediaType.PNG: ["PNG"],
    MediaType.WEBP: ["WEBP"],
    MediaType.HEIC: ["HEIF"],
}
# Whatever else a decoder raises over broken content; faults of our own end the process with a traceback.
_BROKEN: Final = (OSError, ArithmeticError, LookupError, ValueError, TypeError, AttributeError, SyntaxError, EOFError)
_FOREIGN: Final = (b"%pdf-", b"<script", b"<!doctype", b"<?php", b"#!/bin/")
_PDF_NAMES: Final = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")
_ACTIVE_KEYS: Final = {
    "/JS": "JavaScript",
    "/JavaScript": "JavaScript",
    "/EmbeddedFiles": "embedded files",
    "/EF": "embedded files",
    "/XFA": "an XFA form",
    "/RichMediaContent": "rich media",
}
_ACTIVE_NAMES: Final = {  # an action's /S or an object's /Type
    "/JavaScript": "JavaScript",
    "/Launch": "a launch action",
    "/EmbeddedFile": "embedded files",
    "/SubmitForm": "a submit action",
    "/ImportData": "an import action",
    "/GoToE": "a jump into an embedded file",
    "/GoToR": "a jump into another file",
    "/RichMedia": "rich media",
    "/Rendition": "rich media",
    "/Movie": "rich media",
}


@dataclass(frozen=True, slots=True)
class Measures:
    """What was found: pixels of a picture, or pages of a PDF."""

    width: int | None = None
    height: int | None = None
    page_count: int | None = None


def inspect(content: bytes, media_type: MediaType) -> Measures:
    """Decode a document whole and return its measures.

    Raises:
        DocumentUnreadable: it is cut off, broken or endless.
        PictureTooLarge: more than PIXELS_MAX pixels, found before any of them is decoded.
        DocumentHidesAnother: it is something else at the same time.
        PdfIsLocked, PdfIsActive: a PDF that cannot be checked, or that can do something.
    """
    _ensure_whole(content, media_type)
    _ensure_nothing_else(content, media_type)
    return _inspect_pdf(content) if media_type is MediaType.PDF else _inspect_picture(content, media_type)


def _ensure_whole(content: bytes, media_type: MediaType) -> None:
    """Refuse content that does not end where its own format says it ends; a JPEG's decoder finds that out itself."""
    if media_type is MediaType.PDF and b"%%EOF" not in content[-_PDF_END_WITHIN_BYTES:]:
        raise DocumentUnreadable
    if media_type is MediaType.PNG and not content.endswith(b"IEND\xaeB`\x82"):
        raise DocumentHidesAnother if b"IEND\xaeB`\x82" in content else DocumentUnreadable
    if media_type is MediaType.WEBP:
        _ensure_ends_at(8 + int.from_bytes(content[4:8], "little"), len(content))
    if media_type is MediaType.HEIC:
        at = 0
        while at < len(content):
            at += _box_size(content, at)
        _ensure_ends_at(at, len(content))


def _box_size(content: bytes, at: int) -> int:
    size = int.from_bytes(content[at : at + 4], "big")
    if size == 1:
        size = int.from_bytes(content[at + 8 : at + 16], "big")
    if size == 0:
        return len(content) - at
    if size < 8:
        raise DocumentUnreadable
    return size


def _ensure_ends_at(end: int, size: int) -> None:
    if end > size:
        raise DocumentUnreadable
    if end + 1 < size:  # one byte of padding is usual
        raise DocumentHidesAnother


def _ensure_nothing_else(content: bytes, media_type: MediaType) -> None:
    searched = content[5:1024] if media_type is MediaType.PDF else content
    lowered = searched.lower()
    if any(each in lowered for each in _FOREIGN) or _is_archive(content):
        raise DocumentHidesAnother


def _is_archive(content: bytes) -> bool:
    try:
        zipfile.ZipFile(io.BytesIO(content)).close()
    except (zipfile.BadZipFile, ValueError, OSError):
        return False
    return True


def _inspect_picture(content: bytes, media_type: MediaType) -> Measures:
    from PIL import Image

    if media_type is MediaType.HEIC:
        from pillow_heif import register_heif_opener

        register_heif_opener(decode_threads=1)
    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(content), formats=_FORMATS[media_type]) as picture:
                width, height = picture.size
                if width * height > PIXELS_MAX:
                    raise PictureTooLarge(PIXELS_MAX)
                picture.load()
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise PictureTooLarge(PIXELS_MAX) from None
        except (RuntimeError, MemoryError, *_BROKEN):
            raise DocumentUnreadable from None
    return Measures(width=width, height=height)


def _inspect_pdf(content: bytes) -> Measures:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):  # anybody opens a PDF that is only not to be printed
            raise PdfIsLocked
        page_count = len(reader.pages)
        found = sorted({*_active_objects(reader), *_active_text(content)})
    except (PyPdfError, RuntimeError, MemoryError, *_BROKEN):
        raise DocumentUnreadable from None
    if found:
        raise PdfIsActive(found)
    if page_count == 0:
        raise DocumentUnreadable
    return Measures(page_count=page_count)


def _active_objects(reader: Any) -> Iterator[str]:
    """Yield what every object of the PDF can do, whether a page reaches it or not."""
    from pypdf.generic import IndirectObject

    numbers = {(number, generation) for generation, table in reader.xref.items() for number in table}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > PDF_OBJECTS_MAX:
        raise DocumentUnreadable
    yield from _active_parts(reader.trailer, 0)
    for number, generation in sorted(numbers):
        yield from _active_parts(IndirectObject(number, generation, reader).get_object(), 0)


def _active_parts(value: Any, depth: int) -> Iterator[str]:
    if depth > PDF_DEPTH_MAX:
        raise DocumentUnreadable
    if isinstance(value, dict):
        for key, part in value.items():
            if key in _ACTIVE_KEYS:
                yield _ACTIVE_KEYS[key]
            if key in ("/S", "/Type", "/Subtype") and isinstance(part, str) and part in _ACTIVE_NAMES:
                yield _ACTIVE_NAMES[part]
        parts = list(dict.values(value))
    else:
        if isinstance(value, str) and value in _ACTIVE_NAMES:  # a name that stands as an object of its own
            yield _ACTIVE_NAMES[value]
        parts = list(value) if isinstance(value, list) else []
    for part in parts:
        if isinstance(part, dict | list):
            yield from _active_parts(part, depth + 1)


def _active_text(content: bytes) -> Iterator[str]:
    """Yield what stands in clear, for readers that find objects where ours does not look; names may be escaped."""
    plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda hit: bytes([int(hit[1], 16)]), content)
    return (_ACTIVE_NAMES[name.decode()] for name in _PDF_NAMES if name in plain)


def _limit_ourselves() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX_BYTES, MEMORY_MAX_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS_MAX, CPU_SECONDS_MAX))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it may write to the pipe and to no file
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Inspect what comes in and say what was found."""
    _limit_ourselves()
    media_type = MediaType(sys.argv[1])
    content = sys.stdin.buffer.read()
    try:
        said: dict[str, Any] = {"measures": asdict(inspect(content, media_type))}
    except PdfIsActive as refused:
        said = {"refused": type(refused).__name__, "found": refused.values["found"]}
    except (DocumentUnreadable, PictureTooLarge, DocumentHidesAnother, PdfIsLocked) as refused:
        said = {"refused": type(refused).__name__}
    sys.stdout.buffer.write(orjson.dumps(said))


if __name__ == "__main__":
    main()
