"""Which passwords and client secrets are strong enough. Pure."""

import re
from typing import Final

from services.gateway.accounts.refusals import PasswordTooWeak

SHORTEST: Final = 12
LONGEST: Final = 200
_COMMON: Final = re.compile(r"^(.)\1+$|^(?:0?123456789\d*|password\d*|qwerty\w*|admin\d*)$", re.IGNORECASE)


def ensure_strong(username: str, password: str) -> None:
    """Refuse short, overlong and common passwords, and those that hold the account's name.

    Raises:
        PasswordTooWeak: naming the rule.
    """
    holds_name = username.lower() in password.lower()
    if not SHORTEST <= len(password) <= LONGEST or _COMMON.match(password) or holds_name:
        raise PasswordTooWeak(SHORTEST, LONGEST)
