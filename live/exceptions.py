from api.exceptions import ServiceError


class BadFrame(ServiceError):
    code = "bad_frame"
    is_on_sockets = True
    detail = "A frame is a JSON object in a text frame."


class UnknownFrame(ServiceError):
    code = "unknown_type"
    is_on_sockets = True
    detail = "There is no frame of this type."
