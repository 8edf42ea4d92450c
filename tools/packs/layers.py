"""What a check says of a pack's layers and products: what its base gave, what it replaced, what a product changes."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from shared.languages import Sentence
from shared.policy.bases import BaseRules
from shared.policy.load import bases_beside, load_base
from shared.policy.overlays import BASE_SECTIONS, PRODUCT_SECTIONS, keys_of
from shared.policy.pack import PolicyPack
from shared.policy.sourced import Section, Sourced


def layer_lines(pack: PolicyPack, path: Path) -> Iterator[Sentence]:
    """Yield what the check says of the base under a pack and of its further products, if it has any."""
    if pack.based_on is not None:
        base = bases_beside(path)(pack.based_on.code, pack.based_on.version)
        if base is not None:
            yield from _on_base(pack, base)
    for product in pack.products:
        changed = ", ".join(_changed(product, PRODUCT_SECTIONS)) or "-"
        gone = ", ".join(keys_of(product.without)) or "-"
        yield Sentence(
            f"产品 {product.code} {product.name.zh}：不同之处 {changed}；不设 {gone}。",
            f"Product {product.code}, {product.name.en}: differs in {changed}; without {gone}.",
        )


def _on_base(pack: PolicyPack, base: BaseRules) -> Iterator[Sentence]:
    held = Counter("base" if value.layer else "own" for _, value in _values(pack))
    header = base.header
    yield Sentence(
        f"省级基础 {header.code} 第 {header.version} 版（{header.name.zh}）：{held['base']} 项取自基础，"
        f"{held['own']} 项为本县所写。",
        f"Base {header.code} version {header.version} ({header.name.en}): {held['base']} values are the base's, "
        f"{held['own']} the county's own.",
    )
    own = dict(_values(pack))
    for key, value in _values(base):
        ours = own.get(key)
        if ours is None:
            yield Sentence(f"{key}：本县不设。", f"{key}: the county does without.")
        elif ours.layer is None:
            yield Sentence(
                f"{key}：本县以 {_said(ours)} 取代基础的 {_said(value)}。",
                f"{key}: the county replaces the base's {_said(value)} by {_said(ours)}.",
            )


def _said(value: Sourced[Any]) -> str:
    return f"{value.model_dump(mode='json')['value']} ({value.origin})"


def _values(pack: PolicyPack | BaseRules) -> Iterator[tuple[str, Sourced[Any]]]:
    for name in BASE_SECTIONS:
        yield from _leaves(name, getattr(pack, name))


def _leaves(name: str, section: Section | None) -> Iterator[tuple[str, Sourced[Any]]]:
    for key in type(section).model_fields if section is not None else ():
        value = getattr(section, key)
        if isinstance(value, Sourced):
            yield f"{name}.{key}", value


def _changed(product: Any, named: Any) -> Iterator[str]:
    for name in named:
        yield from (key for key, _ in _leaves(name, getattr(product, name)))


def check_base(path: Path, console: Console) -> None:
    """Check the file of a province's base and say how much it sets.

    Raises:
        PackRefused: it has mistakes.
    """
    base = load_base(path)
    header, held = base.header, Counter(key.partition(".")[0] for key, _ in _values(base))
    console.print(f"{header.name.zh} {header.name.en} · {header.region} · 版本 version {header.version}")
    counted = ", ".join(f"{name} {count}" for name, count in held.items())
    console.print(f"取值 values: {held.total()} [dim]({escape(counted)})[/]")
