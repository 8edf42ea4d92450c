"""The documents a pack was taken from and their clauses, as the pack itself lists them: an id means what it says there.

Two counties may use the same id for different documents. Whoever confirms a pack reads each clause beside the values
that rest on it, without any other file.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints

from shared.languages import Sentence
from shared.policy.sourced import CLAUSE_PATTERN, BothLanguages, ClauseOnlyId, Words, Yes, leaf, maybe
from shared.policy.yaml_source import KeyPath, Mistake, Parsed, key_path

DocumentPrefix = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,11}$")]
PartLetter = Annotated[str, StringConstraints(pattern=r"^[a-z]$")]
_WELL_FORMED: Final = re.compile(CLAUSE_PATTERN)
_ONCE: Final = Sentence("请只保留一个", "Keep one of them")


class Document(BothLanguages):
    """A document with its full title; one from `elsewhere` may be followed (`after`) and sets no value here."""

    prefix: DocumentPrefix = leaf("编号前缀", "what the ids of its clauses begin with, for example FJ")
    elsewhere: Yes = Field(
        default=False, title="外地文件", description="true: it does not bind here and is only followed"
    )


class ListedClause(BothLanguages):
    """A clause in short words of both languages, where it stands in its document, and its parts by letter."""

    id: ClauseOnlyId = leaf("条款编号", "prefix of the document and a number, for example FJ-10")
    at: Words | None = maybe("位置", "article, paragraph or heading of the document where it stands")
    parts: dict[PartLetter, BothLanguages] = Field(
        default_factory=dict, title="分项", description="what the clause asks for several times, by letter"
    )


@dataclass(frozen=True, slots=True)
class Citation:
    """What an id means in one pack: the document, the place and the words; of a part, the clause's and its own."""

    id: str
    document_zh: str
    document_en: str
    at: str | None
    zh: str
    en: str


def citations(documents: Iterable[Document], clauses: Iterable[ListedClause], ids: Iterable[str]) -> Iterator[Citation]:
    """Yield what each id means that the lists of a pack have, in the order of the ids; others are left out."""
    titles = {each.prefix: each for each in documents}
    listed = {each.id: each for each in clauses}
    for cited in ids:
        clause, letter = listed.get(clause_of(cited)), cited.partition("(")[2][:1]
        title, part = titles.get(document_of(cited)), clause.parts.get(letter) if clause and letter else None
        if clause is None or title is None or (letter and part is None):
            continue
        zh, en = (f"{clause.zh}：{part.zh}", f"{clause.en}: {part.en}") if part else (clause.zh, clause.en)
        yield Citation(cited, title.zh, title.en, clause.at, zh, en)


def clause_of(cited: str) -> str:
    """Return the clause of what is cited: `LG-12` of `LG-12(c)`, and of itself."""
    return cited.partition("(")[0]


def document_of(cited: str) -> str:
    """Return the prefix of the document of what is cited: `LG` of `LG-12(c)`."""
    return cited.rpartition("-")[0]


def citation_mistakes(parsed: Parsed) -> Iterator[Mistake]:
    """Yield what is wrong with the lists, and every id cited that the pack's own list lacks or may not be cited there.

    The lists are read as they were written: entries that are none are explained by the model, not here.
    """
    documents, clauses = _entries(parsed, "documents", "prefix"), _entries(parsed, "clauses", "id")
    yield from _repeated(parsed, "documents", "prefix", documents)
    yield from _repeated(parsed, "clauses", "id", clauses)
    elsewhere = {prefix for prefix, (_, entry) in documents.items() if entry.get("elsewhere") is True}
    for cited, (number, entry) in clauses.items():
        yield from _listed_clause(parsed, ("clauses", number), cited, entry, set(documents), elsewhere)
    listed = set(_citable(clauses))
    for path, cited in written_clauses(parsed.data, ()):
        if not _WELL_FORMED.fullmatch(cited):
            continue  # the model says which form an id has
        if cited not in listed:
            yield _unlisted(parsed, path, cited, listed, set(documents))
        elif document_of(cited) in elsewhere and path[-1] == "clause" and path[0] != "examples":
            yield _not_binding(parsed, path, cited)


def written_clauses(node: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Yield (path of the key, id) for every clause written under `clause` or `after`, right or wrong."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        if key in ("clause", "after") and isinstance(child, str | list):
            ids = [child] if isinstance(child, str) else child
            yield from (((*path, key), clause) for clause in ids if isinstance(clause, str))
        else:
            yield from written_clauses(child, (*path, key))


def _entries(parsed: Parsed, section: str, key: str) -> dict[str, tuple[int, dict[str, Any]]]:
    """Return the entries of a list by their id with their place; the first of a name counts."""
    listed = parsed.data.get(section) if isinstance(parsed.data, dict) else None
    found: dict[str, tuple[int, dict[str, Any]]] = {}
    for number, entry in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(entry, dict) and isinstance(entry.get(key), str):
            found.setdefault(entry[key], (number, entry))
    return found


def _repeated(
    parsed: Parsed, section: str, key: str, entries: dict[str, tuple[int, dict[str, Any]]]
) -> Iterator[Mistake]:
    for number, entry in enumerate(parsed.data[section] if entries else ()):
        name = entry.get(key) if isinstance(entry, dict) else None
        if isinstance(name, str) and entries[name][0] != number:
            path = (section, number, key)
            first = parsed.line_of((section, entries[name][0], key))
            twice = Sentence(
                f"{name} 写了两次（首次在第 {first} 行）", f"{name} is listed twice (first in line {first})"
            )
            yield Mistake(parsed.line_of(path), key_path(path), twice, _ONCE)


def _listed_clause(
    parsed: Parsed, path: KeyPath, cited: str, entry: dict[str, Any], documents: set[str], elsewhere: set[str]
) -> Iterator[Mistake]:
    prefix = document_of(cited)
    if not _WELL_FORMED.fullmatch(cited):
        return
    if prefix not in documents:
        unknown = Sentence(f"文件清单 documents 中没有前缀 {prefix}", f"the list `documents` has no prefix {prefix}")
        add = Sentence(
            "请在 documents 中写明该文件的前缀和全称", "Add the document's prefix and full title to `documents`"
        )
        yield Mistake(parsed.line_of((*path, "id")), key_path((*path, "id")), unknown, add)
    elif prefix not in elsewhere and not entry.get("at"):
        nowhere = Sentence("没有写明在文件中的位置", "does not say where in its document it stands")
        write = Sentence("请写 at:，如“第十条第二款”或小标题", "Write `at:`, its article, paragraph or heading")
        yield Mistake(parsed.line_of(path), key_path((*path, "at")), nowhere, write)


def _citable(clauses: dict[str, tuple[int, dict[str, Any]]]) -> Iterator[str]:
    for cited, (_, entry) in clauses.items():
        yield cited
        parts = entry.get("parts")
        yield from (f"{cited}({letter})" for letter in (parts if isinstance(parts, dict) else ()))


def _unlisted(parsed: Parsed, path: KeyPath, cited: str, listed: set[str], documents: set[str]) -> Mistake:
    lacks = Sentence(f"{cited} 不在本政策包的条款清单 clauses 中", f"{cited} is not in this pack's own list `clauses`")
    if close := get_close_matches(cited, listed, n=1):
        remedy = Sentence(
            f"是否应为 {close[0]}；如确为另一条款，请在 clauses 中补充",
            f"Did you mean {close[0]}; if it is another clause, add it to `clauses`",
        )
    elif document_of(cited) in documents:
        remedy = Sentence("请在 clauses 中补充，写明位置和内容", "Add it to `clauses`, with its place and what it says")
    else:
        remedy = Sentence(
            "请在 documents 中补充其文件、在 clauses 中补充该条款；外地文件请加 elsewhere: true",
            "Add its document to `documents` (`elsewhere: true` if it does not bind here) and the clause to `clauses`",
        )
    return Mistake(parsed.line_of(path), key_path(path), lacks, remedy)


def _not_binding(parsed: Parsed, path: KeyPath, cited: str) -> Mistake:
    foreign = Sentence(
        f"{cited} 出自外地文件，不能作为本地依据", f"{cited} is of a document from elsewhere and sets no value here"
    )
    follow = Sentence(
        "请改写为 assumed: true、reason 和 after；如该文件在本地有效，请删去其 elsewhere",
        "Write `assumed: true` with `reason` and `after`; if that document binds here, remove its `elsewhere`",
    )
    return Mistake(parsed.line_of(path), key_path(path), foreign, follow)
