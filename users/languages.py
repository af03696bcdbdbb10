"""The language of what is composed for a person outside their own requests; see also `api.languages`."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import translation

from api.languages import is_supported
from users.models import User


def language_for(user: User | None, request_language: str = "") -> str:
    """
    Return the language of emails and notifications for a person; `user` is None without an account.

    It is the one that they have chosen, else that of the request that causes the text, if any, else
    that of their last sign-in, else English.
    """
    chosen, device = (user.language, user.device_language) if user else ("", "")
    wanted = (chosen, request_language, device)
    return next((each for each in wanted if is_supported(each)), settings.LANGUAGE_CODE)


@contextmanager
def in_language_of(user: User | None, request_language: str = "") -> Iterator[None]:
    """Compose texts in the language of `language_for`."""
    with translation.override(language_for(user, request_language)):
        yield


def current_language_args() -> dict[str, str]:
    """
    Return the argument `language` for a job that composes a text; none for English.

    So a worker of the previous release, which does not know the argument, can run most jobs.
    """
    language = translation.get_language() or settings.LANGUAGE_CODE
    return {} if language == settings.LANGUAGE_CODE else {"language": language}
