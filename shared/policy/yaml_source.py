"""Read a county's YAML strictly: no floats, no repeated keys, no aliases, and every key remembers its line."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import yaml

from shared.languages import Sentence
from shared.policy.yaml_problems import said_of

KeyPath = tuple[str | int, ...]
LARGEST_FILE_CHARACTERS = 1_000_000  # a full pack is about 40 000; more is no county's rules
DEEPEST_NESTING = 20
ONE_COUNTY: Final = Sentence("请只提交一个县的政策包", "Send one county's pack")
NOWHERE: Final = Sentence("", "")
_WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the compiled one is ten times faster where it exists
_CORE_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong with a pack: where, what, and what to do."""

    line: int | None
    key: str
    message: Sentence  # in both languages without a full stop, like the remedy
    remedy: Sentence
    clause: str = ""  # what the value there rests on, where it says so
    place: Sentence = NOWHERE  # the key in words

    @property
    def sentence(self) -> Sentence:
        """Return the mistake in one line of each language."""
        line_zh, line = (f"第 {self.line} 行 ", f"line {self.line}, ") if self.line else ("", "")
        clause_zh, clause = (f"（{self.clause}）", f" ({self.clause})") if self.clause else ("", "")
        named = f"{self.place.zh} {self.key}".strip() or "文件"
        return Sentence(
            f"{line_zh}{named}{clause_zh}：{self.message.zh}。{self.remedy.zh}。",
            f"{line}{self.key or 'the file'}{clause}: {self.message.en}. {self.remedy.en}.",
        )

    def __str__(self) -> str:
        """Return the mistake in one line of English."""
        return self.sentence.en


@dataclass(slots=True)
class Parsed:
    """The plain data of a file, the line of every key, and what was wrong with the text itself."""

    data: Any = None
    lines: dict[KeyPath, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def line_of(self, path: KeyPath) -> int | None:
        """Return the line of the key, or of the nearest key above it."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None

    def value_at(self, path: KeyPath) -> Any:
        """Return what is written at a key; None where nothing is."""
        node: Any = self.data
        for part in path:
            try:
                node = node[part]
            except (KeyError, IndexError, TypeError):
                return None
        return node

    def clause_of(self, path: KeyPath) -> str:
        """Return the clause ids that the value at the key, or the nearest one above it, rests on; empty for none."""
        node: Any = self.data
        found = ""
        for part in path:
            try:
                node = node[part]
            except (KeyError, IndexError, TypeError):
                break
            if isinstance(node, dict) and (clause := node.get("clause")):
                found = ", ".join(map(str, clause)) if isinstance(clause, list) else str(clause)
        return found


def key_path(path: KeyPath) -> str:
    """Return the path as people write it, for example `rating.grades.value[1].line`."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(parts).removeprefix(".")


def path_of(key: str) -> KeyPath:
    """Return the path of a key as people write it: the inverse of `key_path`."""
    return tuple(int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", key))


def parse(text: str) -> Parsed:
    """Parse YAML (or JSON) text; never raises for bad text, the mistakes are in the result."""
    parsed = Parsed()
    if len(text) > LARGEST_FILE_CHARACTERS:
        message = Sentence(
            f"文件有 {len(text)} 个字符，超过 {LARGEST_FILE_CHARACTERS} 个",
            f"the file has {len(text)} characters, more than {LARGEST_FILE_CHARACTERS}",
        )
        parsed.mistakes.append(Mistake(None, "", message, ONE_COUNTY))
        return parsed
    try:
        if refused := _refused_event(text):
            parsed.mistakes.append(refused)
            return parsed
        root = yaml.compose(text, _Loader)
    except yaml.YAMLError as problem:
        parsed.mistakes.append(_not_yaml(problem))
        return parsed
    if root is None:
        start = Sentence("请从已有的县级政策包开始编写", "Start from an existing county's pack")
        parsed.mistakes.append(Mistake(None, "", Sentence("文件为空", "the file is empty"), start))
        return parsed
    parsed.lines[()] = _line(root)
    parsed.data = _plain(root, (), parsed)
    return parsed


def _refused_event(text: str) -> Mistake | None:
    """Look for aliases and bottomless nesting in the flat stream of events, before anything recursive reads it."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.AliasEvent):
            refers = Sentence(f"*{event.anchor} 引用了别处", f"*{event.anchor} refers to another place")
            return Mistake(_line(event), "", refers, Sentence("请写出全文", "Write it out in full"))
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST_NESTING:
            nested = Sentence("嵌套层数过多", "the text is nested too deeply")
            return Mistake(_line(event), "", nested, Sentence("请减少层数", "Write it flatter"))
    return None


def _line(marked: yaml.Node | yaml.Event) -> int:
    return marked.start_mark.line + 1 if marked.start_mark else 0


def _not_yaml(problem: Exception) -> Mistake:
    mark = getattr(problem, "problem_mark", None)
    what = said_of(getattr(problem, "problem", None))
    message = Sentence(f"不是有效的 YAML：{what.zh}", f"this is not YAML: {what.en}")
    remedy = Sentence("请检查该处的缩进和引号", "Check indentation and quotes there")
    return Mistake(mark.line + 1 if mark else None, "", message, remedy)


def _plain(node: yaml.Node, path: KeyPath, parsed: Parsed) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, parsed)
    if isinstance(node, yaml.SequenceNode):
        return _sequence(node, path, parsed)
    return _scalar(node, path, parsed)


def _mapping(node: yaml.MappingNode, path: KeyPath, parsed: Parsed) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = key_node.value
        if not isinstance(key, str) or key_node.tag != f"{_CORE_TAG}str":
            message = Sentence(f"键 {key!r} 不是名称", f"the key {key!r} is not a name")
            rename = Sentence("请给键加引号或改名", "Put the key in quotes or rename it")
            _complain(parsed, key_node, path, message, rename)
            continue
        if key in found:
            first = parsed.lines[(*path, key)]
            message = Sentence(f"写了两次（首次在第 {first} 行）", f"is written twice (first in line {first})")
            _complain(parsed, key_node, (*path, key), message, Sentence("请只保留一个", "Keep one of them"))
            continue
        parsed.lines[(*path, key)] = _line(key_node)
        found[key] = _plain(value_node, (*path, key), parsed)
    return found


def _sequence(node: yaml.SequenceNode, path: KeyPath, parsed: Parsed) -> list[Any]:
    found = []
    for number, item in enumerate(node.value):
        parsed.lines[(*path, number)] = _line(item)
        found.append(_plain(item, (*path, number), parsed))
    return found


def _scalar(node: yaml.Node, path: KeyPath, parsed: Parsed) -> Any:
    text, kind = str(node.value), node.tag.removeprefix(_CORE_TAG)
    if kind == "str":
        return text
    if kind == "null":
        return None
    if kind == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if kind == "int" and _WHOLE_NUMBER.fullmatch(text):
        return int(text)
    if kind == "timestamp" and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return _calendar_date(node, text, path, parsed)
    _complain(parsed, node, path, *_unclear(text, kind, node.tag))
    return None


def _unclear(text: str, kind: str, tag: str) -> tuple[Sentence, Sentence]:
    """Return what is wrong with a value that could be read in several ways, and how to write it."""
    remedies = {
        "float": (
            Sentence(f"{text} 是浮点数", f"{text} is a floating-point number"),
            Sentence(f'请加引号："{text}"', f'Put it in quotes: "{text}"'),
        ),
        "bool": (
            Sentence(f"{text} 作为是或否不明确", f"{text} is an unclear yes or no"),
            Sentence("请写 true 或 false，或给该词加引号", "Write true or false, or put the word in quotes"),
        ),
        "int": (
            Sentence(f"{text} 作为整数不明确", f"{text} is an unclear whole number"),
            Sentence("请用普通数字书写；是代码时请加引号", "Write it in plain digits, or in quotes when it is a code"),
        ),
        "timestamp": (
            Sentence(f"{text} 是时刻", f"{text} is an instant"),
            Sentence("日期请写成 YYYY-MM-DD", "Write a day as YYYY-MM-DD"),
        ),
    }
    unknown = (
        Sentence("此处不允许以 ! 标明的类型", f"{tag} is not allowed here"),
        Sentence("请使用普通文本、数字和列表", "Write plain text, numbers and lists"),
    )
    return remedies.get(kind, unknown)


def _calendar_date(node: yaml.Node, text: str, path: KeyPath, parsed: Parsed) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = Sentence(f"{text} 不是日历中的日期", f"{text} is not a day of the calendar")
        _complain(parsed, node, path, message, Sentence("请更正日期", "Correct the day"))
        return None


def _complain(parsed: Parsed, node: yaml.Node, path: KeyPath, message: Sentence, remedy: Sentence) -> None:
    parsed.mistakes.append(Mistake(_line(node), key_path(path), message, remedy))
