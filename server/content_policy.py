from typing import Any

from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest

# No Trusted Types: Django's own admin scripts build HTML from text. They escape user input.
ADMIN_CHANGES = {"require-trusted-types-for": None, "trusted-types": None}


class ContentPolicyMiddleware(CSPMiddleware):
    """Sends `CONTENT_SECURITY_POLICY`, without Trusted Types in the admin."""

    def get_policy_parts(self, request: HttpRequest, *args: Any, **kwargs: Any) -> PolicyParts:
        parts = super().get_policy_parts(request, *args, **kwargs)
        if request.path_info.startswith("/admin/"):
            parts.replace = ADMIN_CHANGES
        return parts
