"""What cannot be true together of a pack's place, its base, its products and its earlier rules."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from shared.policy.contradictions import Finding, contradictions_of_product
from shared.policy.forms import form_contradictions
from shared.policy.overlays import (
    BASE_SECTIONS,
    OF_THE_COUNTY_KEYS,
    PRODUCT_SECTIONS,
    cannot_be_left_out,
    keys_of,
)
from shared.regions import is_within

if TYPE_CHECKING:
    from shared.policy.pack import PolicyPack


def product_contradictions(pack: "PolicyPack") -> Iterator[Finding]:
    """Yield a finding for every place, base, further product or earlier rule that cannot stand."""
    yield from _header(pack)
    yield from _base(pack)
    yield from _legacy_rules(pack)
    yield from _left_out("without", cannot_be_left_out(keys_of(pack.without), BASE_SECTIONS, type(pack).model_fields))
    codes = Counter(each.code for each in pack.products_offered())
    for code in (code for code, times in codes.items() if times > 1):
        yield Finding(
            "products", f"产品 {code} 写了两次，请改用不同的代码", f"the product {code} is there twice; rename one"
        )
    known = {*contradictions_of_product(pack), *form_contradictions(pack)}
    for number, part in enumerate(pack.products):
        key = f"products[{number}]"
        gone = cannot_be_left_out(keys_of(part.without), PRODUCT_SECTIONS, type(pack).model_fields)
        yield from _left_out(f"{key}.without", gone)
        yield from _of_the_county(key, part)
        if codes[part.code] == 1:
            yield from _of_product(key, part, pack, known)


def _header(pack: "PolicyPack") -> Iterator[Finding]:
    header = pack.header
    if not header.regions:
        yield Finding(
            "header.regions",
            "没有写明区划，政策包将不适用于任何地方，请至少写一个区划代码",
            "names no region, so the pack would hold nowhere; name at least one code",
        )
    for place, region in enumerate(header.regions):
        around = [other for at, other in enumerate(header.regions) if at != place and is_within(region, other)]
        if around:
            yield Finding(
                "header.regions",
                f"{region} 位于同时写明的 {around[0]} 之内，请只保留一个",
                f"{region} lies within {around[0]}, which is named too; keep one of them",
            )
            break
    if header.supersedes is not None and header.supersedes >= header.version:
        yield Finding(
            "header.supersedes",
            "所替代的版本不早于 version，请更正",
            "names a version that is not earlier than `version`",
        )


def _of_product(key: str, part: Any, pack: "PolicyPack", known: set[Finding]) -> Iterator[Finding]:
    try:
        whole = pack.for_product(part.code)
    except ValidationError as problem:
        for detail in problem.errors():
            leaf = ".".join(map(str, detail["loc"]))
            yield Finding(
                key,
                f"产品 {part.code} 单独新增的一节须写全，缺 {leaf}",
                f"a section that only the product {part.code} has is written whole; {leaf} is missing",
            )
        return
    for found in (*contradictions_of_product(whole), *form_contradictions(whole)):
        if found not in known:
            yield Finding(
                f"{key}.{found.key}",
                f"产品 {part.code}：{found.zh}",
                f"with the product {part.code} this {found.en}",
            )


def _of_the_county(key: str, part: Any) -> Iterator[Finding]:
    for named in OF_THE_COUNTY_KEYS:
        section, _, leaf = named.partition(".")
        if getattr(getattr(part, section), leaf, None) is not None or named in keys_of(part.without):
            yield Finding(
                f"{key}.{named}",
                "贴息批次和基金不分产品，本键全县只有一个，请写在产品之外",
                "batches of subsidy and the fund are of all products; write this once, outside the products",
            )


def _left_out(key: str, keys: Iterable[str]) -> Iterator[Finding]:
    for each in keys:
        yield Finding(
            key,
            f"{each} 不存在，或每个政策包都必须有，请删去",
            f"{each} is no key, or one that every pack must have; remove it",
        )


def _base(pack: "PolicyPack") -> Iterator[Finding]:
    base = pack.based_on
    if base is None:
        if pack.without:
            yield Finding("without", "没有省级基础，请直接省略该键", "there is no base to leave out of; omit the keys")
        return
    outside = [region for region in pack.header.regions if base.region and not is_within(region, base.region)]
    if outside:
        yield Finding(
            "based_on",
            f"{base.code} 适用于 {base.region}，不包含 {outside[0]}，请改用本省的基础",
            f"{base.code} is of {base.region}, where {outside[0]} does not lie; use the county's own province",
        )


def _legacy_rules(pack: "PolicyPack") -> Iterator[Finding]:
    rules = pack.legacy_loan_rules()
    for code, times in Counter(rule.code for rule in rules).items():
        if times > 1:
            yield Finding(
                "legacy_rules",
                f"旧政策 {code} 有两条，请在 named 中写不同的代码",
                f"two earlier rules are called {code}; give each its own code under `named`",
            )
    for number, rule in enumerate(rules):
        if rule.granted_from is not None and rule.granted_from > rule.granted_until:
            yield Finding(
                f"legacy_rules[{number}].granted_until",
                "早于 granted_from，请更正",
                "lies before granted_from; correct one of them",
            )
        if rule.amount_above is not None and rule.amount_above >= rule.amount_max:
            yield Finding(
                f"legacy_rules[{number}].amount_above",
                "不小于 amount_max，任何贷款都不适用，请更正",
                "is not below amount_max, so that no loan would fall under the rule; correct it",
            )
