"""Why a sign-in is refused."""

import math

from shared.errors import Invalid, Unauthenticated


class GrantTypeUnknown(Invalid):
    """The token endpoint knows three grant types."""

    http_status = 400
    code = "unsupported-grant-type"
    title = "登录方式不支持 Grant type not supported"

    def __init__(self) -> None:
        super().__init__(
            zh="请发送 grant_type=password 及 username、password，或 grant_type=refresh_token 及 refresh_token，"
            "或 grant_type=client_credentials 及 client_id、client_secret。",
            en="Send grant_type=password with username and password, grant_type=refresh_token with refresh_token, "
            "or grant_type=client_credentials with client_id and client_secret.",
        )


class SignInRefused(Unauthenticated):
    """Name or secret is wrong; the answer never says which."""

    code = "sign-in-refused"
    title = "登录失败 Sign-in refused"

    def __init__(self) -> None:
        super().__init__(
            zh="账号或密码不正确，请核对后重试，或联系管理员。",
            en="The account or its secret is wrong. Check both, or ask the administrator.",
        )


class TooManyFailures(Unauthenticated):
    """Too many wrong secrets for this account, from this source or from all together."""

    http_status = 429
    code = "too-many-failures"
    title = "尝试次数过多 Too many attempts"

    def __init__(self, seconds: int) -> None:
        minutes = math.ceil(seconds / 60)
        super().__init__(
            zh=f"登录失败次数过多，请在 {minutes} 分钟后再试。",
            en=f"Too many failed sign-ins; wait {minutes} minutes and try again.",
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
            zh="该账号有多次登录正在核验，请稍后再试，并避免同时多次登录。",
            en="Several sign-ins of this account are being checked; try again in a moment, one at a time.",
            retry_after_seconds=seconds,
        )
