"""Hides secrets on Django's error pages in development."""

import re

from django.views.debug import SafeExceptionReporterFilter


class HideSecrets(SafeExceptionReporterFilter):
    """
    Hides more settings than Django does, because they may contain a password or a key.

    Django hides a setting only if its name suggests a secret, as SECRET_KEY does.
    """

    hidden_settings = re.compile(
        f"{SafeExceptionReporterFilter.hidden_settings.pattern}"
        "|REDIS|DATABASE|CHANNEL_LAYERS|CACHES|EMAIL_|VAPID|FCM|CREDENTIALS",
        re.IGNORECASE,
    )
