"""
The writes of `messaging`: permission, lock, change and event, in one transaction.

Code here knows neither HTTP nor the channel layer.
"""
