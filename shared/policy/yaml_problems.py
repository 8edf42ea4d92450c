"""What the YAML library says of a text that is none, in words of both languages that tell what to look for."""

from typing import Final

from shared.languages import Sentence

_COMMA: Final = Sentence(
    "方括号或花括号没有配对，或其中缺少逗号", "a bracket [ ] or brace { } is not closed, or a comma is missing in it"
)
_COLON: Final = Sentence("缺少冒号，或该行缩进不对", "a colon is missing, or the line is indented wrongly")
_DASH: Final = Sentence("列表项的缩进不一致", "the entries of a list are not indented alike")
_INDENT: Final = Sentence("键的缩进不一致", "the keys are not indented alike")
_MEANING: Final = Sentence(
    "这里不能以此字符开头：制表符（Tab）请改为空格，@、`、% 等请加引号",
    "nothing begins with this character: write blanks instead of a tab, and put @, ` and % in quotes",
)
_UNENDED: Final = Sentence("引号没有配对", "a quote is not closed")
_ESCAPE: Final = Sentence("双引号内的反斜杠写法不对", "a backslash in double quotes is written wrongly")
_TWO_COLONS: Final = Sentence(
    "一行内有两个键，文本中有冒号时请加引号", "one line has two keys; put a text with a colon in quotes"
)
_CHARACTERS: Final = Sentence("含有 YAML 不允许的控制字符", "it holds control characters that YAML forbids")
_DIRECTIVE: Final = Sentence("以 % 开头的行不是政策包的内容", "a line that begins with % is none of a pack")
_DOCUMENTS: Final = Sentence("一个文件中有多份内容（---）", "the file holds several documents (---)")
_ANCHOR: Final = Sentence("引用（& 和 *）在政策包中不可使用", "references (& and *) are not used in packs")
_BLOCK: Final = Sentence("多行文本（| 或 >）的缩进不对", "a text of several lines (| or >) is indented wrongly")
# The first piece that the library's sentence holds counts.
_PROBLEMS: Final = (
    ("expected ',' or", _COMMA),
    ("expected ':'", _COLON),
    ("expected '-' indicator", _DASH),
    ("expected <block end>", _INDENT),
    ("expected key", _INDENT),
    ("mapping values are not allowed", _TWO_COLONS),
    ("block sequence entries are not allowed", _DASH),
    ("block collection entries are not allowed", _DASH),
    ("cannot start any token", _MEANING),
    ("tab", _MEANING),
    ("unexpected end of stream", _UNENDED),
    ("document separator", _UNENDED),
    ("escape", _ESCAPE),
    ("alias", _ANCHOR),
    ("anchor", _ANCHOR),
    ("indentation", _BLOCK),
    ("block scalar", _BLOCK),
    ("version number", _DIRECTIVE),
    ("directive", _DIRECTIVE),
    ("document", _DOCUMENTS),
    ("control characters", _CHARACTERS),
    ("not allowed", _CHARACTERS),
)
_ELSE: Final = Sentence("此处写法有误", "it is written wrongly here")


def said_of(problem: str | None) -> Sentence:
    """Return what is wrong, from the library's own sentence; None stands for characters that YAML forbids."""
    if problem is None:
        return _CHARACTERS
    return next((sentence for piece, sentence in _PROBLEMS if piece in problem), _ELSE)
