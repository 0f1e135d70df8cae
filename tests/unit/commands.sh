#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The command line of every command of every program: -h, --help, --version, an option and a command that there are not,
# and wrong usage, which is said before a module or a region is looked for. Prints TAP.

# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash"
usage=64

# PROGRAM: its commands. The last test finds a command that is not here.
declare -A commands=(
	[gotthardctl]='status policy table explain verdict submissions statistics stats egress'
	[gotthard-sigtool]='build import info sign verify proof lookup diff apply generate'
	[gotthard-region]='init enrol remove serve report backup restore clock statement log-key publish witness cosign prove'
	[gotthardd]=""
)
# PROGRAM: misspelt, and what was meant
declare -A misspelt=(
	[gotthardctl]='sttaus status'
	[gotthard-sigtool]='verfy verify'
	[gotthard-region]='enroll enrol'
)

for program in "${!commands[@]}"; do
	[[ -x $top/build/$program ]] || {
		echo "Bail out! $program is not there: build it"
		exit 1
	}
done

exits() { # STATUS COMMAND...
	local status=0
	"${@:2}" >out 2>err || status=$?
	[[ $status == "$1" ]] || { echo "exit status $status, not $1" && false; }
}
helps() { # COMMAND...: on stdout, the same for each way to ask
	local option
	exits 0 "$@" --help && [[ ! -s err ]] && grep -q "^Usage: $*" out && cp out help || return 1
	for option in -h '-?'; do
		exits 0 "$@" "$option" && cmp out help || return 1
	done
}
has_version() { exits 0 "$@" --version && [[ $(<out) == "${1##*/} "[0-9]* && ! -s err ]]; }
# The error is named, nothing goes to stdout, and the next step is said.
refuses() { # WORD COMMAND...
	exits $usage "${@:2}" && [[ ! -s out ]] && grep -qF -- "$1" err && grep -q -- '--help' err
}
suggests() { # WRONG RIGHT PROGRAM
	refuses "'$1': did you mean '$2'?" "$3" "$1"
}

for program in "${!commands[@]}"; do
	ok "$program helps" helps "$program"
	ok "$program has a version" has_version "$program"
	ok "$program refuses an unknown option" refuses frobnicate "$program" --frobnicate
	for command in ${commands[$program]}; do
		ok "$program $command helps" helps "$program" "$command"
		# The version of a database is an option there.
		[[ $command == build ]] || ok "$program $command has a version" has_version "$program" "$command"
		ok "$program $command refuses an unknown option" refuses frobnicate "$program" "$command" --frobnicate
	done
	[[ -n ${commands[$program]} ]] || continue
	all_are_here() {
		exits 0 "$program" --help && [[ $(awk '/^  [a-z]/ { printf "%s%s", n++ ? " " : "", $1 }' out) == "${commands[$program]}" ]]
	}
	ok "$program has no command but these" all_are_here
	ok "$program without a command shows how to use it" exits $usage "$program"
	ok "$program refuses a command that there is not" refuses "'frobnicate'" "$program" frobnicate
	# shellcheck disable=SC2086 # two words
	ok "$program knows what was meant" suggests ${misspelt[$program]} "$program"
	ok "$program does not guess wildly" eval "! grep -q 'did you mean' err || exits $usage $program zzzzzz && ! grep -q 'did you mean' err"
done

# Neither a module nor a region is there.
n=0
while read -r line; do
	n=$((n + 1))
	# shellcheck disable=SC2086 # words
	ok "$line: wrong usage" exits $usage $line
	ok "$line: says nothing of what is not there" eval '! grep -qiE "not loaded|root|No such file" err'
done <<'END'
gotthardctl status now
gotthardctl stats now
gotthardctl policy frobnicate
gotthardctl policy get
gotthardctl policy get nothing
gotthardctl policy set mode
gotthardctl policy set mode on
gotthardctl policy set nothing 1
gotthardctl policy set max_hash_bytes 4095
gotthardctl policy set hooks/open 2
gotthardctl table frobnicate
gotthardctl table load
gotthardctl table load a b c d
gotthardctl table load --without-proof a
gotthardctl table info --why because
gotthardctl table rollback 0
gotthardctl table history 1
gotthardctl table update
gotthardctl table update log name more
gotthardctl table update log --freshness 0
gotthardctl table pin
gotthardctl table pin 0
gotthardctl table unpin 7
gotthardctl explain
gotthardctl explain --op sing /bin/sh
gotthardctl verdict
gotthardctl verdict set
gotthardctl verdict set malicious
gotthardctl verdict set evil /bin/sh
gotthardctl verdict set --ttl soon malicious /bin/sh
gotthardctl verdict forget
gotthardctl submissions frobnicate
gotthardctl submissions show
gotthardctl statistics
gotthardctl egress
gotthardctl egress show
gotthardctl egress show first
gotthardctl egress list --kind mail
gotthard-sigtool info
gotthard-sigtool sign
gotthard-sigtool sign db
gotthard-sigtool sign db --key key
gotthard-sigtool verify
gotthard-sigtool lookup
gotthard-sigtool diff nowhere
gotthard-sigtool apply nowhere nowhere
gotthard-sigtool build malicious:/dev/null
gotthard-sigtool build -o db --key key malicious:/dev/null
gotthard-sigtool generate
gotthard-sigtool import
gotthard-sigtool import sha256sum /dev/null
gotthard-sigtool import -o list sha256sum
gotthard-region report
gotthard-region statement --expires never nowhere
gotthard-region serve --max-bytes none nowhere
gotthardd --role cook
gotthardd now
END
# A misspelt word behind a command is named, with the one that was meant.
one_line() { [[ $(wc -l <err) == 1 && ! -s out ]]; }
while read -r right wrong line; do
	read -ra words <<<"$line"
	ok "$line: $right is meant" exits $usage "${words[@]}"
	ok "$line says so" grep -qF "'$wrong': did you mean '$right'?" err
	ok "$line is told on one line" one_line
done <<'END'
list lsit gotthardctl submissions lsit
forget forgte gotthardctl verdict forgte x
verify verfy gotthardctl egress verfy
rollback rolback gotthardctl table rolback
save svae gotthardctl policy svae
preview preveiw gotthardctl statistics preveiw
exec_unknown exec_unkown gotthardctl policy set exec_unkown hold
hooks/open hooks/opne gotthardctl policy get hooks/opne
mode mdoe gotthardctl policy set mdoe enforce
END
usage_only() { exits $usage "$@" && grep -q '^gotthardctl: say one of: ' err && ! grep -q 'did you mean' err; }
ok "what is spelt rightly and used wrongly is not corrected" usage_only gotthardctl submissions show
near_nothing() { exits $usage "$@" && ! grep -q 'did you mean' err; }
ok "what is near nothing is not" near_nothing gotthardctl egress frobnicate
for value in '' ' enforce' 'enforce '; do
	ok "policy set mode '$value' is no value" exits $usage gotthardctl policy set mode "$value"
	ok "policy set mode '$value' says which there are" grep -q 'off, monitor or enforce' err
done

echo '[endpoint' >conf
no_line_0() { exits 1 "$@" && ! grep -q ':0:' err && [[ -s err ]]; }
ok a_configuration_that_is_not_there_has_no_line no_line_0 gotthardctl verdict list --config=none
ok a_configuration_that_is_wrong_has_no_line_0 no_line_0 gotthardctl egress list --config=conf
head -c 70000 /dev/zero | tr '\0' '#' >long
ok a_configuration_that_is_too_long_has_no_line no_line_0 gotthardctl submissions list --config=long

plan
