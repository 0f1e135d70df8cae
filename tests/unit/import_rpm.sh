#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gotthard-sigtool import of the packages that rpm has installed below a directory. Prints TAP.

# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash" gotthard-sigtool python3 rpm rpmbuild
# shellcheck source=tests/unit/import.bash
. "$top/tests/unit/import.bash"
((EUID == 0)) || { echo '1..0 # SKIP rpm installs as root only' && exit 0; }
root=$work/root place=/usr/lib/sysimage/rpm
db=$root$place
mkdir -p "$db" "$root/var/lib"

# build NAME ALGORITHM: the package of NAME.files, lines "ATTRIBUTE PATH" whose content is the last part of PATH; an algorithm as
# rpm numbers them
build() {
	local attribute path
	{
		printf '%s\n' "Name: $1" 'Version: 1' 'Release: 2' 'Summary: x' 'License: none' 'BuildArch: noarch' '%description' x \
			'%install'
		while read -r attribute path; do
			case $attribute in
			%dir) printf 'mkdir -p "%%{buildroot}%s"\n' "$path" ;;
			link) printf 'ln -s /nowhere "%%{buildroot}%s"\n' "$path" ;;
			*) printf 'mkdir -p "%%{buildroot}%s"\nprintf %%%%s "%s" >"%%{buildroot}%s"\n' "${path%/*}" "${path##*/}" "$path" ;;
			esac
		done <"$1.files"
		echo '%files'
		sed -E 's/^(file|link) //; s|^(%[a-z]+ )?(/.*)$|\1"\2"|' "$1.files"
	} >"$1.spec"
	rpmbuild --quiet --define "_topdir $work/top" --define "_binary_filedigest_algorithm $2" \
		--define '__os_install_post %{nil}' -bb "$1.spec" >build.log 2>&1 || { cat build.log && false; }
}
# installs OPTION... NAME: by rpm itself, below root
installs() {
	rpm --root "$root" --dbpath $place --nodeps "${@:1:$#-1}" -i "top/RPMS/noarch/${*: -1}-1-2.noarch.rpm" >rpm.log 2>&1 ||
		{ cat rpm.log && false; }
}
# imports STATUS OPTION...: into rpm.list, with the report in out
imports() {
	local wanted=$1
	shift
	exits "$wanted" import rpm --root "$root" -o rpm.list "$@"
}
# imports_and STATUS COMMAND...
imports_and() { imports "$1" && "${@:2}"; }
# lists NAME CONTENT
lists() { grep -qxF "$(printf '%s' "$2" | sha256sum | cut -c 1-64)  $1" rpm.list; }
lists_no() { ! grep -qF -- "$1" rpm.list; }

printf '%s\n' '%dir /opt/alpha' 'file /opt/alpha/same' 'file /opt/alpha/changed' 'file /opt/alpha/missing' 'file /opt/alpha/fifo' \
	'file /opt/alpha/linked' 'file /opt/alpha/two words' 'file /opt/alpha/ünsafe' 'link /opt/alpha/link' '%ghost /opt/alpha/ghost' \
	'%config /etc/alpha.conf' '%doc /opt/alpha/manual' >alpha.files
printf '%s\n' 'file /opt/md5' >md5.files
printf '%s\n' 'file /opt/sha512' >sha512.files
: >empty.files
rpm --dbpath "$db" --initdb
build alpha 8
build md5 1
build sha512 10
build empty 8
installs --excludedocs alpha
for name in md5 sha512 empty; do installs $name; done

### as rpm left it
ok takes_what_rpm_installed imports 0 --json
ok counts_what_rpm_did_not_install reason 'rpm did not install' 1 alpha-1-2.noarch:/opt/alpha/manual None
ok takes_all_others is "$(field '["records"]') $(field '["taken"]')" '11 10'
ok takes_a_file lists /opt/alpha/same same
ok takes_a_name_with_a_blank lists '/opt/alpha/two words' 'two words'
ok takes_a_name_of_other_letters lists /opt/alpha/ünsafe ünsafe
ok takes_a_config_file lists /etc/alpha.conf alpha.conf
ok takes_a_file_with_an_md5 lists /opt/md5 md5
ok takes_a_file_with_a_sha512 lists /opt/sha512 sha512
ok no_ghost_is_listed lists_no ghost
ok strict_refuses eval 'rm rpm.list; imports 1 --strict && says "alpha-1-2.noarch:/opt/alpha/manual: a file that rpm" && test ! -e rpm.list'
imports 0
ok build_takes_the_list_as_trusted exits 0 build -o db trusted:rpm.list
ok and_looks_up_a_file_of_it is "$("$sigtool" lookup db "$root/opt/md5" | tail -n 1 | cut -d' ' -f1)" trusted
cp rpm.list first.list
imports 0
ok same_system_gives_same_bytes cmp first.list rpm.list

### what is not as it was
printf 'changed!' >"$root/opt/alpha/changed"
printf 'Md5' >"$root/opt/md5"
printf 'Sha512' >"$root/opt/sha512"
rm "$root"/opt/alpha/{missing,fifo,linked}
mkfifo "$root/opt/alpha/fifo"
printf linked >"$root/opt/elsewhere" && ln -s elsewhere "$root/opt/alpha/linked"
ok takes_the_rest imports 0 --json
ok counts_changed_files is "$(python3 -c 'import json
print([r["count"] for r in json.load(open("out"))["not_taken"] if "not as its package" in r["reason"]])')" '[3]'
ok counts_missing_files reason 'a file that is missing' 1 alpha-1-2.noarch:/opt/alpha/missing None
ok counts_what_is_not_regular reason 'something else than a regular file' 2 alpha-1-2.noarch:/opt/alpha/fifo None
ok sums_up is $(($(field '["taken"]') + $(counted))) "$(field '["records"]')"
ok lists_no_changed_file lists_no sha512
ok report_is_for_people imports_and 0 prints '(first: alpha-1-2.noarch:/opt/alpha/missing)'

### where the database is
mv "$db" "$root/var/lib/rpm"
ok finds_it_in_var_lib_rpm imports_and 0 cmp rpm.list <("$sigtool" import rpm --root "$root" -o - 2>/dev/null)
ok and_lists_the_same lists /opt/alpha/same same
mkdir -p "$work/other" && cp -r "$root/var/lib/rpm" "$work/other/rpm"
mv "$root/var/lib/rpm" "$root/kept" && ln -s /kept "$root/var/lib/rpm"
ok follows_a_link_within_the_root imports_and 0 lists /opt/alpha/same same
ln -sfn "$work/other/rpm" "$root/var/lib/rpm"
ok no_link_leads_out imports_and 3 says 'no rpm database is there'
ln -sfn rpm "$root/var/lib/rpm"
ok a_link_to_itself_is_named imports_and 3 says "var/lib/rpm: Too many levels of symbolic links"
rm "$root/var/lib/rpm" && mv "$root/kept" "$root/var/lib/rpm"
ok other_directory_is_named exits 3 import rpm --root "$work/top" -o out3.list
ok a_missing_root_is_an_io_error exits 3 import rpm --root nowhere -o out3.list
ok takes_no_file exits 64 import rpm --root "$root" x -o out3.list

### a hostile or damaged database
var=$root/var/lib/rpm
# refuses TEXT: and does not wait for a database that never comes
refuses() {
	local rc=0
	timeout 20 "$sigtool" import rpm --root "$root" -o out3.list >out 2>err || rc=$?
	is $rc 3 && says "$1"
}
cp -r "$var" saved
rm "$var/rpmdb.sqlite" && mkfifo "$var/rpmdb.sqlite"
ok a_fifo_is_refused refuses 'rpmdb.sqlite: not a regular file'
rm "$var/rpmdb.sqlite" && ln -s "$work/saved/rpmdb.sqlite" "$var/rpmdb.sqlite"
ok a_link_is_refused refuses 'rpmdb.sqlite: not a regular file'
rm -r "$var" && cp -r saved "$var" && rm -f "$var/rpmdb.sqlite-wal" && mkfifo "$var/rpmdb.sqlite-wal"
ok a_fifo_beside_it_is_refused refuses 'rpmdb.sqlite-wal: not a regular file'
rm -r "$var" && cp -r saved "$var" && rm -f "$var"/rpmdb.sqlite-* && head -c 65536 /dev/urandom >"$var/rpmdb.sqlite"
ok a_damaged_database_is_refused refuses 'rpm failed to read the database'
rm -r "$var" && cp -r saved "$var"
# A rpm that breaks off behind a whole answer, one that answers something else, and none.
mkdir bin
same=$(printf same | sha256sum | cut -c 1-64)
tool() { printf '#!/bin/sh\n%s\n' "$1" >bin/rpm && chmod +x bin/rpm; }
with_tool() { PATH=$work/bin:$PATH exits "$1" import rpm --root "$root" -o out3.list "${@:2}"; }
tool "printf 'package\\t8\\tx\\nfile\\t$same\\t0\\t/opt/alpha/same\\n'; exit 1"
ok an_answer_that_breaks_off_is_refused with_tool 3
ok refused_ones_write_nothing test ! -e out3.list
tool "printf 'package\\t8\\tx\\nfile\\t$same\\t0\\t/opt/alpha/same\\nfile\\t$same\\t1\\t/c\\nfile\\t00\\t0\\t/a\\nfile\\t00\\tx\\npackage\\t77\\ty\\nfile\\t00\\t0\\t/b\\nnothing\\npackage\\t8\\n'"
ok reads_odd_answers eval 'with_tool 0 --json && rm out3.list'
ok counts_files_that_others_replaced reason 'one of another package' 1 x:/c None
ok counts_short_sums reason 'not as long as its algorithm' 1 x:/a None
ok counts_lines_that_are_cut reason 'expected a sum, a state and a path' 1 x None
ok counts_unknown_algorithms reason 'an algorithm that is not known' 1 y:/b None
ok counts_other_lines reason 'the line of a package or of a file' 1 y None
ok counts_packages_without_a_name reason "a package's algorithm and its name" 1 y None
rm bin/rpm
without_rpm() { PATH=$work/bin "$sigtool" import rpm --root "$root" -o out3.list >out 2>err || is $? 3; }
ok a_missing_rpm_is_named eval 'without_rpm && says "rpm: not found: it reads the database; install"'
ok errors_write_nothing test ! -e out3.list

plan
