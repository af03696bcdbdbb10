"""Response bodies as the contract defines them, written without the product's serializers."""

from typing import Any

from tests.refusals import refusal, without_error
from users.models import User
from users.serializers import image_url

INVALID_TOKEN = refusal("The token is not valid or has expired.", "token_not_valid")
# The answer of `auth/jwt/`.
INVALID_JWT = without_error(INVALID_TOKEN)
NOT_SIGNED_IN = refusal("Authentication credentials were not provided.", "not_authenticated")
WRONG_CREDENTIALS = {
    "detail": "The email address or password is wrong, or the account has been deactivated.",
    "code": "invalid_credentials",
}
NOT_ALLOWED = refusal("Only a trainer can do this.", "permission_denied")


def summary_body(user: User) -> dict[str, Any]:
    image = image_url(user)
    return {
        "id": user.pk,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "profile_image": image,
    }


def me_body(user: User, **more: Any) -> dict[str, Any]:
    """Return the response body for a user, from the database row."""
    user.refresh_from_db()
    return {
        **summary_body(user),
        "role": user.role,
        "business_name": user.business_name or None,
        "is_active": True,
        "onboarding_completed": user.onboarding_completed,
        "language": user.language or None,
        "trainer": summary_body(user.parent_trainer) if user.parent_trainer else None,
        **more,
    }
