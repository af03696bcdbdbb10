from users.models import User


def lock_account(user: User) -> User | None:
    """
    Lock and return the current row of a user; None if the user has been deactivated or deleted.

    Code that begins a session holds this lock, and every change that ends access updates this row. So
    such a change either has been committed, and the returned row shows it, or waits for the lock and
    then ends the new session.
    """
    people = User.objects.select_for_update(no_key=True)
    return people.filter(pk=user.pk, is_active=True).first()
