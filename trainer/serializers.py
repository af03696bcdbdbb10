from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import NameField, TextField, WrittenField
from trainer.codes import get_valid_code
from trainer.models import Invitation
from users.fields import EmailAddressField
from users.links import make_link
from users.models import AuthSession, User
from users.serializers import (
    CookieField,
    MeSerializer,
    PasswordField,
    SignInTokensSerializer,
    TokenPairSerializer,
    TrainerSummarySerializer,
    image_url,
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


class TraineeSessionSerializer(serializers.ModelSerializer[AuthSession]):
    """An impersonation of a trainee, with the fields that an existing client expects."""

    trainee = serializers.IntegerField(source="user_id")
    trainee_email = serializers.EmailField(source="user_email")
    trainee_name = serializers.SerializerMethodField()
    started_at = serializers.DateTimeField(source="created_at")
    is_active = serializers.SerializerMethodField()
    is_read_only = serializers.SerializerMethodField()
    duration_minutes = serializers.SerializerMethodField(help_text="Whole minutes since the start.")

    class Meta:
        model = AuthSession
        fields = (
            "id",
            "trainee",
            "trainee_email",
            "trainee_name",
            "started_at",
            "ended_at",
            "is_active",
            "is_read_only",
            "duration_minutes",
            "created_at",
            "expires_at",
        )
        read_only_fields = fields

    def get_trainee_name(self, session: AuthSession) -> str:
        return (session.user.get_full_name() if session.user else "") or session.user_email

    def get_is_active(self, session: AuthSession) -> bool:
        return session.ended_at is None and session.expires_at > timezone.now()

    def get_is_read_only(self, session: AuthSession) -> bool:
        return True

    def get_duration_minutes(self, session: AuthSession) -> int:
        until = session.ended_at or timezone.now()
        return int((until - session.created_at).total_seconds() // 60)


class ImpersonatedTraineeSerializer(TokenPairSerializer):
    session = TraineeSessionSerializer()
    trainee = TrainerSummarySerializer()


class InviteSerializer(serializers.Serializer[Any]):
    email = EmailAddressField()
    expires_days = serializers.IntegerField(
        min_value=1,
        max_value=30,
        default=7,
        help_text="The number of days for which the link is valid.",
    )
    message = WrittenField(max_length=1000, allow_blank=True, default="")


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    """An invitation. With `hides_code` in the context, `invitation_code` is empty."""

    invitation_code = serializers.SerializerMethodField(
        help_text="Empty if the invitation cannot be accepted now, and during an impersonation."
    )
    status = serializers.SerializerMethodField(
        help_text="`cancelled` is reserved: a withdrawn invitation is not listed."
    )
    trainer_email = serializers.EmailField(source="trainer.email")
    link = serializers.SerializerMethodField(
        help_text="The link in the email, to pass on in another way; null if `invitation_code` is empty."
    )
    program_template = serializers.SerializerMethodField()
    program_template_name = serializers.SerializerMethodField()

    class Meta:
        model = Invitation
        fields = (
            "id",
            "email",
            "invitation_code",
            "status",
            "trainer_email",
            "program_template",
            "program_template_name",
            "message",
            "expires_at",
            "accepted_at",
            "created_at",
            "is_expired",
            "email_status",
            "link",
        )
        read_only_fields = fields

    def get_link(self, invitation: Invitation) -> str | None:
        code = self.get_invitation_code(invitation)
        return make_link("join", code=code) if code else None

    def get_invitation_code(self, invitation: Invitation) -> str:
        return "" if self.context.get("hides_code") else get_valid_code(invitation)

    @extend_schema_field({"type": "string", "enum": ["pending", "accepted", "cancelled"]})
    def get_status(self, invitation: Invitation) -> str:
        return "pending" if invitation.is_pending else "accepted"

    @extend_schema_field(ALWAYS_NULL)
    def get_program_template(self, invitation: Invitation) -> None:
        """Programs are not stored, but existing clients expect the field."""

    @extend_schema_field(ALWAYS_NULL)
    def get_program_template_name(self, invitation: Invitation) -> None:
        """Programs are not stored, but existing clients expect the field."""


class DashboardStatsSerializer(serializers.Serializer[Any]):
    """The figures of a trainer's dashboard. Those that this product does not know are 0."""

    total_trainees = serializers.IntegerField()
    active_trainees = serializers.IntegerField(help_text="Trainees whose accounts are active.")
    trainees_logged_today = serializers.IntegerField(default=0)
    trainees_on_track = serializers.IntegerField(default=0)
    avg_adherence_rate = serializers.FloatField(default=0.0)
    subscription_tier = serializers.CharField(default="NONE")
    max_trainees = serializers.IntegerField(default=-1, help_text="-1: no limit.")
    trainees_pending_onboarding = serializers.IntegerField(default=0)


class DashboardSerializer(serializers.Serializer[Any]):
    recent_trainees = TraineeSerializer(many=True, help_text="The newest, at most 10.")
    inactive_trainees = TraineeSerializer(
        many=True, help_text="Trainees whose accounts are deactivated, newest first, at most 50."
    )
    today = serializers.DateField(help_text="In UTC.")


class AcceptSerializer(serializers.Serializer[Any]):
    code = TextField(max_length=200)
    password = PasswordField()
    first_name = NameField(max_length=150)
    last_name = NameField(max_length=150)
    cookie = CookieField()


class AcceptedSerializer(SignInTokensSerializer):
    user = MeSerializer()
    conversation_id = serializers.IntegerField(
        help_text="The conversation with the trainer, which the trainee can open and write to at once."
    )


class CodeSerializer(serializers.Serializer[Any]):
    code = TextField(max_length=200)


class InvitingTrainerSerializer(serializers.ModelSerializer[User]):
    """What somebody with the code of an invitation may know of its trainer."""

    business_name = serializers.SerializerMethodField()
    profile_image = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ("first_name", "last_name", "business_name", "profile_image")
        read_only_fields = fields

    def get_business_name(self, trainer: User) -> str | None:
        return trainer.business_name or None

    def get_profile_image(self, trainer: User) -> str | None:
        return image_url(trainer)


class InvitationPreviewSerializer(serializers.ModelSerializer[Invitation]):
    """An invitation, as the invited person sees it before they join."""

    trainer = InvitingTrainerSerializer()

    class Meta:
        model = Invitation
        fields = ("trainer", "email", "message", "expires_at")
        read_only_fields = fields


class InvitationLinkSerializer(serializers.Serializer[Any]):
    link = serializers.URLField()
    image = serializers.CharField(
        help_text="The QR code as a `data:` URL of an SVG picture, with a white background."
    )
