"""The text of an uploaded pack or base."""

from typing import Final

from shared.languages import Sentence
from shared.policy.load import PackRefused
from shared.policy.yaml_source import ONE_COUNTY, Mistake

LARGEST_PACK_BYTES: Final = 1_000_000  # a full pack is about 40 000


def text_of(body: bytes, origin: str = "The pack") -> str:
    """Return the text of a file as it was sent.

    Raises:
        PackRefused: it is too large, or no text.
    """
    if len(body) > LARGEST_PACK_BYTES:
        raise PackRefused(origin, [Mistake(None, "", Sentence("超过 1 MB", "it is larger than 1 MB"), ONE_COUNTY)])
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        not_text = Sentence("不是 UTF-8 文本", "it is not UTF-8 text")
        save = Sentence("请另存为 UTF-8", "Save it as UTF-8")
        raise PackRefused(origin, [Mistake(None, "", not_text, save)]) from None
