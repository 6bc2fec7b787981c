"""Discord's settings: `HALFDOOR_DISCORD_…`."""

from __future__ import annotations

import base64

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class DiscordSettings(BaseSettings):
    """The bot's token, and what tests turn down."""

    model_config = SettingsConfigDict(env_prefix="HALFDOOR_DISCORD_", env_file=".env", extra="ignore")

    token: SecretStr = Field(description="The bot's token, from “Bot” in Discord's developer portal")
    guild: int | None = Field(
        None,
        description="The id of the one server whose commands are kept up to date at once;"
        " without it they are global, and Discord takes a while",
    )
    pace_seconds: float = Field(1.0, ge=0, description="Seconds between two posts into one channel")
    burst: int = Field(5, ge=1, description="Posts into one channel that may go ahead of that pace at once")
    file_limit_mb: int = Field(
        10, ge=0, le=500, description="The largest file that is copied, in megabytes; larger ones are named"
    )
    timeout_seconds: float = Field(20.0, gt=0, description="Seconds that one call of Discord's may take")
    ready_seconds: float = Field(
        2.0, gt=0, description="Seconds to wait for the next server when a connection is new"
    )

    @field_validator("token")
    @classmethod
    def _token(cls, token: SecretStr) -> SecretStr:
        try:
            first, _, _ = token.get_secret_value().split(".")
            base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)).decode()
        except ValueError:
            raise ValueError("must be a bot's token: three parts with dots between") from None
        return token
