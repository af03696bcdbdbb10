"""The admin of people, groups and sessions."""

from users.admin import groups, people, sessions
from users.admin.forms import PasswordForm, SignInForm
from users.admin.people import PERSON_SEARCH, PersonAdmin

__all__ = [
    "PERSON_SEARCH",
    "PasswordForm",
    "PersonAdmin",
    "SignInForm",
    "groups",
    "people",
    "sessions",
]
