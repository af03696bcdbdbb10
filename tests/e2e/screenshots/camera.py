"""A browser of one width and theme, and its signed-in people."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, expect

from tests.e2e.screenshots.people import PASSWORD
from tests.e2e.screenshots.zone import zone_name
from trainer.demo.addresses import address_of

HEIGHTS = {360: 740, 768: 1024, 1440: 900}
PHONE = 360
SETTLE_MS = 350
"""The maximum time in milliseconds that animations take, and images to load."""


class Camera:
    """Opens pages of one server at one width and theme, and takes their pictures."""

    def __init__(
        self, browser: Browser, url: str, ids: dict[str, dict[str, int]], width: int, theme: str
    ) -> None:
        self.url, self.people, self.conversations = url, ids["people"], ids["conversations"]
        self.width, self.theme = width, theme
        self._browser = browser
        self._known: dict[str, Page] = {}
        self._access: dict[str, str] = {}
        self._fresh: list[BrowserContext] = []
        self._held: list[Route] = []

    def page(self, name: str) -> Page:
        """Return the page of a signed-in person; it is reused between scenes."""
        if name not in self._known:
            self._known[name] = self.sign_in(self._open(), name, "/settings")
        return self._known[name]

    def new_page(self) -> Page:
        """Open a page on which nobody is signed in; it closes after the next picture."""
        page = self._open()
        self._fresh.append(page.context)
        return page

    def new_page_of(self, name: str, path: str = "/settings") -> Page:
        """Sign a person in on a page without stored data; it closes after the next picture."""
        return self.sign_in(self.new_page(), name, path)

    def sign_in(self, page: Page, name: str, path: str) -> Page:
        """Sign a person in on a page, and open a path."""
        page.goto(f"/sign-in?next={path}")
        page.get_by_label("Email").fill(address_of(name))
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("button", name="Sign in")).to_have_count(0)
        return page

    def thread_of(self, name: str) -> str:
        return f"/messages/{self.conversations[name]}"

    def hold(self, route: Route) -> None:
        """Leave a request unanswered until the picture is taken."""
        self._held.append(route)

    def post(self, name: str, path: str, **fields: Any) -> Any:
        """Send a POST request to the API as a person, and return the body of the response."""
        return self.request(name, "POST", path, json=fields).json()

    def request(self, name: str, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request to the API as a person; raise HTTPStatusError if it is refused."""
        with httpx.Client(base_url=f"{self.url}/api/", timeout=60) as api:
            if name not in self._access:
                who = {"email": address_of(name), "password": PASSWORD}
                self._access[name] = api.post("auth/jwt/create/", json=who).json()["access"]
            headers = {"Authorization": f"Bearer {self._access[name]}"}
            return api.request(method, path, headers=headers, **options).raise_for_status()

    def shoot(self, page: Page, path: Path) -> None:
        """Take a picture of the visible part of a page."""
        page.wait_for_timeout(SETTLE_MS)
        page.screenshot(path=path)
        self.reset()

    def reset(self) -> None:
        """Close the pages that were opened for one scene only, and cancel the requests that it holds."""
        for route in self._held:
            with suppress(Error):
                route.abort()
        self._held.clear()
        for context in self._fresh:
            context.close()
        self._fresh.clear()

    def close(self) -> None:
        for page in self._known.values():
            page.context.close()

    def _open(self) -> Page:
        is_phone = self.width == PHONE
        context = self._browser.new_context(
            base_url=self.url,
            viewport={"width": self.width, "height": HEIGHTS[self.width]},
            color_scheme="dark" if self.theme == "dark" else "light",
            device_scale_factor=2 if is_phone else 1,
            is_mobile=is_phone,
            has_touch=is_phone,
            reduced_motion="reduce",
            service_workers="block",
            timezone_id=zone_name(),
        )
        context.set_default_timeout(10_000)
        return context.new_page()
