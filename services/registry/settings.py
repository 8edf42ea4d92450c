"""What the registry reads from the environment."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class RegistrySettings(ServiceSettings):
    """Settings under the prefix `REGISTRY_`."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    import_worker: bool = True  # false for a replica that answers requests only

    documents_dir: Path | None = Field(None, description="folder of documents; PLATFORM_DATA_DIR/documents if left out")
    documents_s3_bucket: str = Field("", description="keep documents in this bucket instead of a folder")
    documents_s3_endpoint: str = Field("", description="of an S3-compatible store; empty is Amazon's own")
    documents_s3_region: str = "us-east-1"
    documents_s3_prefix: str = ""
    documents_s3_access_key_id: str = ""
    documents_s3_secret_access_key: SecretStr = SecretStr("")
    scan_command: str = Field("", description="virus scanner, e.g. clamdscan --fdpass --no-summary; empty is none")
    scan_seconds: float = Field(60.0, gt=0, le=600, description="longest wait for the scanner's verdict")
