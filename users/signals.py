"""What other apps can object to. Receivers raise FieldInvalid, and nothing is stored."""

from django.dispatch import Signal

# Sent with `user`, as stored, before their role changes.
role_changing = Signal()
