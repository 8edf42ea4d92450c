"""What a document is checked for before it is stored: type, size, wholeness, and what it hides or does."""

import io
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from services.registry.dossier.documents.checking import Checker
from services.registry.dossier.documents.inspection import Measures, inspect
from services.registry.dossier.documents.receiving import Received, ensure_named_so, receive
from services.registry.dossier.documents.refusals import (
    ContentTypeContradicts,
    DocumentEmpty,
    DocumentHidesAnother,
    DocumentInfected,
    DocumentTooLarge,
    DocumentTypeNotAccepted,
    DocumentUnreadable,
    FileNameContradicts,
    PdfIsActive,
    PdfIsLocked,
    PictureTooLarge,
    ScannerUnavailable,
)
from services.registry.dossier.documents.rules.media import PICTURE_MAX_BYTES, MediaType, is_named_as, media_type_of
from services.registry.tests.papers import archive, packed_pdf, pdf, pdf_with, picture, png_of
from shared.errors import Refusal

_JPEG, _PNG, _PDF = picture(), picture(form="PNG"), pdf()
_KINDS = [
    (_JPEG, MediaType.JPEG),
    (_PNG, MediaType.PNG),
    (picture(form="WEBP"), MediaType.WEBP),
    (picture(form="HEIF", side=64), MediaType.HEIC),
    (_PDF, MediaType.PDF),
]


async def _parts(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def _received(content: bytes, declared: str = "") -> Received:
    return await receive(_parts(content), declared, None)


@pytest.mark.parametrize(("content", "media_type"), _KINDS, ids=[str(kind) for _, kind in _KINDS])
async def test_every_kind_is_recognised_by_its_content_and_decoded(content: bytes, media_type: MediaType) -> None:
    received = await _received(content)
    assert received.media_type is media_type
    found = inspect(content, media_type)
    expected = Measures(page_count=1) if media_type is MediaType.PDF else Measures(*([len_of(content)] * 2))
    assert found == expected


def len_of(content: bytes) -> int:
    with Image.open(io.BytesIO(content)) as opened:
        return opened.width


async def test_a_program_and_an_empty_body_are_refused() -> None:
    with pytest.raises(DocumentTypeNotAccepted):
        await _received(b"MZ\x90\x00" + bytes(100))
    with pytest.raises(DocumentTypeNotAccepted):
        await _received(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
    with pytest.raises(DocumentEmpty):
        await receive(_parts(b"", b""), "image/jpeg", 0)


async def test_a_content_type_that_contradicts_the_content_is_refused() -> None:
    with pytest.raises(ContentTypeContradicts) as refused:
        await _received(_JPEG, "application/pdf")
    assert refused.value.values == {"media_type": "image/jpeg"}
    assert (await _received(_JPEG, "image/jpg; q=1")).media_type is MediaType.JPEG


def test_a_wrong_extension_is_refused() -> None:
    with pytest.raises(FileNameContradicts):
        ensure_named_so("身份证.pdf", MediaType.JPEG)
    for name in ("身份证.JPEG", "现场.jfif", "现场照片😀.JPG", "身份证", None):
        ensure_named_so(name, MediaType.JPEG)
    assert not is_named_as("photo.jpg.exe", MediaType.JPEG)


async def test_reading_stops_one_part_after_the_limit_of_the_type() -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        yield _JPEG
        while True:
            taken += 1
            yield bytes(1024 * 1024)

    with pytest.raises(DocumentTooLarge) as refused:
        await receive(endless(), "", None)
    assert refused.value.values["limit_bytes"] == PICTURE_MAX_BYTES
    assert taken <= PICTURE_MAX_BYTES // (1024 * 1024) + 1


async def test_an_announced_length_beyond_every_limit_is_refused_before_a_byte_is_read() -> None:
    async def unread() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    with pytest.raises(DocumentTooLarge):
        await receive(unread(), "", 10**9)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        pytest.param(_JPEG[: len(_JPEG) // 2], DocumentUnreadable, id="half a JPEG"),
        pytest.param(_JPEG[:40] + bytes(200), DocumentUnreadable, id="broken JPEG"),
        pytest.param(_PNG[:-20], DocumentUnreadable, id="half a PNG"),
        pytest.param(_KINDS[2][0][:-10], DocumentUnreadable, id="half a WebP"),
        pytest.param(_KINDS[3][0][:-10], DocumentUnreadable, id="half a HEIC"),
        pytest.param(_PDF[:-60], DocumentUnreadable, id="half a PDF"),
        pytest.param(png_of(60_000, 60_000), PictureTooLarge, id="60 000 by 60 000 pixels"),
        pytest.param(png_of(9_000, 9_000), PictureTooLarge, id="81 million pixels"),
        pytest.param(_PNG + b"more", DocumentHidesAnother, id="PNG with bytes after its end"),
        pytest.param(_JPEG + archive(), DocumentHidesAnother, id="JPEG and ZIP"),
        pytest.param(_PNG + archive(), DocumentHidesAnother, id="PNG and ZIP"),
        pytest.param(_PDF + archive(), DocumentHidesAnother, id="PDF and ZIP"),
        pytest.param(_JPEG[:2] + b"\xff\xfe\x00\x0a%PDF-1.7" + _JPEG[2:], DocumentHidesAnother, id="JPEG and PDF"),
        pytest.param(_JPEG + b"<ScRipt>alert(1)</script>", DocumentHidesAnother, id="JPEG and HTML"),
        pytest.param(pdf(password="x"), PdfIsLocked, id="locked PDF"),
        pytest.param(
            pdf_with(b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"), PdfIsActive, id="PDF with JavaScript"
        ),
        pytest.param(pdf(attachment=b"MZ"), PdfIsActive, id="PDF with a file in it"),
        pytest.param(pdf(attachment=b"MZ", rights="AES-256"), PdfIsActive, id="PDF not to print, with a file in it"),
        pytest.param(pdf_with(b"/OpenAction<</S/Launch/F(x.exe)>>"), PdfIsActive, id="PDF that starts a program"),
        pytest.param(pdf_with(b"/OpenAction<</S/J#61v#61Script/J#53(1)>>"), PdfIsActive, id="PDF with escaped names"),
        pytest.param(packed_pdf(b"<</S/JavaScript/JS(f)>>"), PdfIsActive, id="PDF with packed JavaScript"),
        pytest.param(pdf_with(b"/X" + b"[" * 2000 + b"]" * 2000), DocumentUnreadable, id="PDF nested too deep"),
        pytest.param(pdf_with(b"/AA<</WC<</S/SubmitForm/F(http://x)>>>>"), PdfIsActive, id="PDF that sends a form"),
    ],
)
def test_treacherous_content_is_refused_by_name(content: bytes, refusal: type[Refusal]) -> None:
    media_type = media_type_of(content[:32])
    assert media_type is not None
    with pytest.raises(refusal):
        inspect(content, media_type)


def test_a_pdf_that_only_jumps_to_its_first_page_is_kept() -> None:
    for harmless in (pdf_with(b"/OpenAction[3 0 R /Fit]"), packed_pdf(b"<</S/GoTo/D[3 0 R /Fit]>>")):
        assert inspect(harmless, MediaType.PDF) == Measures(page_count=1)


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256-R5", "AES-256"])
async def test_a_pdf_that_anybody_opens_but_not_to_print_is_looked_into_and_kept(algorithm: str) -> None:
    assert await Checker([], 5).check(pdf(2, rights=algorithm), MediaType.PDF) == Measures(page_count=2)


def test_a_moving_photo_of_a_telephone_is_kept() -> None:
    moving = _JPEG + b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42" + bytes(64)
    assert inspect(moving, MediaType.JPEG) == Measures(24, 24)


async def test_the_inspecting_process_says_the_same() -> None:
    checker = Checker([], 5)
    assert await checker.check(_JPEG, MediaType.JPEG) == Measures(24, 24)
    with pytest.raises(PictureTooLarge):
        await checker.check(png_of(60_000, 60_000), MediaType.PNG)
    with pytest.raises(PdfIsActive) as refused:
        await checker.check(pdf_with(b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"), MediaType.PDF)
    assert refused.value.values["found"] == ["JavaScript"]


@pytest.mark.parametrize(
    ("verdict", "refusal"),
    [("exit 1", DocumentInfected), ("exit 2", ScannerUnavailable), ("sleep 20", ScannerUnavailable)],
)
async def test_only_a_clean_verdict_of_the_scanner_lets_a_document_pass(
    tmp_path: Path, verdict: str, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        await Checker([_scanner(tmp_path, verdict)], 0.8).check(_JPEG, MediaType.JPEG)
    assert _is_gone(tmp_path)


async def test_the_scanner_sees_the_content_in_a_private_file_that_is_gone_afterwards(tmp_path: Path) -> None:
    await Checker([_scanner(tmp_path, 'cp "$1" seen-content; stat -c %a "$(dirname "$1")" > mode')], 5).check(
        _JPEG, MediaType.JPEG
    )
    assert (tmp_path / "seen-content").read_bytes() == _JPEG
    assert (tmp_path / "mode").read_text().strip() == "700"
    assert _is_gone(tmp_path)


async def test_a_scanner_that_is_not_installed_lets_nothing_pass() -> None:
    with pytest.raises(ScannerUnavailable):
        await Checker(["/nowhere/clamdscan"], 5).check(_JPEG, MediaType.JPEG)


def _scanner(folder: Path, verdict: str) -> str:
    script = folder / "scanner"
    script.write_text(f'#!/bin/sh\ncd {folder}\necho "$1" > seen\n{verdict}\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return str(script)


def _is_gone(folder: Path) -> bool:
    return not Path((folder / "seen").read_text().strip()).exists()
