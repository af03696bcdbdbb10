"""Everything between a connection and Django: limits, thread pools, uploads, static files."""
