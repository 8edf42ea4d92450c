"""Read a file beside the service: in a process of its own when it is large, so that requests are answered meanwhile.

The process gets the task, the keys and the file through its standard input and gives pieces back through its standard
output; nothing touches a disk, and when the service dies its pipe breaks and the process ends with it.
`python -m services.registry.register.imports.reading_process` is that process; nobody else starts it.
"""

import asyncio
import base64
import fcntl
import gc
import io
import os
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import orjson

from services.registry.register.imports.pieces import Piece, read_pieces
from services.registry.register.imports.refusals import RefusedWhileReading
from shared.errors import Refusal
from shared.households_sheet import CellKind, SheetColumn
from shared.pii import PiiCipher
from shared.sheet_files.checking import checked_sheet
from shared.sheet_files.sheet import Cell

READ_HERE_UP_TO_BYTES: Final = 256 * 1024  # starting a process takes longer than reading so little
_LENGTH_BYTES: Final = 4
_BUFFER_BYTES: Final = 1024 * 1024
_WAIT_SECONDS: Final = 5.0


class ReaderDied(RuntimeError):
    """The reading process ended without saying why."""


@dataclass(frozen=True)
class ReadingTask:
    """How a file is to be read."""

    kind: str
    columns: Sequence[SheetColumn]
    known_extras: Sequence[str]
    rows_per_piece: int


async def pieces_of(
    task: ReadingTask, cipher: PiiCipher, parts: AsyncIterator[bytes], size: int
) -> AsyncIterator[Piece]:
    """Yield the pieces of a file whose content comes in `parts`.

    Raises:
        FileRefused: the file cannot be read to its end.
        ReaderDied: the process was killed.
    """
    read = _read_here if size <= READ_HERE_UP_TO_BYTES else _read_beside
    async for piece in read(task, cipher, parts, size):
        yield piece


async def _read_here(
    task: ReadingTask, cipher: PiiCipher, parts: AsyncIterator[bytes], size: int
) -> AsyncIterator[Piece]:
    body = io.BytesIO(b"".join([part async for part in parts]))
    pieces = _pieces(task, cipher, body)
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        yield piece


async def _read_beside(
    task: ReadingTask, cipher: PiiCipher, parts: AsyncIterator[bytes], size: int
) -> AsyncIterator[Piece]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        __name__,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_BUFFER_BYTES,
        cwd=_ROOT,
        env={name: value for name, value in os.environ.items() if name in _ENVIRONMENT},
    )
    assert process.stdin is not None and process.stdout is not None  # noqa: PT018
    try:
        await _hand_over(process.stdin, task, cipher, parts, size)
        while True:
            meta = orjson.loads(await _received(process.stdout))
            if "refused" in meta:
                raise RefusedWhileReading(**meta["refused"])
            if "end" in meta:
                return
            packed, written = await _received(process.stdout), await _received(process.stdout)
            yield Piece(meta["place"], meta["row_count"], packed, written)
    except (asyncio.IncompleteReadError, ConnectionError):
        raise ReaderDied from None
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await asyncio.wait_for(process.wait(), _WAIT_SECONDS)


_ENVIRONMENT: Final = frozenset({"PATH", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV", "PYTHONPATH", "LD_LIBRARY_PATH"})
_ROOT: Final = Path(__file__).parents[4]


async def _hand_over(
    pipe: asyncio.StreamWriter, task: ReadingTask, cipher: PiiCipher, parts: AsyncIterator[bytes], size: int
) -> None:
    keys = {
        "keys": {key_id: base64.b64encode(key).decode() for key_id, key in cipher.keys.items()},
        "current": cipher.current,
        "index_key": base64.b64encode(cipher.index_key).decode(),
    }
    columns = [{**asdict(_plain(column)), "words": dict(column.words)} for column in task.columns]
    order = {
        "kind": task.kind,
        "columns": columns,
        "known_extras": list(task.known_extras),
        "rows_per_piece": task.rows_per_piece,
        "cipher": keys,
        "size": size,
    }
    pipe.write(_framed(orjson.dumps(order)))
    async for part in parts:
        pipe.write(part)
        await pipe.drain()
    pipe.close()


def _plain(column: SheetColumn) -> SheetColumn:
    """Return the column without its words, which are no plain dictionary."""
    return SheetColumn(column.key, column.zh, column.en, column.width, column.kind, column.required, {})


def _framed(content: bytes) -> bytes:
    return len(content).to_bytes(_LENGTH_BYTES, "big") + content


async def _received(pipe: asyncio.StreamReader) -> bytes:
    length = int.from_bytes(await pipe.readexactly(_LENGTH_BYTES), "big")
    return await pipe.readexactly(length)


def _pieces(task: ReadingTask, cipher: PiiCipher, body: BinaryIO) -> Iterator[Piece]:
    sheet = checked_sheet(body, task.columns, task.known_extras)
    return read_pieces(task.kind, sheet, task.columns, cipher, task.rows_per_piece)


def _task_of(order: dict[str, Any]) -> tuple[ReadingTask, PiiCipher]:
    columns = [SheetColumn(**{**each, "kind": CellKind(each["kind"])}) for each in order["columns"]]
    keys = order["cipher"]
    cipher = PiiCipher(
        {key_id: base64.b64decode(key) for key_id, key in keys["keys"].items()},
        keys["current"],
        base64.b64decode(keys["index_key"]),
    )
    return ReadingTask(order["kind"], columns, order["known_extras"], order["rows_per_piece"]), cipher


def cells_written(written: bytes) -> dict[int, list[Cell]]:
    """Return the cells of a piece by row number, as they were written."""
    return dict(orjson.loads(written))


def main() -> None:
    """Read the file that comes in and write its pieces out."""
    gc.disable()  # rows make no cycles, and looking for some takes a twelfth of the time
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    with suppress(OSError):  # a pipe as wide as a piece, where the system lets us: fewer turns between two processes
        fcntl.fcntl(sink, fcntl.F_SETPIPE_SZ, _BUFFER_BYTES)
    order = orjson.loads(source.read(int.from_bytes(source.read(_LENGTH_BYTES), "big")))
    body = io.BytesIO(source.read())
    if body.getbuffer().nbytes != order["size"]:
        return  # the service died while it handed the file over
    task, cipher = _task_of(order)
    try:
        for piece in _pieces(task, cipher, body):
            meta = orjson.dumps({"place": piece.place, "row_count": piece.row_count})
            for part in (meta, piece.packed, piece.written):
                sink.write(_framed(part))
            sink.flush()
        sink.write(_framed(orjson.dumps({"end": True})))
    except Refusal as refused:
        sentence = refused.sentence
        said = {"code": refused.code, "title": refused.title, "zh": sentence.zh, "en": sentence.en}
        sink.write(_framed(orjson.dumps({"refused": said})))
    sink.flush()


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        main()
