"""Cells of a spreadsheet: their names, and those of a CSV file that would be computed (OWASP, CSV injection).

`shown_in_csv` and `read_from_csv` are each other's inverse. A plain negative number is not computed and stays as it is.
"""

import re

_SIGN = re.compile(r"'*\s*[=+\-@\t\r\n\x00＝＋－＠]")
_PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", re.ASCII)
# A sign before a number, before words (-无) or alone computes nothing; before a letter, a digit or a bracket it may.
_COMPUTED = re.compile(r"[=+\-@＝＋－＠].*[A-Za-z0-9(（|!\"'&]", re.DOTALL)
_QUOTED = re.compile(r'="([^"]*)"')
_HARMLESS = (
    _QUOTED,
    re.compile(r"[-+－＋] ?[0-9][0-9,]*(\.[0-9]*)?([eE][-+]?[0-9]+)?%?"),
    re.compile(r"[+＋]86[- 0-9]{10,20}"),  # a telephone number
)


def cell_name(column: int, line: int | None = None) -> str:
    """Return a cell's name such as AB12, or the letters alone; columns count from 0."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return letters if line is None else f"{letters}{line}"


def shown_in_csv(text: str) -> str:
    """Return the cell as it may stand in a CSV file: with an apostrophe in front where it could be computed."""
    return f"'{text}" if _SIGN.match(text) and not _PLAIN_NUMBER.fullmatch(text) else text


def read_from_csv(text: str) -> str:
    """Return what `shown_in_csv` was given, and the text of `="text"`, by which digits are kept from a spreadsheet."""
    if text.startswith("="):
        quoted = _QUOTED.fullmatch(text)
        return quoted[1] if quoted else text
    return text[1:] if text.startswith("'") and _SIGN.match(text) else text


def is_computed(text: str) -> bool:
    """Return whether a spreadsheet that opens a CSV file would compute something else from the cell than it says."""
    text = text.strip()
    return _COMPUTED.match(text) is not None and not any(form.fullmatch(text) for form in _HARMLESS)
