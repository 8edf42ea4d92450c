"""A province's base under its counties' packs: what the province says once, value by value with its clause.

A county's file names the base with its version (`based_on`) and writes only its own values. What is checked, confirmed,
sent to the services and signed under is the whole that results; each value that the base gave says so (`layer`). The
base's next version changes nothing in a county until the county's own next version names it.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import StringConstraints, create_model, model_validator

from shared.policy.canonical import canonical
from shared.policy.clause_list import Document, ListedClause
from shared.policy.gone import without_gone
from shared.policy.overlays import BASE_SECTIONS, parts_of
from shared.policy.sourced import AtLeastOne, BothLanguages, Section, leaf, maybe

BASES: Final = Path(__file__).resolve().parents[2] / "policy" / "bases"
PackCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
ProvinceCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]


class BaseHeader(Section):
    """Which province the base is for, which document it is taken from, and from when counties may rest on it."""

    code: PackCode = leaf("基础代码", "short code of the base, the same in all its versions")
    region: ProvinceCode = leaf("省级区划代码", "code of the province, two digits")
    name: BothLanguages = leaf("名称", "name of the province")
    source: BothLanguages = leaf("来源文件", "document it was taken from")
    version: AtLeastOne = leaf("版本", "version, rising by one")
    effective_from: date = leaf("生效日", "first day on which a county may rest on it")
    supersedes: AtLeastOne | None = maybe("替代版本", "version that it replaces")


class BaseRules(Section):
    """A province's rules at one version; of every section only what the province's document says."""

    header: BaseHeader
    documents: tuple[Document, ...] = ()
    clauses: tuple[ListedClause, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _as_bases_are_now(cls, given: Any) -> Any:
        """Read the content of bases confirmed with keys that are gone."""
        return without_gone(given)

    def content(self) -> dict[str, Any]:
        """Return the base as plain JSON data, only what is set."""
        return self.model_dump(mode="json", exclude_none=True)

    def content_hash(self) -> str:
        """Return the SHA-256 of the base's canonical JSON, 64 hexadecimal digits."""
        return hashlib.sha256(canonical(self.content()).encode()).hexdigest()

    def reference(self) -> "BasedOn":
        """Return what the pack of a county that rests on it says of it."""
        header = self.header
        return BasedOn(
            code=header.code,
            version=header.version,
            region=header.region,
            name=header.name,
            content_hash=self.content_hash(),
        )


BasePack: Final = create_model("BasePack", __base__=BaseRules, __doc__=BaseRules.__doc__, **parts_of(BASE_SECTIONS))


class BasedOn(Section):
    """The base under a county's pack, at the version that the county adopted; a file writes `code` and `version`."""

    code: PackCode = leaf("基础代码", "code of the province's base")
    version: AtLeastOne = leaf("基础版本", "version of the base that the county adopted")
    region: ProvinceCode | None = None
    name: BothLanguages | None = None
    content_hash: str | None = None


FindBase = Callable[[str, int], BaseRules | None]


def no_base(code: str, version: int) -> BaseRules | None:
    """Know no base."""
    return None


def laid_on(own: Mapping[str, Any], base: BaseRules) -> dict[str, Any]:
    """Return the whole of a county's own values, as its file holds them, and those of its base that it leaves."""
    gone, below_all = set(_left_out(own)), base.content()
    found = {**own, "based_on": base.reference().model_dump(mode="json")}
    for listed, key in (("documents", "prefix"), ("clauses", "id")):
        found[listed] = _both(own.get(listed), below_all.get(listed, ()), key)
    for name, below in below_all.items():
        above = own.get(name)
        if name in BASE_SECTIONS and name not in gone and (above is None or isinstance(above, Mapping)):
            inherited = {
                key: {**value, "layer": base.header.code} for key, value in below.items() if f"{name}.{key}" not in gone
            }
            found[name] = {**inherited, **(above or {})}
    return found


def _both(own: Any, inherited: Iterable[dict[str, Any]], key: str) -> Any:
    """Return a county's own list with what only its base lists after it; a list that is none stays as it is."""
    if own is not None and not isinstance(own, list):
        return own
    named = {each.get(key) for each in own or () if isinstance(each, Mapping)}
    return [*(own or ()), *(each for each in inherited if each[key] not in named)]


def _left_out(own: Mapping[str, Any]) -> Iterator[str]:
    listed = own.get("without")
    for each in listed if isinstance(listed, list | tuple) else ():
        if isinstance(each, Mapping) and isinstance(each.get("value"), str):
            yield each["value"]


def wanted_base(own: Any) -> tuple[str, int] | None:
    """Return the code and version of the base that a county's plain data names, if it names one rightly."""
    named = own.get("based_on") if isinstance(own, Mapping) else None
    if not isinstance(named, Mapping):
        return None
    code, version = named.get("code"), named.get("version")
    return (code, version) if isinstance(code, str) and isinstance(version, int) else None
