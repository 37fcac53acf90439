#!/usr/bin/env bash
# Prints every skip of a test run and fails on one whose reason is not in tests/allowed_skips.txt.
set -euo pipefail
cd "$(dirname "$0")/.."
found=$(grep -E '^SKIPPED \[' "$1" || true)
if [ -z "$found" ]; then
    echo "No test was skipped."
    exit 0
fi
printf 'Skipped:\n%s\n' "$found"
unknown=$(grep -v -F -f <(grep -v '^#' tests/allowed_skips.txt | grep -v '^$' || echo 'no reason is allowed') <<<"$found" || true)
# Where browser, SpamAssassin and the shared data are present, their absence is no reason.
if command -v chromium >/dev/null 2>&1; then unknown+=$(grep -F 'Chromium and its driver are not installed' <<<"$found" || true); fi
if command -v spamassassin >/dev/null 2>&1; then unknown+=$(grep -F 'SpamAssassin is not installed' <<<"$found" || true); fi
if [ -d "${PLENARY_SHARED:-../shared}/data" ]; then unknown+=$(grep -F 'shared data is not here' <<<"$found" || true); fi
if [ -n "$unknown" ]; then
    printf 'These reasons are not allowed (tests/allowed_skips.txt):\n%s\n' "$unknown" >&2
    exit 1
fi
