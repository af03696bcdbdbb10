from typing import Any

from channels.routing import URLRouter
from django.urls import path, re_path

from messaging.consumers import ConversationConsumer, InboxConsumer, UnknownPathConsumer

# Django's path() is typed for views only, but channels' router accepts the same patterns.
_path: Any = path
_re_path: Any = re_path

sockets = URLRouter(
    [
        _path("ws/messaging/", InboxConsumer.as_asgi()),
        _path("ws/messaging/<id:conversation_id>/", ConversationConsumer.as_asgi()),
        _re_path(r"", UnknownPathConsumer.as_asgi()),
    ]
)
