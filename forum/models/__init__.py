from forum.models.activity import TopicActivity
from forum.models.category import Category
from forum.models.draft import Draft
from forum.models.imported import ImportedTopic
from forum.models.member import CategoryMember, Level, TopicMember
from forum.models.move import PostMove, TopicNote
from forum.models.notice import TopicNotice
from forum.models.persona import Persona
from forum.models.poll import Poll, PollVote
from forum.models.post import Post
from forum.models.reaction import Reaction
from forum.models.revision import Revision
from forum.models.tag import Tag, TopicTag
from forum.models.topic import Topic

__all__ = [
    "Category",
    "CategoryMember",
    "Draft",
    "ImportedTopic",
    "Level",
    "Persona",
    "Poll",
    "PollVote",
    "Post",
    "PostMove",
    "Reaction",
    "Revision",
    "Tag",
    "Topic",
    "TopicActivity",
    "TopicMember",
    "TopicNote",
    "TopicNotice",
    "TopicTag",
]
