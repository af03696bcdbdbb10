"""
The machinery of sockets: publisher, listener, registry, reconciler and outbox.

Code here may use `api`, the channel layer and user ids, but knows no models; queries are passed in.
"""
