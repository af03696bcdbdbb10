"""
The writes of `notifications`: devices, scans for unread messages, and deliveries.

Code here may enqueue jobs. Only `notifications.senders` sends notifications.
"""
