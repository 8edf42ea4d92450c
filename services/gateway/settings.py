"""Settings of the gateway, prefix `GATEWAY_`."""

from pydantic import SecretStr

from shared.settings import ServiceSettings


class GatewaySettings(ServiceSettings):
    """`GATEWAY_*` variables."""

    # Creates the account "admin" on an empty database; unset it afterwards.
    bootstrap_admin_password: SecretStr | None = None
    access_token_seconds: int = 300
    refresh_token_seconds: int = 8 * 3600
    # Argon2id, OWASP's second recommended setting: 19 MiB, two passes.
    argon2_memory_kib: int = 19_456
    argon2_passes: int = 2
    # Reverse proxies whose X-Forwarded-For counts, "10.1.2.0/24,fd00::1"; none: the connection's own address does.
    trusted_proxies: str = ""
    # Wrong secrets for one account within the window: from one source, and from all of them together.
    sign_in_failures_allowed: int = 5
    sign_in_failures_of_account_allowed: int = 50
    sign_in_window_minutes: int = 15
    requests_per_account: str = "3000/second"
    sign_ins_per_source: str = "100/second"
