from users.models import User


def lock_account(user: User) -> User | None:
    """
    Lock and return the current row of a user; None if the user has been deactivated or deleted.

    Every change that ends access updates this row. So while code holds the lock to begin a session, such
    a change has either committed and is visible, or waits for the lock and then ends the session.
    """
    people = User.objects.select_for_update(no_key=True)
    return people.filter(pk=user.pk, is_active=True).first()
