# Sourced by the scripts beside it: the virtual environment with the package in it.

# The first Python of the list that is new enough; $PYTHON wins.
find_python() {
    for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.10; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    echo "Python 3.10 or newer is needed" >&2
    return 1
}

# install [EXTRAS]: make .venv if there is none, and install the package with these extras when
# setup.py has changed since.
install() {
    local extras=${1:-} stamp=.venv/installed-${1:-plain}
    if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c '' 2>/dev/null; then
        local python
        python=$(find_python) || return 1
        rm -rf .venv
        "$python" -m venv .venv
    fi
    local now
    now=$(cat setup.py label_studio_lite/editor_build.py | cksum)
    if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$now" ]; then
        .venv/bin/python -m pip install --quiet --disable-pip-version-check \
            --editable ".${extras:+[$extras]}"
        echo "$now" > "$stamp"
    fi
    .venv/bin/python -m label_studio_lite.editor_build
}
