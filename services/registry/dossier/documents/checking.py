"""Check a document before it is stored: inspected in a process of its own, then by the virus scanner if one is set."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import orjson
import structlog

from services.registry.dossier.documents.inspection import PIXELS_MAX, Measures
from services.registry.dossier.documents.refusals import (
    DocumentHidesAnother,
    DocumentInfected,
    DocumentUnreadable,
    PdfIsActive,
    PdfIsLocked,
    PictureTooLarge,
    ScannerUnavailable,
)
from services.registry.dossier.documents.rules.media import MediaType
from shared.errors import Refusal

log = structlog.get_logger(__name__)
INSPECTION_SECONDS: Final = 30.0
CHECKS_AT_ONCE: Final = 2  # each may take a core and 1.5 GB
_INFECTED: Final = 1  # the exit code of clamscan, clamdscan and their like
_ROOT: Final = Path(__file__).parents[4]
_ENVIRONMENT: Final = frozenset({"PATH", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV", "PYTHONPATH", "LD_LIBRARY_PATH"})
_BY_NAME: Final[Mapping[str, Callable[[dict[str, Any]], Refusal]]] = MappingProxyType(
    {
        "DocumentUnreadable": lambda _: DocumentUnreadable(),
        "DocumentHidesAnother": lambda _: DocumentHidesAnother(),
        "PictureTooLarge": lambda _: PictureTooLarge(PIXELS_MAX),
        "PdfIsLocked": lambda _: PdfIsLocked(),
        "PdfIsActive": lambda said: PdfIsActive(said["found"]),
    }
)


class InspectionFailed(RuntimeError):
    """The inspecting process could not do its work for a reason of our own."""


class Checker:
    """Inspects and scans documents, a few at a time."""

    def __init__(self, scan_command: Sequence[str], scan_seconds: float) -> None:
        self._scan_command = list(scan_command)
        self._scan_seconds = scan_seconds
        self._turns = asyncio.Semaphore(CHECKS_AT_ONCE)

    @property
    def scans(self) -> bool:
        """Return whether a virus scanner is set."""
        return bool(self._scan_command)

    async def check(self, content: bytes, media_type: MediaType) -> Measures:
        """Return the measures of a document that is whole, harmless and clean.

        Raises:
            DocumentUnreadable, PictureTooLarge, DocumentHidesAnother, PdfIsLocked, PdfIsActive: what inspection found.
            DocumentInfected, ScannerUnavailable: what the scanner said, or that it said nothing.
        """
        async with self._turns:
            measures = await _inspected(content, media_type)
            if self._scan_command:
                await self._scan(content)
        return measures

    async def _scan(self, content: bytes) -> None:
        folder = await asyncio.to_thread(tempfile.mkdtemp, prefix="document-")  # for us alone, mode 0700
        try:
            path = Path(folder, "content")
            await asyncio.to_thread(path.write_bytes, content)
            code = await self._scanned(path)
        except OSError as error:
            log.error("scanner_failed", kind=type(error).__name__)
            raise ScannerUnavailable from None
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        if code == _INFECTED:
            log.warning("document_infected")
            raise DocumentInfected
        if code != 0:
            log.error("scanner_failed", exit_code=code)
            raise ScannerUnavailable

    async def _scanned(self, path: Path) -> int | None:
        process = await asyncio.create_subprocess_exec(
            *self._scan_command,
            str(path),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if name in _ENVIRONMENT},
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(self._scan_seconds):
                return await process.wait()
        except TimeoutError:
            return None
        finally:
            await _ended(process)


async def _inspected(content: bytes, media_type: MediaType) -> Measures:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.registry.dossier.documents.inspection",
        media_type,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=_ROOT,
        env={name: value for name, value in os.environ.items() if name in _ENVIRONMENT},
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(INSPECTION_SECONDS):
            said, _ = await process.communicate(content)
    except TimeoutError:
        raise DocumentUnreadable from None
    finally:
        await _ended(process)
    if process.returncode is not None and process.returncode < 0:  # stopped by a limit, or by a fault in a decoder
        log.warning("inspection_killed", signal=signal.Signals(-process.returncode).name, media_type=media_type)
        raise DocumentUnreadable
    if process.returncode != 0:
        raise InspectionFailed(f"exit code {process.returncode}")
    return _found(orjson.loads(said))


def _found(said: dict[str, Any]) -> Measures:
    if "refused" in said:
        raise _BY_NAME[said["refused"]](said)
    return Measures(**said["measures"])


async def _ended(process: asyncio.subprocess.Process) -> None:
    """End a process with everything it started; it leads a session of its own."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
