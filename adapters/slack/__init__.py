"""Slack, on slack-bolt over Socket Mode."""
