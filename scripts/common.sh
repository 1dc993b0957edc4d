# Shared by scripts/demo and scripts/test: finds what the build needs, installs it where that is allowed.
# Never run by itself.

# is_there COMMAND_OR_FILE
is_there() {
    case $1 in
    /*) for found in $1; do [ -e "$found" ] && return 0; done ;;
    *) command -v "$1" >/dev/null 2>&1 && return 0 ;;
    esac
    return 1
}

# need COMMAND_OR_FILE PACKAGE...: notes PACKAGE as missing unless COMMAND_OR_FILE is there.
missing=""
need() {
    is_there "$1" && return 0
    shift
    missing="$missing $*"
}

# want COMMAND_OR_FILE PACKAGE...: the same for what is installed where that is allowed, and done without elsewhere.
wanted=""
want() {
    is_there "$1" && return 0
    shift
    wanted="$wanted $*"
}

# install_missing: installs what need has noted, or says the one line to type.
install_missing() {
    [ -n "$missing$wanted" ] || return 0
    if ! command -v apt-get >/dev/null 2>&1; then
        [ -n "$missing" ] || return 0
        echo "请先安装 / please install first:$missing" >&2
        return 1
    fi
    as=""
    if [ "$(id -u)" != 0 ]; then
        if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
            as="sudo"
        elif [ -z "$missing" ]; then
            return 0
        else
            echo "请先执行 / please run first: sudo apt-get install -y --no-install-recommends$missing" >&2
            return 1
        fi
    fi
    echo "安装 / installing:$missing$wanted" >&2
    # shellcheck disable=SC2086
    if $as apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive $as apt-get install -y -qq --no-install-recommends $missing $wanted >/dev/null; then
        return 0
    fi
    # What is only wanted is done without.
    [ -z "$missing" ]
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
