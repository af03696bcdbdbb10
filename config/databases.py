"""The options of database connections. Options in `DATABASE_URL` override them."""

from pathlib import Path
from typing import Any

from config.addresses import SQLITE, merge_options


def configure_database(
    found: dict[str, Any], *, password: str, prepares: bool, pool_size: int, test_file: str | Path
) -> dict[str, Any]:
    """
    Return `found`, the settings in `DATABASE_URL`, with the product's own options added.

    A `password` replaces the URL's, unless the database is SQLite.
    """
    if found["ENGINE"] == SQLITE:
        options = {
            # Takes the write lock at BEGIN: SQLite has no row locks for select_for_update().
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
        # A file in tests, too: threads sharing an in-memory database fail with "table is locked".
        found = {**found, "TEST": {"NAME": str(test_file)}}
    else:
        found = {**found, "PASSWORD": password or found["PASSWORD"]}
        options = {
            "connect_timeout": 3,
            # Statements that every request runs are parsed and planned once per connection.
            "server_side_binding": True,
            "prepare_threshold": 2 if prepares else None,
            "pool": {
                "min_size": 1,
                "max_size": pool_size,
                # Seconds to wait for a connection before returning 503.
                "timeout": 3,
                # With the default (300 s), delays between retries get so long that 503s outlast the outage.
                "reconnect_timeout": 2,
            },
        }
    return {**found, "OPTIONS": merge_options(options, found["OPTIONS"])}
