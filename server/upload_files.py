"""Keeps the files of a form in files without names on disk."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from server.body_files import make_file


class NamelessFileUploadHandler(FileUploadHandler):
    """
    Writes each file of a form to the disk.

    Django's own handler gives files names, so they would be left behind if the process were killed.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._file = make_file()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        self._file.seek(0)
        return UploadedFile(
            self._file,
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        if hasattr(self, "_file"):
            self._file.close()
