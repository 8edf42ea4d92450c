"""Take a sheet in: refuse it at once when it cannot be trusted, else keep it sealed and queue it."""

import asyncio
import hashlib
import io
from datetime import date
from typing import Final
from uuid import UUID

from services.registry.register.imports.columns import columns_of
from services.registry.register.imports.pieces import UPLOAD_CONTEXT
from services.registry.register.imports.queries import get_import
from services.registry.register.imports.rejections import EXTRA_HEADERS
from services.registry.register.imports.schemas import HouseholdImportOut
from services.registry.register.regions.queries import ensure_in_force
from shared import outbox
from shared.access import Principal, Right
from shared.db import Connection
from shared.errors import OutsideRegion
from shared.ids import new_id
from shared.pii import PiiCipher
from shared.sheet_files.checking import CheckedSheet, checked_sheet

PART_BYTES: Final = 1024 * 1024
ROWS_PER_PIECE: Final = 2500  # about a tenth of a second each: short locks, and little to do again after a crash
_QUEUE = """
INSERT INTO household_import (id, kind, county_code, file_sha256, collected_on, columns, columns_ignored, imported_by,
  form, byte_count, scopes, rows_expected, rows_per_piece, traceparent, state, rows_read, attempt_count,
  row_count, registered_count, already_registered_count, rejected_count)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'queued', 0, 0, 0, 0, 0, 0)
"""
_STORE = "INSERT INTO household_import_part (import_id, part, content_sealed) VALUES ($1, $2, $3)"


async def receive_sheet(
    conn: Connection,
    officer: Principal,
    cipher: PiiCipher,
    kind: str,
    county_code: str,
    collected_on: date,
    body: bytes,
) -> HouseholdImportOut:
    """Queue a sheet of households or members for the workers.

    Raises:
        OutsideRegion: the officer may import nowhere in the county.
        RegionUnknown, RegionEnded: the county's code is not on file, or holds no longer.
        FileRefused: the file as a whole cannot be read, by name.
    """
    scopes = _scopes_in(officer, county_code)
    await ensure_in_force(conn, county_code)
    columns = await columns_of(conn, kind, county_code, collected_on)
    sheet = await asyncio.to_thread(checked_sheet, io.BytesIO(body), columns, EXTRA_HEADERS)
    import_id = new_id()
    await _queue(conn, import_id, officer, kind, county_code, collected_on, scopes, sheet, body)
    for part, start in enumerate(range(0, len(body), PART_BYTES)):
        piece = body[start : start + PART_BYTES]
        await conn.execute(_STORE, import_id, part, cipher.encrypt_bytes(piece, UPLOAD_CONTEXT))
    return await get_import(conn, officer, import_id)


async def _queue(
    conn: Connection,
    import_id: UUID,
    officer: Principal,
    kind: str,
    county_code: str,
    collected_on: date,
    scopes: list[str],
    sheet: CheckedSheet,
    body: bytes,
) -> None:
    await conn.execute(
        _QUEUE,
        import_id,
        kind,
        county_code,
        hashlib.sha256(body).digest(),
        collected_on,
        list(sheet.header.headers),
        list(sheet.header.ignored),
        officer.subject,
        sheet.form,
        len(body),
        scopes,
        sheet.file.rows_expected,
        ROWS_PER_PIECE,
        outbox.current_traceparent(),
    )


def _scopes_in(officer: Principal, county_code: str) -> list[str]:
    granted = officer.regions_for(Right.HOUSEHOLDS_IMPORT)
    scopes = [scope for scope in granted if scope.startswith(county_code) or county_code.startswith(scope)]
    if not scopes:
        raise OutsideRegion(county_code)
    return scopes
