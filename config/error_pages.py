"""What Django's error pages of development must not show."""

import re

from django.views.debug import SafeExceptionReporterFilter


class HideSecrets(SafeExceptionReporterFilter):
    """Hide settings whose values may hold a password or a key, and not by their names alone."""

    hidden_settings = re.compile(
        f"{SafeExceptionReporterFilter.hidden_settings.pattern}"
        "|REDIS|DATABASE|CHANNEL_LAYERS|CACHES|EMAIL_|VAPID|FCM|CREDENTIALS",
        re.IGNORECASE,
    )
