"""The confirmed policy packs, read from where they were signed: `pack("fund.multiplier")` is the pinned value."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

PRODUCTS_REMEMBERED: Final = 1_000


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

    @property
    def product_code(self) -> str:
        """Return the code of the product that the values are of; packs of before products have the national one."""
        return str((self.content.get("product") or {}).get("code", "small_loan"))

    def product(self, code: str | None) -> "Pack":
        """Return the pack with the values of one of its products. Raises: PackUnknown."""
        return self if code in (None, self.product_code) else _of_product(self, str(code))

    def each_product(self) -> "list[Pack]":
        """Return the pack once for each of its products."""
        return [self, *(self.product(each["code"]) for each in self.content.get("products") or ())]

    def legacy_rules(self) -> list[dict[str, Any]]:
        """Return the earlier rules, each as plain values by key; at most one in packs of before."""
        listed = self.content.get("legacy_rules") or [self.content.get("legacy_rule")]
        found = [{key: leaf["value"] for key, leaf in rule.items() if leaf} for rule in listed if rule]
        return [{"code": (rule.get("named") or {}).get("code", "legacy"), **rule} for rule in found]

    @property
    def code(self) -> str:
        """Return the code that all versions of the pack share."""
        return str(self.content["header"]["code"])

    @property
    def regions(self) -> list[str]:
        """Return where the pack holds."""
        return [str(region) for region in self.content["header"]["regions"]]

    def fen(self, path: str) -> int | None:
        """Return an amount in fen."""
        value = self(path)
        return None if value is None else int(Decimal(str(value)) * 100)

    def ratio(self, path: str, default: str = "0") -> Fraction:
        """Return a share, rate or multiplier exactly."""
        return Fraction(Decimal(str(self(path, default))))


@lru_cache(PRODUCTS_REMEMBERED)
def _of_product(pack: Pack, code: str) -> Pack:
    part = next((each for each in pack.content.get("products") or () if each["code"] == code), None)
    if part is None:
        raise PackUnknown(f"pack {pack.pack_id} has no product {code}")
    gone = {each["value"] for each in part.get("without") or ()}
    content: dict[str, Any] = {**pack.content, "product": {"code": code}, "products": []}
    for name in {*part, *(key.partition(".")[0] for key in gone)} - {"code", "name", "without"}:
        leaves = {
            **(pack.content.get(name) or {}),
            **{key: leaf for key, leaf in (part.get(name) or {}).items() if leaf},
        }
        kept = {key: leaf for key, leaf in leaves.items() if f"{name}.{key}" not in gone}
        content[name] = None if name in gone else kept
    return replace(pack, content=content)


@dataclass(frozen=True, slots=True)
class Correction:
    """A confirmed correction: contracts of one version follow another in these keys for decisions from a day on."""

    pack_id: str
    number: int
    follows_pack_id: str
    keys: tuple[str, ...]
    effective_from: date


class PackUnknown(LookupError):
    """A row names a pack that registry never confirmed."""


@dataclass(frozen=True, slots=True)
class Packs:
    """All confirmed packs, and the corrections of them in the order of their numbers."""

    by_id: dict[str, Pack]
    corrections: tuple[Correction, ...] = ()

    def of(self, pack_id: object) -> Pack:
        """Return one version. Raises: PackUnknown."""
        try:
            return self.by_id[str(pack_id)]
        except KeyError:
            raise PackUnknown(f"pack {pack_id} was never confirmed") from None

    def corrected(self, pack: Pack, on: date) -> Pack:
        """Return what contracts of a version, for its product, follow in what is decided on a day."""
        content, code = pack.content, pack.product_code
        for each in self.corrections:
            if each.pack_id == pack.pack_id and each.effective_from <= on:
                prefix = "" if code == self.of(pack.pack_id).product_code else f"{code}:"
                keys = [
                    key.removeprefix(prefix) for key in each.keys if f"{key.rpartition(':')[0]}:" == (prefix or ":")
                ]
                if keys:
                    content = _with_keys(content, self.of(each.follows_pack_id).product(code).content, keys)
        return replace(pack, content=content)

    def of_version(self, region_code: str, version: int) -> Pack | None:
        """Return the version of the pack that holds closest around a region."""
        return _closest(region_code, [pack for pack in self.by_id.values() if pack.version == version])

    def in_force(self, region_code: str, on: date) -> Pack | None:
        """Return the pack that holds closest around a region, in its newest version that had taken effect on a day."""
        newest: dict[str, Pack] = {}
        for pack in sorted(self.by_id.values(), key=lambda pack: (pack.effective_from, pack.version)):
            if pack.effective_from <= on:
                newest[pack.code] = pack
        return _closest(region_code, list(newest.values()))


def _with_keys(content: dict[str, Any], follows: dict[str, Any], keys: list[str]) -> dict[str, Any]:
    found = dict(content)
    for key in keys:
        section, _, name = key.partition(".")
        taken = follows.get(section)
        found[section] = {**found[section], name: (taken or {}).get(name)} if name else taken
    return found


def _closest(region_code: str, packs: list[Pack]) -> Pack | None:
    around = [(len(region), pack) for pack in packs for region in pack.regions if region_code.startswith(region)]
    if around:
        return max(around, key=lambda each: each[0])[1]
    within = {pack.code: pack for pack in packs if any(region.startswith(region_code) for region in pack.regions)}
    return next(iter(within.values())) if len(within) == 1 else None
