"""Settings of the subsidy service, read from `SUBSIDY_*`."""

from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class SubsidySettings(ServiceSettings):
    """What the subsidy service reads from the environment."""

    model_config = SettingsConfigDict(env_prefix="SUBSIDY_", extra="ignore")
