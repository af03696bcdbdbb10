"""
The browser client: one page and ES modules, which use the public API only.

Python code here serves the page and its files; it reads no rows.
"""
