"""Contract tests run on every implementation of a port; `database_url` comes from tests/databases.py."""
