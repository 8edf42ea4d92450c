"""What the registry reads from the environment."""

from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class RegistrySettings(ServiceSettings):
    """Settings under the prefix `REGISTRY_`."""

    model_config = SettingsConfigDict(env_prefix="REGISTRY_", extra="ignore")
