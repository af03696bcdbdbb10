from live.unknown_path import UnknownPathConsumer
from messaging.consumers.conversation import ConversationConsumer
from messaging.consumers.inbox import InboxConsumer

__all__ = ["ConversationConsumer", "InboxConsumer", "UnknownPathConsumer"]
