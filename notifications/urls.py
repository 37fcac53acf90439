from django.urls import path

from notifications.views import notices, preferences

app_name = "notifications"
urlpatterns = [
    path("", notices.list_notices, name="list"),
    path("tray/", notices.tray, name="tray"),
    path("count/", notices.count, name="count"),
    path("read/", notices.read_all, name="read_all"),
    path("<int:notice_id>/read/", notices.read_one, name="read"),
    path("preferences/", preferences.edit, name="preferences"),
    path("preferences/no-mail/", preferences.no_mail, name="no_mail"),
    path("preferences/mail-again/", preferences.mail_again, name="mail_again"),
    path("daily/<slug:token>/", preferences.no_daily, name="no_daily"),
]
