"""Hides secrets on Django's error pages for development."""

import re

from django.views.debug import SafeExceptionReporterFilter


class HideSecrets(SafeExceptionReporterFilter):
    """Hide settings whose values may contain a password or key, whatever their names."""

    hidden_settings = re.compile(
        f"{SafeExceptionReporterFilter.hidden_settings.pattern}"
        "|REDIS|DATABASE|CHANNEL_LAYERS|CACHES|EMAIL_|VAPID|FCM|CREDENTIALS",
        re.IGNORECASE,
    )
