#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gotthardctl does not make every empty file of a machine a bad one unasked. Prints TAP.

# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash" gotthardctl gotthard-sigtool
# shellcheck source=tests/unit/preload/module.bash
. "$top/tests/unit/preload/module.bash"

empty=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
eicar=275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f
text='the digest of the empty file is listed as'
: >nil
gotthard-sigtool generate -o many --count 100000 --seed 1
for class in malicious suspicious trusted; do
	gotthard-sigtool build -o $class --allow-empty $class:<(echo $empty) malicious:many >/dev/null 2>&1
done
gotthard-sigtool build -o without malicious:many >/dev/null

# exits STATUS ARGUMENT...: gotthardctl, with a module; keeps what it prints in out and err
exits() {
	local status=0
	: >"$fake/device"
	rm -f "$fake/loaded"
	with_module gotthardctl "${@:2}" >out 2>err || status=$?
	[[ $status == "$1" ]]
}
says() { grep -qF -- "$1" err; }
# The module reads the body from its start.
loaded() { [[ $(cat "$fake/loaded") == '0 body' ]]; }
is_silent() { [[ ! -s err ]]; }
refuses() { exits 1 table load "$@" && [[ ! -e $fake/loaded && ! -s out ]]; }
takes() { exits 0 table load "$@" && loaded; }

for class in malicious suspicious; do
	ok "load_refuses_empty_file_as_$class" refuses $class
	ok "load_says_what_is_wrong_with_$class" says "$class/body: $text $class"
	ok "load_says_what_to_do_about_$class" says 'insist with --allow-empty'
	ok "load_refuses_manifest_and_body_with_$class" refuses $class/manifest $class/body
	ok "load_takes_${class}_when_told" takes --allow-empty $class
	ok "load_warns_of_$class" says "$class/body: warning: $text $class"
done
ok load_refuses_in_json refuses --json malicious
ok load_takes_trusted takes trusted
ok load_says_nothing_of_trusted is_silent
ok load_takes_table_without_it takes without
ok load_says_nothing_of_table_without_it is_silent

from_pipe() { # ARGUMENT...
	local status=0
	rm -f "$fake/loaded"
	with_module gotthardctl table load "$@" malicious/manifest <(cat malicious/body) >out 2>err || status=$?
	[[ $status == 0 ]] && grep -q '^loaded ' out
}
ok load_takes_what_cannot_be_searched from_pipe
ok load_says_that_a_pipe_was_not_searched says 'cannot be read twice, and was not searched for the digest of the empty file'
ok load_takes_pipe_when_told from_pipe --allow-empty
ok load_says_nothing_of_pipe_then is_silent
ok load_of_nothing_fails exits 1 table load nowhere
ok wrong_usage_is_said_before_all_else exits 64 table load

no_module() {
	local status=0
	gotthardctl table load "$1" >out 2>err || status=$?
	[[ $status == "$2" ]]
}
ok load_refuses_without_a_module_too no_module malicious 1
if [[ ! -e /dev/gotthard ]]; then
	ok load_of_a_good_table_needs_the_module no_module without 3
fi

none_taken() { exits 1 verdict set "$@" && [[ ! -s $fake/device ]]; }
taken() { exits 0 verdict set "$@" && [[ -s $fake/device ]]; }
for class in malicious suspicious; do
	ok "verdict_refuses_empty_file_as_$class" none_taken $class $empty
	ok "verdict_says_what_to_do_about_$class" says "$empty: this is the empty file"
	ok "verdict_refuses_it_among_others_as_$class" none_taken $class $eicar $empty
	ok "verdict_takes_it_as_${class}_when_told" taken --allow-empty $class $empty
	ok "verdict_warns_of_it_as_$class" says 'warning: this is the empty file'
done
ok verdict_takes_it_as_trusted taken trusted $empty
ok verdict_says_nothing_of_it_as_trusted is_silent
ok verdict_takes_others taken malicious $eicar
ok verdict_forgets_it exits 0 verdict forget $empty

plan
