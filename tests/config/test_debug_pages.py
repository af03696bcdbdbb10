from typing import Any

import pytest
from django.test import RequestFactory
from django.views.debug import ExceptionReporter, get_default_exception_reporter_filter

pytestmark = pytest.mark.without_servers

SECRETS = {
    "REDIS_URLS": ["redis://:hunter2@localhost"],
    "DATABASES": {"default": {"OPTIONS": {"sslkey": "hunter2"}, "USER": "hunter2"}},
    "CHANNEL_LAYERS": {
        "default": {"CONFIG": {"hosts": [{"address": "redis://:hunter2@localhost"}]}}
    },
    "EMAIL_HOST_USER": "hunter2",
    "EMAIL_HOST_PASSWORD": "hunter2",
    "VAPID_PRIVATE_KEY": "hunter2",
    "FCM_CREDENTIALS_FILE": "/hunter2.json",
    "SECRET_KEY": "hunter2",
}


@pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")
@pytest.mark.parametrize("name", SECRETS)
def test_development_error_page_hides_passwords(settings: Any, name: str) -> None:
    setattr(settings, name, SECRETS[name])
    request = RequestFactory().get("/")

    page = ExceptionReporter(request, ValueError, ValueError("broken"), None).get_traceback_html()

    assert name in page
    assert "hunter2" not in page


def test_development_error_page_shows_other_values() -> None:
    shown = get_default_exception_reporter_filter().get_safe_settings()

    assert shown["PUBLIC_URL"].startswith("http")
    assert "users" in shown["INSTALLED_APPS"]
