"""Browsers that subscribe to the tests' push service."""

import json
from typing import Any

from notifications.models import DeviceToken
from notifications.services.devices import register_device
from notifications.subscriptions import stored_form
from tests.notifications.push_service import BrowserKeys, PushService
from tests.system.people import eventually
from users.models import User


class Browser(BrowserKeys):
    """A browser with a subscription of its own."""

    def __init__(self, service: PushService, name: str) -> None:
        super().__init__(name.encode())
        self.service, self.path = service, f"/push/{name}"

    @property
    def token(self) -> str:
        return json.dumps(self.subscription(f"{self.service.url}{self.path}"))

    def belongs_to(self, user: User) -> DeviceToken:
        register_device(user=user, token=self.token, platform="web")
        return DeviceToken.objects.get(token=stored_form(self.token))

    def shown(self) -> list[dict[str, Any]]:
        """Return all notifications received so far, decrypted."""
        return [self.decrypt(each) for each in self.service.at(self.path)]

    def wait_for(self, count: int = 1) -> list[dict[str, Any]]:
        """Wait for at least `count` notifications; return all received notifications, decrypted."""
        eventually(lambda: len(self.service.at(self.path)) >= count or None)
        return self.shown()
