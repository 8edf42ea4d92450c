"""Passwords and client secrets: argon2id, off the event loop, and the same time whether the account exists or not."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

_THREADS = 2  # hashing is memory-hard; more at once would push out everything else


class SecretHasher:
    """Hashes and checks secrets in two worker threads."""

    def __init__(self, memory_kib: int, passes: int) -> None:
        self._hash = PasswordHash((Argon2Hasher(time_cost=passes, memory_cost=memory_kib, parallelism=1),))
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="argon2")
        self._decoy = self._hash.hash("nobody has this password")

    async def hashed(self, secret: str) -> str:
        """Return the argon2id hash of a secret."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hash.hash, secret)

    async def matches(self, secret: str, stored: str | None) -> bool:
        """Return whether the secret is right; an unknown account costs the same time as a wrong secret."""
        found = await asyncio.get_running_loop().run_in_executor(
            self._threads, self._hash.verify, secret, stored or self._decoy
        )
        return found and stored is not None

    def close(self) -> None:
        """Stop the worker threads."""
        self._threads.shutdown(wait=False)
