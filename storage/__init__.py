"""The store: state, events and what is owed, in SQLite or PostgreSQL."""
