from django.apps import AppConfig
from django.urls import register_converter


class ApiConfig(AppConfig):
    name = "api"

    def ready(self) -> None:
        from api.converters import IdConverter  # noqa: PLC0415 - it needs the apps to be ready

        register_converter(IdConverter, "id")
