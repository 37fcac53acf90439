#!/usr/bin/env bash
# All that can be checked without running the product. Each line is one check; all run, as many at once as there are processors, and
# say what they say in this order. One failure fails all.
set -u
cd "$(dirname "$0")/.."
at_once=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
told=$(mktemp -d)
trap 'rm -rf "$told"' EXIT
names=() pids=() failed=()
step() {
    while (($(jobs -rp | wc -l) >= at_once)); do sleep 0.1; done
    names+=("$1"); shift
    "$@" >"$told/${#names[@]}" 2>&1 </dev/null &
    pids+=($!)
}

step "mypy" mypy config home demo digest moderation search consultation forum questions accounts notifications mail common tally
step "architecture" python -m pytest tests/project -q -p no:cacheprovider
step "ruff" ruff check --quiet .
step "ruff format" ruff format --check --quiet .
step "import-linter" lint-imports
step "djade" bash -c "git ls-files '*.html' | grep '/templates/' | xargs djade --check --target-version 5.2"
step "djlint" bash -c "git ls-files '*.html' | grep '/templates/' | xargs djlint --lint --quiet"
step "makemigrations" python manage.py makemigrations --check --dry-run
step "lintmigrations" python manage.py lintmigrations --no-cache --quiet warning --project-root-path .
step "deploy settings" bash scripts/check_deploy.sh

for number in "${!pids[@]}"; do
    wait "${pids[$number]}" || failed+=("${names[$number]}")
    printf '── %s\n' "${names[$number]}"
    cat "$told/$((number + 1))"
done
if [ ${#failed[@]} -gt 0 ]; then
    printf '\nFailed: %s\n' "$(IFS=', '; echo "${failed[*]}")"
    exit 1
fi
printf '\nAll checks passed.\n'
