"""
The statements that every request runs, hand-written or compiled once; db.sql explains why.

In hand-written SQL `messaging_conversation` has the alias `c` and `messaging_message` the alias `m`.
"""
