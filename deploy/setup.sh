#!/usr/bin/env bash
# Create or refresh .venv from requirements-dev.lock; does nothing when it is already as the lock file says.
#
# Needs Python >= 3.11 with pip. uv makes it faster: the one on PATH, else the locked one from setup-tools.lock;
# when uv cannot install (an index that only pip is configured for), plain pip does it from the same hashes.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
venv=.venv
lock=requirements-dev.lock

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Python 3.11 or newer is needed, but '$python' is $("$python" --version 2>&1 || echo missing)." >&2
    echo "Name another one: make PYTHON=/path/to/python3.11" >&2
    exit 1
fi

wanted=$("$python" - "$lock" <<'PY'
import hashlib, sys
digest = hashlib.sha256(open(sys.argv[1], "rb").read())
digest.update(f"{sys.version_info[:2]} {sys.platform}".encode())
print(digest.hexdigest())
PY
)
stamp=$venv/.installed-lock
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && "$venv/bin/python" -c '' 2>/dev/null; then
    exit 0
fi

if command -v flock >/dev/null; then # two makes at once would install into each other
    exec 9<"$lock"
    flock 9
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then exit 0; fi
fi

echo "Setting up $venv from $lock (first time: about half a minute) 正在安装依赖" >&2
if ! "$venv/bin/python" -c '' 2>/dev/null; then
    # Debian's python3 may come without ensurepip; pip from outside then installs into the bare environment.
    "$python" -m venv --clear "$venv" 2>/dev/null || "$python" -m venv --clear --without-pip "$venv"
fi

pip_install() {
    if "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        "$venv/bin/python" -m pip --quiet --disable-pip-version-check install --require-hashes "$@"
    else
        "$python" -m pip --quiet --disable-pip-version-check --python "$venv/bin/python" install --require-hashes "$@"
    fi
}

uv_install() {
    local uv
    if command -v uv >/dev/null && uv --version >/dev/null 2>&1; then
        uv=uv
    else
        uv=$venv/bin/uv
        [ -x "$uv" ] || pip_install -r deploy/setup-tools.lock || return 1
    fi
    # The index that pip is configured with counts for uv too.
    local index
    index=${PIP_INDEX_URL:-$("$python" -m pip config get global.index-url 2>/dev/null || true)}
    if [ -n "$index" ] && [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then export UV_DEFAULT_INDEX=$index; fi
    "$uv" --quiet pip install --python "$venv/bin/python" --require-hashes -r "$lock"
}

if ! uv_install; then
    echo "uv could not install; using pip" >&2
    pip_install -r "$lock"
fi
echo "$wanted" >"$stamp"
