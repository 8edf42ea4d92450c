"""Personal data at rest: AES-256-GCM bound to its place, and a keyed blind index for look-up.

Key file: JSON `{"encryption": {"<key id>": "<base64 32 bytes>"}, "current": "<key id>", "index": "<base64 32 bytes>"}`.
"""

import base64
import hmac
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

# The platform's own ids and digests hold rows of digits that are nobody's number.
_OWN_ID = re.compile(
    r"([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|(?<![0-9a-fA-F])[0-9a-f]{64}(?![0-9a-fA-F]))"
)
_NONCE_BYTES = 12
_NONCES_AT_ONCE = 1024


@dataclass(frozen=True)
class PiiCipher:
    """Encrypts fields and builds blind indexes; the context (table.column) is authenticated with the value."""

    keys: dict[str, bytes]
    current: str
    index_key: bytes

    @classmethod
    def from_file(cls, path: Path) -> "PiiCipher":
        """Read the keys from a JSON key file."""
        stored = json.loads(path.read_text())
        keys = {key_id: base64.b64decode(key) for key_id, key in stored["encryption"].items()}
        return cls(keys, stored["current"], base64.b64decode(stored["index"]))

    def encrypt(self, value: str, context: str) -> bytes:
        """Return `<key id>:` + nonce + ciphertext; `context` names the table and column."""
        return self.encrypt_bytes(value.encode(), context)

    def encrypt_bytes(self, content: bytes, context: str) -> bytes:
        """Return the content of a file, or a piece of it, sealed like a value."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._aead[self.current].encrypt(nonce, content, context.encode())
        return self.current.encode() + b":" + nonce + sealed

    def decrypt(self, sealed: bytes, context: str) -> str:
        """Return the value; raises `InvalidTag` when it was moved from another column or changed."""
        return self.decrypt_bytes(sealed, context).decode()

    def decrypt_bytes(self, sealed: bytes, context: str) -> bytes:
        """Return the content; raises `InvalidTag` when it was moved from another column or changed."""
        key_id, _, rest = sealed.partition(b":")
        nonce, ciphertext = rest[:_NONCE_BYTES], rest[_NONCE_BYTES:]
        return self._aead[key_id.decode()].decrypt(nonce, ciphertext, context.encode())

    def sealer(self, context: str) -> Callable[[str], bytes]:
        """Return `encrypt` for one context, for many values: nonces are drawn a thousand at a time, used once each.

        The function belongs to one thread of one process: two that shared it would share nonces.
        """
        aead, prefix, place = self._aead[self.current], self.current.encode() + b":", context.encode()
        nonces: list[bytes] = []

        def seal(value: str) -> bytes:
            if not nonces:
                drawn = os.urandom(_NONCE_BYTES * _NONCES_AT_ONCE)
                nonces.extend(drawn[at : at + _NONCE_BYTES] for at in range(0, len(drawn), _NONCE_BYTES))
            nonce = nonces.pop()
            return prefix + nonce + aead.encrypt(nonce, value.encode(), place)

        return seal

    @cached_property
    def _aead(self) -> dict[str, AESGCM]:
        return {key_id: AESGCM(key) for key_id, key in self.keys.items()}

    def index(self, value: str) -> bytes:
        """Return the keyed digest under which an equal value is found again."""
        return self.index_bytes(value.encode())

    def index_bytes(self, content: bytes) -> bytes:
        """Return the keyed digest of some content."""
        return hmac.digest(self.index_key, content, "sha256")


def outside_ids(text: str, hide: Callable[[str], str]) -> str:
    """Return `text` with `hide` applied to all of it but the ids and digests of the platform."""
    return "".join(part if place % 2 else hide(part) for place, part in enumerate(_OWN_ID.split(text)))


def masked_tail(value: str, shown: int = 4) -> str:
    """Return `value` with all but the last characters hidden, e.g. ***************6789."""
    return "*" * max(len(value) - shown, 0) + value[-shown:]
