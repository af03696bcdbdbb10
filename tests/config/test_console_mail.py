import pytest
from django.core.mail import EmailMessage, get_connection

pytestmark = pytest.mark.without_servers

LINK = "http://127.0.0.1:8000/reset-password#uid=MQ&token=" + 80 * "x"


def test_email_is_printed_in_a_frame_with_its_link_on_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    message = EmailMessage("Reset your password", f"Open this:\n\n{LINK}\n", to=["bob@example.com"])

    sent = get_connection("config.console_mail.EmailBackend").send_messages([message])

    assert sent == 1
    assert capsys.readouterr().out.splitlines() == [
        "",
        "┌─ Email to bob@example.com ".ljust(78, "─"),
        "│ Subject: Reset your password",
        "│",
        "│ Open this:",
        "│",
        f"│ {LINK}",
        "└".ljust(78, "─"),
        "",
    ]
