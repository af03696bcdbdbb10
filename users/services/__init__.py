"""
The writes of `users`. In one transaction, a write checks the permission, locks rows and changes them.
It announces the change after the commit.

Code here knows neither HTTP nor the channel layer.
"""
