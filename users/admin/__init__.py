"""The admin of people, groups and sessions."""

from users.admin import groups, people, sessions
from users.admin.forms import PasswordForm, SignInForm
from users.admin.links import LinksToRows
from users.admin.people import PersonAdmin
from users.admin.search import PERSON_SEARCH, find_people

__all__ = [
    "PERSON_SEARCH",
    "LinksToRows",
    "PasswordForm",
    "PersonAdmin",
    "SignInForm",
    "find_people",
    "groups",
    "people",
    "sessions",
]
