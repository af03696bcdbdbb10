"""Valid and invalid requests that schemathesis generates from the API description."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from drf_spectacular.settings import spectacular_settings
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from tests.config.endpoints import list_endpoints
from tests.config.test_bad_input import assert_answered
from tests.conftest import Client
from tests.factories import access_of, make_person
from users.models import User

pytestmark = pytest.mark.unmeasured

DESCRIPTION = spectacular_settings.DEFAULT_GENERATOR_CLASS().get_schema(request=None, public=True)
OPERATIONS = [
    found.ok()
    for found in schemathesis.openapi.from_dict(DESCRIPTION).get_all_operations()
    if isinstance(found, Ok)
]


@pytest.fixture
def clients(alice: User, bob: User, settings: Any) -> list[Client]:
    """Signed-in clients of a trainer, a trainee and an admin, without throttles."""
    settings.THROTTLE_RATES = dict.fromkeys(settings.THROTTLE_RATES, "off")
    people = [alice, bob, make_person("root", role=User.Role.ADMIN)]
    return [Client().with_token(access_of(person)) for person in people]


def send(client: Client, case: Any) -> Any:
    """Send a generated request. Values that JSON cannot represent are sent as their `repr()`."""
    query = urlencode(case.query or {}, doseq=True, errors="replace")
    body = json.dumps(case.body, default=repr).encode(errors="replace")
    url = f"{case.formatted_path}?{query}"
    return client.generic(case.method, url, body, "application/json")  # type: ignore[arg-type]  # bytes work


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_generated_requests_are_answered(
    clients: list[Client], operation: Any, mode: GenerationMode
) -> None:
    @hypothesis_settings(
        max_examples=6,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(client=st.sampled_from(clients), case=operation.as_strategy(generation_mode=mode))
    def check(client: Client, case: Any) -> None:
        assert_answered(send(client, case))

    check()


def test_description_has_every_endpoint() -> None:
    assert len(OPERATIONS) == len(list_endpoints())
