#!/usr/bin/env bash
# The tests drive Debian's Chromium and ask its SpamAssassin. Installs them where that is possible; elsewhere the tests that need
# one skip and say so.
set -u
install() {
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        echo "Not here: $*. For the tests that need it: sudo apt-get install $*"
        return
    fi
    echo "Installing $* for the tests"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@"; } >/dev/null 2>&1 \
        || echo "Could not install it; the tests that need it will skip."
}
command -v chromium >/dev/null 2>&1 && command -v chromedriver >/dev/null 2>&1 || install chromium chromium-driver
command -v spamassassin >/dev/null 2>&1 || install --no-install-recommends spamassassin
