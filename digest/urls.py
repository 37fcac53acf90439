from django.urls import path

from digest.views import editing, front, mine, tokens

app_name = "digest"
urlpatterns = [
    path("", front.weekly, name="weekly"),
    path("<int:number>/", front.edition, name="edition"),
    path("subscribe/", front.subscribe, name="subscribe"),
    path("subscribe/sent/", front.subscribed, name="subscribed"),
    path("confirm/<slug:token>/", tokens.confirm, name="confirm"),
    path("m/<slug:token>/", tokens.manage, name="manage"),
    path("m/<slug:token>/leave/", tokens.leave, name="leave"),
    path("m/<slug:token>/back/", tokens.back, name="back"),
    path("m/<slug:token>/day/", tokens.day, name="day"),
    path("m/<slug:token>/pause/", tokens.pause, name="pause"),
    path("mine/", mine.mine, name="mine"),
    path("mine/pause/", mine.pause, name="mine_pause"),
    path("mine/leave/", mine.leave, name="mine_leave"),
    path("mine/back/", mine.back, name="mine_back"),
    path("edit/", editing.edit, name="edit"),
    path("edit/preview/<slug:reader>/", editing.preview, name="preview"),
    path("edit/cut/", editing.cut, name="cut"),
    path("runs/", editing.runs, name="runs"),
    path("runs/<int:pk>/", editing.run, name="run"),
    path("runs/<int:pk>/pause/", editing.pause, name="run_pause"),
    path("runs/<int:pk>/resume/", editing.resume, name="run_resume"),
    path("runs/<int:pk>/abort/", editing.abort, name="run_abort"),
]
