"""Personal data at rest: AES-256-GCM bound to its place, and a keyed blind index for look-up.

Key file: JSON `{"encryption": {"<key id>": "<base64 32 bytes>"}, "current": "<key id>", "index": "<base64 32 bytes>"}`.
"""

import base64
import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


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
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self.keys[self.current]).encrypt(nonce, value.encode(), context.encode())
        return self.current.encode() + b":" + nonce + sealed

    def decrypt(self, sealed: bytes, context: str) -> str:
        """Return the value; raises `InvalidTag` when it was moved from another column or changed."""
        key_id, _, rest = sealed.partition(b":")
        nonce, ciphertext = rest[:_NONCE_BYTES], rest[_NONCE_BYTES:]
        return AESGCM(self.keys[key_id.decode()]).decrypt(nonce, ciphertext, context.encode()).decode()

    def index(self, value: str) -> bytes:
        """Return the keyed digest under which an equal value is found again."""
        return hmac.digest(self.index_key, value.encode(), hashlib.sha256)


def masked_tail(value: str, shown: int = 4) -> str:
    """Return `value` with all but the last characters hidden, e.g. ***************6789."""
    return "*" * max(len(value) - shown, 0) + value[-shown:]
