from django.urls import path

from moderation.views import acting, decisions, erasing, queue, reporting, words

app_name = "moderation"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("cases/<int:pk>/", queue.case, name="case"),
    path("cases/<int:pk>/claim/", queue.claim, name="claim"),
    path("cases/<int:pk>/release/", queue.release, name="release"),
    path("cases/<int:pk>/decide/", queue.decide, name="decide"),
    path("cases/<int:pk>/reverse/", queue.take_back, name="reverse"),
    path("topics/<int:pk>/posts/<int:number>/", acting.act_on_post, name="act_on_post"),
    path("topics/<int:pk>/posts/<int:number>/erase/", erasing.erase_post, name="erase_post"),
    path("topics/<int:pk>/", acting.act_on_topic, name="act_on_topic"),
    path("people/<slug:handle>/", acting.act_on_person, name="act_on_person"),
    path("report/topics/<int:pk>/posts/<int:number>/", reporting.report_post, name="report_post"),
    path("report/topics/<int:pk>/", reporting.report_topic, name="report_topic"),
    path("report/people/<slug:handle>/", reporting.report_person, name="report_person"),
    path("reports/", reporting.reports, name="reports"),
    path("decisions/", decisions.mine, name="mine"),
    path("decisions/<int:pk>/", decisions.told, name="told"),
    path("words/", words.words, name="words"),
    path("words/<int:pk>/remove/", words.remove_word, name="remove_word"),
]
