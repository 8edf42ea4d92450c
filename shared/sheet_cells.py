"""Cells of a CSV file that a spreadsheet would compute (OWASP, CSV injection), and how text is kept from being one.

`shown_in_csv` and `read_from_csv` are each other's inverse. A plain negative number is not computed and stays as it is.
"""

import re

_COMPUTED = re.compile(r"'*[=+\-@\t\r\n\x00＝＋－＠]")
_PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", re.ASCII)


def shown_in_csv(text: str) -> str:
    """Return the cell as it may stand in a CSV file: with an apostrophe in front where it would be computed."""
    return f"'{text}" if _COMPUTED.match(text) and not _PLAIN_NUMBER.fullmatch(text) else text


def read_from_csv(text: str) -> str:
    """Return what `shown_in_csv` was given."""
    return text[1:] if text.startswith("'") and _COMPUTED.match(text) else text


def is_computed(text: str) -> bool:
    """Tell whether a spreadsheet that opens a CSV file would compute the cell."""
    return not text.startswith("'") and bool(_COMPUTED.match(text)) and not _PLAIN_NUMBER.fullmatch(text.strip())
