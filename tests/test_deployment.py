"""The deployment files name the same variables as the code."""

import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.schema import FILES

pytestmark = pytest.mark.without_servers

ROOT = Path(__file__).parent.parent


def list_documented() -> set[str]:
    return set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def list_read() -> set[str]:
    pattern = r"""(?:env\.\w+|environ\.get)\(\s*["']([A-Z_]+)["']"""
    source = "\n".join(path.read_text() for path in (ROOT / "config").glob("*.py"))
    return {name for name in re.findall(pattern, source) if not name.startswith("TEST_")}


def load_compose() -> dict[str, Any]:
    compose: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return compose


def test_env_example_lists_every_variable_and_no_other() -> None:
    assert list_documented() == list_read()


def test_compose_uses_only_variables_of_env_example() -> None:
    names = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))

    assert names <= list_documented()


def test_compose_web_services_differ_only_in_their_ports() -> None:
    services = load_compose()["services"]
    web1, web2 = services["web1"], services["web2"]

    assert (web1.pop("ports"), web2.pop("ports")) == (
        ["127.0.0.1:8001:8000"],
        ["127.0.0.1:8002:8000"],
    )
    assert web1 == web2


def test_compose_starts_web_after_migrations_and_healthy_servers() -> None:
    services = load_compose()["services"]

    assert services["web1"]["depends_on"] == {
        "migrate": {"condition": "service_completed_successfully"},
        "postgres": {"condition": "service_healthy"},
        "redis": {"condition": "service_healthy"},
    }
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_image_contains_no_secrets_and_no_tests() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()

    assert {".*", "tests", "var"} <= set(ignored)


def test_image_contains_the_api_description() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()

    for file in FILES.values():
        path = file.relative_to(ROOT)
        parts = [str(path), *map(str, path.parents)]
        assert not [
            each for each in parts for line in ignored if each != "." and fnmatch(each, line)
        ]
