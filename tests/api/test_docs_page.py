"""The page at /api/docs/."""

from tests.conftest import Client


def test_docs_run_our_own_files_only(api: Client) -> None:
    for path in ("/api/docs/", "/api/docs/?script="):
        response = api.get(path)

        policy = dict(
            each.split(" ", 1) for each in response["Content-Security-Policy"].split("; ")
        )
        assert (policy["default-src"], policy["script-src"]) == ("'none'", "'self'")
    assert "<style" not in api.get("/api/docs/").content.decode()
