"""Read a county's YAML strictly: no floats, no repeated keys, no aliases, and every key remembers its line."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

KeyPath = tuple[str | int, ...]
LARGEST_FILE_CHARACTERS = 1_000_000  # a full pack is about 40 000; more is no county's rules
DEEPEST_NESTING = 20
_WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the compiled one is ten times faster where it exists
_CORE_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong with a pack: where, what, and what to do."""

    line: int | None
    key: str
    message: str
    remedy: str
    clause: str = ""  # what the value there rests on, where it says so

    def __str__(self) -> str:
        """Return the mistake in one line."""
        place = f"line {self.line}, " if self.line else ""
        clause = f" ({self.clause})" if self.clause else ""
        return f"{place}{self.key or 'the file'}{clause}: {self.message}. {self.remedy}."


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
        message = f"the file has {len(text)} characters, more than {LARGEST_FILE_CHARACTERS}"
        parsed.mistakes.append(Mistake(None, "", message, "Send one county's pack"))
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
        parsed.mistakes.append(Mistake(None, "", "the file is empty", "Start from an existing county's pack"))
        return parsed
    parsed.lines[()] = _line(root)
    parsed.data = _plain(root, (), parsed)
    return parsed


def _refused_event(text: str) -> Mistake | None:
    """Look for aliases and bottomless nesting in the flat stream of events, before anything recursive reads it."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.AliasEvent):
            return Mistake(_line(event), "", f"*{event.anchor} refers to another place", "Write it out in full")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST_NESTING:
            return Mistake(_line(event), "", "the text is nested too deeply", "Write it flatter")
    return None


def _line(marked: yaml.Node | yaml.Event) -> int:
    return marked.start_mark.line + 1 if marked.start_mark else 0


def _not_yaml(problem: Exception) -> Mistake:
    mark = getattr(problem, "problem_mark", None)
    what = getattr(problem, "problem", None) or "it holds characters that YAML forbids"
    return Mistake(
        mark.line + 1 if mark else None, "", f"this is not YAML: {what}", "Check indentation and quotes there"
    )


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
            _complain(parsed, key_node, path, f"the key {key!r} is not a name", "Put the key in quotes or rename it")
            continue
        if key in found:
            first = parsed.lines[(*path, key)]
            _complain(parsed, key_node, (*path, key), f"is written twice (first in line {first})", "Keep one of them")
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
    remedies = {
        "float": (f"{text} is a floating-point number", f'Put it in quotes: "{text}"'),
        "bool": (f"{text} is an unclear yes or no", "Write true or false, or put the word in quotes"),
        "int": (f"{text} is an unclear whole number", "Write it in plain digits, or in quotes when it is a code"),
        "timestamp": (f"{text} is an instant", "Write a day as YYYY-MM-DD"),
    }
    message, remedy = remedies.get(kind, (f"{node.tag} is not allowed here", "Write plain text, numbers and lists"))
    _complain(parsed, node, path, message, remedy)
    return None


def _calendar_date(node: yaml.Node, text: str, path: KeyPath, parsed: Parsed) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        _complain(parsed, node, path, f"{text} is not a day of the calendar", "Correct the day")
        return None


def _complain(parsed: Parsed, node: yaml.Node, path: KeyPath, message: str, remedy: str) -> None:
    parsed.mistakes.append(Mistake(_line(node), key_path(path), message, remedy))
