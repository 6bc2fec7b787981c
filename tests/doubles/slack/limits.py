"""Slack's rate limits, as the loopback Slack holds to them when a test asks for it.

docs.slack.dev/apis/web-api/rate-limits: each method has a tier, in calls a minute for an app in a workspace;
chat.postMessage has "several hundred" there, and one a second for each channel with short bursts above it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

MINUTE = 60.0
POSTS = 300
TIER_3, TIER_4 = 50, 100
METHODS = {
    "chat.delete": TIER_3,
    "chat.postEphemeral": TIER_4,
    "chat.postMessage": POSTS,
    "chat.update": TIER_3,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.members": TIER_4,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "users.info": TIER_4,
    "views.open": TIER_4,
    "views.publish": TIER_4,
}
#: Posts into one channel that may go ahead of one a second.
CHANNEL_BURST = 6


@dataclass
class Limits:
    """Counts calls; with a `share` of ten, ten times as many pass as at Slack."""

    share: float = 1.0
    told_to_wait: int = 0
    _calls: dict[str, deque[float]] = field(default_factory=dict[str, "deque[float]"])
    _whole: dict[str, float] = field(default_factory=dict[str, float])

    def refuse(self, method: str, channel: str | None, now: float) -> float | None:
        """Return the seconds to wait for if the call is one too many; count it if it is not."""
        wait = self._wait(method, channel, now)
        if wait is not None:
            self.told_to_wait += 1
        return wait

    def _wait(self, method: str, channel: str | None, now: float) -> float | None:
        most = METHODS.get(method)
        if most is None:
            return None
        calls = self._calls.setdefault(method, deque())
        while calls and calls[0] <= now - MINUTE:
            calls.popleft()
        if len(calls) >= most * self.share:
            return calls[0] + MINUTE - now
        if method == "chat.postMessage" and channel is not None:
            whole = max(self._whole.get(channel, 0.0), now)
            if whole - now > CHANNEL_BURST - 1:
                return whole - now - (CHANNEL_BURST - 1)
            self._whole[channel] = whole + 1.0
        calls.append(now)
        return None
