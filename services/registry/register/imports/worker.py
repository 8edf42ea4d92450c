"""The worker of one replica: takes queued imports, reads them beside the service, registers them piece by piece.

A piece is one transaction. A worker that is killed leaves its lease to run out; the next one reads the file again and
leaves out the pieces that are on file, so nothing is registered twice. Two pieces are registered at the same time, by
two sessions, while the next ones are read.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import structlog

from services.registry.register.imports.actions import queue
from services.registry.register.imports.actions.registering import (
    LeaseLost,
    PieceStatements,
    TakenImport,
    clear,
    prepare,
    register_piece,
)
from services.registry.register.imports.columns import columns_of
from services.registry.register.imports.household_sql import HOUSEHOLD_STATEMENTS
from services.registry.register.imports.member_sql import MEMBER_STATEMENTS
from services.registry.register.imports.pieces import HOUSEHOLDS, MEMBERS, UPLOAD_CONTEXT, Piece
from services.registry.register.imports.reading_process import ReadingTask, pieces_of
from services.registry.register.imports.rejections import EXTRA_HEADERS
from shared.bus.faults import is_transient
from shared.csv_files.refusals import FileRefused
from shared.db import Database
from shared.failpoints import failpoint
from shared.ids import new_id
from shared.pii import PiiCipher
from shared.sheet_files.sheet import understood

POLL_SECONDS: Final = 1.0  # a wake-up in the same process comes at once; this is for uploads taken by other replicas
PAUSE_AFTER_FAULT_SECONDS: Final = 2.0
SESSIONS: Final = 2
PIECES_WAITING: Final = 1
STATEMENTS: Final[dict[str, PieceStatements]] = {HOUSEHOLDS: HOUSEHOLD_STATEMENTS, MEMBERS: MEMBER_STATEMENTS}
GIVEN_UP: Final = {
    "code": "import-given-up",
    "title": "导入多次中断 Import given up",
    "detail": "读取文件多次中断，请拆分文件后分别重新上传。 "
    "Reading the file was interrupted again and again; split the file and send its parts.",
}
log = structlog.get_logger("imports")


@dataclass
class _Progress:
    rows_read: int = 0
    is_read: bool = False
    refused: FileRefused | None = None


@dataclass
class ImportWorker:
    """One replica's worker; `wake` is set by whoever queues an import in the same process."""

    database: Database
    cipher: PiiCipher
    id: UUID = field(default_factory=new_id)
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ImportWorker"]:
        """Work in the background until the block is left; what is under way then is given back."""
        task = asyncio.create_task(self._work(), name="imports")
        try:
            yield self
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await self._give_back(counts=False)  # it may have been stopped just as it took one

    async def _work(self) -> None:
        while True:
            try:
                self.wake.clear()
                if not await self._take_one():
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self.wake.wait(), POLL_SECONDS)
            except Exception as fault:  # the database may be away: the worker goes on when it is back
                log.warning("import interrupted", error=type(fault).__name__)
                await asyncio.sleep(PAUSE_AFTER_FAULT_SECONDS)

    async def _take_one(self) -> bool:
        async with self.database.connection() as conn:
            queued = await queue.take(conn, self.id)
        if queued is None:
            return False
        try:
            await self._import(queued)
        except LeaseLost:
            log.warning("import resumed", import_id=str(queued.id))
        except FileRefused as refused:
            await self._end(queued, queue.failure_of(refused))
        except BaseException as fault:
            its_own = isinstance(fault, Exception) and not is_transient(fault)
            await asyncio.shield(self._give_back(counts=its_own))
            raise
        self.database.committed.set()
        return True

    async def _import(self, queued: queue.QueuedImport) -> None:
        if queued.attempt_count > queue.ATTEMPTS_MAX:
            await self._end(queued, GIVEN_UP)
            return
        async with self.database.connection() as conn:
            columns = await columns_of(conn, queued.kind, queued.county_code, queued.collected_on)
            done = await queue.places_done(conn, queued.id)
        taken = TakenImport(
            id=queued.id,
            kind=queued.kind,
            county_code=queued.county_code,
            scopes=queued.scopes,
            collected_on=queued.collected_on,
            received_on=queued.received_on,
            officer=queued.imported_by,
            traceparent=queued.traceparent,
            columns=columns,
            header=understood(queued.columns, columns, EXTRA_HEADERS),
            rows_per_piece=queued.rows_per_piece,
            byte_count=queued.byte_count,
            worker=self.id,
        )
        progress = _Progress()
        renewing = asyncio.create_task(self._renew(taken, progress))
        try:
            await self._register_all(taken, done, progress)
        finally:
            renewing.cancel()
            with suppress(asyncio.CancelledError, LeaseLost):
                await renewing
        if progress.refused is not None:
            raise progress.refused
        failpoint("imports.before_finish")
        await self._end(queued, None)

    async def _register_all(self, taken: TakenImport, done: set[int], progress: _Progress) -> None:
        """Read in front, register behind; the first fault of any of them ends all, under its own name."""
        waiting: asyncio.Queue[Piece | None] = asyncio.Queue(PIECES_WAITING)
        tasks = [
            asyncio.create_task(self._read(taken, done, waiting, progress)),
            *(asyncio.create_task(self._register(taken, waiting)) for _ in range(SESSIONS)),
        ]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                if not task.cancelling():  # a second time would stop what it clears up
                    task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(
        self, taken: TakenImport, done: set[int], waiting: "asyncio.Queue[Piece | None]", progress: _Progress
    ) -> None:
        task = ReadingTask(taken.kind, taken.columns, EXTRA_HEADERS, taken.rows_per_piece)
        try:
            async for piece in pieces_of(task, self.cipher, self._parts(taken), taken.byte_count):
                failpoint("imports.piece_read")
                progress.rows_read += piece.row_count
                if piece.place not in done:
                    await waiting.put(piece)
        except FileRefused as refused:  # the pieces above are registered first, so that the counts are always the same
            progress.refused = refused
        progress.is_read = True
        for _ in range(SESSIONS):
            await waiting.put(None)

    async def _register(self, taken: TakenImport, waiting: "asyncio.Queue[Piece | None]") -> None:
        statements = STATEMENTS[taken.kind]
        async with AsyncExitStack() as stack:
            conn = None
            while (piece := await waiting.get()) is not None:
                if conn is None:  # a small file needs one session only
                    conn = await stack.enter_async_context(self.database.connection())
                    stack.push_async_callback(clear, conn)
                    await prepare(conn, statements)
                await register_piece(conn, taken, statements, self.cipher, piece)
                self.database.committed.set()

    async def _parts(self, taken: TakenImport) -> AsyncIterator[bytes]:
        part = 0
        while True:
            async with self.database.connection() as conn:
                sealed = await queue.part_of(conn, taken.id, part)
            if sealed is None:
                return
            yield await asyncio.to_thread(self.cipher.decrypt_bytes, sealed, UPLOAD_CONTEXT)
            part += 1

    async def _renew(self, taken: TakenImport, progress: _Progress) -> None:
        while True:
            await asyncio.sleep(queue.RENEW_SECONDS)
            with suppress(OSError, TimeoutError):  # the next renewal may reach the database before the lease ends
                async with self.database.connection() as conn:
                    await queue.renew(conn, taken.id, self.id, progress.rows_read, is_read=progress.is_read)

    async def _end(self, queued: queue.QueuedImport, failure: dict[str, str] | None) -> None:
        async with self.database.transaction() as conn:
            await queue.finish(conn, queued.id, self.id, failure)

    async def _give_back(self, *, counts: bool) -> None:
        with suppress(Exception):  # the lease runs out by itself where the database is away
            async with self.database.connection() as conn:
                await queue.give_back(conn, self.id, counts=counts)
