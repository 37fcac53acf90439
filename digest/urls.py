from django.urls import path, register_converter

from digest.views import desk, editing, feeds, front, lists, mine, moving, others, runs, tokens


class StreamConverter:
    """`outcomes` and `daily-7` in an address are the streams `outcomes` and `daily.7`."""

    regex = r"weekly|outcomes|daily-[1-9][0-9]{0,9}"

    def to_python(self, value: str) -> str:
        return value.replace("-", ".")

    def to_url(self, value: str) -> str:
        return value.replace(".", "-")


register_converter(StreamConverter, "stream")

app_name = "digest"
urlpatterns = [
    path("", front.weekly, name="weekly"),
    path("<int:number>/", front.edition, name="edition"),
    path("archive/", front.archive, name="archive"),
    path("feed/", feeds.feed, name="feed"),
    path("subscribe/", front.subscribe, name="subscribe"),
    path("subscribe/sent/", front.subscribed, name="subscribed"),
    path("forgotten/", front.forgotten, name="forgotten"),
    path("<stream:stream>/", front.weekly, name="stream"),
    path("<stream:stream>/<int:number>/", front.edition, name="stream_edition"),
    path("<stream:stream>/archive/", front.archive, name="stream_archive"),
    path("<stream:stream>/feed/", feeds.feed, name="stream_feed"),
    path("<stream:stream>/subscribe/", front.subscribe, name="stream_subscribe"),
    path("confirm/<slug:token>/", tokens.confirm, name="confirm"),
    path("confirm/<slug:token>/not-me/", tokens.not_me, name="not_me"),
    path("confirm/<slug:token>/after-all/", tokens.after_all, name="after_all"),
    path("m/<slug:token>/", tokens.manage, name="manage"),
    path("m/<slug:token>/leave/", tokens.leave, name="leave"),
    path("m/<slug:token>/back/", tokens.back, name="back"),
    path("m/<slug:token>/day/", tokens.day, name="day"),
    path("m/<slug:token>/pace/", tokens.pace, name="pace"),
    path("m/<slug:token>/letter/", tokens.letter, name="letter"),
    path("m/<slug:token>/pause/", tokens.pause, name="pause"),
    path("m/<slug:token>/why/", others.why, name="why"),
    path("m/<slug:token>/record/", others.record, name="record"),
    path("m/<slug:token>/all/leave/", others.leave_all, name="leave_all"),
    path("m/<slug:token>/forget/", others.forget, name="forget"),
    path("m/<slug:token>/<stream:stream>/leave/", others.leave, name="other_leave"),
    path("m/<slug:token>/<stream:stream>/back/", others.back, name="other_back"),
    path("m/<slug:token>/<stream:stream>/ask/", others.ask, name="other_ask"),
    path("m/<slug:token>/address/", moving.ask, name="move"),
    path("m/<slug:token>/address/stay/", moving.stay, name="move_stay"),
    path("read/<slug:token>/", tokens.read, name="read"),
    path("move/<slug:token>/", moving.confirm, name="move_confirm"),
    path("mine/", mine.mine, name="mine"),
    path("mine/record/", mine.record, name="mine_record"),
    path("mine/<stream:stream>/", mine.mine, name="mine_stream"),
    path("mine/<stream:stream>/pause/", mine.pause, name="mine_pause"),
    path("mine/<stream:stream>/pace/", mine.pace, name="mine_pace"),
    path("mine/<stream:stream>/leave/", mine.leave, name="mine_leave"),
    path("mine/<stream:stream>/back/", mine.back, name="mine_back"),
    path("edit/", editing.edit, name="edit"),
    path("edit/streams/", editing.streams, name="edit_streams"),
    path("edit/letter.css", desk.letter_styles, name="letter_styles"),
    path("edit/<stream:stream>/", editing.edit, name="edit_stream"),
    path("edit/<stream:stream>/preview/<slug:reader>/", editing.preview, name="preview"),
    path("edit/<stream:stream>/preview/<slug:reader>/letter/", desk.letter, name="preview_letter"),
    path("edit/<stream:stream>/items/<str:kind>/<int:pk>/pin/", desk.pin, name="item_pin"),
    path("edit/<stream:stream>/items/<str:kind>/<int:pk>/unpin/", desk.unpin, name="item_unpin"),
    path("edit/<stream:stream>/items/<str:kind>/<int:pk>/drop/", desk.drop, name="item_drop"),
    path("edit/<stream:stream>/items/<str:kind>/<int:pk>/restore/", desk.restore, name="item_restore"),
    path("edit/<stream:stream>/items/<str:kind>/<int:pk>/place/", desk.place, name="item_place"),
    path("edit/<stream:stream>/approval/", desk.approve, name="approve"),
    path("edit/<stream:stream>/approval/withdrawal/", desk.unapprove, name="unapprove"),
    path("edit/<stream:stream>/trial/", desk.trial, name="trial"),
    path("edit/<stream:stream>/spam/", desk.spam, name="spam"),
    path("edit/<stream:stream>/cut/", editing.cut, name="cut"),
    path("lists/", lists.lists, name="lists"),
    path("lists/subscribers/", lists.subscribers, name="list_subscribers"),
    path("lists/ledger/", lists.ledger, name="list_ledger"),
    path("lists/<int:pk>/", lists.one, name="list"),
    path("lists/<int:pk>/bring/", lists.bring, name="list_bring"),
    path("lists/<int:pk>/back/", lists.back, name="list_back"),
    path("lists/<int:pk>/drop/", lists.drop, name="list_drop"),
    path("runs/", runs.runs, name="runs"),
    path("runs/<int:pk>/", runs.run, name="run"),
    path("runs/<int:pk>/books.csv", runs.books, name="run_books"),
    path("runs/<int:pk>/items/<int:item>/recall/", runs.recall, name="run_recall"),
    path("runs/<int:pk>/items/<int:item>/back/", runs.put_back, name="run_put_back"),
    path("runs/<int:pk>/doubts/<int:delivery>/missing/", runs.doubt_missing, name="run_doubt_missing"),
    path("runs/<int:pk>/doubts/<int:delivery>/arrived/", runs.doubt_arrived, name="run_doubt_arrived"),
    path("runs/<int:pk>/pause/", runs.pause, name="run_pause"),
    path("runs/<int:pk>/resume/", runs.resume, name="run_resume"),
    path("runs/<int:pk>/abort/", runs.abort, name="run_abort"),
]
