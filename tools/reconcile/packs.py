"""The confirmed policy packs, read from where they were signed: `pack("fund.multiplier")` is the pinned value."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """One confirmed version of a county's rules."""

    pack_id: str
    county_code: str
    version: int
    effective_from: date
    content_hash: str
    content: dict[str, Any]

    def __call__(self, path: str, default: Any = None) -> Any:
        """Return the value at `section.key`, or the default where the county has none."""
        section, key = path.split(".")
        leaf = (self.content.get(section) or {}).get(key)
        if not isinstance(leaf, dict) or leaf.get("value") is None:
            return default
        return leaf["value"]

    def fen(self, path: str) -> int | None:
        """Return an amount in fen."""
        value = self(path)
        return None if value is None else int(Decimal(str(value)) * 100)

    def ratio(self, path: str, default: str = "0") -> Fraction:
        """Return a share, rate or multiplier exactly."""
        return Fraction(Decimal(str(self(path, default))))


class PackUnknown(LookupError):
    """A row names a pack that registry never confirmed."""


@dataclass(frozen=True, slots=True)
class Packs:
    """All confirmed packs."""

    by_id: dict[str, Pack]

    def of(self, pack_id: object) -> Pack:
        """Return one version. Raises: PackUnknown."""
        try:
            return self.by_id[str(pack_id)]
        except KeyError:
            raise PackUnknown(f"pack {pack_id} was never confirmed") from None

    def of_version(self, region_code: str, version: int) -> Pack | None:
        """Return the version of the county above a region."""
        fitting = [pack for pack in self.by_id.values() if region_code.startswith(pack.county_code)]
        return next((pack for pack in fitting if pack.version == version), None)

    def in_force(self, region_code: str, on: date) -> Pack | None:
        """Return the newest version that had taken effect on a day."""
        fitting = [
            pack
            for pack in self.by_id.values()
            if region_code.startswith(pack.county_code) and pack.effective_from <= on
        ]
        return max(fitting, key=lambda pack: (pack.effective_from, pack.version), default=None)
