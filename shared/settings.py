"""Settings from the environment (twelve-factor); one prefix per service, secrets from files or variables."""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class PlatformSettings(BaseSettings):
    """What every service reads without a prefix."""

    model_config = SettingsConfigDict(extra="ignore")

    nats_url: str = "nats://127.0.0.1:4222"
    platform_keys_dir: Path = Path("var/platform/keys")
    platform_pii_key_file: Path = Path("var/platform/keys/pii.json")
    platform_data_dir: Path = Path("var/platform")
    platform_profile: str = Field("development", description="'production' refuses failpoints and sample secrets")
    log_level: str = "INFO"
    days_every_seconds: float = Field(0, description="how often missed days are looked for; 0: days run when asked for")
    registry_url: str = "http://127.0.0.1:8101"
    lending_url: str = "http://127.0.0.1:8102"
    subsidy_url: str = "http://127.0.0.1:8103"
    riskfund_url: str = "http://127.0.0.1:8104"


class ServiceSettings(BaseSettings):
    """What each service reads under its own prefix, e.g. `LENDING_DATABASE_URL`; a service with more subclasses it."""

    model_config = SettingsConfigDict(extra="ignore")

    database_url: SecretStr
    database_pool: int = 8
    nats_user: str = ""
    nats_password: SecretStr = SecretStr("")

    @classmethod
    def load(cls, service: str) -> Self:
        """Read what the environment says for a service; a missing variable is named in the error."""
        return cls(_env_prefix=f"{service.upper()}_")
