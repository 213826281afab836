# Sourced by bin/run, bin/flask and bin/test: the machine's packages, and the account that Vigil runs under.
# shellcheck shell=bash

ACCOUNT=vigil
AS_ACCOUNT=() # what stands before a command so that it runs as the account; empty for a plain user
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

refuse() {
  printf '%s\n' "$*" >&2
  exit 1
}

is_root() { [ "$(id -u)" = 0 ]; }

has_postgres() { compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; }

has_postgis() {
  local control version
  for control in /usr/share/postgresql/*/extension/postgis.control; do
    version=${control#/usr/share/postgresql/}
    [ -x "/usr/lib/postgresql/${version%%/*}/bin/postgres" ] && return 0
  done
  return 1
}

# Each release of Debian and Ubuntu has one PostgreSQL, and names the PostGIS package after it.
postgis_package() {
  local release
  release=$(. /etc/os-release && printf '%s:%s' "${ID:-}" "${VERSION_ID:-}")
  case $release in
    debian:12) echo postgresql-15-postgis-3 ;;
    debian:13) echo postgresql-17-postgis-3 ;;
    ubuntu:24.04) echo postgresql-16-postgis-3 ;;
    *)
      command -v apt-cache >/dev/null || return 0
      apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' | cut -d' ' -f1 | sort -V | tail -n1
      ;;
  esac
}

# missing_packages environment|run|tests: the names of the packages that are not here, one a line. The first are
# those without which no Python package can be fetched.
missing_packages() {
  if [ "$1" != environment ]; then
    has_postgis || postgis_package
    command -v redis-server >/dev/null || echo redis-server
  fi
  /usr/bin/python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
  [ -s /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
  if [ "$1" = tests ]; then
    command -v chromium >/dev/null || printf '%s\n' chromium fonts-dejavu-core
    # The command line that officers have: tests walk the OGC interface with it.
    command -v ogr2ogr >/dev/null || echo gdal-bin
    # A clock that tests move, for processes that wait for hours.
    compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null || echo libfaketime
  fi
}

# ready_machine run|tests [COMMAND …]: install what is missing, and nothing else. A plain user is told the line to run.
# The command prepares what needs no servers, while they are being installed.
ready_machine() {
  local what=$1 missing beside
  shift
  missing=$(missing_packages "$what" | xargs)
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null ||
    refuse "Vigil installs itself on Debian and Ubuntu; on this machine, install PostgreSQL with PostGIS, Redis and Python's venv by hand."
  is_root ||
    refuse "Vigil needs packages that are not installed; run: sudo apt-get update && sudo apt-get install --no-install-recommends -y $missing"
  read_lists
  install_packages environment
  if [ $# -gt 0 ]; then
    "$@" &
    beside=$!
    trap 'kill $beside 2>/dev/null || true; wait' EXIT
    trap 'exit 130' INT TERM HUP
  fi
  install_packages "$what"
  if [ $# -gt 0 ]; then
    wait $beside || exit
    trap - EXIT INT TERM HUP
  fi
  missing=$(missing_packages "$what" | xargs)
  [ -z "$missing" ] || refuse "These packages are still missing after their installation: $missing."
}

read_lists() (
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  echo "Reading the lists of system packages …"
  apt-get -q update >"$log" 2>&1 || apt_failed "apt-get update" "$log"
)

install_packages() (
  names=$(missing_packages "$1" | xargs)
  [ -n "$names" ] || exit 0
  log=$(mktemp)
  policy=/usr/sbin/policy-rc.d
  made_policy=no
  had_redis=no
  # A subshell, so that its traps clean up behind a failure, too. Without the policy Debian would start a Redis and a
  # PostgreSQL of its own as soon as they are unpacked; ours are private and start later.
  trap '[ $made_policy = no ] || rm -f "$policy"; rm -f "$log"' EXIT
  trap 'exit 130' INT TERM HUP
  if [ ! -e $policy ]; then
    made_policy=yes
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
  fi
  if ! has_postgres; then
    mkdir -p /etc/postgresql-common/createcluster.d
    printf '# Vigil makes clusters of its own, so the machine needs none.\ncreate_main_cluster = false\n' \
      >/etc/postgresql-common/createcluster.d/no-main.conf
  fi
  command -v redis-server >/dev/null && had_redis=yes

  echo "Installing system packages: $names …"
  # Without forced syncs, as Debian's own installer does it: a third of the time.
  # shellcheck disable=SC2086 # names of packages, one word each
  DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Options::=--force-unsafe-io install -y --no-install-recommends $names >"$log" 2>&1 </dev/null ||
    apt_failed "apt-get install $names" "$log"
  # Debian would start it at the next boot of the machine. A Redis that was here before is not ours to touch.
  if [ $had_redis = no ] && command -v systemctl >/dev/null; then
    systemctl disable --quiet redis-server.service >/dev/null 2>&1 || true
  fi
)

apt_failed() {
  tail -n 15 "$2" >&2
  refuse "'$1' failed; its last lines stand above."
}

# make_account: initdb refuses root, and nothing of Vigil needs root. Sets AS_ACCOUNT and HOME.
make_account() {
  is_root || return 0
  getent passwd $ACCOUNT >/dev/null ||
    useradd --system --user-group --create-home --home-dir /var/lib/$ACCOUNT --shell /usr/sbin/nologin $ACCOUNT ||
    refuse "The account '$ACCOUNT', which Vigil runs under, could not be made."
  AS_ACCOUNT=(setpriv --reuid="$ACCOUNT" --regid="$ACCOUNT" --init-groups)
}

# demand_own_var HERE: what one user made under var/ another can't go on with; root stands for the account, too.
demand_own_var() {
  local owner
  [ -e "$1/var" ] || return 0
  owner=$(stat -Lc %U "$1/var")
  [ "$owner" = "$(id -un)" ] && return 0
  { is_root && [ "$owner" = "$ACCOUNT" ]; } && return 0
  [ "$owner" != "$ACCOUNT" ] || owner=root
  refuse "$1/var was made by another user: start this as '$owner', or in a checkout of your own."
}

# enter_account HERE: from root to the account, for everything that follows; HERE/var becomes the account's own.
enter_account() {
  local here=$1 closed folder
  demand_own_var "$here"
  is_root || return 0
  make_account
  closed=$(cd / && "${AS_ACCOUNT[@]}" find "$here" -mindepth 1 \
    \( -type d -name '.*' -o -name __pycache__ -o -path "$here/var" \) -prune \
    -o \( ! -readable -print -quit \) -o \( -type d ! -executable -print -quit \) 2>/dev/null) || closed=$here
  [ -z "$closed" ] ||
    refuse "The account '$ACCOUNT', which Vigil runs under, can't read $closed: move the checkout to a folder that others may enter, such as /srv/vigil, or open it with 'chmod -R go+rX'."
  # Only these are written to. What a test run as root left in them passes to the account as well.
  for folder in var app/static/vendor app/static/built var/tools var/node; do
    case $folder in
      var | app/static/vendor | app/static/built) mkdir -p "$here/$folder" ;;
      *) [ -d "$here/$folder" ] || continue ;;
    esac
    if [ $folder = var ]; then chown $ACCOUNT: "$here/var"; else chown -R $ACCOUNT: "$here/$folder"; fi
  done
  HOME=$(getent passwd $ACCOUNT | cut -d: -f6)
  USER=$ACCOUNT
  LOGNAME=$ACCOUNT
  export HOME USER LOGNAME
  # npm and pip look for settings under these too, which would be root's.
  unset XDG_CONFIG_HOME XDG_CACHE_HOME XDG_DATA_HOME XDG_RUNTIME_DIR
}
