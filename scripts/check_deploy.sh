#!/usr/bin/env bash
# `manage.py check --deploy` with the settings that production has, every warning an error.
set -eu
key=$(python -c 'import base64, secrets; print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())')
export PLENARY_ENV=production SITE_URL=https://plenary.example.org ALLOWED_HOSTS=plenary.example.org
export DATABASE_URL=postgresql://plenary@postgres/plenary REDIS_URL=redis://valkey:6379/0 CACHE_URL=redis://cache:6379/0
export SECRET_KEY="$key$key" ADDRESS_KEY=$key PERSONA_KEY=$key CONSULTATION_KEY=$key SIGNING_KEY=$key BACKUP_KEY=$key
python manage.py check --deploy --fail-level WARNING
