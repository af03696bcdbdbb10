"""Everything between a connection and Django: limits, thread pools, upload admission, static files."""
