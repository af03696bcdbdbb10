from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from api.compression import compressed
from api.fields import validated
from messaging import selectors
from messaging.pagination import ConversationPage, MessagePage
from messaging.rows import ConversationEntry, MessageRow
from messaging.serializers import (
    ConversationSerializer,
    KeysetSerializer,
    MarkReadResultSerializer,
    MarkReadSerializer,
    MessageSerializer,
    SendSerializer,
    StartedSerializer,
    StartSerializer,
    UnreadCountSerializer,
    conversations_data,
    messages_data,
)
from messaging.services.reading import mark_read
from messaging.services.sending import send_message, start_conversation
from users.permissions import current_user
from users.throttling import ReadingThrottle

_message = MessageSerializer()

PAGE = OpenApiParameter(
    "page", int, description="Page number, starting at 1. A page after the last one returns 404."
)
KEYSET = [
    OpenApiParameter("before", int, description="Return messages before this ID, newest first."),
    OpenApiParameter(
        "after",
        int,
        description="Return the messages just after this ID, newest first. `next` has newer ones.",
    ),
    OpenApiParameter(
        "since",
        int,
        description="Return messages added or changed after this version, oldest change first. "
        "The response also contains the conversation's current `version`.",
    ),
    OpenApiParameter(
        "since_id",
        int,
        description="Only with `since`: also return messages of exactly that version with a greater ID. "
        "The `next` link sets this.",
    ),
    OpenApiParameter(
        "limit",
        int,
        description="Page size for `before`, `after` and `since`: 1 to 100. The default is 100.",
    ),
]


class ConversationListView(APIView):
    throttle_classes = (ReadingThrottle,)

    @extend_schema(
        parameters=[
            PAGE,
            OpenApiParameter(
                "archived", bool, description="Trainers only: list archived conversations instead."
            ),
        ],
        responses=ConversationSerializer(many=True),
    )
    @compressed
    def get(self, request: Request) -> Response:
        """List your conversations, most recently active first, 50 per page."""
        archived = request.query_params.get("archived", "").lower() in ("true", "1")
        conversations = selectors.list_conversations(current_user(request), archived=archived)
        pages = ConversationPage()
        page: list[ConversationEntry] = (
            pages.paginate_queryset(conversations, request, view=self) or []
        )
        return pages.get_paginated_response(conversations_data(page))


class ConversationView(APIView):
    throttle_classes = (ReadingThrottle,)

    @extend_schema(responses=ConversationSerializer, extensions={"x-codes": ["not_found"]})
    def get(self, request: Request, conversation_id: int) -> Response:
        """Return one conversation, in the same format as in the list."""
        found = selectors.get_described_conversation(current_user(request), conversation_id)
        return Response(conversations_data([found])[0])


class StartConversationView(APIView):
    throttle_classes = ()  # the service applies the rate limit

    @extend_schema(
        request=StartSerializer,
        responses={200: StartedSerializer, 201: StartedSerializer},
        extensions={
            "x-codes": [
                "trainer_only",
                "trainee_not_found",
                "message_not_found",
                "participant_deactivated",
                "throttled",
            ]
        },
    )
    def post(self, request: Request) -> Response:
        """
        Send a message to one of your trainees, and create or reopen the conversation if necessary.

        Return 201, or 200 with the original message if this `client_id` was already used.
        """
        data = validated(StartSerializer, request.data)
        started = start_conversation(trainer=current_user(request), **data)
        status = 200 if started.is_repeat else 201
        return Response(StartedSerializer(started).data, status=status)


class MessageListView(APIView):
    throttle_classes = (ReadingThrottle,)

    @extend_schema(
        parameters=[PAGE, *KEYSET],
        responses=MessageSerializer(many=True),
        extensions={"x-codes": ["invalid"]},
    )
    @compressed
    def get(self, request: Request, conversation_id: int) -> Response:
        """List messages by page number (20 per page, newest first), by message id or by version."""
        if not request.query_params:
            return self._newest(conversation_id)
        keys = validated(KeysetSerializer, request.query_params.dict())
        if "since" in keys:
            return self._changes(conversation_id, keys)
        if "before" in keys or "after" in keys:
            return self._by_key(conversation_id, keys)
        return self._numbered(conversation_id)

    def _newest(self, conversation_id: int) -> Response:
        """Return the first page, which is requested most often, with one query fewer than `_numbered`."""
        user = current_user(self.request)
        page = selectors.list_newest_messages(user, conversation_id, MessagePage.page_size)
        onward = {"page": 2} if page.has_more else None
        return self._keyset_page(page, onward, count=page.conversation.message_count)

    def _numbered(self, conversation_id: int) -> Response:
        conversation = selectors.get_conversation(current_user(self.request), conversation_id)
        pages = MessagePage()
        messages = selectors.list_messages(conversation)
        page: list[MessageRow] = pages.paginate_queryset(messages, self.request, view=self) or []
        return pages.get_paginated_response(messages_data(page, conversation))

    def _by_key(self, conversation_id: int, keys: dict[str, int]) -> Response:
        user, limit = current_user(self.request), keys["limit"]
        if "before" in keys:
            page = selectors.list_messages_before(user, conversation_id, keys["before"], limit)
            onward = {"before": page.messages[-1].id} if page.has_more else None
        else:
            page = selectors.list_messages_after(user, conversation_id, keys["after"], limit)
            onward = {"after": page.messages[0].id} if page.has_more else None
        return self._keyset_page(page, onward)

    def _changes(self, conversation_id: int, keys: dict[str, int]) -> Response:
        user, since_id = current_user(self.request), keys.get("since_id")
        page = selectors.list_changes(user, conversation_id, keys["since"], keys["limit"], since_id)
        onward = None
        if page.has_more:
            last = page.messages[-1]
            onward = {"since": last.version, "since_id": last.id}
        return self._keyset_page(page, onward, version=page.conversation.version)

    def _keyset_page(
        self, page: selectors.Slice, onward: dict[str, int] | None, **extra: Any
    ) -> Response:
        """Return a keyset page. If there is a next one, `onward` has the query parameters of its link."""
        next_url = self._url_with(onward) if onward else None
        results = messages_data(page.messages, page.conversation)
        page_data = {"count": None, "next": next_url, "previous": None, "results": results}
        return Response(page_data | extra)

    def _url_with(self, params: dict[str, int]) -> str:
        url = self.request.build_absolute_uri()
        for key, value in params.items():
            url = replace_query_param(url, key, value)
        return url


class SendMessageView(APIView):
    throttle_classes = ()  # the service applies the rate limit

    @extend_schema(
        request=SendSerializer,
        responses={200: MessageSerializer, 201: MessageSerializer},
        extensions={
            "x-codes": [
                "conversation_archived",
                "participant_gone",
                "participant_deactivated",
                "not_found",
                "message_not_found",
                "throttled",
            ]
        },
    )
    def post(self, request: Request, conversation_id: int) -> Response:
        """
        Send a message.

        Return 201, or 200 with the original message if this `client_id` was already used.
        """
        sent = send_message(
            sender=current_user(request),
            conversation_id=conversation_id,
            **validated(SendSerializer, request.data),
        )
        return Response(_message.to_representation(sent.message), 200 if sent.is_repeat else 201)


class MarkReadView(APIView):
    throttle_classes = (ReadingThrottle,)

    @extend_schema(
        request=MarkReadSerializer,
        responses=MarkReadResultSerializer,
        extensions={"x-codes": ["not_found", "message_not_found"]},
    )
    def post(self, request: Request, conversation_id: int) -> Response:
        """
        Mark the other person's messages as read.

        Marks messages up to and including `up_to`, or all messages if `up_to` is missing or null.
        """
        result = mark_read(
            reader=current_user(request),
            conversation_id=conversation_id,
            **validated(MarkReadSerializer, request.data),
        )
        return Response(MarkReadResultSerializer(result).data)


class UnreadCountView(APIView):
    @extend_schema(responses=UnreadCountSerializer)
    def get(self, request: Request) -> Response:
        """Count the unread messages in your active conversations."""
        return Response({"unread_count": selectors.count_unread(current_user(request))})
