# Shared by scripts/demo and scripts/test: finds what the build needs, installs it where that is allowed.
# Never run by itself.

# need COMMAND_OR_FILE PACKAGE...: notes PACKAGE as missing unless COMMAND_OR_FILE is there.
missing=""
need() {
    what=$1
    shift
    case $what in
    /*) for found in $what; do [ -e "$found" ] && return 0; done ;;
    *) command -v "$what" >/dev/null 2>&1 && return 0 ;;
    esac
    missing="$missing $*"
}

# install_missing: installs what need has noted, or says the one line to type.
install_missing() {
    [ -n "$missing" ] || return 0
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "请先安装 / please install first:$missing" >&2
        return 1
    fi
    as=""
    if [ "$(id -u)" != 0 ]; then
        if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
            as="sudo"
        else
            echo "请先执行 / please run first: sudo apt-get install -y --no-install-recommends$missing" >&2
            return 1
        fi
    fi
    echo "安装 / installing:$missing" >&2
    $as apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive $as apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

# find_cargo: puts rustup's cargo on the path where it is not.
find_cargo() {
    command -v cargo >/dev/null 2>&1 && return 0
    if [ -f "$HOME/.cargo/env" ]; then
        # shellcheck disable=SC1091
        . "$HOME/.cargo/env"
    fi
    command -v cargo >/dev/null 2>&1 || { echo "请先安装 rustup / please install rustup first" >&2; return 1; }
}
