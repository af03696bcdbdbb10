"""
Limits on attempts to sign in, and on all other attempts that check a password, a code or a link.

Anybody who knows an email address can try passwords for it. These limits bound the number of guesses, but
do not let a stranger keep the owner of the address out: see
docs/adr/0037-guesses-are-counted-per-source.md. Unknown addresses are counted as others are, so the
limits do not tell who has an account.
"""

from api.exceptions import TooFast
from api.networks import network_of
from api.throttling import clear, hit, refund
from users.client_info import ClientInfo
from users.known_browsers import is_known_browser
from users.models import AuthSession, normalize_email

MAX_ADDRESS_LENGTH = 254
RECENT_SESSIONS = 50


def count_network(client: ClientInfo) -> None:
    """Count an attempt for the network of its client; raise TooFast beyond the rate `sign_in_address`."""
    hit("sign_in_address", _network(client))


def count_account(client: ClientInfo, email: object) -> None:
    """
    Count an attempt for an email address, per source and from all sources; raise TooFast.

    The source is a browser in which this address has signed in before, or else the network. Per source,
    the rate `sign_in` limits all attempts, and `sign_in_failures` those that fail. The rate
    `sign_in_account` limits attempts that fail, from all sources. It does not refuse a source from which
    this address has signed in before.
    """
    if not isinstance(email, str) or not (account := _account(email)):
        return
    key = _key(client, account)
    hit("sign_in", key)
    hit("sign_in_failures", key)
    try:
        hit("sign_in_account", account)
    except TooFast:
        if not _is_known(client, account):
            raise


def forgive(client: ClientInfo, email: str) -> None:
    """Refund the failure that `count_account` counted for an attempt, because the attempt succeeded."""
    account = _account(email)
    refund("sign_in_failures", _key(client, account))
    refund("sign_in_account", account)


def forget_failures(client: ClientInfo, email: str) -> None:
    """Clear the attempts for an email address from this client, and its failures from anywhere."""
    account = _account(email)
    for scope in ("sign_in", "sign_in_failures"):
        clear(scope, _key(client, account))
    clear("sign_in_account", account)


def _account(email: str) -> str:
    return normalize_email(email)[:MAX_ADDRESS_LENGTH]


def _network(client: ClientInfo) -> str:
    return network_of(client.address or "")


def _key(client: ClientInfo, account: str) -> str:
    is_known = is_known_browser(client.browser_cookie, account)
    return f"{client.browser_cookie if is_known else _network(client)} {account}"


def _is_known(client: ClientInfo, account: str) -> bool:
    """Return whether this address has signed in in this browser, or recently from this network."""
    return is_known_browser(client.browser_cookie, account) or _network(client) in _networks(
        account
    )


def _networks(account: str) -> set[str]:
    sign_ins = AuthSession.objects.filter(
        kind=AuthSession.Kind.SIGN_IN, user__email=account, address__isnull=False
    )
    addresses = sign_ins.order_by("-id").values_list("address", flat=True)[:RECENT_SESSIONS]
    return {network_of(str(address)) for address in addresses}
