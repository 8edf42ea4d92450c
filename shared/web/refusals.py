"""What the edge of every service refuses by itself, before or after its actions."""

from collections.abc import Iterable, Sequence
from typing import Final

from shared.errors import Invalid, NotFound, Refusal, Unavailable

NAMED_MAX: Final = 5  # in a sentence; more would not be read
NAME_MAX_LENGTH: Final = 64  # of a parameter that a caller made up


class InvalidRequest(Invalid):
    """Fields or parameters need correction; `errors` names each with what is wrong."""

    code = "invalid-request"

    def __init__(self, fields: Sequence[str]) -> None:
        named = fields[:NAMED_MAX]
        super().__init__(
            zh=f"请更正以下各项后重新提交：{'、'.join(named)}。",
            en=f"Correct these fields and send it again: {', '.join(named)}.",
        )


class UnknownParameter(Invalid):
    """The query names a parameter that the operation does not have, so what it was to narrow would not be narrowed."""

    code = "unknown-parameter"
    title = "查询参数不存在 Unknown parameter"

    def __init__(self, unknown: Iterable[str], known: Iterable[str]) -> None:
        named, there = _named(unknown), sorted(known)
        takes_zh = f"可用参数为 {'、'.join(there)}" if there else "本操作不带查询参数"
        super().__init__(
            zh=f"没有查询参数 {'、'.join(named)}；{takes_zh}，请更正后重新提交。",
            en=f"There is no query parameter {', '.join(named)}; this operation takes "
            f"{', '.join(there) or 'none'}. Correct the name and ask again.",
            unknown=named,
            known=there,
        )


class RepeatedParameter(Invalid):
    """A parameter that takes one value stands in the query twice."""

    code = "repeated-parameter"
    title = "查询参数重复 Repeated parameter"

    def __init__(self, repeated: Iterable[str]) -> None:
        named = _named(repeated)
        super().__init__(
            zh=f"查询参数 {'、'.join(named)} 只能出现一次，请保留一个后重新提交。",
            en=f"The query parameter {', '.join(named)} takes one value; keep one and ask again.",
            repeated=named,
        )


class ValueNotStorable(Invalid):
    """The database cannot hold a value."""

    code = "value-not-storable"

    def __init__(self) -> None:
        super().__init__(
            zh="有数值超出范围，或含有无法存储的字符，请更正后重新提交。",
            en="A value is out of range or contains characters that cannot be stored; correct it and send it again.",
        )


class BodyUnreadable(Invalid):
    """The body is not what its content type says."""

    http_status = 400
    code = "body-unreadable"
    title = "请求内容无法读取 Body unreadable"

    def __init__(self) -> None:
        super().__init__(
            zh="请求内容无法读取，请更正后重新提交。", en="The body cannot be read; correct it and send it again."
        )


class BodyTooLarge(Invalid):
    """The body is larger than any operation takes."""

    http_status = 413
    code = "body-too-large"
    title = "提交内容过大 Body too large"

    def __init__(self) -> None:
        super().__init__(
            zh="提交内容过大，请拆分后分次提交。", en="The body is too large; split it and send the parts one by one."
        )


class NoSuchPath(NotFound):
    """Nothing of this service has this path."""

    code = "no-such-path"
    title = "地址不存在 No such path"

    def __init__(self) -> None:
        super().__init__(
            zh="没有此地址，请对照接口文档 /docs 更正。", en="There is no such path; /docs shows every path there is."
        )


class MethodNotAllowed(Invalid):
    """The path is there, but not with this method."""

    http_status = 405
    code = "method-not-allowed"
    title = "方法不适用 Method not allowed"

    def __init__(self, allowed: Iterable[str]) -> None:
        methods = sorted(allowed)
        super().__init__(
            zh=f"此地址不支持该方法，可用 {'、'.join(methods)}。",
            en=f"This path has no such method; it has {', '.join(methods)}.",
            allowed=methods,
        )


class RequestNotHandled(Invalid):
    """The request breaks HTTP in some other way."""

    http_status = 400
    code = "http-error"
    title = "请求有误 Request error"

    def __init__(self) -> None:
        super().__init__(
            zh="请求无法处理，请对照接口文档 /docs 更正。",
            en="The request cannot be handled; compare it with the API's document, /docs.",
        )


class DatabaseUnavailable(Unavailable):
    """The database does not answer, or broke off."""

    code = "database-unavailable"

    def __init__(self) -> None:
        super().__init__(
            zh="数据库暂无响应，请稍候数秒，用同一 Idempotency-Key 重新提交。",
            en="The database does not answer; repeat the request with the same Idempotency-Key in a few seconds.",
        )


class InternalError(Refusal):
    """A fault of the platform; nothing was half done."""

    http_status = 500
    code = "internal-error"
    title = "系统错误 Internal error"

    def __init__(self) -> None:
        super().__init__(
            zh="系统出错，本次请求未产生任何部分结果，请将 trace_id 告知系统管理员。",
            en="Something went wrong on our side; nothing was half done. Report the trace_id to the administrator.",
        )


def _named(names: Iterable[str]) -> list[str]:
    return [name[:NAME_MAX_LENGTH] for name in sorted(set(names))[:NAMED_MAX]]
