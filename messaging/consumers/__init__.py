"""
The sockets of conversations and of the inbox.

Handlers of frames and events call services and selectors. There are no queries or rules here.
"""

from live.unknown_path import UnknownPathConsumer
from messaging.consumers.conversation import ConversationConsumer
from messaging.consumers.inbox import InboxConsumer

__all__ = ["ConversationConsumer", "InboxConsumer", "UnknownPathConsumer"]
