"""Keep contents in a folder of this machine, or of a volume that all instances mount."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final
from uuid import uuid4

from services.registry.dossier.documents.store import NothingStored, StoreAway, Stored

_ADDRESS: Final = re.compile(r"[0-9a-f]{64}")
_UNFINISHED: Final = ".new-"  # left behind by a crash between writing and renaming
_LISTED_AT_ONCE: Final = 1000


class FolderStore:
    """Files under `folder/ab/cd/abcd…`; each is on the disk, and its name too, before `put` returns."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, address: str, sealed: bytes) -> None:
        """Write beside the place, bring it to the disk, and rename: nobody ever sees half a file."""
        await _guarded(self._put, address, sealed)

    async def get(self, address: str) -> bytes:
        """Return the bytes; raises NothingStored."""
        try:
            return await asyncio.to_thread(self._place(address).read_bytes)
        except FileNotFoundError:
            raise NothingStored(address) from None
        except OSError as error:
            raise StoreAway(type(error).__name__) from error

    async def holds(self, address: str) -> bool:
        """Return whether there is anything under the address."""
        return await asyncio.to_thread(self._place(address).is_file)

    async def everything(self) -> AsyncIterator[Stored]:
        """Yield all that is stored, unfinished files too."""
        found = self._everything()
        while some := await asyncio.to_thread(lambda: list(islice(found, _LISTED_AT_ONCE))):
            for each in some:
                yield each

    async def remove(self, address: str) -> None:
        """Forget the bytes."""
        await _guarded(lambda: self._place(address).unlink(missing_ok=True))

    def _place(self, address: str) -> Path:
        name = address.partition(_UNFINISHED)[0]
        if not _ADDRESS.fullmatch(name):
            raise ValueError("not an address")
        return self._folder / name[:2] / name[2:4] / address

    def _put(self, address: str, sealed: bytes) -> None:
        place = self._place(address)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = place.with_name(f"{address}{_UNFINISHED}{uuid4().hex}")
        try:
            with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(place)
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise
        for folder in (place.parent, place.parent.parent, self._folder):
            _bring_to_disk(folder)

    def _everything(self) -> Iterator[Stored]:
        for path in self._folder.glob("??/??/*"):
            if _ADDRESS.fullmatch(path.name.partition(_UNFINISHED)[0]):
                try:
                    yield Stored(path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC))
                except FileNotFoundError:  # finished or removed meanwhile
                    continue


def _bring_to_disk(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


async def _guarded(work: Callable[..., None], *given: object) -> None:
    try:
        await asyncio.to_thread(work, *given)
    except OSError as error:
        raise StoreAway(type(error).__name__) from error
