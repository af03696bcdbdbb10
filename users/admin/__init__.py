"""The admin of people, groups, sessions and devices, and the base of every other app's admin."""

from users.admin import groups, people, sessions
from users.admin.base import PERSON_SEARCH, ClosedAdmin, ReadOnlyAdmin
from users.admin.forms import PasswordForm, SignInForm
from users.admin.people import PersonAdmin

__all__ = [
    "PERSON_SEARCH",
    "ClosedAdmin",
    "PasswordForm",
    "PersonAdmin",
    "ReadOnlyAdmin",
    "SignInForm",
    "groups",
    "people",
    "sessions",
]
