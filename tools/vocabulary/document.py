"""Write `docs/glossary.md` from the vocabulary (`make contracts`)."""

from pathlib import Path
from typing import Final

from tools.vocabulary.terms import Banned, Term, sections

DOCUMENT: Final = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"
_HEAD: Final = """# 术语表 Glossary

What the words of this platform mean, where they come from, and which words are not used instead. Written by
`make contracts` from `shared/vocabulary/terms.yaml`; `tests/architecture/test_vocabulary.py` holds that no name, text
or document uses a word that is not used here. The words of every field of the API stand beside it in
`shared/vocabulary/fields.yaml` and appear in the API's documents as titles and descriptions.

How names are made:

- An object's own id is `id`; `loan_id` points at another object.
- A day ends in `_on` (`paid_on`), a moment in `_at` (`decided_at`), the last day on which something is in time in
  `_due_on`. The day a question is about is `as_of`.
- A period is `_from` and `_until`: it includes its first day and not its last (`valid_from`, `valid_until`).
- A unit comes last (`term_months`, `rated_percent`); a number of things is `_count`, a person is `_by`.
- What is not found within the caller's scope is refused with a code that ends in `-unknown`.
"""
_COLUMNS: Final = "| term | 中文 | what it means here | from | not used |\n|---|---|---|---|---|"


def glossary() -> str:
    """Return the glossary as Markdown."""
    parts = [_HEAD]
    for section in sections():
        rows = "\n".join(_row(term) for term in sorted(section.terms, key=lambda term: term.en.lower()))
        parts.append(f"\n## {section.title}\n\n{_COLUMNS}\n{rows}\n")
    return "".join(parts)


def _row(term: Term) -> str:
    banned = ", ".join(dict.fromkeys(_said(each) for each in term.banned))
    return f"| **{term.en}** | {term.zh} | {term.means} | {term.source} | {banned} |"


def _said(banned: Banned) -> str:
    if banned.in_names and banned.in_text:
        return banned.word
    return f"{banned.word} ({'in names' if banned.in_names else 'in text'})"


def main() -> None:
    """Write the document."""
    DOCUMENT.write_text(glossary(), encoding="utf-8")
    print(DOCUMENT)
