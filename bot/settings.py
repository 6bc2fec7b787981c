"""Settings from the environment (`HALFDOOR_…`) and from `.env`. Built in main, never at import."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What holds for all networks; each network has settings of its own."""

    model_config = SettingsConfigDict(env_prefix="HALFDOOR_", env_file=".env", extra="ignore")

    database_url: str = Field(
        "sqlite:///halfdoor.db",
        description="Where everything is kept: `sqlite:///file.db` or `postgresql://user:password@host/name`",
    )
    log_format: Literal["console", "json"] = Field("console", description="How the log is written")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least level that is logged"
    )
    max_attempts: int = Field(
        12, ge=1, le=100, description="Tries before a delivery is set aside and staff are told"
    )
    stalled_after: float = Field(
        30.0,
        ge=1,
        description="PostgreSQL only: seconds without a sign of life after which another process takes over;"
        " below 30 a busy process may be taken for a dead one",
    )

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        scheme = url.partition(":")[0]
        if scheme in ("postgresql", "postgres"):
            return "postgresql+psycopg:" + url.partition(":")[2]
        if scheme not in ("sqlite", "postgresql+psycopg"):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return url


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine itself, which no certificate is needed for."""
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False
