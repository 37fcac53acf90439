"""Files that members attach: sent, and given out by the right to read the post that shows them."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.files.base import File
from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag
from django.views.decorators.http import require_POST, require_safe

from common.byte_ranges import NoSuchPart, Part, part_asked_for
from common.errors import DomainError
from forum.actions.attachments import keep_file
from forum.models import Attachment
from forum.pace import told_of_files
from forum.readers.attachments import file_for

MOST_AT_ONCE: Final = 20
_MOST_READ: Final = settings.FILE_MAX_MB * 1_000_000 + 1
View = Callable[..., HttpResponse]


@require_safe
def file(request: HttpRequest, pk: UUID, name: str) -> HttpResponseBase:
    """A file, or the part of it that was asked for, for whoever may read its post. The name in the address decides nothing but
    which size of a picture. A browser asks each time, so that what is taken off a page is gone with it."""
    found = file_for(request.user, pk)
    if found is None:
        raise Http404
    is_small = found.is_picture and name.startswith("small-")
    etag = quote_etag(f"{found.sha256[:40]}{'-small' if is_small else ''}")
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return _with_safe_headers(unchanged, etag)
    try:
        content = storages["attachments"].open(found.stored[-1 if is_small else 0])
    except FileNotFoundError as error:  # a sweep was quicker, or a backup came back without its files
        raise Http404 from error
    except OSError:
        away = HttpResponse("Files cannot be read at the moment.", status=503, content_type="text/plain")
        away["Retry-After"] = "60"
        return _with_safe_headers(away, "")
    name = f"{found.name.rpartition('.')[0] or found.name}.{found.extension}"
    try:
        part = part_asked_for(_range_of(request, etag), content.size)
    except NoSuchPart:
        content.close()
        behind = HttpResponse(status=416, content_type="text/plain")
        behind["Content-Range"] = f"bytes */{content.size}"
        return _with_safe_headers(behind, etag)
    if part is None:
        answer = FileResponse(content, as_attachment=not found.is_picture, filename=name, content_type=found.content_type)
        return _with_safe_headers(answer, etag)
    return _with_safe_headers(_partial(content, part, found, name), etag)


@login_required
@require_POST
def attach(request: HttpRequest) -> JsonResponse:
    """One file for the text that is being written: what to put into it, or why the file was not taken."""
    sent = request.FILES.get("files")
    if not isinstance(sent, UploadedFile):
        return JsonResponse({"problem": "Choose a file first."}, status=400)
    try:
        kept = _keep(request, sent)
    except DomainError as problem:
        return JsonResponse({"problem": str(problem)}, status=422)
    room = told_of_files(by=request.user, at=timezone.now())  # type: ignore[arg-type]
    return JsonResponse({"markdown": kept.markdown, "is_picture": kept.is_picture, "name": kept.name, "room": room})


def keeps_files(view: View) -> View:
    """Around a view that takes a text by POST (`body`): files that came along in the same form are kept, and the text says so at
    its end before the view sees it. Where one is refused the form comes back as for a preview, with the reason in
    `request.META.FILE_PROBLEMS`, and nothing is posted."""

    @wraps(view)
    def with_files(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and request.user.is_authenticated and request.FILES.getlist("files"):
            _take_in(request)
        return view(request, *args, **kwargs)

    return with_files


def _take_in(request: HttpRequest) -> None:
    told, problems = [], []
    files = request.FILES.getlist("files")[:MOST_AT_ONCE]
    words = request.POST.get("file_words", "")[:300] if len(files) == 1 else ""
    for sent in files:
        try:
            told.append(_keep(request, sent).markdown_with(words))
        except DomainError as problem:
            problems.append(str(problem))
    post = request.POST.copy()
    post["body"] = "\n\n".join(filter(None, [post.get("body", "").rstrip(), *told]))
    if problems:
        post["preview"] = "1"
    request.POST = post  # type: ignore[assignment]
    request.META["FILE_PROBLEMS"] = problems
    request.META["FILES_LEFT"] = told_of_files(by=request.user, at=timezone.now())  # type: ignore[arg-type]
    request.META["UNDESCRIBED"] = post["body"].count("![](/forum/files/")


def _keep(request: HttpRequest, sent: "UploadedFile[Any]") -> Attachment:
    by: Any = request.user
    return keep_file(by=by, name=sent.name or "file", data=sent.read(_MOST_READ), at=timezone.now())


def _range_of(request: HttpRequest, etag: str) -> str:
    """The header Range, where the file is still the one that the browser has a part of (If-Range; a date proves nothing)."""
    is_same = request.headers.get("If-Range", etag) == etag
    return request.headers.get("Range", "") if is_same and request.method == "GET" else ""


def _partial(content: "File[bytes]", part: Part, of: Attachment, name: str) -> HttpResponse:
    """At most FILE_MAX_MB: as much as a member could send."""
    with content:
        content.seek(part.first)
        answer = HttpResponse(content.read(part.length), status=206, content_type=of.content_type)
    answer["Content-Range"] = part.told
    answer["Content-Disposition"] = str(content_disposition_header(not of.is_picture, name))
    return answer


def _with_safe_headers(answer: HttpResponseBase, etag: str) -> HttpResponseBase:
    answer["Cache-Control"] = "private, no-cache"
    answer["Accept-Ranges"] = "bytes"
    if etag:
        answer["ETag"] = etag
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["X-Robots-Tag"] = "noindex"
    return answer
