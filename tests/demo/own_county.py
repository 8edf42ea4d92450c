"""A county that is not in the repository: Wushan, of which no document is at hand and no village is listed."""

import re
from datetime import date
from pathlib import Path

from tools.demo.choosing import PACKS

COUNTY = "500237"
BASE = PACKS / "dingyuan.yaml"
FROM = date(2018, 3, 1)


def own_pack(folder: Path, *changes: tuple[str, str], version: int = 1, effective_from: date = FROM) -> Path:
    """Write a pack for the county, made of another county's with these texts replaced, each of which must occur."""
    text = BASE.read_text(encoding="utf-8").partition("\nexamples:")[0]
    header = (
        ("code: dingyuan", "code: wushan"),
        ('regions: ["341125"]', f'regions: ["{COUNTY}"]'),
        ("name: {zh: 定远县, en: Dingyuan county}", "name: {zh: 巫山县, en: Wushan county}"),
        ("version: 1\n", f"version: {version}\n" + (f"  supersedes: {version - 1}\n" if version > 1 else "")),
    )
    text = re.sub(r"effective_from: \S+", f"effective_from: {effective_from}", text, count=1)
    for before, after in (*header, *changes):
        assert before in text, f"{BASE.name} has no {before!r}"
        text = text.replace(before, after, 1)
    file = folder / f"wushan-{version}.yaml"
    file.write_text(text + "\n", encoding="utf-8")
    return file
