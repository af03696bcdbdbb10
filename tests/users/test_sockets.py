import pytest

from tests.factories import access_of
from users.exceptions import InvalidToken
from users.models import User
from users.sockets import TokenAuthenticator


def test_token_of_another_person_is_refused_on_an_open_socket(alice: User, bob: User) -> None:
    authenticator = TokenAuthenticator()
    assert authenticator.authenticate(access_of(bob), "/", user_id=bob.pk).user == bob

    with pytest.raises(InvalidToken):
        authenticator.authenticate(access_of(bob), "/", user_id=alice.pk)
