"""Hides secrets on Django's error pages in development."""

import re

from django.views.debug import SafeExceptionReporterFilter


class HideSecrets(SafeExceptionReporterFilter):
    """Also hides settings that may contain a password or a key, although their names do not suggest it."""

    hidden_settings = re.compile(
        f"{SafeExceptionReporterFilter.hidden_settings.pattern}"
        "|REDIS|DATABASE|CHANNEL_LAYERS|CACHES|EMAIL_|VAPID|FCM|CREDENTIALS",
        re.IGNORECASE,
    )
