"""
Middleware for the API: with TEST_SECONDS_LATE, each answer takes up to this many seconds longer.

A browser test that assumes a speed fails then. See "Fast and slow machines" in docs/testing.md.
"""

import os
import time
from collections.abc import Callable
from random import uniform

from django.http import HttpRequest, HttpResponse


class LateAnswers:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._seconds = float(os.environ["TEST_SECONDS_LATE"])

    def __call__(self, request: HttpRequest) -> HttpResponse:
        time.sleep(uniform(0, self._seconds))
        return self._get_response(request)
