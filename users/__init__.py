"""
People, sign-in, sessions, tokens, impersonation, and the trainer of each trainee.

Code here may import `live`, `jobs` and the packages below, but knows nothing of conversations.
"""
