"""Links to something that is heard or watched, told from the address alone: nothing is ever fetched. Pure."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

PLAYERS: Final = {
    # host (without www., m., open., music. …): what it has; and, where only some of its pages are that, how their paths begin
    "youtube.com": ("video", r"/(watch|shorts|live|playlist|embed)\b"),
    "youtu.be": ("video", r"/[\w-]{6,}"),
    "vimeo.com": ("video", r"/(\d+|channels/|showcase/|event/)"),
    "dailymotion.com": ("video", r"/video/"),
    "ted.com": ("video", r"/talks/"),
    "spotify.com": ("podcast", r"/(intl-\w+/)?(episode|show)/"),
    "podcasts.apple.com": ("podcast", r"/\w{2}/podcast/|/podcast/"),
    "bbc.co.uk": ("programme", r"/(sounds/(play|series|brand)|programmes|iplayer/episode)"),
    "acast.com": ("podcast", r"/."),
    "buzzsprout.com": ("podcast", r"/\d+"),
    "soundcloud.com": ("recording", r"/[^/]+/[^/]+"),
    "podbean.com": ("podcast", r"/."),
    "simplecast.com": ("podcast", r"/."),
    "transistor.fm": ("podcast", r"/."),
    "libsyn.com": ("podcast", r"/."),
    "audioboom.com": ("podcast", r"/posts/|/channels/"),
    "podfollow.com": ("podcast", r"/."),
    "pca.st": ("podcast", r"/."),
    "overcast.fm": ("podcast", r"/\+"),
    "castbox.fm": ("podcast", r"/(episode|channel)/"),
}
ENDINGS: Final = {
    **dict.fromkeys((".mp3", ".m4a", ".ogg", ".oga", ".opus", ".wav", ".flac"), "recording"),
    **dict.fromkeys((".mp4", ".m4v", ".webm", ".mov", ".ogv"), "video"),
}
_WORDS: Final = {
    "video": "Video",
    "podcast": "Podcast",
    "programme": "Programme",
    "recording": "Recording",
}


@dataclass(frozen=True, slots=True)
class LinkCard:
    """`kind`: “Video”, “Podcast” …; `host`: where it opens."""

    kind: str
    host: str


def link_card(address: str) -> LinkCard | None:
    """What an address leads to, where it is something to hear or to watch; None for any other."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower().rstrip(".").removeprefix("www.")
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not re.fullmatch(r"[a-z0-9.-]{3,253}", host):
        return None
    path = unquote(parts.path)
    ending = ENDINGS.get(path[path.rfind(".") :].lower()) if "." in path else None
    kind = _player(host, path) or ending
    return LinkCard(_WORDS[kind], host) if kind else None


def _player(host: str, path: str) -> str | None:
    labels = host.split(".")
    for start in range(len(labels) - 1):
        known = PLAYERS.get(".".join(labels[start:]))
        if known is not None:
            return known[0] if re.match(known[1], path) else None
    return None
