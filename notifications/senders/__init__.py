"""
Carries notifications to push services. Knows no database.

Imported when the first one leaves: its libraries take 20 MB, which most processes never need.
"""

from notifications.senders.dispatch import Senders

__all__ = ["Senders"]
