"""Sums in capital numerals (大写金额), as payment papers write them so that no digit can be changed. Pure.

By 正确填写票据和结算凭证的基本规定 (支付结算办法, annex 1): zeros between digits are read once, a sum that ends in yuan
or jiao is closed by 整.
"""

from decimal import Decimal
from typing import Final

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = (("仟", 1000), ("佰", 100), ("拾", 10), ("", 1))
_GROUPS: Final = (("亿", 10**8), ("万", 10**4), ("", 1))


def in_capitals(amount: Decimal) -> str:
    """Return a sum of yuan, not negative, in words: 1409.50 is 壹仟肆佰零玖元伍角整."""
    yuan, fen = divmod(int(amount * 100), 100)
    whole = f"{_whole(yuan)}元" if yuan or not fen else ""
    jiao, fen = divmod(fen, 10)
    if not fen:
        return f"{whole}{_DIGITS[jiao]}角整" if jiao else f"{whole}整"
    between = f"{_DIGITS[jiao]}角" if jiao else "零" if whole else ""
    return f"{whole}{between}{_DIGITS[fen]}分"


def _whole(yuan: int) -> str:
    text, skipped = "", False
    for unit, size in _GROUPS:
        group = yuan // size % 10**4
        for place, power in _PLACES:
            digit = group // power % 10
            if digit:
                text += f"{'零' if skipped and text else ''}{_DIGITS[digit]}{place}"
            skipped = not digit
        text += unit if group else ""
    return text or "零"
