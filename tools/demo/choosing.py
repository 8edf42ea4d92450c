"""Whose demonstration: a county by the code of its pack or its six digits, or a pack's own file; all its versions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from services.registry.policy.packs.refusals import PackNotSigned
from shared.policy.bases import BASES
from shared.policy.load import bases_beside, load_base, read_with_lines
from shared.policy.pack import PolicyPack
from shared.policy.signing import unsigned
from shared.regions import county_of
from shared.stranded import ensure_somebody_acts
from tools.demo.refused import DemoRefused

PACKS: Final = Path(__file__).resolve().parents[2] / "policy" / "packs"
FIRST_COUNTY: Final = "fengjie"  # whose demonstration is shown when none is asked for
COUNTY_DIGITS: Final = 6
_HEADER = re.compile(r"^header:.*?(?=^\S|\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class PackFile:
    """One version of the county's rules and the file it stands in."""

    path: Path
    pack: PolicyPack


@dataclass(frozen=True, slots=True)
class Versions:
    """Every version of a county's pack, rising, and the one that was asked for."""

    files: tuple[PackFile, ...]
    asked: PolicyPack

    def on(self, day: date) -> PolicyPack:
        """Return the version in force on a day, the earliest one before any is."""
        in_force = [each.pack for each in self.files if each.pack.header.effective_from <= day]
        return in_force[-1] if in_force else self.files[0].pack

    def base_files(self) -> list[Path]:
        """Return the files of the province's base that the versions rest on, every version of it up to the last one."""
        wanted = {each.pack.based_on.code: each.pack.based_on.version for each in self.files if each.pack.based_on}
        folders = dict.fromkeys((*(each.path.resolve().parent.parent / "bases" for each in self.files), BASES))
        bases: dict[tuple[str, int], Path] = {}
        for path in (path for folder in folders for path in sorted(folder.glob("*.yaml"))):
            header = load_base(path).header
            if header.version <= wanted.get(header.code, 0):
                bases.setdefault((header.code, header.version), path)
        return [bases[key] for key in sorted(bases)]


def versions_of(county: str | None = None, pack_file: Path | None = None, folder: Path = PACKS) -> Versions:
    """Return the pack of a county (`fengjie`, `500236`) or of a file, with the versions that stand beside it.

    A county is shown from its first version on, a file from the day its own version takes effect.

    Raises:
        DemoRefused: there is no such pack, or the version before it is missing.
        PackRefused, PackNotSigned: a file has mistakes, or leaves a question or a value open.
    """
    if county and pack_file:
        raise DemoRefused(
            zh="COUNTY 与 PACK 只能给一个：COUNTY 用于已有的政策包，PACK 指向文件。",
            en="Give COUNTY or PACK, not both: COUNTY names a pack that is here, PACK points at a file.",
        )
    if pack_file is None:
        found = _files_of(county or FIRST_COUNTY, folder)
        return _complete(found, found[0].pack)
    asked = PackFile(pack_file, _read(pack_file))
    beside = [path for place in dict.fromkeys((pack_file.parent, folder)) for path in sorted(place.glob("*.yaml"))]
    same = [path for path in beside if _code_in(path) == asked.pack.header.code and not path.samefile(pack_file)]
    others = {each.pack.header.version: each for each in (PackFile(path, _read(path)) for path in reversed(same))}
    found = [asked, *(each for version, each in others.items() if version != asked.pack.header.version)]
    return _complete(found, asked.pack)


def _files_of(county: str, folder: Path) -> list[PackFile]:
    """Return the versions of the county's pack, the first version first."""
    files = sorted(folder.glob("*.yaml"))
    if county.isdecimal() and len(county) == COUNTY_DIGITS:
        inside = [path for path in files if any(county_of(region) == county for region in _regions_in(path))]
        named = min(inside, key=lambda path: min(map(len, _regions_in(path))), default=None)
    else:
        named = next((path for path in files if county in (path.stem, _code_in(path))), None)
    if named is None:
        raise _no_pack(county, files)
    code = _code_in(named)
    same = [PackFile(path, _read(path)) for path in files if _code_in(path) == code]
    return sorted(same, key=lambda each: each.pack.header.version)


def _no_pack(county: str, files: Sequence[Path]) -> DemoRefused:
    known = ", ".join(path.stem for path in files)
    return DemoRefused(
        zh=f"没有 {county} 的政策包；COUNTY 可选：{known}。其他县请先用 make pack-new 编写政策包，"
        "再运行 make demo PACK=文件。",
        en=f"There is no pack of {county}; COUNTY is one of: {known}. For another county write its pack with "
        "make pack-new, then run make demo PACK=file.",
    )


def _complete(found: Sequence[PackFile], asked: PolicyPack) -> Versions:
    """Return the versions in rising order, or refuse a chain that lacks one."""
    files = sorted(found, key=lambda each: each.pack.header.version)
    have = {each.pack.header.version for each in files}
    for each in files:
        before = each.pack.header.supersedes
        if before is not None and before not in have:
            raise DemoRefused(
                zh=f"{each.path.name} 是政策包 {asked.header.code} 的第 {each.pack.header.version} 版，"
                f"替代第 {before} 版；请把第 {before} 版的文件放在同一文件夹。",
                en=f"{each.path.name} is version {each.pack.header.version} of pack {asked.header.code} and supersedes "
                f"version {before}; put the file of version {before} into the same folder.",
            )
    return Versions(tuple(files), asked)


def _read(path: Path) -> PolicyPack:
    try:
        pack, parsed = read_with_lines(path.read_text(encoding="utf-8-sig"), path.name, bases_beside(path))
    except FileNotFoundError:
        raise DemoRefused(
            zh=f"没有文件 {path}，请核对 PACK 的路径。", en=f"There is no file {path}; check the path given as PACK."
        ) from None
    except (OSError, UnicodeDecodeError):
        raise DemoRefused(
            zh=f"{path} 无法读取：应为 UTF-8 编码的 YAML 文件。",
            en=f"{path} cannot be read: it must be a YAML file in UTF-8.",
        ) from None

    ensure_somebody_acts(pack, parsed)
    if findings := list(unsigned(pack)):
        raise PackNotSigned(findings, parsed)
    return pack


def _code_in(path: Path) -> str | None:
    code = _header_of(path).get("code")
    return code if isinstance(code, str) else None


def _regions_in(path: Path) -> list[str]:
    regions = _header_of(path).get("regions")
    return [str(region) for region in regions] if isinstance(regions, list) else []


def _header_of(path: Path) -> dict[str, Any]:
    """Return the header of a file that may be wrong in every other respect; empty when it has none."""
    found = _HEADER.search(path.read_text(encoding="utf-8", errors="replace"))
    try:
        header = yaml.safe_load(found[0])["header"] if found else {}
    except yaml.YAMLError:
        return {}
    return header if isinstance(header, dict) else {}
