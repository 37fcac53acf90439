from django.urls import path

from consultation.views import reading

app_name = "consultation"
urlpatterns = [
    path("<slug:slug>/", reading.detail, name="detail"),
]
