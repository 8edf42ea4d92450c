"""Bounded lists: a limit, an opaque cursor, `items` and `next`."""

import base64
import json
from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query

from shared.errors import Invalid
from shared.web.bodies import Answer

PAGE_LIMIT_MAX = 500
PAGE_LIMIT_DEFAULT = 50
T = TypeVar("T")


class CursorInvalid(Invalid):
    """The cursor was not given out by this list."""

    code = "cursor-invalid"

    def __init__(self) -> None:
        super().__init__(
            zh="游标（cursor）不是本列表给出的，请去掉后从头查询。",
            en="The cursor is not one this list gave out; start again without it.",
        )


class PageRequest:
    """What a list is asked for: at most `limit` rows after the row the cursor names."""

    def __init__(
        self,
        limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT_MAX)] = PAGE_LIMIT_DEFAULT,
        cursor: Annotated[str | None, Query(max_length=400)] = None,
    ) -> None:
        self.limit = limit
        self.after: str | None = _decoded(cursor) if cursor else None

    def after_as(self, key: Callable[[str], T]) -> T | None:
        """Return what the cursor names as the list's own kind of key, such as `UUID`.

        Raises:
            CursorInvalid: it names none.
        """
        try:
            return None if self.after is None else key(self.after)
        except ValueError:
            raise CursorInvalid from None


Page = Annotated[PageRequest, Depends()]


class PageOf(Answer, Generic[T]):
    """One page: the items, and the cursor of the next page or null."""

    items: list[T]
    next: str | None


def page_of(items: list[Any], limit: int, key: str) -> dict[str, Any]:
    """Build a page from up to `limit + 1` rows ordered by the attribute `key`."""
    more = len(items) > limit
    shown = items[:limit]
    last = getattr(shown[-1], key) if more else None
    return {"items": shown, "next": _encoded(str(last)) if more else None}


def _encoded(value: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(["v1", value]).encode()).decode().rstrip("=")


def _decoded(cursor: str) -> str:
    try:
        version, value = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if version != "v1" or not isinstance(value, str):
            raise ValueError
        return value
    except (ValueError, TypeError):
        raise CursorInvalid from None
