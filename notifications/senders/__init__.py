"""
Sends notifications to push services; does not touch the database.

Imported with the first notification: the libraries take 20 MB, which most processes never need.
"""

from notifications.senders.dispatch import Senders

__all__ = ["Senders"]
