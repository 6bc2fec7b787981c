"""What the web needs to be told, from `HALFDOOR_WEB_…`."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.settings import is_loopback


class WebSettings(BaseSettings):
    """Where pages are served, and where files are kept."""

    model_config = SettingsConfigDict(env_prefix="HALFDOOR_WEB_", env_file=".env", extra="ignore")

    listen: str = Field(
        default="127.0.0.1:8080", description="Where pages are served, behind a proxy that speaks https"
    )
    url: str = Field(
        default="",
        description="The address by which people open them: https, unless it is this machine's own",
        validate_default=True,
    )
    proxies: int = Field(
        default=0, ge=0, description="How many proxies of yours stand before it and add to `X-Forwarded-For`"
    )
    files: Path = Field(
        default=Path("halfdoor-files"),
        description="The folder of files that were sent here; several processes share it",
    )
    file_limit_mb: int = Field(
        default=25, ge=1, le=1000, description="The largest file that is taken, in megabytes"
    )
    writes_a_minute: int = Field(
        default=60, ge=1, description="How often one session may write in a minute, and one address sign in"
    )

    @field_validator("listen")
    @classmethod
    def _has_a_port(cls, value: str) -> str:
        host, colon, port = value.rpartition(":")
        if not (host and colon and port.isdecimal() and int(port) < 65536):
            raise ValueError("must be host:port, such as 127.0.0.1:8080")
        return value

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, value: str, info: ValidationInfo) -> str:
        """Cookies are sent by https alone, so that without it nobody could come in but from this machine."""
        address = urlsplit(value or f"http://{info.data.get('listen', '127.0.0.1:8080')}")
        if address.scheme != "https" and not (address.scheme == "http" and is_loopback(address.hostname)):
            raise ValueError("must begin with https:// for all who are not on this machine")
        return value.rstrip("/")

    @property
    def on_loopback(self) -> bool:
        """Whether pages are opened on this machine alone."""
        return is_loopback(urlsplit(self.url or f"http://{self.listen}").hostname)
