#!/usr/bin/env bash
# All that can be checked without running the product. Each line is one check; all run, then the first failure decides.
set -u
cd "$(dirname "$0")/.."
failed=()
step() {
    local name=$1; shift
    printf '── %s\n' "$name"
    "$@" || failed+=("$name")
}

step "ruff" ruff check --quiet .
step "ruff format" ruff format --check --quiet .
step "import-linter" lint-imports
step "mypy" mypy config home demo digest moderation search consultation forum questions accounts notifications mail common tally
step "djade" bash -c "git ls-files '*.html' | grep '/templates/' | xargs djade --check --target-version 5.2"
step "djlint" bash -c "git ls-files '*.html' | grep '/templates/' | xargs djlint --lint --quiet"
step "makemigrations" python manage.py makemigrations --check --dry-run
step "lintmigrations" python manage.py lintmigrations --no-cache --quiet warning --project-root-path .
step "deploy settings" bash scripts/check_deploy.sh
step "architecture" python -m pytest tests/project -q -p no:cacheprovider

if [ ${#failed[@]} -gt 0 ]; then
    printf '\nFailed: %s\n' "$(IFS=', '; echo "${failed[*]}")"
    exit 1
fi
printf '\nAll checks passed.\n'
