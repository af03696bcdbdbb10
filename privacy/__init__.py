"""
Erasure and data export: everything that the product stores about a person, in one place.

Each app's `services` know how to erase or to list that app's own rows. This package calls them.
"""
