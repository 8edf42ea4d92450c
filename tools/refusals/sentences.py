"""The sentences that a refusal is said in, with the names of its values where they stand, read from its `__init__`."""

import ast
from typing import Final

from shared.errors import Refusal
from shared.languages import Sentence
from tools.refusals.values import base_call_of

_LEFT_OUT: Final = "…"  # stands for what is worked out where the sentence is built


def sentence_of(refusal: type[Refusal]) -> Sentence | None:
    """Return what a refusal says in both languages, such as "只有 {count} 支笔"; None when its base says it."""
    call = base_call_of(refusal)
    said = {each.arg: _template(each.value) for each in call.keywords if each.arg in ("zh", "en")} if call else {}
    return Sentence(said["zh"], said["en"]) if len(said) == 2 else None


def _template(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_template(part) for part in parts)
        case ast.FormattedValue(value=ast.Name(id=name)) | ast.FormattedValue(value=ast.Attribute(attr=name)):
            return f"{{{name}}}"
        case ast.FormattedValue(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="isoformat"))):
            return f"{{{name}}}"
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _template(left) + _template(right)
    return _LEFT_OUT
