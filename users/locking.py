from users.models import User


def lock_account(user: User) -> User | None:
    """
    Lock the row of an active user and return it as it is now; None if deactivated or deleted.

    Every change that ends access updates this row. So a session that begins under the lock either
    sees that access has ended, or is ended by the change that waits for the lock.
    """
    people = User.objects.select_for_update(no_key=True)
    return people.filter(pk=user.pk, is_active=True).first()
