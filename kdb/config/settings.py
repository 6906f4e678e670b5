"""Django's settings, made of the options."""

from __future__ import annotations

from datetime import timedelta

from psycopg.conninfo import conninfo_to_dict

from kdb.config.options import get_options

OPTIONS = get_options()

SECRET_KEY = OPTIONS.secret_key
DEBUG = OPTIONS.debug
ALLOWED_HOSTS = sorted({OPTIONS.host, *OPTIONS.hosts})
FORCE_SCRIPT_NAME = OPTIONS.prefix
ROOT_URLCONF = "kdb.config.urls"
WSGI_APPLICATION = "kdb.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
APPEND_SLASH = False

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "axes",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "rest_framework",
    "kdb.config",
    "kdb.accounts",
    "kdb.tags",
    "kdb.annotations",
    "kdb.public",
    "kdb.transfer",
    "kdb.pages",
]

MIDDLEWARE = [
    "kdb.config.middleware.client_address",
    "django.middleware.security.SecurityMiddleware",
    "kdb.config.middleware.refuse_early",
    "kdb.config.middleware.content_policy",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [OPTIONS.face] if OPTIONS.face else [],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]

_DSN = conninfo_to_dict(OPTIONS.dsn)
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _DSN.pop("dbname"),
        "USER": _DSN.pop("user"),
        "PASSWORD": _DSN.pop("password", ""),
        "HOST": _DSN.pop("host", ""),
        "PORT": str(_DSN.pop("port", "")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": _DSN
        | {
            "application_name": "kdb",
            "connect_timeout": 5,
            "options": f"-c statement_timeout={int(OPTIONS.sql_seconds * 1000)} -c lock_timeout=5s",
        },
    }
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# A login name waits per address, so that nobody can lock others out.
AXES_USERNAME_FORM_FIELD = "username"
AXES_FAILURE_LIMIT = OPTIONS.login_attempts
AXES_COOLOFF_TIME = timedelta(minutes=OPTIONS.login_minutes)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "kdb.config.errors.locked_out"
AXES_CLIENT_IP_CALLABLE = "kdb.config.middleware.address_of"

SESSION_COOKIE_NAME = "kdb_session"
SESSION_COOKIE_AGE = int(OPTIONS.session_hours * 3600)
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = OPTIONS.prefix
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = OPTIONS.https
CSRF_COOKIE_NAME = "kdb_csrf"
CSRF_TRUSTED_ORIGINS = [OPTIONS.public_url]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "kdb.config.errors.csrf_failure"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if OPTIONS.proxies else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = OPTIONS.body_bytes
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
FILE_UPLOAD_HANDLERS = []

STATIC_URL = f"{OPTIONS.prefix}/static/"
STATIC_ROOT = OPTIONS.static_root

# The knox app brings the hashing of tokens; its own table is not wanted.
KNOX_TOKEN_MODEL = "accounts.Token"
MIGRATION_MODULES = {"knox": None}
REST_KNOX = {"TOKEN_TTL": timedelta(days=OPTIONS.token_days), "TOKEN_PREFIX": "kdb_"}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "kdb.accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["kdb.accounts.permissions.MayRead"],
    "DEFAULT_PARSER_CLASSES": ["kdb.config.parsers.SafeJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["kdb.config.filters.StrictFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "kdb.config.paging.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anon": OPTIONS.anonymous_rate,
        "user": OPTIONS.user_rate,
        "login": OPTIONS.login_rate,
    },
    "EXCEPTION_HANDLER": "kdb.config.errors.answer_error",
    "URL_FORMAT_OVERRIDE": "format",
    "NUM_PROXIES": 0,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Knowledge database",
    "DESCRIPTION": "What experts recorded on objects of the ZTF data releases: tags, remarks, "
    "and the history of both. Times are UTC. Reading public records needs no login unless the "
    "operator closed it; scripts identify themselves by `Authorization: Token ...`.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX_INSERT": OPTIONS.prefix,
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "AUTHENTICATION_WHITELIST": None,
    "ENUM_NAME_OVERRIDES": {"RoleEnum": "kdb.accounts.models.Role"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # Refusals are in nginx' log; here are failures.
    "loggers": {"django.request": {"level": "ERROR"}},
}
