"""Values in files, as container secrets are: `<name>_FILE` names the file of any variable."""

from pathlib import Path

import pytest

from config.environment import InvalidEnvironment
from tests.config.loading import PRODUCTION, load

pytestmark = pytest.mark.without_servers


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file that ends with a newline, as editors leave them."""
    path = tmp_path / "secret"
    path.write_text("0123456789-of-a-file-0123456789-0123456789-0123456789\n")
    return path


def in_file(name: str, path: Path) -> dict[str, str]:
    """Return a production environment in which a file has the value of a variable."""
    rest = {other: value for other, value in PRODUCTION.items() if other != name}
    return {**rest, f"{name}_FILE": str(path)}


def faults_of(environment: dict[str, str]) -> list[str]:
    with pytest.raises(InvalidEnvironment) as refused:
        load(environment)
    return str(refused.value).splitlines()


def test_secret_key_in_a_file_is_used_without_its_newline(secret: Path) -> None:
    assert secret.read_text().rstrip("\n") == load(in_file("SECRET_KEY", secret)).SECRET_KEY


def test_every_required_variable_can_be_in_a_file(tmp_path: Path) -> None:
    environment = {}
    for name, value in PRODUCTION.items():
        path = tmp_path / name
        path.write_text(value)
        environment[f"{name}_FILE"] = str(path)

    loaded = load(environment)

    assert (loaded.DEBUG, loaded.ALLOWED_HOSTS) == (False, ["example.com"])
    assert loaded.DATABASES["default"]["NAME"] == "database"


def test_database_password_in_a_file_completes_the_url(secret: Path) -> None:
    environment = {**PRODUCTION, "DATABASE_PASSWORD_FILE": str(secret)}

    assert load(environment).DATABASES["default"]["PASSWORD"] == secret.read_text().strip()


def test_database_password_of_the_url_is_used_without_another() -> None:
    url = "postgres://user:hunter2@localhost/database"

    assert load({**PRODUCTION, "DATABASE_URL": url}).DATABASES["default"]["PASSWORD"] == "hunter2"


def test_missing_file_is_the_only_fault(tmp_path: Path) -> None:
    path = tmp_path / "missing"

    assert faults_of(in_file("SECRET_KEY", path)) == [
        f"SECRET_KEY_FILE is '{path}', which cannot be read: No such file or directory."
    ]


@pytest.mark.parametrize(
    ("content", "fault"), [(b" \n", "which is empty"), (b"\xff", "which is not a text file")]
)
def test_unusable_file_is_a_fault(secret: Path, content: bytes, fault: str) -> None:
    secret.write_bytes(content)

    assert faults_of(in_file("EMAIL_URL", secret)) == [f"EMAIL_URL_FILE is '{secret}', {fault}."]


def test_variable_beside_its_file_is_a_fault(secret: Path) -> None:
    environment = {**PRODUCTION, "SECRET_KEY_FILE": str(secret)}

    assert faults_of(environment) == [
        "SECRET_KEY and SECRET_KEY_FILE are both set: remove one of them."
    ]


def test_malformed_value_in_a_file_names_the_variable(secret: Path) -> None:
    secret.write_text("short")

    (fault,) = faults_of(in_file("SECRET_KEY", secret))

    assert fault.startswith("SECRET_KEY ")
