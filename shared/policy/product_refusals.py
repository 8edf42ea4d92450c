"""The refusal of a product that a county does not have."""

from collections.abc import Sequence

from shared.errors import Invalid
from shared.policy.overlays import NamedProduct


class ProductUnknown(Invalid):
    """The county has no product of this code."""

    code = "product-unknown"
    title = "贷款产品不存在 Product unknown"

    def __init__(self, product_code: str, known: Sequence[NamedProduct]) -> None:
        zh = "、".join(f"{each.code}（{each.name.zh}）" for each in known)
        en = ", ".join(f"{each.code} ({each.name.en})" for each in known)
        super().__init__(
            zh=f"本县没有代码为 {product_code} 的贷款产品，可选：{zh}；不填则为第一种。",
            en=f"The county has no loan product {product_code}; choose one of {en}, or leave it out for the first.",
            product_code=product_code,
            products=[each.code for each in known],
        )
