"""
Runs hand-written SQL and compiled querysets; turns rows into instances or tuples.

Code here may use the database, but imports no other package and names no table.
"""
