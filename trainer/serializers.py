from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import TextField
from trainer.models import Invitation
from users.fields import EmailAddressField
from users.models import User
from users.serializers import (
    CookieField,
    MeSerializer,
    PasswordField,
    SessionSerializer,
    SignInTokensSerializer,
    TokenPairSerializer,
    TrainerSummarySerializer,
)

# In OpenAPI 3.0 only values with a type may be null.
ALWAYS_NULL = {"type": "object", "nullable": True}


class TraineeSerializer(serializers.ModelSerializer[User]):
    profile_complete = serializers.SerializerMethodField()
    last_activity = serializers.SerializerMethodField()
    current_program = serializers.SerializerMethodField()
    conversation_id = serializers.IntegerField(allow_null=True)

    class Meta:
        model = User
        fields: tuple[str, ...] = (
            "id",
            "email",
            "first_name",
            "last_name",
            "is_active",
            "created_at",
            "profile_complete",
            "last_activity",
            "current_program",
            "conversation_id",
        )

    def get_profile_complete(self, trainee: User) -> bool:
        return bool(trainee.first_name and trainee.last_name)

    @extend_schema_field(ALWAYS_NULL)
    def get_last_activity(self, trainee: User) -> None:
        """Activities are not stored, but existing clients expect the field."""

    @extend_schema_field(ALWAYS_NULL)
    def get_current_program(self, trainee: User) -> None:
        """Programs are not stored, but existing clients expect the field."""


class TraineeDetailSerializer(TraineeSerializer):
    phone_number = serializers.SerializerMethodField()
    profile = serializers.SerializerMethodField()
    nutrition_goal = serializers.SerializerMethodField()
    programs = serializers.SerializerMethodField()
    recent_activity = serializers.SerializerMethodField()

    class Meta(TraineeSerializer.Meta):
        fields = (
            *TraineeSerializer.Meta.fields,
            "phone_number",
            "profile",
            "nutrition_goal",
            "programs",
            "recent_activity",
        )

    def get_phone_number(self, trainee: User) -> str | None:
        return trainee.phone_number or None

    @extend_schema_field(ALWAYS_NULL)
    def get_profile(self, trainee: User) -> None:
        """Profiles are not stored, but existing clients expect the field."""

    @extend_schema_field(ALWAYS_NULL)
    def get_nutrition_goal(self, trainee: User) -> None:
        """Nutrition goals are not stored, but existing clients expect the field."""

    def get_programs(self, trainee: User) -> list[Any]:
        return []

    def get_recent_activity(self, trainee: User) -> list[Any]:
        return []


class TraineeSearchSerializer(serializers.Serializer[Any]):
    search = TextField(max_length=200, allow_blank=True, default="")


class RemovedSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()


class ImpersonatedTraineeSerializer(TokenPairSerializer):
    session = SessionSerializer()
    trainee = TrainerSummarySerializer()


class InviteSerializer(serializers.Serializer[Any]):
    email = EmailAddressField()
    message = TextField(max_length=1000, allow_blank=True, default="")


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    class Meta:
        model = Invitation
        fields = ("id", "email", "message", "created_at", "expires_at", "accepted_at")
        read_only_fields = fields


class AcceptSerializer(serializers.Serializer[Any]):
    code = TextField(max_length=200)
    password = PasswordField()
    first_name = TextField(max_length=150)
    last_name = TextField(max_length=150)
    cookie = CookieField()


class AcceptedSerializer(SignInTokensSerializer):
    user = MeSerializer()
