"""
Sends notifications to push services, without using the database.

This package is imported when a process sends its first notification, because its libraries take 20 MB
of memory and most processes send none.
"""

from notifications.senders.dispatch import Senders

__all__ = ["Senders"]
