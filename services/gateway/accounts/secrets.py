"""Passwords and client secrets: argon2id, off the event loop, and the same time whether the account exists or not."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from shared.errors import Invalid

SHORTEST = 12
LONGEST = 200
_COMMON = re.compile(r"^(.)\1+$|^(?:0?123456789\d*|password\d*|qwerty\w*|admin\d*)$", re.IGNORECASE)
_THREADS = 2  # hashing is memory-hard; more at once would push out everything else


class PasswordTooWeak(Invalid):
    """The password is too short or on the list of common ones."""

    code = "password-too-weak"
    title = "密码强度不足 Password too weak"

    def __init__(self) -> None:
        super().__init__(
            f"Choose a password of {SHORTEST} to {LONGEST} characters that is not a common one or the account's name."
        )


def ensure_strong(username: str, password: str) -> None:
    """Refuse short, overlong and common passwords.

    Raises:
        PasswordTooWeak: naming the rule.
    """
    if not SHORTEST <= len(password) <= LONGEST or _COMMON.match(password) or username.lower() in password.lower():
        raise PasswordTooWeak


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
        """Tell whether the secret is right; an unknown account costs the same time as a wrong secret."""
        found = await asyncio.get_running_loop().run_in_executor(
            self._threads, self._hash.verify, secret, stored or self._decoy
        )
        return found and stored is not None

    def close(self) -> None:
        """Stop the worker threads."""
        self._threads.shutdown(wait=False)
