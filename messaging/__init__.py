"""
Conversations, participants, messages, read receipts, and the contents of sockets.

Code here may import `users` and the packages below, but knows nothing of devices or invitations.
"""
