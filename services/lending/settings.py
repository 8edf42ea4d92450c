"""Settings of the lending service, read from `LENDING_*`."""

from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class LendingSettings(ServiceSettings):
    """What the lending service reads from the environment."""

    model_config = SettingsConfigDict(env_prefix="LENDING_", extra="ignore")
