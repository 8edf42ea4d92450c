"""Why an account is not created, granted, named or signed in."""

from services.gateway.accounts.schemas import GRANTS_MAX, PEOPLE_ASKED_MAX
from shared.errors import Invalid, NotFound, Refused, Unauthenticated


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


class NobodyAskedFor(Invalid):
    """The question who somebody is names no id."""

    code = "nobody-asked-for"
    title = "未指明人员 Nobody asked for"

    def __init__(self) -> None:
        super().__init__(
            f"The question names nobody; send ids=<id> once for each account, 1 to {PEOPLE_ASKED_MAX} of them.",
            most=PEOPLE_ASKED_MAX,
        )


class TooManyAskedFor(Invalid):
    """The question who somebody is names more ids than one answer holds."""

    code = "too-many-asked-for"
    title = "一次查询人员过多 Too many people asked for"

    def __init__(self, count: int) -> None:
        super().__init__(
            f"The question names {count} ids and may name {PEOPLE_ASKED_MAX}; ask for the others in a second one.",
            count=count,
            most=PEOPLE_ASKED_MAX,
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
