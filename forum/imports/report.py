"""What an import brought in, as a table for people and as one line of JSON for programs."""

import json
from collections import Counter
from dataclasses import dataclass, field

from forum.imports.discourse import SourceTopic
from forum.imports.topics import Stored


@dataclass(slots=True)
class Report:
    """The totals say what the archive holds and is here now, the same at every run; the changes, what this run did.

    - `topics`: files that came in, each topic once; `posts`: their posts, without any that is skipped;
    - `replies`: posts with `reply_to_post_number` whose parent came in too and is an earlier post, so that the reply stands
      below it; `lost_parents`: posts whose parent did not come in; `out_of_order`: posts that name themselves or a later one;
    - `users`: different authors of those posts and topics, whatever the case of their names;
    - `likes`: the sum of the posts' likes;
    - `skipped`: small actions, whispers, deleted and hidden posts, numbers given twice, and topics left out, by reason; the
      posts of a topic left out are not counted;
    - `gaps`: numbers without a post in the topics that came in;
    - `errors`: files that could not be read or written, each with its name and why.
    """

    host: str
    topics: int = 0
    posts: int = 0
    replies: int = 0
    likes: int = 0
    gaps: int = 0
    lost_parents: int = 0
    out_of_order: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    authors: set[str] = field(default_factory=set)
    categories: set[int] = field(default_factory=set)
    changes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    broken: str = ""

    def add(self, source: SourceTopic, stored: Stored) -> None:
        """One topic that came in, or was in already."""
        numbers = {post.number for post in source.posts}
        self.topics += 1
        self.posts += len(numbers)
        self.gaps += source.highest - len(numbers)
        self.categories.add(source.category_id)
        self.authors.add(source.author.lower())
        for post in source.posts:
            self.authors.add(post.author.lower())
            self.likes += post.likes
            if post.parent is not None:
                self.lost_parents += post.parent not in numbers
                self.replies += post.parent in numbers and post.parent < post.number
                self.out_of_order += post.parent in numbers and post.parent >= post.number
        self.changes["topics_new"] += stored.is_new
        self.changes["topics_changed"] += stored.is_changed
        self.changes["topics_unchanged"] += not (stored.is_new or stored.is_changed)
        self.changes["posts_new"] += stored.posts_new
        self.changes["posts_changed"] += stored.posts_changed
        self.changes["posts_unchanged"] += len(numbers) - stored.posts_new - stored.posts_changed - stored.kept
        self.changes["posts_gone"] += stored.posts_gone
        self.changes["posts_kept_as_they_are_here"] += stored.kept

    @property
    def posts_a_second(self) -> float:
        return self.posts / self.seconds if self.seconds else 0.0

    def as_json(self) -> str:
        """One line."""
        told = {
            "topics": self.topics,
            "posts": self.posts,
            "replies": self.replies,
            "users": len(self.authors),
            "likes": self.likes,
            "skipped": self.skipped.total(),
            "errors": self.errors,
            "host": self.host,
            "categories": len(self.categories),
            "gaps": self.gaps,
            "lost_parents": self.lost_parents,
            "out_of_order": self.out_of_order,
            "skipped_by_reason": dict(sorted(self.skipped.items())),
            "changes": dict(sorted(self.changes.items())),
            "seconds": round(self.seconds, 2),
            "posts_a_second": round(self.posts_a_second),
        }
        return json.dumps(told, ensure_ascii=True)

    def as_table(self) -> str:
        """For people: what came in, what was skipped and why, what could not be read."""
        rows = [
            *(("Topics", self.topics), ("Posts", self.posts), ("Replies below a post", self.replies)),
            *(("Authors", len(self.authors)), ("Likes", self.likes), ("Categories", len(self.categories))),
            *(("Numbers without a post", self.gaps), ("Replies to a removed post", self.lost_parents)),
            ("Skipped", self.skipped.total()),
            *((f"  {reason}", number) for reason, number in sorted(self.skipped.items())),
            *((_words(name), number) for name, number in sorted(self.changes.items())),
            ("Files that did not come in", len(self.errors)),
        ]
        width = max(len(name) for name, _ in rows)
        lines = [f"From {self.host}", *(f"{name:<{width}}  {number:>9,}" for name, number in rows)]
        lines += [f"  {error}" for error in self.errors]
        return "\n".join([*lines, f"{self.seconds:.1f} s, {self.posts_a_second:,.0f} posts a second"])


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
