"""
The only settings module, configured by the environment.

With an empty environment it is a development set-up that needs no other server: SQLite, the
in-memory channel layer, demo people. With `DEBUG=0` it is production, and raises an error while a
variable is missing or malformed. `.env.example` lists every variable.
"""

import os
import re
import secrets
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONCE, NONE, SELF

from config.addresses import merge_options
from config.environment import Environment, InvalidEnvironment
from config.languages import list_languages

# Makes Django's classes subscriptable, as they are in its type stubs.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = Environment()
# Tests set their own servers; the settings of a checkout must not leak into them.
if "TEST_BACKEND" not in os.environ and (BASE_DIR / ".env").exists():
    Environment.read_env(BASE_DIR / ".env")

DEBUG = env.flag("DEBUG", default=True)
if not DEBUG:
    env.ensure_production()


def _development_key(name: str, size: int) -> str:
    """
    Return a random key, created once per checkout: with a key in the repository anyone could sign
    tokens.
    """
    path, draft = VAR_DIR / name, VAR_DIR / f"{name}.{os.getpid()}"
    VAR_DIR.mkdir(exist_ok=True)
    if not path.exists():
        draft.write_text(secrets.token_urlsafe(size))
        # Atomically: another process may be doing the same.
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text()


# Core  https://docs.djangoproject.com/en/5.2/ref/settings/
# ------------------------------------------------------------------------------
SECRET_KEY = env.str("SECRET_KEY", default="") or _development_key("secret_key", 50)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
# English texts are in the code. Another language is a compiled locale/<language>/LC_MESSAGES/django.mo.
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGES = [("en", "English"), *list_languages(BASE_DIR / "locale")]
# Chooses by Accept-Language. It adds a header to every response, so only if there is a choice.
_languages = ["django.middleware.locale.LocaleMiddleware"] if len(LANGUAGES) > 1 else []
# The URL at which people open the product. Links in e-mails use it, never the Host header.
_here = f"http://127.0.0.1:{env.port('PORT', default=8000)}"
PUBLIC_URL = env.public_url("PUBLIC_URL", default=_here)

INSTALLED_APPS = [
    "daphne",
    "config.apps.ClosedAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "servestatic",
    "django.contrib.staticfiles",
    "corsheaders",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "csp",
    "api",
    "jobs",
    "live",
    "users",
    "messaging",
    "notifications",
    "trainer",
    "web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "server.content_policy.ContentPolicyMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "server.cookies.refuse_nul_in_cookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    *_languages,
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
# The API uses tokens, not sessions. server.handler serves it in its own threads.
API_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    *_languages,
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
API_THREADS = env.positive("API_THREADS", default=8)
# Requests that may wait for one of these threads, about 2 ms each; more get 503.
API_QUEUE = env.int("API_QUEUE", default=1000)
# Slow work has its own threads, so that nothing else waits for it: see server.lanes.
PASSWORD_THREADS = env.positive("PASSWORD_THREADS", default=2)
# Requests that may wait for one of these threads, a third of a second each; more get 503.
PASSWORD_QUEUE = env.int("PASSWORD_QUEUE", default=64)
# One at a time, because decoding a picture takes up to 160 MB.
PICTURE_THREADS = 1
_api_connections = API_THREADS + PASSWORD_THREADS + PICTURE_THREADS
# Every API path ends with a slash. Without it a POST gets 404, not an exception.
APPEND_SLASH = False
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Database  https://docs.djangoproject.com/en/5.2/ref/databases/
# ------------------------------------------------------------------------------
VAR_DIR.mkdir(exist_ok=True)
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.database("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")
}
_url_options = DATABASES["default"]["OPTIONS"]
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Takes the write lock at BEGIN: SQLite has no row locks for select_for_update().
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # A file in tests too: threads sharing an in-memory database fail with "table is locked".
    _test_file = env.str("TEST_SQLITE_NAME", default=str(VAR_DIR / "test.sqlite3"))
    DATABASES["default"]["TEST"] = {"NAME": _test_file}
else:
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 3,
        # Statements that every request runs are parsed and planned once per connection.
        "server_side_binding": True,
        "prepare_threshold": 2 if env.bool("DATABASE_PREPARE", default=True) else None,
        "pool": {
            "min_size": 1,
            # One for each API thread; sockets, the admin and background work share six.
            "max_size": env.positive("DATABASE_POOL_SIZE", default=_api_connections + 6),
            # Seconds to wait for a connection before answering 503.
            "timeout": 3,
            # With the default of 300 s the pool's back-off grows so long that 503s outlast the outage.
            "reconnect_timeout": 2,
        },
    }
DATABASES["default"]["OPTIONS"] = merge_options(DATABASES["default"]["OPTIONS"], _url_options)

# People and sign-in
# ------------------------------------------------------------------------------
AUTH_USER_MODEL = "users.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(hours=1),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=30),
    "SIGNING_KEY": SECRET_KEY,
}
# The maximum duration of an impersonation, refreshes included.
IMPERSONATION_LIFETIME = timedelta(hours=4)
INVITATION_LIFETIME = timedelta(days=7)

# REST  https://www.django-rest-framework.org/api-guide/settings/
# ------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["users.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "users.permissions.ReadOnlyWhileImpersonating",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["users.throttling.UserThrottle"],
    "DEFAULT_PARSER_CLASSES": ["api.formats.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["api.formats.FastJSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.formats.OneFormat",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "api.errors.exception_handler",
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%S.%fZ",
    # Otherwise an unknown `?format=` would cause a 404.
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
THROTTLE_RATES: dict[str, str] = {
    "messaging": env.rate("THROTTLE_MESSAGING", default="30/minute"),
    "user": env.rate("THROTTLE_USER", default="120/minute"),
    "sign_in": env.rate("THROTTLE_SIGN_IN", default="10/minute"),
    "sign_in_address": env.rate("THROTTLE_SIGN_IN_ADDRESS", default="60/minute"),
}
CORS_ALLOWED_ORIGINS = env.origins("CORS_ALLOWED_ORIGINS", default=[])
CORS_URLS_REGEX = r"^/api/.*$"
CORS_EXPOSE_HEADERS = ["Retry-After"]
MAX_JSON_BODY_BYTES = 64 * 1024
MAX_BODY_BYTES = 6 * 1024 * 1024
# Uploads that a process reads at a time, as each is held in memory: in all and per person; and how
# many may wait, in all and per person. More get 503.
LARGE_BODIES = 16
LARGE_BODIES_PER_PERSON = 2
LARGE_BODIES_QUEUE = 64
LARGE_BODIES_QUEUE_PER_PERSON = 8
MAX_PICTURE_BYTES = 5 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES
# The request line and all headers; an access token in `?token=` takes about 300 bytes.
MAX_HEAD_BYTES = env.positive("MAX_HEAD_BYTES", default=32 * 1024)
# Seconds in which a client must send the headers, then the body, before the connection is closed.
REQUEST_HEAD_SECONDS = env.float("REQUEST_HEAD_SECONDS", default=10.0)
REQUEST_BODY_SECONDS = env.float("REQUEST_BODY_SECONDS", default=120.0)

# API description  https://drf-spectacular.readthedocs.io/en/latest/settings.html
# ------------------------------------------------------------------------------
SPECTACULAR_SETTINGS = {
    "TITLE": "Trainer messaging",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "DEFAULT_GENERATOR_CLASS": "api.description.DescriptionGenerator",
    "PATH_CONVERTER_OVERRIDES": {"id": {"type": "integer"}},
    "ENUM_NAME_OVERRIDES": {"RoleEnum": "users.models.User.Role"},
}

# Sockets  https://channels.readthedocs.io/en/latest/topics/channel_layers.html
# ------------------------------------------------------------------------------
REDIS_URLS = env.redis_urls("REDIS_URL")
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "channels.layers.InMemoryChannelLayer",
        # Ten years: a process stays in a group as long as the user has a socket there.
        "CONFIG": {"group_expiry": 315_360_000},
    }
}
if REDIS_URLS:
    CHANNEL_LAYERS["default"] = {
        "BACKEND": "live.layers.ResilientRedisChannelLayer",
        "CONFIG": {
            "hosts": [
                # No read timeout: a subscription may be silent for hours.
                {"address": url, "socket_timeout": None, "socket_connect_timeout": 1}
                for url in REDIS_URLS
            ]
        },
    }
# Browsers send their origin; the server's own is always allowed. Native clients send none.
SOCKET_ALLOWED_ORIGINS = env.origins("SOCKET_ALLOWED_ORIGINS", default=CORS_ALLOWED_ORIGINS)
# Beyond this many sockets in one process, a new one closes the longest idle, at most one a minute:
# otherwise clients that reconnect at once would evict each other in turn. Until then more are admitted.
SOCKETS_PER_USER = env.positive("SOCKETS_PER_USER", default=20)
SOCKETS_PER_USER_AT_MOST = 5 * SOCKETS_PER_USER
SOCKET_EVICTION_SECONDS = 60.0
SOCKET_MAX_FRAME_BYTES = 4096
# Token bucket for frames; a socket that exceeds it is closed. Typing frames have their own bucket of
# the same size; beyond it they are dropped.
SOCKET_FRAME_BURST = env.positive("SOCKET_FRAME_BURST", default=60)
SOCKET_FRAMES_PER_SECOND = env.positive("SOCKET_FRAMES_PER_SECOND", default=10)
# A repeated `true` is forwarded this often.
SOCKET_TYPING_INTERVAL_SECONDS = 1.0
# Even a dropped frame has to be parsed. A held key sends 30 a second; a client that exceeds any keyboard
# is closed.
SOCKET_TYPING_FRAME_BURST = 1000
SOCKET_TYPING_FRAMES_PER_SECOND = 100
# Frames queued for a slow client; beyond this the socket is closed.
SOCKET_PENDING_FRAMES = env.positive("SOCKET_PENDING_FRAMES", default=1000)
# Beyond this many changes the client is told to reload the thread, as a whole replay is queued at once.
SOCKET_REPLAY_LIMIT = min(500, SOCKET_PENDING_FRAMES // 2)
# How often open sockets are compared with the database, for events that the channel layer lost.
SOCKET_REVIEW_SECONDS = env.float("SOCKET_REVIEW_SECONDS", default=1.0)

# A stopping process spreads the closing of its sockets over this time; it has 10 s in all.
SHUTDOWN_SPREAD_SECONDS = min(env.float("SHUTDOWN_SPREAD_SECONDS", default=4.0), 5.0)

# Files  https://docs.djangoproject.com/en/5.2/howto/static-files/
# ------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(VAR_DIR / "media"))
# Plain names are never requested, and compressing them takes most of the time of `collectstatic`.
SERVESTATIC_KEEP_ONLY_HASHED_FILES = True
SERVESTATIC_SKIP_COMPRESS_EXTENSIONS = ("gif", "ico", "jpg", "map", "png", "webp", "woff", "woff2")
_hashed = "servestatic.storage.CompressedManifestStaticFilesStorage"
_plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Hashed names, so that browsers may cache files for ever. Imports in modules are mapped by web.assets.
    "staticfiles": {"BACKEND": _plain if DEBUG else _hashed},
}

# E-mail  https://docs.djangoproject.com/en/5.2/topics/email/
# ------------------------------------------------------------------------------
vars().update(env.email("EMAIL_URL", default="consolemail://", in_production=not DEBUG))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Messaging <messaging@localhost>")
EMAIL_TIMEOUT = 10

# Jobs
# ------------------------------------------------------------------------------
# Whether web processes run them; without, `manage.py worker` does.
JOBS_IN_WEB = env.bool("JOBS_IN_WEB", default=True)
# Jobs that one process runs at a time. While it uses the database, each takes a connection.
JOB_THREADS = env.positive("JOB_THREADS", default=8)
# How often a process looks for jobs that others have enqueued; its own it runs at once.
JOB_POLL_SECONDS = 1.0
# After this time without a sign of life from its worker, a job is run by another one.
JOB_LEASE_SECONDS = env.positive("JOB_LEASE_SECONDS", default=30)
# How long a job stays in the admin after it has ended: with success, and without.
JOB_KEEP_DONE = timedelta(days=1)
JOB_KEEP_FAILED = timedelta(days=30)

# Push notifications
# ------------------------------------------------------------------------------
# Seconds that a message stays unread before its recipient's devices are notified.
PUSH_DELAY_SECONDS = env.float("PUSH_DELAY_SECONDS", default=5.0)
# Of the previous release: 0 leaves them to `manage.py worker`, and other jobs in the web processes.
PUSH_IN_WEB = env.bool("PUSH_IN_WEB", default=True)
# Identifies the server to browsers' push services. Without it, Web Push is off.
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", default="")
if DEBUG and not VAPID_PRIVATE_KEY:
    VAPID_PRIVATE_KEY = _development_key("vapid_key", 32)
if VAPID_PRIVATE_KEY and not re.fullmatch(r"[\w-]{43}=?", VAPID_PRIVATE_KEY, re.ASCII):
    raise InvalidEnvironment("VAPID_PRIVATE_KEY is not 32 bytes in base64url.")
_subject = PUBLIC_URL if PUBLIC_URL.startswith("https:") else "mailto:webmaster@localhost"
VAPID_SUBJECT = env.str("VAPID_SUBJECT", default=_subject)
if not VAPID_SUBJECT.startswith(("mailto:", "https:")):
    raise InvalidEnvironment("VAPID_SUBJECT is neither a mailto: nor an https: address.")
# Your own push services, as `host` or `host:port`; they may be in a private network and without TLS.
PUSH_PRIVATE_HOSTS = env.list("PUSH_PRIVATE_HOSTS", default=[])
# The key file of a Firebase service account. Without it, native apps get no notifications.
FCM_CREDENTIALS_FILE = env.str("FCM_CREDENTIALS_FILE", default="")
if FCM_CREDENTIALS_FILE and not Path(FCM_CREDENTIALS_FILE).is_file():
    raise InvalidEnvironment("FCM_CREDENTIALS_FILE names no file.")
FCM_URL = env.str("FCM_URL", default="https://fcm.googleapis.com")

# Security  https://docs.djangoproject.com/en/5.2/topics/security/
# ------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
# The browser client's refresh token; plain HTTP is allowed in development only.
REFRESH_COOKIE_SECURE = not DEBUG or PUBLIC_URL.startswith("https://")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=False)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HSTS_SECONDS > 0
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
DEFAULT_EXCEPTION_REPORTER_FILTER = "config.error_pages.HideSecrets"

# Content Security Policy  https://django-csp.readthedocs.io/
# ------------------------------------------------------------------------------
# Pictures and sockets use PUBLIC_URL, which may differ from the host in the page's address.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "blob:", "data:", PUBLIC_URL],
        "font-src": [SELF],
        "connect-src": [SELF, PUBLIC_URL.replace("http", "ws", 1)],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["lit-html", "service-worker"],
    }
}

# Logging  https://docs.djangoproject.com/en/5.2/topics/logging/
# ------------------------------------------------------------------------------
LOG_LEVEL = env.log_level("LOG_LEVEL", default="INFO")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"redact": {"()": "config.logs.RedactTokens"}},
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["redact"],
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # At DEBUG it would log the content of sockets: tokens, cookies and messages.
        "uvicorn.error": {"level": "INFO" if LOG_LEVEL == "DEBUG" else LOG_LEVEL},
        # These repeat what the access log says about each refused request.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
