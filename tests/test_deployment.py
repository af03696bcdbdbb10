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

    assert {".*", "secrets", "tests", "var"} <= set(ignored)


def test_image_contains_the_api_description() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()

    for file in FILES.values():
        path = file.relative_to(ROOT)
        parts = [str(path), *map(str, path.parents)]
        assert not [
            each for each in parts for line in ignored if each != "." and fnmatch(each, line)
        ]


def test_compose_passes_secrets_in_files_only() -> None:
    compose = load_compose()
    environment = compose["services"]["web1"]["environment"]

    secrets = set(compose["services"]["web1"]["secrets"])

    assert secrets == compose["secrets"].keys()
    assert {value for value in environment.values() if "/run/secrets/" in value} == {
        f"/run/secrets/{name}" for name in secrets
    }
    assert not {"SECRET_KEY", "EMAIL_URL", "DATABASE_PASSWORD"} & environment.keys()
    assert "@postgres" in environment["DATABASE_URL"].removeprefix("postgres://messaging")


def test_compose_confines_every_service() -> None:
    for name, service in load_compose()["services"].items():
        assert service["logging"]["options"].keys() == {"max-size", "max-file"}, name
        assert (service["read_only"], bool(service["mem_limit"])) == (True, True), name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        if name not in ("postgres", "redis"):  # their images change the user themselves
            assert service["cap_drop"] == ["ALL"], name


def test_compose_trusts_the_proxy_of_its_own_network() -> None:
    compose = load_compose()
    (network,) = compose["networks"]["default"]["ipam"]["config"]

    trusted = compose["services"]["web1"]["environment"]["FORWARDED_ALLOW_IPS"]

    assert trusted == f"${{FORWARDED_ALLOW_IPS:-{network['subnet']}}}"


def test_unit_starts_what_the_documentation_starts() -> None:
    unit = (ROOT / "docs/deploy/messaging.service").read_text()
    python = "/srv/messaging/.venv/bin/python "

    commands = re.findall(r"^Exec\w+=(.+)$", unit, re.MULTILINE)

    documented = (ROOT / "docs/deployment.md").read_text()
    assert [each.removeprefix(python) for each in commands] == [
        "manage.py migrate --noinput --verbosity 0",
        "-m config.serve",
    ]
    assert all(
        f"python {each.removeprefix(python)}".split(" --verb")[0] in documented for each in commands
    )
