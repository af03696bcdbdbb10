"""
Adds an introduction, error responses and paginated results to the generated API description.

Most error codes of an operation are derived from its body, its `page` parameter, and its view's
authentication, throttles and permissions. Each permission class lists its error codes in `codes`.
Methods that write also have the codes in `write_codes`. Views list the error codes of their services
under `x-codes`.
"""

from typing import Any

from drf_spectacular.generators import SchemaGenerator
from rest_framework.permissions import SAFE_METHODS
from rest_framework.views import APIView

from api.error_body import error_body
from api.error_codes import ErrorCode, list_error_codes

Schema = dict[str, Any]

INTRODUCTION = """\
Sign in with `POST /api/auth/jwt/create/` and send `Authorization: Bearer <access>`. Times are ISO 8601
in UTC. Lists are paginated; a page has `count`, `next`, `previous` and `results`.

The two WebSockets are described in `docs/protocol.md`; a frame of type `error` carries the codes below.

### Errors

An error is `{"detail": "<sentence for people>", "code": "<for programs>"}`; `error` repeats `detail`,
except under `/api/auth/jwt/`. Invalid fields get 400 and `{"<field>": ["<reason>", ...]}`. Objects that
you may not see get 404, as if they did not exist.
Any operation can return 405 or 406. It returns 503 while the database is unavailable, if an account is
deleted during the request, or if too many requests are waiting.

| Code | HTTP status | On sockets | Meaning |
|---|---|---|---|
"""
DESCRIPTIONS = {
    400: "The request is invalid",
    401: "Not signed in",
    403: "Not allowed",
    404: "Does not exist, or you may not see it",
    413: "The request is too large",
    415: "The body has an unsupported type",
    429: "Too many requests",
    503: "Temporarily unavailable",
}
RETRY_AFTER = {"schema": {"type": "integer"}, "description": "Seconds to wait."}
HEADERS: dict[int, Schema] = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    429: {"Retry-After": RETRY_AFTER},
    503: {"Retry-After": RETRY_AFTER},
}
FIELD_ERRORS: Schema = {
    "type": "object",
    "description": "Errors by field; `non_field_errors` lists errors of the request as a whole.",
    "additionalProperties": {"type": "array", "items": {"type": "string"}},
}


class DescriptionGenerator(SchemaGenerator):
    """Generates the API description, and adds the errors and pages that drf-spectacular cannot derive."""

    def get_schema(self, request: Any = None, public: bool = False) -> Schema:
        result: Schema = super().get_schema(request, public)  # type: ignore[no-untyped-call]
        codes = {each.code: each for each in list_error_codes()}
        result["info"]["description"] = INTRODUCTION + "\n".join(map(_row, codes.values()))
        schemas = result["components"]["schemas"]
        schemas |= {"Error": _error_schema(list(codes)), "FieldErrors": FIELD_ERRORS}
        for path, _, method, callback in self.endpoints or ():  # type: ignore[misc]  # it has four items
            # /api/schema/ and /api/docs/ themselves are not in the description.
            if operation := result["paths"].get(path, {}).get(method.lower()):
                _add_body(operation)
                named = _codes_of(callback.cls, method, operation)
                _add_errors(operation, [codes[each] for each in named], path)
                _wrap_in_page(operation, schemas)
        return result


def _add_body(operation: Schema) -> None:
    """
    Add the body that a view names in `x-body`.

    drf-spectacular omits the body of a DELETE, which OpenAPI 3.0 leaves undefined. Generators that support
    such a body use it; for clients of other generators, each of these paths has a POST beside it.
    """
    if name := operation.pop("x-body", None):
        schema = {"$ref": f"#/components/schemas/{name}"}
        operation["requestBody"] = {
            "content": {"application/json": {"schema": schema}},
            "required": True,
        }


def _error_schema(codes: list[str]) -> Schema:
    detail = {"type": "string", "description": "A sentence for people."}
    repeated = {"type": "string", "description": "`detail` again, except from `/api/auth/jwt/`."}
    code = {"type": "string", "enum": codes}
    return {
        "type": "object",
        "required": ["detail", "code"],
        "properties": {"detail": detail, "code": code, "error": repeated},
    }


def _row(error: ErrorCode) -> str:
    on_sockets = "yes" if error.is_on_sockets else ""
    return f"| `{error.code}` | {error.status or ''} | {on_sockets} | {error.meaning} |"


def _codes_of(view: type[APIView], method: str, operation: Schema) -> list[str]:
    # `pop` removes the codes from the output, not from the view.
    found: list[str] = list(operation.pop("x-codes", ()))
    if "requestBody" in operation:
        found += ["invalid", "parse_error", "request_too_large", "unsupported_media_type"]
    if view.authentication_classes:
        found += ["not_authenticated", "token_not_valid"]
    found += _codes_of_permissions(view, "codes")
    if method not in SAFE_METHODS:
        found += _codes_of_permissions(view, "write_codes")
    if _has_parameter(operation, "page"):
        found += ["not_found"]
    if view.throttle_classes:
        found += ["throttled"]
    return [*found, "temporarily_unavailable"]


def _codes_of_permissions(view: type[APIView], attribute: str) -> list[str]:
    return [
        code
        for permission in view.permission_classes
        for code in getattr(permission, attribute, ())
    ]


def _has_parameter(operation: Schema, name: str) -> bool:
    return any(each["name"] == name for each in operation.get("parameters", []))


def _add_errors(operation: Schema, errors: list[ErrorCode], path: str) -> None:
    by_status: dict[int, list[ErrorCode]] = {}
    for error in errors:
        by_status.setdefault(error.status or 400, []).append(error)
    for status, some in sorted(by_status.items()):
        operation["responses"][str(status)] = _response(status, some, path)


def _response(status: int, errors: list[ErrorCode], path: str) -> Schema:
    named = {each.code: each for each in errors if each.status}
    kinds = [{"$ref": "#/components/schemas/Error"}] if named else []
    if len(named) < len(errors):  # `invalid`: REST returns errors by field instead
        kinds.append({"$ref": "#/components/schemas/FieldErrors"})
    texts = [
        *(f"`{code}`" for code in named),
        *(["field errors"] if len(named) < len(errors) else []),
    ]
    examples = {
        each.code: {"value": error_body(each.meaning, each.code, path=path)}
        for each in named.values()
    }
    content = {"schema": kinds[0] if len(kinds) == 1 else {"oneOf": kinds}, "examples": examples}
    response: Schema = {
        "description": f"{DESCRIPTIONS[status]}: {', '.join(texts)}.",
        "content": {"application/json": content},
    }
    return response | ({"headers": HEADERS[status]} if status in HEADERS else {})


def _wrap_in_page(operation: Schema, schemas: Schema) -> None:
    """Wrap the results of a paginated list in a page, as the view does; a search has a page of its own."""
    if not _has_parameter(operation, "page"):
        return
    content = operation["responses"]["200"]["content"]["application/json"]
    results = content["schema"]
    if "items" not in results:
        return
    name = results["items"]["$ref"].rpartition("/")[2] + "Page"
    schemas[name] = _page_of(results, by_key=_has_parameter(operation, "since"))
    content["schema"] = {"$ref": f"#/components/schemas/{name}"}


def _page_of(results: Schema, *, by_key: bool) -> Schema:
    url = {"type": "string", "format": "uri", "nullable": True}
    count: Schema = {"type": "integer"}
    properties: Schema = {"count": count, "next": url, "previous": url, "results": results}
    if by_key:
        count |= {"nullable": True, "description": "Null in keyset pages."}
        version = {
            "type": "integer",
            "description": "Only with `since`: the conversation's current version.",
        }
        properties["version"] = version
    required = ["count", "next", "previous", "results"]
    return {"type": "object", "required": required, "properties": properties}
