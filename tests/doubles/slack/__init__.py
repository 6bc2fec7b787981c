"""A Slack on the loopback interface, good enough that the unmodified SDKs cannot tell."""

from tests.doubles.slack.people import Human, NotOffered
from tests.doubles.slack.server import Fault, SlackServer
from tests.doubles.slack.world import Channel, Message, World

__all__ = ["Channel", "Fault", "Human", "Message", "NotOffered", "SlackServer", "World"]
