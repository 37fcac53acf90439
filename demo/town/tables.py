"""The tables that a town fills."""

from typing import Final

from allauth.account.models import EmailAddress
from django.db.models import Model

from accounts.models import Block, Facts, Group, GroupMember, Membership, RoleGrant, Sanction, User
from consultation.models import Answer, Consultation, Draft, DraftAnswer, Eligible, Receipt, Response
from forum.models import (
    Bookmark,
    Category,
    CategoryMember,
    Persona,
    Post,
    Reaction,
    Revision,
    Topic,
    TopicActivity,
    TopicMember,
)
from mail.models import Address

TABLES: Final[tuple[type[Model], ...]] = (
    *(User, EmailAddress, Address, Membership, Facts, RoleGrant, Group, GroupMember, Sanction, Block),
    *(Category, Topic, Persona, TopicActivity, Post, Reaction, Revision, TopicMember, Bookmark, CategoryMember),
)
ANSWERED: Final[tuple[type[Model], ...]] = (Consultation, Eligible, Response, Answer, Receipt, Draft, DraftAnswer)
"""Of a town with a consultation. Not the same rows each time: the order of who may answer is nobody's to say."""
