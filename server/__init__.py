"""What stands between a connection and Django: limits, threads, admission of uploads, static files."""
