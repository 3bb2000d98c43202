# Sourced by the other scripts: makes .venv and keeps it up to date with pyproject.toml. Says nothing when there is
# nothing to do.  usage: AIDJ_EXTRA=dev . scripts/setup.sh     (a sourced file would see its caller's arguments)
set -euo pipefail
aidj_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
aidj_extra=${AIDJ_EXTRA:-}
aidj_venv=$aidj_root/.venv

aidj_find_python() {
  local name
  for name in "${AIDJ_PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
    if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 &&
      "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' >/dev/null 2>&1; then
      command -v "$name"
      return
    fi
  done
  echo "aidj needs Python 3.11 to 3.14, and none was found. Install one, or name it: AIDJ_PYTHON=/path/to/python3 $0" >&2
  return 1
}

aidj_setup() {
  local stamp=$aidj_venv/.aidj-${aidj_extra:-run} wanted
  wanted="$aidj_root $(cksum <"$aidj_root/pyproject.toml")"
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && [ -x "$aidj_venv/bin/python" ]; then
    return
  fi
  if ! { [ -x "$aidj_venv/bin/python" ] && "$aidj_venv/bin/python" -c '' 2>/dev/null; }; then
    local python
    python=$(aidj_find_python)
    echo "Setting up aidj in $aidj_venv (once; a minute or so) ..." >&2
    rm -rf "$aidj_venv"
    if ! "$python" -m venv "$aidj_venv"; then
      echo "The virtual environment could not be made. On Debian and Ubuntu: apt install python3-venv" >&2
      return 1
    fi
  else
    echo "Bringing $aidj_venv up to date ..." >&2
  fi
  local log=$aidj_venv/setup.log
  if ! "$aidj_venv/bin/python" -m pip install --disable-pip-version-check -e "$aidj_root${aidj_extra:+[$aidj_extra]}" >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "Installing failed; the whole story is in $log" >&2
    return 1
  fi
  echo "$wanted" >"$stamp"
}

aidj_setup
