"""Where the contents of documents are kept: sealed, under the SHA-256 of what they were before."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cryptography.exceptions import InvalidTag

from shared.pii import PiiCipher


class NothingStored(Exception):
    """The store has nothing under this address."""


class StoreAway(Exception):
    """The store did not answer, or could not take or give what was asked."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One thing in the store, and when it was last written."""

    address: str
    written_at: datetime


class ContentStore(Protocol):
    """A place that keeps bytes under an address of 64 hexadecimal digits; every method may raise StoreAway."""

    async def put(self, address: str, sealed: bytes) -> None:
        """Keep bytes durably; what stood there before is replaced whole or not at all."""

    async def get(self, address: str) -> bytes:
        """Return the bytes; raises NothingStored."""

    async def holds(self, address: str) -> bool:
        """Return whether there is anything under the address."""

    def everything(self) -> AsyncIterator[Stored]:
        """Yield all that is stored, in no order."""

    async def remove(self, address: str) -> None:
        """Forget the bytes; nothing happens where there are none."""


def sealed_content(cipher: PiiCipher, address: str, content: bytes) -> bytes:
    """Return content sealed for its address, so that it opens nowhere else."""
    return cipher.encrypt_bytes(content, _context(address))


def opened_content(cipher: PiiCipher, address: str, sealed: bytes) -> bytes:
    """Return sealed content in clear.

    Raises:
        NothingStored: it was damaged, belongs to another address, or its key is gone.
    """
    try:
        return cipher.decrypt_bytes(sealed, _context(address))
    except (InvalidTag, KeyError, ValueError):
        raise NothingStored(address) from None


def _context(address: str) -> str:
    return f"document_version.content/{address}"
