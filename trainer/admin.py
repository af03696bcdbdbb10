from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from api.exceptions import FieldInvalid
from backoffice.pages import ReadOnlyAdmin
from trainer.models import Invitation, Trainee
from trainer.services.trainees import assign_trainee
from users.admin import PERSON_SEARCH, LinksToRows, PersonAdmin
from users.coaching import ensure_may_train
from users.models import User


class TraineeForm(forms.ModelForm[Trainee]):
    def clean_parent_trainer(self) -> User | None:
        trainer: User | None = self.cleaned_data["parent_trainer"]
        try:
            ensure_may_train(trainer, self.instance)
        except FieldInvalid as error:
            raise ValidationError(error.messages) from error
        return trainer


@admin.register(Trainee)
class TraineeAdmin(LinksToRows, PersonAdmin):
    """Trainees and their trainers. Changing the trainer archives the conversation with the old one."""

    form = TraineeForm
    list_display = ("email", "name", "parent_trainer", "is_active")
    list_filter = ("is_active", ("parent_trainer", admin.EmptyFieldListFilter))
    list_select_related = ("parent_trainer",)
    search_fields = (*PERSON_SEARCH, *(f"parent_trainer__{field}" for field in PERSON_SEARCH))
    readonly_fields = ("email", "first_name", "last_name", "related_rows")
    fields = ("email", "first_name", "last_name", "parent_trainer", "related_rows")
    autocomplete_fields = ("parent_trainer",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Trainee]:
        return super().get_queryset(request).filter(role=User.Role.TRAINEE, erased_at=None)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Trainee, form: ModelForm[Trainee], change: bool
    ) -> None:
        """Store only the trainer, through the service that archives the old conversation."""
        assign_trainee(trainee=obj, trainer=form.cleaned_data["parent_trainer"])


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    linked_lookups = ("trainer__id__exact", "email__exact")
    list_display = ("email", "trainer", "created_at", "expires_at", "accepted_at", "cancelled_at")
    list_filter = ("created_at", ("accepted_at", admin.EmptyFieldListFilter))
    list_select_related = ("trainer",)
    search_fields = ("email", *(f"trainer__{field}" for field in PERSON_SEARCH))
    # Without `message`, which is a private text from the trainer to the trainee.
    fields = ("email", "trainer", "created_at", "expires_at", "accepted_at", "cancelled_at")
