"""A Slack on the loopback interface, good enough that the unmodified SDKs cannot tell."""

from tests.doubles.slack.people import Bot, Human, NotOffered, send_email
from tests.doubles.slack.server import Fault, SlackServer
from tests.doubles.slack.world import Channel, Message, World

__all__ = ["Bot", "Channel", "Fault", "Human", "Message", "NotOffered", "SlackServer", "World", "send_email"]
