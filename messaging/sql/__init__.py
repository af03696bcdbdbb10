"""
Hand-written SQL for the hot paths; db.sql explains why.

Tables are always aliased: `messaging_conversation` as `c`, `messaging_message` as `m`. The access
rules are in `rules`.
"""
