"""The way from any older database to this one."""
