"""A sheet as a page to print: A4, everything escaped, nothing loaded. Pure."""

from collections.abc import Iterable
from html import escape
from typing import Final

from shared.prints.sheet import Sheet

_STYLE: Final = """
@page { size: A4; margin: 20mm 18mm }
body { font: 12pt/1.7 "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", sans-serif; color: #000; margin: 0 }
h1 { font-size: 22pt; text-align: center; margin: 0 0 6mm } p { margin: 0 0 3mm; text-indent: 2em }
table { border-collapse: collapse; width: 100%; margin: 4mm 0 } thead { display: table-header-group }
tr { break-inside: avoid } th, td { border: .3mm solid #000; padding: 1mm 2mm; overflow-wrap: anywhere }
footer { text-align: right; margin-top: 8mm }
"""
# Nothing may be fetched, run or sent, whatever a text on file says.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


def page_of(sheet: Sheet) -> str:
    """Return the sheet as one HTML document."""
    rows = "".join(f"<tr>{_cells('td', row)}</tr>" for row in sheet.rows)
    table = f"<table><thead><tr>{_cells('th', sheet.columns)}</tr></thead><tbody>{rows}</tbody></table>"
    sentences, closing = (
        "".join(f"<p>{escape(sentence)}</p>" for sentence in some) for some in (sheet.sentences, sheet.closing)
    )
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><title>{escape(sheet.title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(sheet.title)}</h1>{sentences}{table}{closing}"
        f"<footer>{escape(sheet.signature)}</footer></body></html>"
    )


def _cells(tag: str, texts: Iterable[str]) -> str:
    return "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts)
