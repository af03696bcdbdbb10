"""
The sockets of conversations and of the inbox.

Code here handles a frame or an event with one service or selector. It contains no queries and no rules.
"""

from live.unknown_path import UnknownPathConsumer
from messaging.consumers.conversation import ConversationConsumer
from messaging.consumers.inbox import InboxConsumer

__all__ = ["ConversationConsumer", "InboxConsumer", "UnknownPathConsumer"]
