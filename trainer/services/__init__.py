"""
The writes of `trainer`: permission, lock, change and event, in one transaction.

Code here knows neither HTTP nor the channel layer.
"""
