#!/usr/bin/env bash
# Makes .venv with nothing but python3, and installs what requirements-dev.txt pins.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

if ! command -v "$python" >/dev/null 2>&1; then
    echo "Plenary needs Python 3.11 or newer. Install it with: sudo apt-get install python3" >&2
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Plenary needs Python 3.11 or newer; this is $("$python" --version). Say which to use: make setup PYTHON=python3.12" >&2
    exit 1
fi
if [ ! -x .venv/bin/pip ]; then
    rm -rf .venv
    if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        "$python" -m venv .venv
    elif "$python" -c 'import virtualenv' 2>/dev/null; then
        "$python" -m virtualenv -q .venv
    elif command -v virtualenv >/dev/null 2>&1; then
        virtualenv -q -p "$python" .venv
    else
        echo "This Python cannot make a virtual environment. Run: sudo apt-get install python3-venv" >&2
        exit 1
    fi
fi
echo "Installing what requirements-dev.txt pins (the first time takes about a minute)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
