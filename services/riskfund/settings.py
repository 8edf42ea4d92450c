"""Settings of the risk-fund service, read from `RISKFUND_*`."""

from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class RiskfundSettings(ServiceSettings):
    """What the risk-fund service reads from the environment."""

    model_config = SettingsConfigDict(env_prefix="RISKFUND_", extra="ignore")
