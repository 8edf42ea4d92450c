"""Names of persons: one rule for sheets and requests.

Letters of any script with dots, hyphens, apostrophes and blanks between them. Ideographs that the computer does not
know yet, in the planes kept for them or in private use until they get their place, are letters too: nobody can correct
a person's name. Digits, error values, formulas and what cannot be seen are nobody's name.
"""

import re
import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints

from shared.characters import NO_CONTROLS
from shared.errors import WrongValue

NAME_MAX: Final = 100  # characters
_USUAL = re.compile("[\u4e00-\u9fff]{2,20}")  # nearly every name of a county's register, known at a glance
_IDEOGRAPH: Final = "[^\x00-\u024f]"  # beside it stands no abbreviated Latin name
_DOTS = re.compile(f"(?<={_IDEOGRAPH})[ ]?[.·•‧∙⋅・･．]+[ ]?(?={_IDEOGRAPH})")  # all of them typed for ·
_BLANKS = re.compile(r"\s+")
_BETWEEN = re.compile("[·. '’-]+")
_ZERO: Final = "〇"  # 李〇 writes it as a letter, Unicode counts it among numbers
_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0")  # letters without a shape
_IDEOGRAPH_PLANES: Final = range(0x20000, 0x40000)


def person_name(text: str) -> str | None:
    """Return a person's name as it is kept, or None for what nobody is called.

    Blanks that only align single ideographs (王　五) go; the dot between the parts of a name becomes ·.
    """
    if _USUAL.fullmatch(text):
        return text
    name = _DOTS.sub("·", _BLANKS.sub(" ", text.strip()))
    parts = _BETWEEN.split(name.removesuffix("."))
    if len(name) > NAME_MAX or not all(part and all(map(_is_letter, part)) and not _is_mark(part[0]) for part in parts):
        return None
    aligned = len(parts) > 1 and all(len(part) == 1 and part > "\u024f" for part in parts) and "·" not in name
    return "".join(parts) if aligned else name


def _is_letter(character: str) -> bool:
    category = unicodedata.category(character)
    if category[0] in "LM" or category == "Co" or character == _ZERO:
        return character not in _FILLERS
    return category == "Cn" and ord(character) in _IDEOGRAPH_PLANES


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


def _named(text: str) -> str:
    name = person_name(text)
    if name is None:
        raise WrongValue(
            zh="应为人的姓名：只含文字，各部分之间可用“·”，不含数字和符号，请更正。",
            en="This must be a person's name: letters only, with · or blanks between its parts; correct it.",
        )
    return name


# A name in a request.
PersonName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=NAME_MAX, pattern=NO_CONTROLS, strip_whitespace=True),
    AfterValidator(_named),
]
