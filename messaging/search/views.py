from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.compression import compressed
from api.fields import validated
from messaging.search.selectors import search_messages
from messaging.search.serializers import FoundMessagesSerializer, SearchSerializer, search_page_data
from users.permissions import current_user
from users.throttling import UserThrottle

MAX_PAGE_DIGITS = 9


class SearchThrottle(UserThrottle):
    """Applies the rate `search`: a search costs more than a page."""

    scope = "search"


class SearchView(APIView):
    throttle_classes = (SearchThrottle,)

    @extend_schema(
        operation_id="messaging_search",
        parameters=[
            OpenApiParameter(
                "q",
                str,
                required=True,
                description="Each word must be part of the message. Case and accents make no difference. "
                "Words in quotation marks must follow one another. At least two characters.",
            ),
            OpenApiParameter(
                "page",
                int,
                description="Page number, starting at 1. A page after the last one returns the last one.",
            ),
            OpenApiParameter("conversation", int, description="Search this conversation only."),
        ],
        responses=FoundMessagesSerializer,
        extensions={"x-codes": ["no_messages_to_search", "not_found", "throttled"]},
    )
    @compressed
    def get(self, request: Request) -> Response:
        """Search the messages that you can read, 20 per page, newest first."""
        data = validated(SearchSerializer, request.query_params.dict())
        user, page = current_user(request), _page_of(request.query_params.get("page", ""))
        found = search_messages(
            user, data["q"], page=page, conversation_id=data.get("conversation")
        )
        return Response(search_page_data(found, user))


def _page_of(text: str) -> int:
    """Return a page number; what is no number is the first page, and a huge number past the last one."""
    if not (text.isascii() and text.isdigit()):
        return 1
    return int(text) if len(text) <= MAX_PAGE_DIGITS else 10**MAX_PAGE_DIGITS
