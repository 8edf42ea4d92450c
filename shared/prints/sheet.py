"""A sheet of paper as text: what a page and a PDF file are made of. Pure."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Sheet:
    """A title, sentences, one table whose first column is narrow, closing sentences, and who signs.

    `rows` are as wide as `columns`; `shares` say how the columns after the first divide the page, equally if empty.
    """

    title: str
    sentences: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    signature: str
    closing: tuple[str, ...] = ()
    shares: tuple[int, ...] = ()


def in_words(day: date) -> str:
    """Return a day as papers write it: 2017年1月9日."""
    return f"{day.year}年{day.month}月{day.day}日"
