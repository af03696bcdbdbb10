from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from text.names import HiddenCharacters, clean_name
from text.visible import normalize


class NameField(models.CharField[Any, Any]):
    """
    The name of a person or a business, in NFC.

    Forms refuse a name with invisible characters. Whatever stores a row normalizes its names. For
    migrations this is a CharField, so that they do not depend on this class.
    """

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        try:
            return super().clean(clean_name(self.to_python(value)), model_instance)
        except HiddenCharacters as error:
            raise ValidationError(
                _("This has invisible characters. Please type it again."), code="hidden_characters"
            ) from error

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        name = normalize(super().pre_save(model_instance, add), limit=self.max_length or 0)
        setattr(model_instance, self.attname, name)
        return name

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
