"""
The writes of `notifications`: devices, scans for unread messages, and deliveries.

Code here may enqueue jobs, but sends nothing: `notifications.senders` does.
"""
