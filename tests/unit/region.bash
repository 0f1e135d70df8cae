# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# region.bash - what the tests of gotthard-region begin with: the program (REGION names another one), an endpoint in a
# directory of the test's own, and the end of both. To be sourced with the tools that the test needs besides curl and jq.

region=$(realpath "${REGION:-$(dirname "${BASH_SOURCE[0]}")/../../build/gotthard-region}")
# shellcheck source=tests/unit/work.bash
. "$(dirname "${BASH_SOURCE[0]}")/work.bash" curl jq "$@"
[[ -x $region ]] || {
	echo "Bail out! $region is not there: build it, or set REGION"
	exit 1
}
server='' engine=''
cleanup() {
	# They may have ended.
	for pid in $server $engine; do kill -KILL "$pid" && wait "$pid"; done 2>/dev/null
	at_end
	rm -rf "$work"
}
trap cleanup EXIT

# shellcheck source=tests/region/client.bash
. "$top/tests/region/client.bash"

# make_region DIR N: a region with the endpoints e1 to eN, and its statement
make_region() {
	local i
	"$region" init "$1" --region ch-1 --country CH --url https://localhost:8443 --serves AT
	for ((i = 1; i <= $2; i++)); do "$region" enrol "$1" "host-$i" "e$i"; done
	cp "$1/statement" .
}
# start_engine DEED: tests/region/engine.py at engine.sock, which does what the file deed says
start_engine() {
	echo "$1" >deed
	python3 "$top/tests/region/engine.py" engine.sock deed &
	engine=$!
	until [[ -S engine.sock ]]; do sleep 0.05; done
}
stop_engine() {
	kill "$engine"
	reap "$engine"
	rm -f engine.sock
	engine=''
}
