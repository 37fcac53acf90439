from django.urls import path

from common.views import health
from common.views.appearance import appearance, keys
from common.views.favicon import favicon
from common.views.styleguide import styleguide

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("favicon.ico", favicon, name="favicon"),
    path("appearance/", appearance, name="appearance"),
    path("appearance/keys/", keys, name="keys"),
    path("styleguide/", styleguide, name="styleguide"),
]
