"""
The writes of `privacy`: erasures and data exports.

Code here knows neither HTTP nor the channel layer.
"""
