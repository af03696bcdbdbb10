"""Creates the people of the demo."""

from django.contrib.auth.hashers import make_password

from trainer.demo.addresses import ADMIN, SECOND_TRAINER, TRAINER, address_of
from trainer.demo.talks import TALKS, WITHOUT_A_TALK
from users.models import User

TRAINEES = (*TALKS, *WITHOUT_A_TALK)
INACTIVE = "Hugo Castillo"


def create_people(password: str) -> dict[str, User]:
    """Create everybody, with one password; return them by name."""
    hashed = make_password(password)  # once, because hashing takes a third of a second
    trainer = _create(TRAINER, User.Role.TRAINER, hashed, business_name="Strong Days")
    people = [
        trainer,
        _create(SECOND_TRAINER, User.Role.TRAINER, hashed, business_name="Tanner Training"),
        _create(ADMIN, User.Role.ADMIN, hashed, is_staff=True, is_superuser=True),
        *(_create_trainee(name, trainer, hashed) for name in TRAINEES),
    ]
    return {person.get_full_name(): person for person in people}


def _create_trainee(name: str, trainer: User, hashed: str) -> User:
    is_active = name != INACTIVE
    return _create(name, User.Role.TRAINEE, hashed, parent_trainer=trainer, is_active=is_active)


def _create(name: str, role: str, hashed: str, **fields: object) -> User:
    first, last = name.split(" ", 1)
    return User.objects.create(
        email=address_of(name),
        password=hashed,
        role=role,
        first_name=first,
        last_name=last,
        **fields,
    )
