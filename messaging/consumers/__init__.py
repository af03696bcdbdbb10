from messaging.consumers.conversation import ConversationConsumer
from messaging.consumers.inbox import InboxConsumer
from messaging.consumers.unknown import UnknownPathConsumer

__all__ = ["ConversationConsumer", "InboxConsumer", "UnknownPathConsumer"]
