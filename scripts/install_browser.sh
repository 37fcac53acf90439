#!/usr/bin/env bash
# The browser tests drive Debian's Chromium. Installs it where that is possible; elsewhere those tests skip and say so.
set -u
if command -v chromium >/dev/null 2>&1 && command -v chromedriver >/dev/null 2>&1; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing chromium and chromium-driver for the browser tests"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium chromium-driver; } >/dev/null 2>&1 \
        || echo "Could not install them; the browser tests will skip."
else
    echo "No Chromium here. For the browser tests: sudo apt-get install chromium chromium-driver"
fi
