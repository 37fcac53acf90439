"""Every setting of Plenary. Each that the environment may give stands in .env.example (a test holds that)."""

import os
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from environs import Env, validate

from config.embedded.places import Places
from config.filestore import file_storage
from config.keys import decoded, load_keys
from config.providers import openid_providers
from forum.confidentiality import patterns_of

env = Env()

BASE_DIR = Path(__file__).resolve().parent.parent
PRODUCTION = env.str("PLENARY_ENV", "development") == "production"
DEBUG = False

# Where data lies ----------------------------------------------------------------------------------------------
VAR = Path(env.str("PLENARY_VAR", "") or BASE_DIR / "var")
PLACES = Places.of(VAR)
KEYS = load_keys(None if PRODUCTION else VAR, os.environ)
SECRET_KEY = KEYS.secret_key
ADDRESS_KEY = decoded(KEYS.address_key)
PERSONA_KEY = decoded(KEYS.persona_key)
CONSULTATION_KEY = decoded(KEYS.consultation_key)
SIGNING_KEY = decoded(KEYS.signing_key)
BACKUP_KEY = decoded(KEYS.backup_key)

DATABASE_URL = env.str("DATABASE_URL", "") or PLACES.database_url
# The statements of hot pages are planned once a connection (common/statements.py). Off where a pooler hands connections round
# by transaction and does not know prepared statements.
DATABASE_PREPARES = env.bool("DATABASE_PREPARES", True)
_PLANNED_ONCE = {"options": "-c plan_cache_mode=force_generic_plan"} if DATABASE_PREPARES else {}
_DATABASE = dict(dj_database_url.parse(DATABASE_URL, conn_max_age=600, conn_health_checks=True))
_OPTIONS = dict(_DATABASE.pop("OPTIONS", {})) | _PLANNED_ONCE  # type: ignore[call-overload]
DATABASES = {"default": _DATABASE | {"ENGINE": "common.postgresql", "OPTIONS": _OPTIONS}}
# In tests every one of them is compared with what its queryset says.
KEPT_IS_COMPARED = env.bool("KEPT_IS_COMPARED", False)
REDIS_URL = env.str("REDIS_URL", "") or PLACES.redis_url(0)
CACHE_URL = env.str("CACHE_URL", "") or PLACES.redis_url(1)
CACHES = {"default": {"BACKEND": "common.caching.RedisCache", "LOCATION": CACHE_URL}}
# Seconds for which a page drawn for one visitor serves the others (0: never kept); nobody sees anything older.
VISITOR_PAGES_KEPT_FOR = env.int("VISITOR_PAGES_KEPT_FOR", 1)
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": env.str("LIVE_PREFIX", "live")},
    }
}

# Where the site is found ----------------------------------------------------------------------------------------
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = [SITE_URL]
LIVE_URL = env.str("LIVE_URL", "")  # empty: same origin, /live/, behind the proxy

# What Plenary is made of ----------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "config",
    "home",
    "demo",
    "digest",
    "moderation",
    "search",
    "consultation",
    "forum",
    "questions",
    "accounts",
    "notifications",
    "mail",
    "common",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "servestatic.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "channels",
    "django_htmx",
    *(["django_migration_linter"] if find_spec("django_migration_linter") else []),  # not in production
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "common.middleware.policies",
    "common.middleware.static_files",
    "common.middleware.private_pages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "common.middleware.readers",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "common.middleware.signing_in",
    "common.middleware.refusals",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "common.context.site",
                "notifications.context.unread",
                "accounts.context.staff_links",
                "accounts.context.standing_bars",
                "accounts.context.why_not",
            ],
            "builtins": ["common.templatetags.ui", "common.templatetags.memo"],
        },
    }
]
FORM_RENDERER = "common.rendering.FormRenderer"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Language and time: pages are London's, scripts make them the reader's ------------------------------------------
LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "Europe/London"

# Files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", "") or str(PLACES.static)
STORAGES: dict[str, dict[str, object]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(PLACES.media)}},
    "staticfiles": {
        "BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION or env.bool("PLENARY_COLLECTED", False)
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# Files that members attach: a folder of our own, or s3://bucket/folder?region_name=…&endpoint_url=… (keys as boto3 finds them)
FILE_STORAGE = env.str("FILE_STORAGE", "")
STORAGES["attachments"] = file_storage(FILE_STORAGE, folder=VAR / "files")
FILE_MAX_MB = env.int("FILE_MAX_MB", 10)
FILES_PER_POST = env.int("FILES_PER_POST", 10)
FILES_PER_DAY = env.int("FILES_PER_DAY", 50)
# A file that no post shows is deleted after so many days
FILE_ORPHAN_DAYS = env.int("FILE_ORPHAN_DAYS", 14)
# What is asked before a file is kept as an answer; empty: nothing. With "common.scanning.Clamd" ClamAV's daemon at CLAMD_ADDRESS
# (host:port, or the path of its socket), and no file is kept or given out that was not scanned.
FILE_SCANNER = env.str("FILE_SCANNER", "")
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", "127.0.0.1:3310")
SERVESTATIC_USE_FINDERS = not PRODUCTION
SERVESTATIC_AUTOREFRESH = False

# People ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.AddressBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.breached.BreachedPasswordValidator"},
]
# The list that `manage.py load_breached_passwords` wrote; empty: only Django's list of common ones.
BREACHED_PASSWORDS = env.str("BREACHED_PASSWORDS", "")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignUpBase"
ACCOUNT_FORMS = {
    "login": "accounts.signing_in.SignInForm",
    "reauthenticate": "accounts.signing_in.ReauthenticateForm",
    "change_password": "accounts.signing_in.ChangePasswordForm",
    "signup": "accounts.signing_in.SignUpForm",
    "reset_password": "accounts.signing_in.ResetPasswordForm",
    "request_login_code": "accounts.signing_in.RequestCodeForm",
    "confirm_login_code": "accounts.signing_in.ConfirmCodeForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_HMAC = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {
    "claim": "30/5m/ip,5/5m/key",
    "claim_mail": "5/h/key",
    "guest_link": "20/h/ip,3/h/key",
    "copy": "6/h/user",
}  # on top of allauth's own
# How many proxies of ours add to X-Forwarded-For. Too few: all visitors share one throttle; too many: anybody escapes it.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 1 if PRODUCTION else 0)
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.tokens.ResetTokens"  # noqa: S105 - a class
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
MFA_ADAPTER = "accounts.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Plenary"
MFA_TOTP_TOLERANCE = 1
# Nobody signs in before an address is confirmed; one that is being changed to must bar nobody from a second factor.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "add_webauthn": "accounts.signing_in.AddPasskeyForm",
    "login_webauthn": "accounts.signing_in.LoginPasskeyForm",
    "authenticate_webauthn": "accounts.signing_in.AuthenticatePasskeyForm",
    "reauthenticate_webauthn": "accounts.signing_in.ReauthenticatePasskeyForm",
}
# Sign-in through others: exactly these providers, each trusted to say whose address it is (docs/operations.md).
OIDC_PROVIDERS = openid_providers(env.str("OIDC_PROVIDERS", ""))
SOCIALACCOUNT_ADAPTER = "accounts.oidc.ProviderAdapter"
SOCIALACCOUNT_FORMS = {"signup": "accounts.signing_in.ProviderSignUpForm"}
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "provider_class": "accounts.oidc.Provider",
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [provider.app for provider in OIDC_PROVIDERS],
    }
}
# Whoever accepted another version of the terms is asked again before they write (accounts/terms.py).
TERMS_VERSION = "2026-11"
# Staff roles have no force until their holder set up a second factor.
STAFF_NEED_SECOND_FACTOR = env.bool("STAFF_NEED_SECOND_FACTOR", PRODUCTION)
# Until a register of members is applied, whoever confirms an address is a member (docs/adr/0003).
SIGN_UP_GRANTS_MEMBER = env.bool("SIGN_UP_GRANTS_MEMBER", True)
# The register of members comes as a file of at most so many MB; an invitation or a claim is good for so many days.
REGISTER_MAX_MB = env.int("REGISTER_MAX_MB", 64)
CLAIM_LINK_DAYS = env.int("CLAIM_LINK_DAYS", 14)
# An account that is to be closed for good can be kept for so many days
CLOSING_DAYS = env.int("CLOSING_DAYS", 14, validate=validate.Range(min=1))
# Doors by which what an imported author wrote goes over to whoever proves to be the author: (before, after, at=)
ACCOUNT_MERGED: list[str] = ["forum.actions.merging.move_authorship", "moderation.actions.merging.move_cases"]
# Doors by which each room erases what it has of somebody whose account is closed, in this order: (leaver, at=at) -> whether it
# is done, else it is tried again. Each safe to call twice, in parallel, and after a crash anywhere in it
ACCOUNT_ERASED: list[str] = [
    "mail.forgetting.write_no_more",
    "digest.actions.forgetting.forget_subscriber",
    "consultation.actions.forgetting.erase_answers_of",
    "consultation.actions.forgetting.forget_respondent",
    "forum.actions.forgetting.forget_author",
    "forum.actions.forgetting.forget_name_in_posts",
    "moderation.actions.forgetting.forget_in_cases",
    "notifications.actions.forgetting.forget_notices",
    "accounts.actions.forgetting.forget_in_records",
    "mail.forgetting.forget_addresses",
]
# What each room gives of its own to somebody who takes a copy of what is theirs: name of the file, door (user id) -> plain values
PERSONAL_DATA: dict[str, str] = {
    "account": "accounts.exports.own_account",
    "forum": "forum.exports.own_forum",
    "consultations": "consultation.exports.own_answers",
    "mail": "digest.exports.own_mail",
    "notices": "notifications.exports.own_notices",
    "moderation": "moderation.exports.own_cases",
}

# Keeping the forum in order ---------------------------------------------------------------------------------------
# For so many days the first posts of somebody whom neither the register nor an officer vouches for wait for a moderator, and
# their posts with links a little longer. 0 posts: nobody waits for being new.
SCREEN_NEW_DAYS = env.int("SCREEN_NEW_DAYS", 30)
SCREEN_FIRST_POSTS = env.int("SCREEN_FIRST_POSTS", 2)
SCREEN_LINKS_POSTS = env.int("SCREEN_LINKS_POSTS", 5)
# A post that is changed within so many minutes, before anybody wrote after it or reacted, is not called changed, and nobody asks
# why. After so many days it stays as it is. 0 minutes: every change is marked; 0 days: no end.
EDIT_QUIET_MINUTES = env.int("EDIT_QUIET_MINUTES", 15)
EDIT_DAYS = env.int("EDIT_DAYS", 60)
# An author who was asked whether a post may be evidence in a consultation has so many days; silence is a no
EVIDENCE_DAYS = env.int("EVIDENCE_DAYS", 14)

# Asked about before a text is published, beside NHS numbers and the like: `name=expression`, parted by `;;`
CONFIDENTIALITY_PATTERNS = patterns_of(env.str("CONFIDENTIALITY_PATTERNS", ""))
# So many days a second officer has to agree to open a pseudonym, and both have to read who it was.
OPENING_DAYS = env.int("OPENING_DAYS", 7)

# How much one person may send within PACE_MINUTES; 0: as much as they like
PACE_MINUTES = env.int("PACE_MINUTES", 10)
PACE_TOPICS = env.int("PACE_TOPICS", 5)
PACE_REPLIES = env.int("PACE_REPLIES", 20)
PACE_REACTIONS = env.int("PACE_REACTIONS", 100)
PACE_VOTES = env.int("PACE_VOTES", 60)

# Sessions, cookies, headers -------------------------------------------------------------------------------------
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_NAME = "plenary_session"
CSRF_COOKIE_NAME = "plenary_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_URL.startswith("https://")
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "common.views.errors.csrf_failure"
SECURE_SSL_REDIRECT = SITE_URL.startswith("https://")
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked from inside, by plain HTTP
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_HSTS_SECONDS = 31_536_000 if SITE_URL.startswith("https://") else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SITE_URL.startswith("https://")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_live_origin = ["{0.scheme}://{0.netloc}".format(urlsplit(LIVE_URL))] if LIVE_URL else []
CONTENT_SECURITY_POLICY = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "font-src": ["'self'"],
    "manifest-src": ["'self'"],
    "connect-src": ["'self'", *_live_origin],
    "form-action": ["'self'", *sorted({provider.origin for provider in OIDC_PROVIDERS})],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
# What no page of ours asks a browser for
PERMISSIONS_REFUSED = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

# Mail -----------------------------------------------------------------------------------------------------------
SMTP_URL = env.str("SMTP_URL", "smtp://127.0.0.1:1025")
# Relays and rates of a pool of senders (mail/pools.py), and messages a second to single domains
SMTP_POOLS = dict(env.json("SMTP_POOLS", {}))
SMTP_DOMAIN_RATES = dict(env.json("SMTP_DOMAIN_RATES", {}))
# Signs mail in process, where no relay does (mail/signatures.py); without a selector nothing is signed
DKIM_SELECTOR = env.str("DKIM_SELECTOR", "")
DKIM_KEY_FILE = env.str("DKIM_KEY_FILE", "")
if DKIM_SELECTOR and not Path(DKIM_KEY_FILE).is_file():
    raise ImproperlyConfigured(f"DKIM_SELECTOR is set, but DKIM_KEY_FILE ({DKIM_KEY_FILE or 'empty'}) is no file")
MAIL_FROM = env.str("MAIL_FROM", "Plenary <plenary@example.org>")
DIGEST_FROM = env.str("DIGEST_FROM", "Plenary Weekly <weekly@news.example.org>")
REPLY_TO = env.str("REPLY_TO", "office@example.org")
BOUNCE_DOMAIN = env.str("BOUNCE_DOMAIN", "bounce.example.org")
MAIL_DOMAIN = env.str("MAIL_DOMAIN", "plenary.example.org")
POSTAL_ADDRESS = env.str("POSTAL_ADDRESS", "The Institute, 1 Example Street, Exampleton")
# Replies in one topic within so many minutes are one mail; the daily mail goes at this hour of London's day.
MAIL_GROUP_MINUTES = env.int("MAIL_GROUP_MINUTES", 15)
DAILY_MAIL_HOUR = env.int("DAILY_MAIL_HOUR", 7, validate=validate.Range(min=0, max=23))
# Answers by mail (docs/reply-by-mail.md): a secret for the webhook, or a mailbox; without either no mail offers it. The name
# that our own mail server signs its Authentication-Results with, how large a mail may be, how long an address is good.
INBOUND_SECRET = env.str("INBOUND_SECRET", "")
# How the webhook's caller proves who it is: mail.ways_in.SignedBody, .SignedToken (Mailgun) or .Password (Postmark)
INBOUND_WAY = env.str("INBOUND_WAY", "mail.ways_in.SignedBody")
INBOUND_IMAP_URL = env.str("INBOUND_IMAP_URL", "")
INBOUND_AUTHSERV_ID = env.str("INBOUND_AUTHSERV_ID", "")
INBOUND_MAX_MB = env.int("INBOUND_MAX_MB", 15)
REPLY_DAYS = env.int("REPLY_DAYS", 30)
# Bounces and complaints by a provider's webhook: anymail's class for it, and anymail's own settings (WEBHOOK_SECRET, keys)
MAIL_EVENTS_WAY = env.str("MAIL_EVENTS_WAY", "")
ANYMAIL = dict(env.json("ANYMAIL", {}))
# A mailbox that sends mail back on so many days within so many days is not written to any more; one that does not exist, at once
SOFT_BOUNCES = env.int("SOFT_BOUNCES", 4, validate=validate.Range(min=1))
SOFT_BOUNCE_DAYS = env.int("SOFT_BOUNCE_DAYS", 30, validate=validate.Range(min=1))
# The weekly's runs (docs/operations.md): addresses that go first, who goes with them, when a run stops by itself
# After so many weeks without a sign of reading the weekly comes monthly, after as many again it asks; 0: it never slows down.
WEEKLY_SLOW_AFTER_WEEKS = env.int("WEEKLY_SLOW_AFTER_WEEKS", 26, validate=validate.Range(min=0))
# What becomes of an edition that nobody has approved by its Monday: send it as proposed, or hold it and tell the editors.
WEEKLY_UNAPPROVED = env.str("WEEKLY_UNAPPROVED", "send", validate=validate.OneOf(["send", "hold"]))
# The command of SpamAssassin, which the editor's desk asks where it is installed.
SPAMASSASSIN = env.str("SPAMASSASSIN", "spamassassin")
WEEKLY_SEEDS = env.str("WEEKLY_SEEDS", "").lower().replace(",", " ").split()
WEEKLY_CANARY_FROM = env.int("WEEKLY_CANARY_FROM", 500, validate=validate.Range(min=1))
WEEKLY_CANARY_PERCENT = env.float("WEEKLY_CANARY_PERCENT", 1.0)
WEEKLY_CANARY_MINUTES = env.float("WEEKLY_CANARY_MINUTES", 5.0)
WEEKLY_HOLD_REFUSED_PERCENT = env.float("WEEKLY_HOLD_REFUSED_PERCENT", 5.0)
WEEKLY_WARN_COMPLAINED_PERCENT = env.float("WEEKLY_WARN_COMPLAINED_PERCENT", 0.05)
WEEKLY_HOLD_COMPLAINED_PERCENT = env.float("WEEKLY_HOLD_COMPLAINED_PERCENT", 0.1)
WEEKLY_SENDERS = env.int("WEEKLY_SENDERS", 2, validate=validate.Range(min=1, max=64))
WEEKLY_EXPIRES_HOURS = env.int("WEEKLY_EXPIRES_HOURS", 36, validate=validate.Range(min=1))
# How an uncertain delivery is looked for at the mail server (a class of digest.evidence), and where it looks; empty: for a person
WEEKLY_EVIDENCE = env.str("WEEKLY_EVIDENCE", "")
WEEKLY_EVIDENCE_AT = env.str("WEEKLY_EVIDENCE_AT", "")
WEEKLY_DOUBT_MINUTES = env.float("WEEKLY_DOUBT_MINUTES", 10.0)
# Django's own mail API is used by nothing that goes to members; it must not reach a server by accident.
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

# Work in the background: the only place where a time of day or an interval stands ------------------------------------
SPEED = env.float("PLENARY_SPEED", 1.0)  # tests run at 100: every lease, window and interval divided by it
CELERY_PREFIX = env.str("CELERY_PREFIX", "")

# Doors that point upwards: names here, so that no room imports the one above it --------------------------------------
SAMPLE_PEOPLE = "accounts.surfaces.sample_people"
STYLEGUIDE_RULE = "accounts.permissions.can_see_styleguide"
FACE_KEEPER = "forum.actions.reading.choose_face"
EVENT_KINDS: dict[str, str] = {
    "notifications.mail_stopped": "notifications.effects.MailStopped",
    "accounts.group": "accounts.effects.GroupChanged",
    "accounts.role": "accounts.effects.RoleChanged",
    "accounts.closing_asked": "accounts.effects.ClosingAsked",
    "forum.started": "forum.effects.Posted",
    "forum.replied": "forum.effects.Posted",
    "forum.opening_asked": "forum.openings_told.OpeningAsked",
    "forum.persona_opened": "forum.openings_told.PersonaOpened",
    "forum.let_in": "forum.openings_told.LetIn",
    "forum.accepted": "forum.effects.Accepted",
    "forum.reminder": "forum.effects.ReminderDue",
    "forum.put_back": "forum.effects.PutBack",
    "forum.named": "forum.effects.NamedLater",
    "forum.moved": "forum.effects.Moved",
    "forum.poll_closed": "forum.effects.PollClosed",
    "consultation.review": "consultation.effects.Reviewed",
    "consultation.opened": "consultation.effects.Opened",
    "consultation.reminder": "consultation.effects.Reminded",
    "consultation.version": "consultation.effects.Changed",
    "consultation.evidence_asked": "consultation.effects.EvidenceAsked",
    "consultation.inquiry": "consultation.effects.WritersAsked",
    "consultation.closed": "consultation.effects.Closed",
    "consultation.colleague_asked": "consultation.effects.ColleagueAsked",
    "consultation.published": "consultation.effects.Published",
    "consultation.excluded": "consultation.effects.Excluded",
    "digest.held": "digest.effects.Held",
    "digest.turned_away": "digest.effects.TurnedAway",
    "digest.unapproved": "digest.effects.Unapproved",
    "moderation.opened": "moderation.effects.Opened",
    "moderation.decided": "moderation.effects.Decided",
    "moderation.reversed": "moderation.effects.Reversed",
}
NOTICE_KINDS: dict[str, str] = {
    "forum.reply": "forum.notices.Reply",
    "forum.mention": "forum.notices.Mention",
    "forum.opening": "forum.openings_told.OpeningWaits",
    "forum.persona_opened": "forum.openings_told.YoursWasOpened",
    "forum.let_in": "forum.openings_told.YouAreLetIn",
    "forum.accepted": "forum.notices.Accepted",
    "forum.topic": "forum.notices.NewTopic",
    "forum.reminder": "forum.notices.Reminder",
    "forum.put_back": "forum.notices.PutBack",
    "forum.moved": "forum.notices.Moved",
    "forum.own_poll_closed": "forum.notices.OwnPollClosed",
    "forum.poll_closed": "forum.notices.PollClosed",
    "consultation.invitation": "consultation.notices.Invitation",
    "consultation.reminder": "consultation.notices.Closing",
    "consultation.changed": "consultation.notices.Changed",
    "consultation.evidence": "consultation.notices.EvidenceWanted",
    "consultation.inquiry": "consultation.notices.WritersAsked",
    "consultation.published": "consultation.notices.Published",
    "consultation.closed": "consultation.notices.Closed",
    "consultation.colleague": "consultation.notices.ColleagueWanted",
    "consultation.unsent": "consultation.notices.Unsent",
    "consultation.excluded": "consultation.notices.Excluded",
    "consultation.review": "consultation.notices.ReviewWaits",
    "digest.held": "digest.notices.RunHeld",
    "digest.turned_away": "digest.notices.LettersTurnedAway",
    "digest.unapproved": "digest.notices.EditionWaits",
    "moderation.case": "moderation.notices.NewCase",
    "moderation.decision": "moderation.notices.AboutYou",
    "moderation.answered": "moderation.notices.Answered",
    "accounts.group_joined": "accounts.notices.GroupJoined",
    "accounts.role": "accounts.notices.RoleOfMine",
    "accounts.officers": "accounts.notices.RoleOfAnother",
    "accounts.closing": "accounts.notices.ClosingWaits",
    "notifications.mail_stopped": "notifications.notices.MailStopped",
}
# Under which heading one chooses how they come, by the room that they are of; rooms of one heading stand together above.
NOTICE_HEADINGS: dict[str, str] = {
    "forum": "The forum",
    "consultation": "Consultations",
    "digest": "The weekly",
    "moderation": "Moderation",
    "accounts": "Your account and groups",
    "notifications": "Your account and groups",
}
LIVE_CHANNELS: dict[str, str] = {
    "topic": "forum.live.TopicChannel",
}
MAIL_KINDS: dict[str, str] = {
    "accounts.confirm_address": "accounts.mails.ConfirmAddress",
    "accounts.account_exists": "accounts.mails.AccountExists",
    "accounts.reset_password": "accounts.mails.ResetPassword",
    "accounts.unknown_account": "accounts.mails.UnknownAccount",
    "accounts.account_changed": "accounts.mails.AccountChanged",
    "accounts.login_code": "accounts.mails.LoginCode",
    "accounts.confirm_recovery": "accounts.mails.ConfirmRecovery",
    "accounts.account_closes": "accounts.mails.AccountCloses",
    "accounts.role": "notifications.mails.NoticeMail",
    "accounts.officers": "notifications.mails.NoticeMail",
    "accounts.invitation": "accounts.claim_mails.Invitation",
    "accounts.claim": "accounts.claim_mails.Claim",
    "notifications.daily": "notifications.mails.DailyMail",
    "notifications.works_again": "notifications.mails.WorksAgain",
    "digest.confirm": "digest.mails.Confirm",
    "digest.already": "digest.mails.Already",
    "digest.trial": "digest.mails.Trial",
    "digest.move": "digest.mails.Move",
    "digest.moving": "digest.mails.Moving",
    "digest.moved": "digest.mails.Moved",
    "forum.reply": "notifications.mails.NoticeMail",
    "forum.mention": "notifications.mails.NoticeMail",
    "forum.opening": "notifications.mails.NoticeMail",
    "forum.persona_opened": "notifications.mails.NoticeMail",
    "forum.accepted": "notifications.mails.NoticeMail",
    "forum.topic": "notifications.mails.NoticeMail",
    "forum.reminder": "notifications.mails.NoticeMail",
    "forum.put_back": "notifications.mails.NoticeMail",
    "forum.moved": "notifications.mails.NoticeMail",
    "forum.poll_closed": "notifications.mails.NoticeMail",
    "forum.answer_refused": "forum.mails.AnswerRefused",
    "consultation.changed": "notifications.mails.NoticeMail",
    "consultation.evidence": "notifications.mails.NoticeMail",
    "consultation.published": "notifications.mails.NoticeMail",
    "consultation.invitation": "notifications.mails.NoticeMail",
    "consultation.reminder": "notifications.mails.NoticeMail",
    "consultation.receipt": "consultation.mails.ReceiptLink",
    "consultation.guest": "consultation.mails.GuestLink",
    "consultation.news": "consultation.mails.GuestNews",
    "consultation.colleague": "notifications.mails.NoticeMail",
    "moderation.decision": "notifications.mails.NoticeMail",
}
# What takes mail in, by what stands before the + of the address that it came to
INBOUND_KINDS: dict[str, str] = {
    "reply": "forum.inbox.AnswersByMail",
    "leave": "digest.inbox.LeavesByMail",
}
# Tables of messages that we sent, by the first letter of their envelope address: a bounce names a row of one of them
MESSAGE_TABLES: dict[str, str] = {"m": "mail.Mail", "d": "digest.Delivery"}
# Doors by which rooms above learn that mail to an address came back for good, in the same transaction: (address, at=at)
# and doors by which they learn that an address is written to no more, whether for that or for mail that came back too often
MAIL_STOPPED: list[str] = ["notifications.actions.mail.tell_of_stopped_mail"]
MAILBOX_DEAD: list[str] = ["digest.actions.dead.end_weekly_of_dead_mailbox"]
# Feeds that one address may ask for in a minute; more gets a 429
FEEDS_PER_MINUTE = env.int("FEEDS_PER_MINUTE", 120)
# Whole topics on one sheet to print, of up to 20,000 posts, that one address may ask for in a minute; more gets a 429
PRINTS_PER_MINUTE = env.int("PRINTS_PER_MINUTE", 6)
# What can be looked for, by its name in the address; the first is what a search without one means (search/kinds.py)
SEARCH_KINDS: dict[str, str] = {
    "posts": "search.readers.posts.Posts",
}
# The statements of one reader, for rooms below (common/statements.py)
READERS_STATEMENT = "accounts.statements.readers_statement"
# Whether a post of a topic (its id, at) may become evidence for a consultation: the offer in a post’s menu
EVIDENCE_TAKEN = "consultation.readers.evidence.takes_evidence"
# What reads a post before it is stored, and may have it wait for a moderator (forum/screening.py)
FORUM_SCREEN = "moderation.screening.Screen"
# Doors by which rooms above forget what they kept of a post whose words are taken away for good: (post id)
POST_ERASED: list[str] = ["digest.actions.erasing.empty_fragments"]
# The same of words that stand in a post no more: (post id, HTML before, HTML now); and of a title: (topic id, before, now)
WORDS_CHANGED: list[str] = ["digest.actions.erasing.follow_words"]
TITLE_CORRECTED: list[str] = ["digest.actions.erasing.follow_title"]
ADDRESS_MOVED: list[str] = ["digest.actions.moving.follow_address"]
POSTS_MOVED: list[str] = ["moderation.actions.following.follow_moved_posts"]
# (roles, URL name, text, icon): the desks in the account menu
STAFF_LINKS: list[tuple[tuple[str, ...], str, str, str]] = [
    (("organiser", "director"), "consultation:desk", "Consultations: your desk", "ballot"),
    (("organiser", "director"), "digest:edit", "Edit the weekly", "mail"),
    (("administrator", "director"), "digest:lists", "Lists of subscribers", "mail"),
    (("moderator", "trustee", "group owner"), "moderation:queue", "Moderate", "shield"),
    (("administrator", "director", "trustee"), "accounts:roles", "Roles", "shield"),
    (("administrator", "director", "trustee"), "accounts:group_desk", "Groups", "people"),
    (("administrator", "director", "trustee"), "forum:desk", "Categories", "forum"),
    (("administrator", "director", "trustee"), "accounts:closings", "Accounts that close", "people"),
    (("administrator", "director"), "accounts:returned", "Mail that comes back", "mail"),
    (("administrator", "director", "trustee"), "forum:openings", "Pseudonyms", "persona"),
    (("administrator", "trustee"), "accounts:register", "The register of members", "people"),
    (("administrator",), "accounts:authorship_claims", "Who wrote on the old forum", "quote"),
    (("organiser", "director", "moderator"), "styleguide", "Style guide", "doc"),
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{levelname:<7} {name} {message}", "style": "{"}},
    "filters": {"without_secrets": {"()": "common.logs.WithoutSecrets"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["without_secrets"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
}

MIGRATION_LINTER_OPTIONS = {
    "exclude_apps": ["account", "auth", "contenttypes", "mfa", "sessions", "socialaccount", "usersessions"],
    # a unique index on a table of one row a week, which the code has kept unique since its first day; unique indexes over a
    # column that is new, so that they hold no row; a table that is new, whose NOT NULL the linter takes for an added column's;
    # columns that were unique before, in another order or with another beside them; columns that the database fills with chance
    "ignore_name": [
        "0004_one_draft_per_stream",
        "0031_confidential",
        "0080_who_else_answers",
        "0041_up_since",
        "0060_fewer_indexes",
        "0062_one_key_for_run_and_edition",
        "0132_a_handle_for_each_answer",
        "0139_a_handle_for_each_exclusion",
    ],
}
