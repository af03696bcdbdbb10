from messaging.events import announce_typing
from users.impersonation import ensure_may_write
from users.models import User


def show_typing(*, by: User, conversation_id: int, to_id: int | None, is_typing: bool) -> None:
    """Show the other person whether `by` is typing; raise ImpersonationReadOnly if `by` is impersonated."""
    ensure_may_write(by)
    announce_typing(conversation_id=conversation_id, by_id=by.pk, to_id=to_id, is_typing=is_typing)
