"""
Base classes of the admin's pages.

Code here may import `server`, `api` and `db`, but knows no models.
"""
