"""The private storage in a bucket of S3, or of a server that speaks its protocol."""

from datetime import datetime
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError
from storages.backends.s3 import S3Storage

NOT_FOUND = 404
# Requests wait in the thread for pictures, so a server that does not answer must not hold it for long.
TIMEOUTS = {"connect_timeout": 3, "read_timeout": 20, "retries": {"max_attempts": 2}}


class PrivateS3Storage(S3Storage):  # type: ignore[misc]  # the package has no types
    """django-storages' storage, with time-outs, and the exceptions of a folder for missing files."""

    def get_default_settings(self) -> dict[str, Any]:
        """Return the settings that the options of `STORAGES` do not give."""
        config = Config(signature_version="s3v4", s3={"addressing_style": "path"}, **TIMEOUTS)
        return {**super().get_default_settings(), "client_config": config}

    def get_modified_time(self, name: str) -> datetime:
        """Return when a file was stored; raise FileNotFoundError if there is none."""
        try:
            found: datetime = super().get_modified_time(name)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == NOT_FOUND:
                raise FileNotFoundError(name) from error
            raise
        return found
