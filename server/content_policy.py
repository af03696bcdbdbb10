from typing import Any

from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest

# The admin's scripts, which are Django's own, build HTML from text; they escape what users typed.
ADMIN_CHANGES = {"require-trusted-types-for": None, "trusted-types": None}


class ContentPolicyMiddleware(CSPMiddleware):
    """Send `CONTENT_SECURITY_POLICY`; without Trusted Types in the admin."""

    def get_policy_parts(self, request: HttpRequest, *args: Any, **kwargs: Any) -> PolicyParts:
        parts = super().get_policy_parts(request, *args, **kwargs)
        if request.path_info.startswith("/admin/"):
            parts.replace = ADMIN_CHANGES
        return parts
