"""
Imports the product's libraries, as far as they can be imported without Django's settings.

A process forked after these imports starts in a fifth of the time. Settings differ between processes,
so nothing here may read them: an import that does so raises ImproperlyConfigured.
"""

import gc
import importlib

NAMES = (
    "aiohttp",
    "channels.generic.websocket",
    "channels.routing",
    "channels_redis.core",
    "corsheaders.middleware",
    "csp.middleware",
    "django.contrib.admindocs.utils",
    "django.contrib.auth.hashers",
    "django.contrib.staticfiles.finders",
    "django.core.asgi",
    "django.core.management",
    "django.db.backends.postgresql.base",
    "django.db.backends.sqlite3.base",
    "django.db.migrations",
    "django.test",
    "django_stubs_ext",
    "drf_spectacular.utils",
    "environ",
    "jwt",
    "limits.storage",
    "orjson",
    "PIL.ImageOps",
    "PIL.JpegImagePlugin",
    "rest_framework.request",
    "rest_framework.utils.mediatypes",
    "servestatic.asgi",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
)

for name in NAMES:
    importlib.import_module(name)
# A collection in a forked process would otherwise write to every object, and so copy their memory.
gc.freeze()
