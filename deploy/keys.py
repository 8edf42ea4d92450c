"""Generate, once, the keys that services sign tokens with and that personal data are encrypted with."""

import base64
import json
import os
from collections.abc import Iterable
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.credentials import write_private

PII_KEY_BYTES = 32
FIRST_PII_KEY = "k1"
_COORDINATE_BYTES = 32


def ensure_signing_keys(folder: Path, issuers: Iterable[str]) -> None:
    """Write `<issuer>.pem` (ES256, private) for every issuer that has none, and `jwks.json` with all public keys."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    public = {}
    for issuer in issuers:
        file = folder / f"{issuer}.pem"
        if not file.exists():
            write_private(file, _new_pem())
        public[issuer] = _public_jwk(issuer, file)
    jwks = json.dumps({"keys": [public[issuer] for issuer in sorted(public)]}, indent=2) + "\n"
    if not (folder / "jwks.json").exists() or (folder / "jwks.json").read_text() != jwks:
        write_private(folder / "jwks.json", jwks)


def ensure_pii_keys(file: Path) -> None:
    """Write the key file for personal data unless it exists; losing it makes the data unreadable."""
    if file.exists():
        return
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = {"encryption": {FIRST_PII_KEY: _new_secret()}, "current": FIRST_PII_KEY, "index": _new_secret()}
    write_private(file, json.dumps(keys, indent=2) + "\n")


def _new_pem() -> str:
    return (
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode()
    )


def _public_jwk(issuer: str, file: Path) -> dict[str, str]:
    key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{file} does not hold an elliptic-curve key")
    point = key.public_key().public_numbers()
    return {
        "kty": "EC",
        "crv": "P-256",
        "alg": "ES256",
        "use": "sig",
        "kid": issuer,  # a token that claims another issuer's name then does not verify
        "x": _base64url(point.x),
        "y": _base64url(point.y),
    }


def _base64url(coordinate: int) -> str:
    return base64.urlsafe_b64encode(coordinate.to_bytes(_COORDINATE_BYTES, "big")).rstrip(b"=").decode()


def _new_secret() -> str:
    return base64.b64encode(os.urandom(PII_KEY_BYTES)).decode()
