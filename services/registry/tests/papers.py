"""Papers for the tests: small pictures and PDFs, right ones and treacherous ones."""

import io
import struct
import zipfile
import zlib
from typing import Any

import httpx
from PIL import Image
from pypdf import PdfWriter
from pypdf.constants import UserAccessPermissions

from services.registry.tests.county import COUNTY
from shared.access import Role
from shared.testing.service import ServiceUnderTest


def picture(shade: int = 0, form: str = "JPEG", side: int = 24, **more: Any) -> bytes:
    """Return a small picture; another shade is another content."""
    if form == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    output = io.BytesIO()
    Image.new("RGB", (side, side), (shade % 256, shade // 256 % 256, 90)).save(output, form, **more)
    return output.getvalue()


def pdf(pages: int = 1, **extras: Any) -> bytes:
    """Return a PDF of blank pages: with an `attachment`, a `password`, or `rights` (a cipher) that forbid printing."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=200, height=300)
    if "attachment" in extras:
        writer.add_attachment("tool.bin", extras["attachment"])
    if "password" in extras:
        writer.encrypt(extras["password"])
    if "rights" in extras:
        writer.encrypt("", "owner", permissions_flag=UserAccessPermissions(0), algorithm=extras["rights"])
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def pdf_with(entry: bytes) -> bytes:
    """Return a hand-written PDF whose catalogue has one more entry."""
    return (
        b"%PDF-1.7\n1 0 obj <</Type/Catalog/Pages 2 0 R " + entry + b">> endobj\n"
        b"2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n"
        b"3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>> endobj\n"
        b"trailer <</Root 1 0 R/Size 4>>\nstartxref\n0\n%%EOF\n"
    )


def packed_pdf(action: bytes) -> bytes:
    """Return a PDF whose objects, an action among them, are all inside a compressed object stream."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/OpenAction 4 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        action,
    ]
    places = [sum(len(each) + 1 for each in objects[:place]) for place in range(4)]
    index = b"".join(b"%d %d " % (number, at) for number, at in enumerate(places, start=1))
    packed = zlib.compress(index + b" ".join(objects))
    start = b"%PDF-1.5\n"
    stream = b"5 0 obj <</Type/ObjStm/N 4/First %d/Filter/FlateDecode/Length %d>> stream\n" % (len(index), len(packed))
    body = start + stream + packed + b"\nendstream endobj\n"
    rows = [(0, 0, 0), *((2, 5, place) for place in range(4)), (1, len(start), 0), (1, len(body), 0)]
    table = zlib.compress(b"".join(struct.pack(">BHB", *each) for each in rows))
    cross = b"6 0 obj <</Type/XRef/W[1 2 1]/Size 7/Root 1 0 R/Filter/FlateDecode/Length %d>> stream\n" % len(table)
    return body + cross + table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % len(body)


def png_of(width: int, height: int) -> bytes:
    """Return a PNG that says it is so large and carries a few bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(2000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def archive() -> bytes:
    """Return a small ZIP archive."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as file:
        file.writestr("run.bat", "del *.*")
    return output.getvalue()


async def file_paper(
    registry: ServiceUnderTest,
    household: str,
    content: Any,
    kind: str = "identity_proof",
    *,
    role: Role = Role.VILLAGE,
    region: str = COUNTY,
    subject: str | None = None,
    content_type: str | None = None,
    **query: str,
) -> httpx.Response:
    """Put a paper into a household's dossier."""
    headers = registry.headers(role, region=region, subject=subject)
    if content_type:
        headers["Content-Type"] = content_type
    path = f"/api/v1/households/{household}/documents"
    return await registry.client.post(path, params={"kind": kind, **query}, content=content, headers=headers)


async def filed(registry: ServiceUnderTest, household: str, content: bytes, kind: str = "identity_proof") -> Any:
    """Put a paper on file that nothing stands against."""
    answer = await file_paper(registry, household, content, kind)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def newer(
    registry: ServiceUnderTest, document: str, content: bytes, *, role: Role = Role.TOWNSHIP, region: str = COUNTY
) -> httpx.Response:
    """Put a newer version of a document on file."""
    headers = registry.headers(role, region=region)
    return await registry.client.post(f"/api/v1/documents/{document}/versions", content=content, headers=headers)


async def withdraw(
    registry: ServiceUnderTest, document: str, *, role: Role = Role.TOWNSHIP, subject: str | None = None, **body: Any
) -> httpx.Response:
    """Withdraw a document."""
    headers = registry.headers(role, subject=subject)
    path = f"/api/v1/documents/{document}/withdrawals"
    return await registry.client.post(path, json={"reason": "归错户", **body}, headers=headers)
