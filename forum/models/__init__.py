from forum.models.activity import TopicActivity
from forum.models.attachment import Attachment
from forum.models.bookmark import Bookmark
from forum.models.category import Category
from forum.models.draft import Draft
from forum.models.handover import Handover
from forum.models.imported import ImportedTopic
from forum.models.member import Because, CategoryMember, Level, TopicMember
from forum.models.move import PostMove, TopicNote
from forum.models.notice import TopicNotice
from forum.models.officer_key import OfficerKey
from forum.models.opening import Opening
from forum.models.persona import Persona
from forum.models.poll import Poll, PollVote
from forum.models.post import Post
from forum.models.reaction import Reaction
from forum.models.revision import Revision
from forum.models.silence import Silence
from forum.models.tag import FormerTag, Tag, TopicTag
from forum.models.topic import Topic

__all__ = [
    "Attachment",
    "Because",
    "Bookmark",
    "Category",
    "CategoryMember",
    "Draft",
    "FormerTag",
    "Handover",
    "ImportedTopic",
    "Level",
    "OfficerKey",
    "Opening",
    "Persona",
    "Poll",
    "PollVote",
    "Post",
    "PostMove",
    "Reaction",
    "Revision",
    "Silence",
    "Tag",
    "Topic",
    "TopicActivity",
    "TopicMember",
    "TopicNote",
    "TopicNotice",
    "TopicTag",
]
