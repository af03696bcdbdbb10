from users.models import User


def lock_account(user: User) -> User | None:
    """
    Lock and return the current row of an active user; None if deactivated or deleted.

    Every change that ends access updates this row. So code that begins a session under the lock either
    sees that access has ended, or the change that waits for the lock ends the session.
    """
    people = User.objects.select_for_update(no_key=True)
    return people.filter(pk=user.pk, is_active=True).first()
