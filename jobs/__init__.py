"""
Background jobs: one table, and one worker in each process.

Code here may touch only its own table; other packages register the handlers of their jobs.
"""
