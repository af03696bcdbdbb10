from enum import IntEnum


class CloseCode(IntEnum):
    """The reasons for closing a socket; part of the contract with clients."""

    RESTARTING = 1012
    TRY_AGAIN_LATER = 1013
    NOT_SIGNED_IN = 4001
    NOT_VISIBLE = 4003
    TOO_MUCH = 4008
    FRAME_TOO_LARGE = 4009


class SocketRefused(Exception):
    """Raised while a socket opens, to refuse it with a close code."""

    def __init__(self, code: CloseCode) -> None:
        self.code = code
        super().__init__(code.name)
