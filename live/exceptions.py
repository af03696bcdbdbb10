from django.utils.translation import gettext_lazy as _

from api.exceptions import ServiceError


class BadFrame(ServiceError):
    code = "bad_frame"
    is_on_sockets = True
    detail = _("A frame must be a JSON object, sent as WebSocket text.")


class UnknownFrame(ServiceError):
    code = "unknown_type"
    is_on_sockets = True
    detail = _("Unknown type of frame.")
