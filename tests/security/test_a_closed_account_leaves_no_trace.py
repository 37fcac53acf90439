"""Somebody with traces in every room closes their account: then nothing here says any more who they were. An attack.

Name, handle, addresses and old names are made unmistakable. After the erasing every column of every table is looked through, texts,
JSON and bytes alike, and the cache. What may stay is named below, table by table, with the reason; a test plants one in each kind
of column to show that the search finds it. What remains for whoever holds more than the tables is told in docs/security.md.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions.authorship import claim_authorship, decide_authorship
from accounts.actions.closing import close_own_account
from accounts.actions.erasing import erase_account, erase_due_accounts
from accounts.actions.people import create_claimable_accounts
from accounts.actions.recovery import add_recovery_address, confirm_recovery_address
from accounts.models import Avatar, Closing, Membership, RoleProposal, Sanction, User
from common import audit
from common.audit import first_break
from consultation.actions.answering import save_answers
from consultation.actions.organisations import Statement, begin_for_organisation
from consultation.models import Draft as AnswerDraft
from consultation.models import Response
from digest.actions.bringing import bring_list_in, check_list
from digest.actions.moving import ask_to_move
from digest.actions.subscriptions import ask_for_weekly, subscribe_member
from digest.models import Subscription
from forum.actions.bookmarks import set_bookmark
from forum.actions.drafts import save_draft
from forum.actions.editing import edit_post
from forum.actions.posts import reply_to_topic
from forum.models import Draft, Post, Revision
from forum.quoting import quotation
from mail import addresses
from mail.forgetting import agreed_to
from mail.models import Address, ConsentEvent, Mail, MailEvent
from mail.outbox import queue_mail
from moderation.actions.reporting import report
from tests.accounts.factories import FactsFactory, GroupFactory, UserFactory
from tests.accounts.ways_in import signed_in
from tests.consultation.factories import FULL, WHILE_OPEN, a_confidential_one, a_response, an_open_one
from tests.forum.factories import TopicFactory

pytestmark = pytest.mark.django_db
NAME, HANDLE, OLD, ADDRESS, SECOND, FORMER = (
    "Zebedee Quorndon",
    "zebedee-quorndon",
    "Quizzical Quorndon",
    "zq@hidden.example.org",
    "zq.home@elsewhere.example",
    "zq.before@hidden.example.org",
)
WHO = re.compile("|".join(re.escape(word) for word in (NAME, HANDLE, OLD, ADDRESS, SECOND, FORMER, "quorndon")), re.IGNORECASE)
ALLOWED = {
    "accounts_membership": "the institute's register of members, which is not this account's",
    "forum_post": "what others wrote of them in free words is their own",
    "forum_revision": "the same, as it was before",
}
