"""
The statements of the hot paths, by hand: see db.sql for why.

`conversation` is `c`, `message` is `m` everywhere. The rules are in `rules`.
"""
