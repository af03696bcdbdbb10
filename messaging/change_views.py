"""The endpoints that change a message: edit, delete, react."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.fields import validated
from messaging.serializers import EditSerializer, MessageSerializer
from messaging.services.deleting import delete_message
from messaging.services.editing import edit_message
from messaging.services.reacting import add_reaction, remove_reaction
from users.permissions import current_user

NOT_THERE = ["not_found", "message_not_found", "conversation_archived", "throttled"]
EMOJI = OpenApiParameter("emoji", str, OpenApiParameter.PATH, description="One emoji.")

_message = MessageSerializer()


class MessageView(APIView):
    throttle_classes = ()  # the services apply the rate limit

    @extend_schema(
        request=EditSerializer,
        responses=MessageSerializer,
        extensions={
            "x-codes": ["not_your_message", "edit_window_over", "message_deleted", *NOT_THERE]
        },
    )
    def patch(self, request: Request, conversation_id: int, message_id: int) -> Response:
        """Change the text of your own message, up to 15 minutes after you sent it."""
        message = edit_message(
            editor=current_user(request),
            conversation_id=conversation_id,
            message_id=message_id,
            **validated(EditSerializer, request.data),
        )
        return Response(_message.to_representation(message))

    @extend_schema(responses={204: None}, extensions={"x-codes": ["not_your_message", *NOT_THERE]})
    def delete(self, request: Request, conversation_id: int, message_id: int) -> Response:
        """Delete your own message for both people, whenever it was sent."""
        delete_message(
            by=current_user(request), conversation_id=conversation_id, message_id=message_id
        )
        return Response(status=204)


class ReactionView(APIView):
    throttle_classes = ()  # the services apply the rate limit

    @extend_schema(
        parameters=[EMOJI],
        request=None,
        responses=MessageSerializer,
        extensions={
            "x-codes": ["not_an_emoji", "too_many_reactions", "message_deleted", *NOT_THERE]
        },
    )
    def put(self, request: Request, conversation_id: int, message_id: int, emoji: str) -> Response:
        """React to a message with an emoji. A message can have up to 6 different ones."""
        message = add_reaction(
            by=current_user(request),
            conversation_id=conversation_id,
            message_id=message_id,
            emoji=emoji,
        )
        return Response(_message.to_representation(message))

    @extend_schema(
        parameters=[EMOJI],
        responses={200: MessageSerializer},
        extensions={"x-codes": ["not_an_emoji", *NOT_THERE]},
    )
    def delete(
        self, request: Request, conversation_id: int, message_id: int, emoji: str
    ) -> Response:
        """Take your own emoji away again."""
        message = remove_reaction(
            by=current_user(request),
            conversation_id=conversation_id,
            message_id=message_id,
            emoji=emoji,
        )
        return Response(_message.to_representation(message))
