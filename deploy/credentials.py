"""Passwords of the embedded servers: generated once per data folder, in one file that only its owner reads."""

import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

PASSWORD_BYTES = 24


def passwords(file: Path, names: Iterable[str]) -> dict[str, str]:
    """Return a password for every name; those not yet in the file are generated and added to it."""
    known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    missing = [name for name in names if name not in known]
    if missing:
        known |= {name: secrets.token_urlsafe(PASSWORD_BYTES) for name in missing}
        write_private(file, json.dumps(known, indent=2) + "\n")
    return known


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner may read; a crash leaves the old or the new content, never half."""
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(file)
