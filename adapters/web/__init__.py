"""The web: pages for customers and for the team."""
