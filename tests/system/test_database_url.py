"""Options in DATABASE_URL reach the driver; with one that requires TLS, it refuses a server without."""

import subprocess
import sys

import pytest

from tests.system.python_process import ROOT
from tests.system.server import database_url, test_environment

ASK = """
import django; django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT current_setting('application_name'), current_setting('lock_timeout')")
    print(*cursor.fetchone())
"""


pytestmark = pytest.mark.django_db


def connect(query: str) -> subprocess.CompletedProcess[str]:
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env=test_environment(**environment, DATABASE_URL=f"{database_url()}?{query}"),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_server_without_tls_is_refused_if_tls_is_required(mode: str) -> None:
    refused = connect(f"sslmode={mode}")

    assert refused.returncode == 1
    assert "OperationalError" in refused.stderr
    assert refused.stdout == ""


def test_server_sees_the_options_of_the_url() -> None:
    connected = connect("sslmode=disable&application_name=gym&options=-c%20lock_timeout%3D2s")

    assert (connected.returncode, connected.stdout) == (0, "gym 2s\n"), connected.stderr
