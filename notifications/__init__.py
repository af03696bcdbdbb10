"""
Devices, and push notifications for messages that stay unread.

Code here may import `messaging`, `users` and the packages below, but changes no conversation.
"""
