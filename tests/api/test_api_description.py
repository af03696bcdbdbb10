"""The API description names every error, with the right operations and statuses."""

import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from rest_framework import exceptions as drf
from rest_framework.test import APIClient

from api.error_codes import ErrorCode, list_error_codes
from api.exceptions import FieldInvalid, Forbidden, Invalid, NotSignedIn, ServiceError
from api.schema import FILES
from config.urls import urlpatterns
from messaging.models import Conversation
from tests.config.test_rest_row_level_security import TABLE
from tests.factories import access_of
from users.models import User

TESTS = Path(__file__).parents[1]
# Base classes, and errors whose response has the form `{field: [...]}`.
WITHOUT_CODE = {Invalid, NotSignedIn, Forbidden, FieldInvalid}
CODES = [each.code for each in list_error_codes()]


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    response = APIClient().get("/api/schema/", HTTP_ACCEPT="application/vnd.oai.openapi+json")
    body: dict[str, Any] = response.json()
    return body


def list_subclasses(error: type[ServiceError]) -> set[type[ServiceError]]:
    found = {error} if error is not ServiceError else set()
    return found.union(*map(list_subclasses, error.__subclasses__()))


def codes_by_status(operation: dict[str, Any]) -> dict[str, list[str]]:
    """Return the codes of an operation's error examples, by status."""
    return {
        status: list(answer["content"]["application/json"]["examples"])
        for status, answer in operation["responses"].items()
        if status >= "400"
    }


def test_description_is_valid_and_complete() -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=StringIO())


@pytest.mark.parametrize("kind", ["openapi", "openapi-json"])
def test_schema_file_is_what_the_code_generates(kind: str, tmp_path: Path) -> None:
    """If this fails, run `make schema`."""
    fresh = tmp_path / "description"
    call_command("spectacular", format=kind, file=str(fresh))

    stored = FILES["json" if kind == "openapi-json" else "yaml"].read_text()
    assert stored == fresh.read_text()


@pytest.mark.parametrize(
    ("accept", "content_type", "name"),
    [
        (None, "application/vnd.oai.openapi; charset=utf-8", "yaml"),
        ("*/*", "application/vnd.oai.openapi; charset=utf-8", "yaml"),
        ("text/html,*/*;q=0.1", "application/vnd.oai.openapi; charset=utf-8", "yaml"),
        ("application/yaml", "application/yaml; charset=utf-8", "yaml"),
        ("application/json", "application/json", "json"),
        ("application/vnd.oai.openapi+json", "application/vnd.oai.openapi+json", "json"),
    ],
)
def test_description_is_served_in_the_accepted_format(
    accept: str | None, content_type: str, name: str
) -> None:
    response = APIClient().get("/api/schema/", headers={"Accept": accept} if accept else None)

    assert response.status_code == 200
    assert response.content == FILES[name].read_bytes()
    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"] == f'inline; filename="Trainer messaging.{name}"'
    assert response["Cache-Control"] == "no-cache"
    assert "Accept" in response["Vary"]


def test_unchanged_description_is_answered_with_304() -> None:
    first = APIClient().get("/api/schema/")
    known = {"If-None-Match": first["ETag"]}

    again = APIClient().get("/api/schema/", headers=known)
    as_json = APIClient().get("/api/schema/", headers={**known, "Accept": "application/json"})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert (as_json.status_code, as_json["ETag"] == first["ETag"]) == (200, False)


def test_description_refuses_other_methods_and_formats() -> None:
    assert APIClient().post("/api/schema/").status_code == 405
    assert APIClient().get("/api/schema/", HTTP_ACCEPT="text/plain").status_code == 406


def test_every_code_of_a_service_error_is_listed() -> None:
    assert urlpatterns  # import every module that raises a service error

    raised = {each.code for each in list_subclasses(ServiceError) - WITHOUT_CODE}

    assert raised - set(CODES) == set()
    assert "error" not in raised


def test_every_code_of_the_framework_is_listed() -> None:
    # The API uses `token_not_valid` for the first, and `{field: [...]}` for the second.
    not_raised = {drf.AuthenticationFailed, drf.ValidationError}
    ours = {each for each in drf.APIException.__subclasses__() if each not in not_raised}

    raised = {each.default_code for each in ours if each.__module__.startswith(("rest_", "api"))}

    assert raised - set(CODES) == set()
    assert raised >= {"parse_error", "request_too_large", "temporarily_unavailable"}


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_named_in_a_test(code: str) -> None:
    others = [path for path in TESTS.rglob("*.py") if path != Path(__file__)]

    assert any(f'"{code}"' in path.read_text() for path in others)


def test_table_shows_codes_with_status_and_meaning(description: dict[str, Any]) -> None:
    table = description["info"]["description"].splitlines()

    rows = [line.split(" | ")[0].strip("|` ") for line in table if line.startswith("| `")]
    assert rows == CODES
    assert "| `trainee_not_found` | 404 |  | This person is not one of your trainees. |" in table
    assert (
        "| `bad_frame` |  | yes | A frame must be a JSON object, sent as WebSocket text. |" in table
    )
    assert "| `token_not_valid` | 401 | yes | The token is not valid or has expired. |" in table


def test_error_schema_knows_every_code(description: dict[str, Any]) -> None:
    schema = description["components"]["schemas"]["Error"]

    assert schema["required"] == ["detail", "code"]
    assert schema["properties"]["code"] == {"type": "string", "enum": CODES}


def test_sending_is_described_with_all_its_errors(description: dict[str, Any]) -> None:
    path = "/api/messaging/conversations/{conversation_id}/send/"

    operation = description["paths"][path]["post"]

    assert "x-codes" not in operation
    assert codes_by_status(operation) == {
        "400": [
            "not_a_photo",
            "photo_too_large",
            "photo_too_many_pixels",
            "photo_too_complex",
            "too_many_photos",
            "upload_not_found",
            "parse_error",
        ],
        "401": ["not_authenticated", "token_not_valid"],
        "403": [
            "conversation_archived",
            "participant_gone",
            "participant_deactivated",
            "upload_quota_exceeded",
            "impersonation_read_only",
        ],
        "404": ["not_found", "message_not_found"],
        "413": ["request_too_large"],
        "415": ["unsupported_media_type"],
        "429": ["throttled"],
        "503": ["temporarily_unavailable"],
    }
    assert operation["responses"]["400"]["content"]["application/json"]["schema"] == {
        "oneOf": [
            {"$ref": "#/components/schemas/Error"},
            {"$ref": "#/components/schemas/FieldErrors"},
        ]
    }
    assert list(operation["responses"]["429"]["headers"]) == ["Retry-After"]


def test_reading_is_described_without_body_errors(description: dict[str, Any]) -> None:
    operation = description["paths"]["/api/messaging/unread-count/"]["get"]

    assert codes_by_status(operation) == {
        "401": ["not_authenticated", "token_not_valid"],
        "429": ["throttled"],
        "503": ["temporarily_unavailable"],
    }


def test_signing_in_is_described_without_token(description: dict[str, Any]) -> None:
    operation = description["paths"]["/api/auth/jwt/create/"]["post"]

    assert operation["security"] == [{}]
    assert codes_by_status(operation)["401"] == ["invalid_credentials"]
    assert codes_by_status(operation)["403"] == ["origin_not_allowed"]


def test_lists_are_described_as_pages(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    envelope = ["count", "next", "previous", "results"]

    pages = {name: list(schemas[name]["properties"]) for name in schemas if name.endswith("Page")}

    assert pages == {
        "ConversationPage": envelope,
        "InvitationPage": envelope,
        "MessagePage": [*envelope, "version"],
        "TraineePage": envelope,
    }


@pytest.mark.parametrize("error", list_error_codes(), ids=CODES)
def test_every_code_has_a_meaning_and_a_status_or_is_on_sockets(error: ErrorCode) -> None:
    assert error.meaning.endswith(".")
    assert error.status is not None or error.is_on_sockets


def test_error_response_has_the_documented_status_code_and_detail(
    api: APIClient, bob: User, conversation: Conversation, description: dict[str, Any]
) -> None:
    path = "/api/messaging/conversations/start/"
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {access_of(bob)}")

    refusal = api.post(path, {"trainee_id": bob.pk, "content": "Hi"})

    operation = description["paths"][path]["post"]
    answer = operation["responses"][str(refusal.status_code)]["content"]["application/json"]
    assert refusal.json() == answer["examples"]["trainer_only"]["value"]


# What generated clients need
# ------------------------------------------------------------------------------
def list_operations(description: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, operations in description["paths"].items()
        for method, operation in operations.items()
    }


@pytest.mark.parametrize("endpoint", TABLE)
def test_every_status_is_described(description: dict[str, Any], endpoint: str) -> None:
    """Generated clients raise an error for a status that is not described."""
    method, path = endpoint.split()
    operation = description["paths"]["/api/" + re.sub(r"<(\w+)>", r"{\1}", path)][method.lower()]

    assert {str(status) for status in TABLE[endpoint]} - set(operation["responses"]) == set()


def test_deletion_with_a_body_is_described_and_has_a_post_beside_it(
    description: dict[str, Any],
) -> None:
    bodies = {
        name: operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        for name, operation in list_operations(description).items()
        if "requestBody" in operation and "multipart/form-data" not in str(operation["requestBody"])
    }

    deletions = {name for name in bodies if name.startswith("DELETE")}
    assert deletions == {
        "DELETE /api/users/device-token/",
        "DELETE /api/users/profiles/delete-account/",
    }
    for path, post in (
        ("/api/users/device-token/", "/api/users/device-token/forget/"),
        ("/api/users/profiles/delete-account/", "/api/users/profiles/delete-account/"),
    ):
        assert bodies[f"DELETE {path}"] == bodies[f"POST {post}"]


def test_each_content_type_has_a_component_of_its_own(description: dict[str, Any]) -> None:
    """Generated clients choose the content type by the class of the body."""
    for operation in list_operations(description).values():
        contents = operation.get("requestBody", {}).get("content", {}).values()
        components = [content["schema"]["$ref"] for content in contents]
        assert len(components) == len(set(components))
