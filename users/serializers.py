from typing import Any
from zlib import crc32

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import NameField, TextField
from media.links import link_to
from users.fields import EmailAddressField
from users.models import AuthSession, User


def image_url(user: User) -> str | None:
    """Return the absolute URL of a person's picture, or None."""
    if (
        vars(user).get("profile_image") == ""
    ):  # creating a FieldFile per row of a list would be slow
        return None
    name = str(vars(user).get("profile_image") or user.profile_image)
    return link_to(name, since=crc32(name.encode())) if name else None


class PasswordField(TextField):
    """A password of at most 128 characters, whose whitespace is not trimmed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=128, trim_whitespace=False, write_only=True, **kwargs)


class CookieField(serializers.BooleanField):
    """Whether to return the refresh token in an HttpOnly cookie instead of the body."""

    def __init__(self) -> None:
        super().__init__(
            default=False, help_text="For browsers: return the refresh token in an HttpOnly cookie."
        )


class SignInSerializer(serializers.Serializer[Any]):
    email = TextField(max_length=254)
    password = PasswordField()
    cookie = CookieField()


class TokenPairSerializer(serializers.Serializer[Any]):
    access = serializers.CharField()
    refresh = serializers.CharField()


class SignInTokensSerializer(TokenPairSerializer):
    refresh = serializers.CharField(
        required=False, help_text="Absent if the token is in the cookie."
    )


class RefreshSerializer(serializers.Serializer[Any]):
    refresh = TextField(
        max_length=4096,
        required=False,
        help_text="If omitted, the token in the cookie is used.",
    )


class VerifySerializer(serializers.Serializer[Any]):
    token = TextField(max_length=4096)


class TrainerSummarySerializer(serializers.ModelSerializer[User]):
    profile_image = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ("id", "email", "first_name", "last_name", "profile_image")

    def get_profile_image(self, user: User) -> str | None:
        return image_url(user)


class LanguageField(serializers.ChoiceField):
    """The code of a language; null if the browser or device decides."""

    def __init__(self, **kwargs: Any) -> None:
        help_text = "`null`: as the browser or device prefers."
        super().__init__(settings.LANGUAGES, allow_null=True, help_text=help_text, **kwargs)


class MeSerializer(serializers.ModelSerializer[User]):
    business_name = serializers.SerializerMethodField()
    profile_image = serializers.SerializerMethodField()
    onboarding_completed = serializers.BooleanField(
        source="has_completed_onboarding", read_only=True
    )
    trainer = TrainerSummarySerializer(source="current_trainer", allow_null=True, read_only=True)
    language = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = (
            "id",
            "email",
            "role",
            "first_name",
            "last_name",
            "business_name",
            "is_active",
            "onboarding_completed",
            "trainer",
            "profile_image",
            "language",
        )
        read_only_fields = fields

    @extend_schema_field(LanguageField())
    def get_language(self, user: User) -> str | None:
        return user.language or None

    def get_business_name(self, user: User) -> str | None:
        return user.business_name or None

    def get_profile_image(self, user: User) -> str | None:
        return image_url(user)


def check_picture_size(file: Any) -> Any:
    """Return an uploaded file, or None; raise DRF's ValidationError if the file is too large."""
    if file and file.size > settings.MAX_PICTURE_BYTES:
        raise serializers.ValidationError(_("A picture may be at most 5 MB."))
    return file


class NamesSerializer(serializers.Serializer[Any]):
    """The names and the language that users may change; other fields of a request are ignored."""

    first_name = NameField(max_length=150, allow_blank=True, required=False)
    last_name = NameField(max_length=150, allow_blank=True, required=False)
    business_name = NameField(max_length=200, allow_blank=True, allow_null=True, required=False)
    language = LanguageField(required=False)


# In OpenAPI 3.0 only values with a type may be null.
@extend_schema_field({"type": "object", "nullable": True})
class NullField(serializers.Field[None, Any, None, Any]):
    """Describes a value that can only be null."""


class ProfileJsonSerializer(NamesSerializer):
    """A profile in JSON, which cannot carry a picture. Only for the API description."""

    profile_image = NullField(
        required=False, allow_null=True, help_text="`null` removes the picture."
    )


class ProfileSerializer(NamesSerializer):
    """A profile in a form, or in JSON without a picture."""

    profile_image = serializers.FileField(
        allow_null=True,
        required=False,
        help_text="JPEG, PNG, WebP, GIF, HEIC or AVIF, at most 5 MB.",
    )

    def validate_profile_image(self, file: Any) -> Any:
        return check_picture_size(file)


class ProfileImageSerializer(serializers.Serializer[Any]):
    image = serializers.FileField(help_text="JPEG, PNG, WebP, GIF, HEIC or AVIF, at most 5 MB.")

    def validate_image(self, file: Any) -> Any:
        return check_picture_size(file)


class ChangedAccountSerializer(serializers.Serializer[Any]):
    success = serializers.BooleanField()
    user = MeSerializer()


class ChangedProfileImageSerializer(serializers.Serializer[Any]):
    success = serializers.BooleanField()
    profile_image = serializers.URLField()
    user = MeSerializer()


class SetPasswordSerializer(serializers.Serializer[Any]):
    current_password = PasswordField()
    new_password = PasswordField()


class PasswordResetSerializer(serializers.Serializer[Any]):
    email = EmailAddressField()


class PasswordResetConfirmSerializer(serializers.Serializer[Any]):
    uid = TextField(max_length=64)
    token = TextField(max_length=128)
    new_password = PasswordField()


class SessionSerializer(serializers.ModelSerializer[AuthSession]):
    class Meta:
        model = AuthSession
        fields = ("id", "created_at", "expires_at", "ended_at")
        read_only_fields = fields


class EndedSerializer(serializers.Serializer[Any]):
    sessions_ended = serializers.IntegerField()


class ImpersonatedTrainerSerializer(TokenPairSerializer):
    session = SessionSerializer()
    trainer = TrainerSummarySerializer()


class ImpersonatedAccountSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ("id", "email", "first_name", "last_name", "role")
        read_only_fields = fields


class BriefImpersonationSerializer(TokenPairSerializer):
    trainer = ImpersonatedAccountSerializer()
    message = serializers.CharField()
