"""
The writes of `jobs`. Enqueueing is part of the caller's transaction.

Code here may touch the table of jobs, but runs no handlers.
"""
