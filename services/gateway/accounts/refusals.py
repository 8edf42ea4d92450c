"""Why an account is not created, granted or named."""

from typing import Final

from shared.access import Grant, Role
from shared.errors import Invalid, NotAllowed, NotFound, Refused
from shared.vocabulary.load import value_words

NAMED_AT_MOST: Final = 10  # accounts or regions in one sentence


class UsernameTaken(Refused):
    """An account of that name exists."""

    code = "username-taken"
    title = "账号已存在 Account exists"

    def __init__(self, usernames: list[str]) -> None:
        named = usernames[:NAMED_AT_MOST]
        super().__init__(
            zh=f"以下账号已存在：{'、'.join(named)}。请改用其他账号名。",
            en=f"These accounts exist already: {', '.join(named)}. Choose other names.",
            usernames=named,
        )


class AccountUnknown(NotFound):
    """No account of that name exists."""

    code = "account-unknown"
    title = "账号不存在 Account unknown"

    def __init__(self, username: str) -> None:
        super().__init__(
            zh=f"没有账号 {username}，请先创建该账号。",
            en=f"There is no account {username}; create it first.",
            username=username,
        )


class RoleNotGrantable(NotAllowed):
    """The caller may hand out other roles, or none; the platform's own role belongs to no account."""

    code = "role-not-grantable"
    title = "不可授予此角色 Role not grantable"

    def __init__(self, role: Role) -> None:
        words = value_words()[role]
        super().__init__(
            zh=f"您无权授予“{words.zh}”角色，请由有权授予该角色的管理员办理；平台自身的角色不授予任何账号。",
            en=f"You may not hand out the role '{words.en}'; ask an administrator who may. The platform's own role is "
            "given to no account.",
            role=str(role),
        )


class GrantOutsideRegion(NotAllowed):
    """The grant's region is not inside a region in which the caller hands out the role."""

    code = "grant-outside-region"
    title = "授权超出辖区 Grant outside your region"

    def __init__(self, grant: Grant, own_regions: list[str]) -> None:
        words, named = value_words()[grant.role], own_regions[:NAMED_AT_MOST]
        super().__init__(
            zh=f"在{grant.region or '全国'}授予“{words.zh}”角色超出您的辖区（{'、'.join(named)}），"
            "请改为辖区内的地区，或由上级管理员授予。",
            en=f"The role '{words.en}' on {grant.region or 'the whole country'} is outside your regions "
            f"({', '.join(named)}); grant it on a region inside them, or ask the administrator above you.",
            role=str(grant.role),
            region=grant.region,
            own_regions=named,
        )


class GrantToOneself(NotAllowed):
    """Nobody gives grants to their own account."""

    code = "grant-to-oneself"
    title = "不得为自己授权 Grant to oneself"

    def __init__(self, username: str) -> None:
        super().__init__(
            zh=f"{username} 不得为自己的账号授权，请由另一名管理员授予。",
            en=f"{username} may not grant anything to the own account; ask another administrator.",
            username=username,
        )


class GrantsHeld(Refused):
    """The account has every one of these grants."""

    code = "grants-held"
    title = "已有此授权 Grants held"

    def __init__(self, username: str) -> None:
        super().__init__(
            zh=f"账号 {username} 已有全部所列授权，无需再次授予。",
            en=f"{username} has each of these grants; there is nothing to add.",
            username=username,
        )


class GrantsTooMany(Refused):
    """An account would have more grants than a token holds."""

    code = "grants-too-many"
    title = "授权过多 Too many grants"

    def __init__(self, username: str, count: int, most: int) -> None:
        super().__init__(
            zh=f"账号 {username} 的授权将达 {count} 项，最多 {most} 项；请改为授予上一级地区。",
            en=f"{username} would have {count} grants and may have {most}; grant the region above them instead.",
            username=username,
            count=count,
            most=most,
        )


class NobodyAskedFor(Invalid):
    """The question who somebody is names no id."""

    code = "nobody-asked-for"
    title = "未指明人员 Nobody asked for"

    def __init__(self, most: int) -> None:
        super().__init__(
            zh=f"未指明要查询的人员，请为每个账号填写一个 ids=<id>，1 至 {most} 个。",
            en=f"The question names nobody; send ids=<id> once for each account, 1 to {most} of them.",
            most=most,
        )


class TooManyAskedFor(Invalid):
    """The question who somebody is names more ids than one answer holds."""

    code = "too-many-asked-for"
    title = "一次查询人员过多 Too many people asked for"

    def __init__(self, count: int, most: int) -> None:
        super().__init__(
            zh=f"一次查询 {count} 人，最多 {most} 人；其余人员请另行查询。",
            en=f"The question names {count} ids and may name {most}; ask for the others in a second one.",
            count=count,
            most=most,
        )


class PasswordTooWeak(Invalid):
    """The password is too short or on the list of common ones."""

    code = "password-too-weak"
    title = "密码强度不足 Password too weak"

    def __init__(self, shortest: int, longest: int) -> None:
        super().__init__(
            zh=f"请设置 {shortest} 至 {longest} 个字符的密码，不得使用常见密码，也不得包含账号名。",
            en=f"Choose a password of {shortest} to {longest} characters that is no common one and does not hold the "
            "account's name.",
            shortest=shortest,
            longest=longest,
        )
