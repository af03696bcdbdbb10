"""
The only settings module, configured by the environment.

With an empty environment, it configures development without other servers: SQLite, the in-memory channel
layer, and emails printed to the console. With `DEBUG=0`, it configures production. It raises
InvalidEnvironment, with a line for each fault, if variables are malformed or, in production, missing.
`.env.example` lists all variables.
"""

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
from corsheaders.defaults import default_headers
from csp.constants import NONCE, NONE, SELF

from config import values, version
from config.addresses import list_unreachable
from config.databases import configure_database
from config.development import development_key
from config.environment import Environment
from config.languages import compile_languages, list_languages
from config.logs import configure_logging

# Makes Django's classes subscriptable, as they are in its type stubs.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
VAR_DIR.mkdir(exist_ok=True)

env = Environment()
# Tests use servers of their own, so they must not read the .env of a checkout.
if "TEST_BACKEND" not in os.environ and (BASE_DIR / ".env").exists():
    Environment.read_env(BASE_DIR / ".env")

DEBUG = env.flag("DEBUG", default=True)
if not DEBUG:
    env.ensure_production()

# The product's version, for the apps: they do not import this package.
VERSION = version.VERSION

# Core  https://docs.djangoproject.com/en/5.2/ref/settings/
# ------------------------------------------------------------------------------
SECRET_KEY = env.str("SECRET_KEY", default="") or development_key(VAR_DIR / "secret_key", 50)
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
# English texts are in the code; other languages in locale/<language>/LC_MESSAGES/django.po.
LANGUAGES = [("en", "English"), *list_languages(BASE_DIR / "locale")]
LOCALE_PATHS = [compile_languages(BASE_DIR / "locale", VAR_DIR / "locale")]
# Where the server listens, and with how many processes: 0 is one per core, see config.serve.
HOST = env.read("HOST", "127.0.0.1", values.parse_listening_host)
PORT = env.port("PORT", default=8000)
WEB_CONCURRENCY = env.whole("WEB_CONCURRENCY", default=0, most=1024)
# The proxies whose headers name the client: see server.client_address.
FORWARDED_ALLOW_IPS = env.read("FORWARDED_ALLOW_IPS", "", values.parse_proxies)
# The URL of the product for users. Links in emails start with it, never with the Host header.
PUBLIC_URL = env.public_url("PUBLIC_URL", default=f"http://127.0.0.1:{PORT}")

INSTALLED_APPS = [
    # Only replaces the command `runserver`. It imports Twisted, which takes a seventh of the startup time.
    *(["daphne"] if "runserver" in sys.argv else []),
    "config.apps.ClosedAdminConfig",
    "config.apps.ConfigApp",
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
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "api",
    "jobs",
    "live",
    "users",
    "messaging",
    "notifications",
    "trainer",
    "privacy",
    "web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "api.languages.speak_language_of_page",
    "server.content_policy.ContentPolicyMiddleware",
    "server.pages.explain_empty_errors",
    "corsheaders.middleware.CorsMiddleware",
    "server.cookies.refuse_nul_in_cookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "api.languages.speak_language_of_account",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
# For the API, which uses tokens instead of sessions. server.handler serves the API in its own threads.
API_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "api.languages.speak_accepted_language",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
# Whether to keep the threads of a web process on one core: see server/one_core.py.
ONE_CORE = env.flag("ONE_CORE", default=True)
API_THREADS = env.positive("API_THREADS", default=8, most=1000)
# The number of requests that may wait for these threads; more get 503. Each request takes about 2 ms.
API_QUEUE = env.whole("API_QUEUE", default=1000)
# Slow requests have their own threads, so that other requests do not wait for them: see server.lanes.
PASSWORD_THREADS = env.positive("PASSWORD_THREADS", default=2, most=1000)
# The number of requests that may wait for these threads; more get 503. Each request takes a third of
# a second.
PASSWORD_QUEUE = env.whole("PASSWORD_QUEUE", default=64)
# The number of requests for pages, such as the admin's, that are processed at the same time, and the number
# of those that may wait. One network gets three quarters of the threads, and half of the queue.
PAGE_THREADS = 8
PAGE_QUEUE = 1000
# One at a time. Each picture is decoded in a process of its own, with at most this memory. 60 megapixels
# take 200 MB as an ordinary JPEG, 350 MB as a PNG, 650 MB as a progressive JPEG with four channels, 830 MB
# as HEIC and 1,020 MB as a WebP.
PICTURE_THREADS = 1
PICTURE_MEMORY_MB = env.whole("PICTURE_MEMORY_MB", default=1100, least=256, most=4096)
_api_connections = API_THREADS + PASSWORD_THREADS + PICTURE_THREADS
# All API paths end with a slash. A POST without it gets 404 instead of an exception.
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
DATABASES: dict[str, dict[str, Any]] = {
    "default": configure_database(
        env.database("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}"),
        password=env.str("DATABASE_PASSWORD", default=""),
        prepares=env.bool("DATABASE_PREPARE", default=True),
        # One connection for each thread of the API, and six for sockets, the admin and background work.
        # With fewer than two of these six, requests would wait for a connection in vain.
        pool_size=env.whole(
            "DATABASE_POOL_SIZE",
            default=_api_connections + 6,
            least=_api_connections + 2,
            most=10_000,
        ),
        test_file=env.str("TEST_SQLITE_NAME", default=str(VAR_DIR / "test.sqlite3")),
    )
}

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
# Whether staff need a code of an authenticator app in the admin, besides the password.
ADMIN_TWO_FACTOR = env.flag("ADMIN_TWO_FACTOR", default=not DEBUG)
# The name of the account in the app.
OTP_TOTP_ISSUER = urlsplit(PUBLIC_URL).hostname
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(hours=1),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=30),
    "SIGNING_KEY": SECRET_KEY,
}
# The maximum duration of an impersonation, including refreshes.
IMPERSONATION_LIFETIME = timedelta(hours=4)
# The number of days for which a data export can be downloaded.
DATA_EXPORT_DAYS = env.positive("DATA_EXPORT_DAYS", default=7)

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
    # Otherwise an unknown `?format=` would get 404.
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
THROTTLE_RATES: dict[str, str] = {
    "messaging": env.rate("THROTTLE_MESSAGING", default="30/minute"),
    "user": env.rate("THROTTLE_USER", default="120/minute"),
    "reading": env.rate("THROTTLE_READING", default="1200/minute"),
    "search": env.rate("THROTTLE_SEARCH", default="60/minute"),
    "refresh": env.rate("THROTTLE_REFRESH", default="60/minute"),
    "sign_in": env.rate("THROTTLE_SIGN_IN", default="10/minute"),
    "sign_in_address": env.rate("THROTTLE_SIGN_IN_ADDRESS", default="60/minute"),
    # Sign-ins that fail: per email address from one network or known browser, and from anywhere.
    "sign_in_failures": env.rate("THROTTLE_SIGN_IN_FAILURES", default="30/hour"),
    "sign_in_account": env.rate("THROTTLE_SIGN_IN_ACCOUNT", default="300/hour"),
    # Requests with a token in the body, per network address: refreshes, checks, sign-outs.
    "tokens": env.rate("THROTTLE_TOKENS", default="600/minute"),
    # Emails that one person causes, to others: per sender, and per address that gets them.
    "invitations": env.rate("THROTTLE_INVITATIONS", default="60/hour"),
    "invitations_address": env.rate("THROTTLE_INVITATIONS_ADDRESS", default="5/hour"),
    # Per network address, and per email address. Beyond the second, nothing is sent, but the response is
    # the same.
    # Data exports that a person requests.
    "exports": env.rate("THROTTLE_EXPORTS", default="5/day"),
    "resets": env.rate("THROTTLE_RESETS", default="60/hour"),
    "resets_address": env.rate("THROTTLE_RESETS_ADDRESS", default="5/hour"),
}
CORS_ALLOWED_ORIGINS = env.origins("CORS_ALLOWED_ORIGINS", default=[])
CORS_URLS_REGEX = r"^/api/.*$"
CORS_ALLOW_HEADERS = [*default_headers, "upload-key"]
CORS_EXPOSE_HEADERS = ["Retry-After", "X-Request-ID"]
MAX_JSON_BODY_BYTES = 64 * 1024
# Forms: with a profile picture, and with photos for a message.
MAX_BODY_BYTES = 6 * 1024 * 1024
MAX_PHOTO_BYTES = 10 * 1024 * 1024
MAX_PHOTOS = 10
PHOTO_PATHS = "/api/messaging/"
MAX_PHOTO_BODY_BYTES = MAX_PHOTOS * MAX_PHOTO_BYTES + MAX_BODY_BYTES
# A process reads at most LARGE_BODIES uploads at the same time, into files on disk. At most
# LARGE_BODIES_QUEUE uploads wait to be read; more get 503. Both limits also exist per person.
LARGE_BODIES = 16
LARGE_BODIES_PER_PERSON = 2
LARGE_BODIES_QUEUE = 64
LARGE_BODIES_QUEUE_PER_PERSON = 8
MAX_PICTURE_BYTES = 5 * 1024 * 1024
# All texts of a form together; its files are on disk.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = ["server.upload_files.NamelessFileUploadHandler"]
# The size of the request line and all headers together. An access token in `?token=` takes about 300 bytes.
MAX_HEAD_BYTES = env.whole("MAX_HEAD_BYTES", default=32 * 1024, least=4 * 1024, most=1024 * 1024)
# Seconds within which a client must send the headers, and the body. Otherwise its connection is closed.
REQUEST_HEAD_SECONDS = env.seconds("REQUEST_HEAD_SECONDS", default=10.0)
REQUEST_BODY_SECONDS = env.seconds("REQUEST_BODY_SECONDS", default=120.0)

# API description  https://drf-spectacular.readthedocs.io/en/latest/settings.html
# ------------------------------------------------------------------------------
SPECTACULAR_SETTINGS = {
    "TITLE": "Trainer messaging",
    "VERSION": VERSION,
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "DEFAULT_GENERATOR_CLASS": "api.description.DescriptionGenerator",
    "PATH_CONVERTER_OVERRIDES": {"id": {"type": "integer"}},
    "ENUM_NAME_OVERRIDES": {
        "RoleEnum": "users.models.User.Role",
        "MessageKindEnum": ["text", "photo", "deleted", "joined"],
    },
}

# Sockets  https://channels.readthedocs.io/en/latest/topics/channel_layers.html
# ------------------------------------------------------------------------------
REDIS_URLS = env.redis_urls("REDIS_URL")
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "channels.layers.InMemoryChannelLayer",
        # Ten years, in seconds: membership in a group must not expire. A process leaves a user's group
        # after its last socket of the user has closed.
        "CONFIG": {"group_expiry": 315_360_000},
    }
}
if REDIS_URLS:
    CHANNEL_LAYERS["default"] = {
        "BACKEND": "live.layers.ResilientRedisChannelLayer",
        "CONFIG": {
            "hosts": [
                # No read time-out, because a subscription may be silent for hours.
                {"address": url, "socket_timeout": None, "socket_connect_timeout": 1}
                for url in REDIS_URLS
            ]
        },
    }
# Seconds after which an event is dropped, or a subscription is put off, because Redis does not answer. The
# sockets concerned then read the database.
EVENT_TIMEOUT_SECONDS = env.seconds("EVENT_TIMEOUT_SECONDS", default=1.0)
# Origins of pages that may open sockets. The server's own is always allowed. Native clients send none.
SOCKET_ALLOWED_ORIGINS = env.origins("SOCKET_ALLOWED_ORIGINS", default=CORS_ALLOWED_ORIGINS)
# The limit on a user's sockets in a process. Beyond this limit, a new socket evicts the user's socket that
# has been idle longest, but at most once a minute: otherwise clients that reconnect at once would evict
# each other forever. In the meantime, further sockets are accepted, up to SOCKETS_PER_USER_AT_MOST.
SOCKETS_PER_USER = env.positive("SOCKETS_PER_USER", default=20)
SOCKETS_PER_USER_AT_MOST = 5 * SOCKETS_PER_USER
SOCKET_EVICTION_SECONDS = 60.0
# Sockets of one process that open at the same time, in all and per network; more are refused with 503.
SOCKET_HANDSHAKES = 1000
SOCKET_HANDSHAKES_PER_NETWORK = 250
SOCKET_MAX_FRAME_BYTES = 4096
# Each socket has a token bucket for frames, with this burst and rate. A socket that exceeds it is
# closed. Typing frames have a separate bucket of the same size, and are dropped if they exceed it.
SOCKET_FRAME_BURST = env.positive("SOCKET_FRAME_BURST", default=60)
SOCKET_FRAMES_PER_SECOND = env.positive("SOCKET_FRAMES_PER_SECOND", default=10)
# The minimum interval between typing frames that are forwarded although they only repeat `true`.
SOCKET_TYPING_INTERVAL_SECONDS = 1.0
# A second token bucket for typing frames also counts the dropped ones, because they must be parsed,
# too. A key that is held down sends 30 frames per second. A socket that exceeds this bucket sends more
# frames than any keyboard can, and is closed.
SOCKET_TYPING_FRAME_BURST = 1000
SOCKET_TYPING_FRAMES_PER_SECOND = 100
# Frames queued for a slow client; beyond this number the socket is closed.
SOCKET_PENDING_FRAMES = env.whole("SOCKET_PENDING_FRAMES", default=1000, least=10)
# Bytes queued for a slow client; beyond this number the socket is closed. A replay may take half of it.
SOCKET_PENDING_BYTES = env.whole("SOCKET_PENDING_BYTES", default=2**20, least=2**17, most=2**30)
SOCKET_REPLAY_BYTES = SOCKET_PENDING_BYTES // 2
# Seconds after which the connection of a client that reads nothing is aborted.
SOCKET_STALL_SECONDS = env.seconds("SOCKET_STALL_SECONDS", default=60.0)
# `authenticate` frames read the database and may be recorded. Clients send one an hour.
SOCKET_AUTHENTICATE_BURST = 10
SOCKET_AUTHENTICATE_PER_SECOND = 0.1
# A replay queues all its frames at once. After more changes than this, the client must reload the messages.
SOCKET_REPLAY_LIMIT = min(500, SOCKET_PENDING_FRAMES // 2)
# Seconds between comparisons of open sockets with the database, which detect lost events.
SOCKET_REVIEW_SECONDS = env.seconds("SOCKET_REVIEW_SECONDS", default=1.0)

# Seconds over which a stopping process closes its sockets; it must exit within 10 s.
SHUTDOWN_SPREAD_SECONDS = env.seconds("SHUTDOWN_SPREAD_SECONDS", default=4.0, least=0.0, most=5.0)

# Files  https://docs.djangoproject.com/en/5.2/howto/static-files/
# ------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
# In production, collectstatic bundles the browser client.
BUNDLE_CLIENT = not DEBUG
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "web.finders.ClientFinder",
]
MEDIA_URL = "/media/"
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(VAR_DIR / "media"))
# Instead of that folder, a private bucket.
S3 = env.s3("STORAGE_URL")
# How files reach clients: by nginx, if it has an internal location for the folder, by S3, or by us.
MEDIA_ACCEL_PREFIX = env.read("MEDIA_ACCEL_PREFIX", "", values.parse_internal_path)
MEDIA_DELIVERY = "redirect" if S3 else "accel" if MEDIA_ACCEL_PREFIX else "stream"
# All photos of a person; 0 is no limit.
UPLOAD_QUOTA_BYTES = env.whole("UPLOAD_QUOTA_MB", default=2048, most=2**30) * 2**20
# Files with plain names are never requested; compressing them would take most of `collectstatic`'s time.
SERVESTATIC_KEEP_ONLY_HASHED_FILES = True
SERVESTATIC_SKIP_COMPRESS_EXTENSIONS = ("gif", "ico", "jpg", "map", "png", "webp", "woff", "woff2")
_hashed = "servestatic.storage.CompressedManifestStaticFilesStorage"
_plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
_in_folder = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "media.s3.PrivateS3Storage", "OPTIONS": S3} if S3 else _in_folder,
    # Hashed names, so that browsers can cache files forever. web.assets maps what scripts import to them.
    "staticfiles": {"BACKEND": _plain if DEBUG else _hashed},
}

# Email  https://docs.djangoproject.com/en/5.2/topics/email/
# ------------------------------------------------------------------------------
vars().update(env.email("EMAIL_URL", default="consolemail://", in_production=not DEBUG))
DEFAULT_FROM_EMAIL = env.read(
    "DEFAULT_FROM_EMAIL", "Messaging <messaging@localhost>", values.parse_sender
)
EMAIL_TIMEOUT = 10

# Jobs
# ------------------------------------------------------------------------------
# Whether web processes run jobs. Otherwise, `manage.py worker` runs them.
JOBS_IN_WEB = env.bool("JOBS_IN_WEB", default=True)
# The number of jobs that a process runs at the same time, besides those of kinds with their own threads.
# Each uses a connection while it accesses the database.
JOB_THREADS = env.positive("JOB_THREADS", default=8, most=1000)
# Seconds between checks for jobs that other processes enqueued. A process runs its own jobs at once.
JOB_POLL_SECONDS = 1.0
# Seconds after which another worker runs a job, unless the job's worker has extended the lease.
JOB_LEASE_SECONDS = env.positive("JOB_LEASE_SECONDS", default=30, most=24 * 60 * 60)
# How long ended jobs are kept for the admin: successful ones, and failed or discarded ones.
JOB_KEEP_DONE = env.days("KEEP_DONE_JOBS_DAYS", default=1)
JOB_KEEP_FAILED = env.days("KEEP_FAILED_JOBS_DAYS", default=30)

# Pruning
# ------------------------------------------------------------------------------
# The number of days for which rows are kept that are no longer in use; 0 keeps them for ever. A day's
# job deletes older rows. Sign-ins count from their end, impersonations with their record of requests
# too, invitations from when they were accepted or expired, devices from when they were switched off.
# The outcomes of deliveries count from when they were stored.
KEEP_SIGN_INS = env.days("KEEP_SIGN_INS_DAYS", default=90)
KEEP_IMPERSONATIONS = env.days("KEEP_IMPERSONATIONS_DAYS", default=365)
KEEP_INVITATIONS = env.days("KEEP_INVITATIONS_DAYS", default=365)
KEEP_ADMIN_SIGN_INS = env.days("KEEP_ADMIN_SIGN_INS_DAYS", default=1)
KEEP_ADMIN_LOG = env.days("KEEP_ADMIN_LOG_DAYS", default=730)
KEEP_INACTIVE_DEVICES = env.days("KEEP_INACTIVE_DEVICES_DAYS", default=30)
# How long support can read the text of a message that its sender has deleted; with 0, it is gone at once.
KEEP_DELETED_TEXTS = env.days("KEEP_DELETED_TEXTS_DAYS", default=0)
KEEP_DELIVERIES = env.days("KEEP_DELIVERIES_DAYS", default=7)

# Push notifications
# ------------------------------------------------------------------------------
# Seconds that a message stays unread before its recipient's devices are notified.
PUSH_DELAY_SECONDS = env.seconds("PUSH_DELAY_SECONDS", default=5.0, least=0.0)
# When people who have not chosen get an email about unread messages: "hour", "day" or "off".
UNREAD_EMAIL_DEFAULT = env.read("UNREAD_EMAIL_DEFAULT", "day", values.parse_unread_wait)
# Deprecated: 0 leaves notifications to `manage.py worker`; web processes still run the other jobs.
PUSH_IN_WEB = env.bool("PUSH_IN_WEB", default=True)
# Identifies the server to browsers' push services. Without it, Web Push is off.
VAPID_PRIVATE_KEY = env.read("VAPID_PRIVATE_KEY", "", values.parse_vapid_key)
if DEBUG and not VAPID_PRIVATE_KEY:
    VAPID_PRIVATE_KEY = development_key(VAR_DIR / "vapid_key", 32)
_subject = PUBLIC_URL if PUBLIC_URL.startswith("https:") else "mailto:webmaster@localhost"
VAPID_SUBJECT = env.read("VAPID_SUBJECT", _subject, values.parse_vapid_subject)
# The operator's own push services, as `host` or `host:port`. They may be in a private network, and may
# lack TLS.
PUSH_PRIVATE_HOSTS = env.read("PUSH_PRIVATE_HOSTS", list[str](), values.parse_peers)
# The key file of a Firebase service account. Without it, native apps get no notifications.
FCM_CREDENTIALS_FILE = env.read("FCM_CREDENTIALS_FILE", "", values.parse_firebase_file)
FCM_URL = env.public_url("FCM_URL", default="https://fcm.googleapis.com")

# Metrics
# ------------------------------------------------------------------------------
# Where Prometheus finds metrics: a port of their own, without sign-in, so never a public one. 0 is none.
METRICS_HOST = env.read("METRICS_HOST", "127.0.0.1", values.parse_listening_host)
METRICS_PORT = env.whole("METRICS_PORT", default=0, most=2**16 - 1)

# Security  https://docs.djangoproject.com/en/5.2/topics/security/
# ------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CSRF_FAILURE_VIEW = "api.errors.csrf_failure"
# The cookie with the browser client's refresh token. Plain HTTP is allowed only in development.
REFRESH_COOKIE_SECURE = not DEBUG or PUBLIC_URL.startswith("https://")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=False)
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SECURE_HSTS_SECONDS = env.whole("SECURE_HSTS_SECONDS", default=0, most=2**31 - 1)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HSTS_SECONDS > 0
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
DEFAULT_EXCEPTION_REPORTER_FILTER = "config.debug_pages.HideSecrets"

# Content Security Policy  https://django-csp.readthedocs.io/
# ------------------------------------------------------------------------------
# Pictures and sockets use PUBLIC_URL, which may differ from the host of the page. Photos may come from S3.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "blob:", "data:", PUBLIC_URL, *([S3["endpoint_url"]] if S3 else [])],
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
# `json` is one object per line, for programs; `line` is for people.
LOG_FORMAT = env.read("LOG_FORMAT", "line" if DEBUG else "json", values.parse_log_format)
LOGGING = configure_logging(LOG_LEVEL, LOG_FORMAT)

# Faults
# ------------------------------------------------------------------------------
if not DEBUG and all(env.is_sound(name) for name in ("PUBLIC_URL", "ALLOWED_HOSTS")):
    env.faults += list_unreachable(PUBLIC_URL, ALLOWED_HOSTS)
env.raise_faults()
