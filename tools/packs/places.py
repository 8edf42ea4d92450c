"""Names of regions, as far as the project's own list knows them."""

import csv
from functools import cache
from pathlib import Path

LISTED = Path(__file__).resolve().parents[2] / "data" / "regions.csv"


@cache
def _names(path: Path = LISTED) -> dict[str, str]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


def place_name(code: str) -> str | None:
    """Return the region's name, or None when the list does not have it."""
    return _names().get(code)
