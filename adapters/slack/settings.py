"""Slack's settings: `HALFDOOR_SLACK_…`."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.settings import is_loopback


class SlackSettings(BaseSettings):
    """The two tokens of the installed app, and what tests point elsewhere."""

    model_config = SettingsConfigDict(env_prefix="HALFDOOR_SLACK_", env_file=".env", extra="ignore")

    mode: Literal["socket", "http"] = Field(
        "socket",
        description="How Slack reaches Halfdoor: by sockets, which need no address of ours, or by requests to"
        " `/slack/events`, where `/health` says whether we are well",
    )
    bot_token: SecretStr = Field(description="The bot token, xoxb-…, from “OAuth & Permissions”")
    app_token: SecretStr | None = Field(
        None,
        validate_default=True,
        description="The app-level token, xapp-…, with `connections:write`, from “Basic Information”",
    )
    signing_secret: SecretStr | None = Field(
        None,
        validate_default=True,
        description="In mode http: the signing secret, from “Basic Information”, that proves requests",
    )
    listen: str = Field(
        "127.0.0.1:3000",
        pattern=r"^[^:\s]+:\d{1,5}$",
        description="In mode http: where to take requests, behind a proxy that speaks https",
    )
    api_url: str = Field("https://slack.com/api/", description="Where Slack's Web API answers")
    connections: int = Field(
        2, ge=1, le=10, description="Socket Mode connections: two, so that one can be renewed without a gap"
    )
    pace_seconds: float = Field(1.0, ge=0, description="Seconds between two posts into one channel")
    burst: int = Field(5, ge=1, description="Posts into one channel that may go ahead of that pace at once")
    file_limit_mb: int = Field(
        100,
        ge=0,
        le=1000,
        description="The largest file that is copied, in megabytes; larger ones are named, with a link",
    )
    share: float = Field(
        1.0,
        gt=0,
        description="The part of Slack's limits for the workspace that this process may use: 0.5 for two",
    )
    timeout_seconds: float = Field(20.0, gt=0, description="Seconds that one call of Slack's may take")
    ping_seconds: float = Field(
        5.0, gt=0, description="Seconds between two checks whether a connection lives"
    )

    @field_validator("bot_token")
    @classmethod
    def _bot_token(cls, token: SecretStr) -> SecretStr:
        return _starting(token, "xoxb-")

    @field_validator("app_token")
    @classmethod
    def _app_token(cls, token: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if token is None and info.data.get("mode") == "socket":
            raise ValueError("is missing")
        return token and _starting(token, "xapp-")

    @field_validator("signing_secret")
    @classmethod
    def _signing_secret(cls, secret: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if not secret and info.data.get("mode") == "http":
            raise ValueError("is missing")
        return secret

    @field_validator("api_url")
    @classmethod
    def _api_url(cls, url: str) -> str:
        """The token goes there, and nowhere that could be listened in to."""
        address = urlsplit(url)
        if address.scheme != "https" and not (address.scheme == "http" and is_loopback(address.hostname)):
            raise ValueError("must begin with https://, unless it is on this machine")
        return url


def _starting(token: SecretStr, start: str) -> SecretStr:
    if not token.get_secret_value().startswith(start):
        raise ValueError(f"must begin with {start}")
    return token
