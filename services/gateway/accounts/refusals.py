"""Why an account is not created, granted, named or signed in."""

import math

from services.gateway.accounts.schemas import GRANTS_MAX, PEOPLE_ASKED_MAX
from shared.access import Grant, Role
from shared.errors import Invalid, NotAllowed, NotFound, Refused, Unauthenticated

REGIONS_NAMED = 10  # of the caller's own regions, in one sentence


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


class RoleNotGrantable(NotAllowed):
    """The caller may hand out other roles, or none; the platform's own role belongs to no account."""

    code = "role-not-grantable"
    title = "不可授予此角色 Role not grantable"

    def __init__(self, role: Role) -> None:
        super().__init__(
            f"您无权授予角色 {role};请由有权授予该角色的管理员办理,平台自身的角色不授予任何账号。 "
            f"You may not hand out the role {role}; ask an administrator who may. The platform's own role is given to "
            "no account.",
            role=str(role),
        )


class GrantOutsideRegion(NotAllowed):
    """The grant's region is not inside a region in which the caller hands out the role."""

    code = "grant-outside-region"
    title = "授权超出辖区 Grant outside your region"

    def __init__(self, grant: Grant, reach: list[str]) -> None:
        wanted, own = grant.region or "全国", "、".join(reach[:REGIONS_NAMED])
        super().__init__(
            f"授权地区 {wanted} 不在您的辖区 {own} 内;请改为辖区内的地区,或由上级管理员授予。 "
            f"The role {grant.role} on {grant.region or 'the whole country'} is outside your region "
            f"({', '.join(reach[:REGIONS_NAMED])}); grant it on a region inside, or ask the administrator above you.",
            role=str(grant.role),
            region=grant.region,
            own_regions=reach[:REGIONS_NAMED],
        )


class GrantToOneself(NotAllowed):
    """Nobody gives grants to their own account."""

    code = "grant-to-oneself"
    title = "不得为自己授权 Grant to oneself"

    def __init__(self, username: str) -> None:
        super().__init__(
            f"{username} 不得为自己的账号授权;请由另一名管理员授予。 "
            f"{username} may not grant anything to the own account; ask another administrator.",
            username=username,
        )


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
    """Too many wrong secrets for this account, from this source or from all together."""

    http_status = 429
    code = "too-many-failures"
    title = "尝试次数过多 Too many attempts"

    def __init__(self, seconds: int) -> None:
        minutes = math.ceil(seconds / 60)
        super().__init__(
            f"登录失败次数过多,请在 {minutes} 分钟后再试。 "
            f"Too many failed sign-ins; wait {minutes} minutes and try again.",
            minutes=minutes,
            retry_after_seconds=seconds,
        )


class SignInsUnderway(Unauthenticated):
    """So many sign-ins of this account are being checked that together they might pass the limit of failures."""

    http_status = 429
    code = "sign-ins-underway"
    title = "登录正在核验 Sign-ins underway"

    def __init__(self, seconds: int) -> None:
        super().__init__(
            "该账号有多次登录正在核验,请稍后再试,并避免同时多次登录。 "
            "Several sign-ins of this account are being checked; try again in a moment, one at a time.",
            retry_after_seconds=seconds,
        )
