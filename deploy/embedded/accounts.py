"""Which user PostgreSQL runs as, and which folders that user can reach. PostgreSQL refuses to run as root."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from deploy.errors import AccountNotFound

DEDICATED = "postgres"
LAST_RESORT = "nobody"


@dataclass(frozen=True)
class Account:
    """An unprivileged user of this machine."""

    name: str
    uid: int
    gid: int


def unprivileged_account(wanted: str | None) -> Account | None:
    """Return the user to drop to, or None when we are an ordinary user ourselves.

    `wanted` is the setting PLATFORM_POSTGRES_USER; without it the dedicated user if the machine has one, else nobody.

    Raises:
        AccountNotFound: when the wanted user does not exist or is root.
    """
    if os.geteuid() != 0:
        return None
    for name in [wanted] if wanted else [DEDICATED, LAST_RESORT]:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise AccountNotFound(wanted or LAST_RESORT)


def can_traverse(account: Account | None, folder: Path) -> bool:
    """Return whether the account may enter `folder` and everything above it (no account: we ourselves, who can)."""
    if account is None:
        return True
    return all(_may_enter(account, step) for step in (folder, *folder.parents) if step.exists())


def _may_enter(account: Account, folder: Path) -> bool:
    found = folder.stat()
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)
