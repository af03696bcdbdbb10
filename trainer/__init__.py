"""
Trainees, invitations, removal, and impersonating a trainee.

Code here may import every package except `web` and `config`.
"""
