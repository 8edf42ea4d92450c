"""Why an account is not created, granted or signed in."""

from services.gateway.accounts.schemas import GRANTS_MAX
from shared.errors import NotFound, Refused, Unauthenticated


class UsernameTaken(Refused):
    """An account of that name exists."""

    code = "username-taken"
    title = "账号已存在 Account exists"

    def __init__(self, usernames: list[str]) -> None:
        super().__init__(
            f"These accounts exist already: {', '.join(usernames[:10])}. Choose other names.", usernames=usernames[:10]
        )


class AccountUnknown(NotFound):
    """No account of that name exists."""

    code = "account-unknown"
    title = "账号不存在 Account unknown"

    def __init__(self, username: str) -> None:
        super().__init__(f"There is no account {username}; create it first.", username=username)


class GrantsHeld(Refused):
    """The account has every one of these grants."""

    code = "grants-held"
    title = "已有此授权 Grants held"

    def __init__(self, username: str) -> None:
        super().__init__(f"{username} has each of these grants; there is nothing to add.", username=username)


class GrantsTooMany(Refused):
    """An account would have more grants than a token holds."""

    code = "grants-too-many"
    title = "授权过多 Too many grants"

    def __init__(self, username: str, count: int) -> None:
        super().__init__(
            f"{username} would have {count} grants and may have {GRANTS_MAX}; grant the region above them instead.",
            username=username,
            count=count,
        )


class SignInRefused(Unauthenticated):
    """Name or secret is wrong; the answer never says which."""

    code = "sign-in-refused"
    title = "登录失败 Sign-in refused"

    def __init__(self) -> None:
        super().__init__("The account or its secret is wrong. Check both, or ask the administrator.")


class TooManyFailures(Unauthenticated):
    """Too many wrong secrets for this account from this source."""

    http_status = 429
    code = "too-many-failures"
    title = "尝试次数过多 Too many attempts"

    def __init__(self, minutes: int) -> None:
        super().__init__(f"Too many failed sign-ins; wait {minutes} minutes and try again.", minutes=minutes)
