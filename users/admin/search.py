from django.contrib.admin import AdminSite
from django.http import HttpRequest

from backoffice.pages import ClosedAdmin
from users.models import User

# The email address finds people whose folded names are not up to date yet.
PERSON_SEARCH = ("search_text", "email")
MAX_FOUND_PEOPLE = 100


class PersonSearch(ClosedAdmin):
    """The search for people, as on their own page."""

    search_fields = PERSON_SEARCH


def find_people(request: HttpRequest, site: AdminSite, term: str) -> list[int]:
    """
    Return the ids of up to `MAX_FOUND_PEOPLE` people, the newest first.

    Pages that list what belongs to people search with it, so that only the rows of these people are read.
    """
    people, _may_repeat = PersonSearch(User, site).get_search_results(
        request, User.objects.order_by("-pk"), term
    )
    return list(people.values_list("pk", flat=True)[:MAX_FOUND_PEOPLE])
