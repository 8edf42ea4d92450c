"""One text for equal data: what digests are taken of."""

import json
from typing import Any


def canonical(plain: Any) -> str:
    """Return plain data as JSON with sorted keys and no spare blanks; equal data give equal text."""
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
