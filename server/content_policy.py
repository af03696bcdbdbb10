from typing import Any

from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest

# Its scripts build HTML from text. They are Django's own, and people's text is escaped in them.
ADMIN_CHANGES = {"require-trusted-types-for": None, "trusted-types": None}


class ContentPolicyMiddleware(CSPMiddleware):
    """Send `CONTENT_SECURITY_POLICY`; in the admin without Trusted Types."""

    def get_policy_parts(self, request: HttpRequest, *args: Any, **kwargs: Any) -> PolicyParts:
        parts = super().get_policy_parts(request, *args, **kwargs)
        if request.path_info.startswith("/admin/"):
            parts.replace = ADMIN_CHANGES
        return parts
