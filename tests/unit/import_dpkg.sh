#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gotthard-sigtool import of the packages that dpkg has installed below a directory. Prints TAP.

# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash" gotthard-sigtool python3 dpkg dpkg-deb dpkg-divert
# shellcheck source=tests/unit/import.bash
. "$top/tests/unit/import.bash"
((EUID == 0)) || { echo '1..0 # SKIP dpkg installs as root only' && exit 0; }
PATH=$PATH:/usr/sbin:/sbin # dpkg asks for ldconfig and start-stop-daemon
root=$work/root db=$work/root/var/lib/dpkg
mkdir -p "$db/info" "$db/updates" && touch "$db/status" "$db/available"

# package NAME ARCH MULTI-ARCH: the tree in the directory NAME, installed below root by dpkg itself
package() {
	mkdir -p "$1/DEBIAN"
	printf '%s\n' "Package: $1" "Version: 1" "Architecture: $2" "Multi-Arch: $3" "Maintainer: x <x@example.org>" \
		"Description: x" >"$1/DEBIAN/control"
	(cd "$1" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | sort -z | xargs -r0 md5sum |
		grep -vF -e etc/ -e unsummed >DEBIAN/md5sums)
	dpkg-deb --root-owner-group --build "$1" "$1.deb" >/dev/null
	dpkg --root="$root" --force-not-root --force-architecture --log=/dev/null -i "$1.deb" >dpkg.log 2>&1 || { cat dpkg.log && false; }
}
# imports STATUS OPTION...: into dpkg.list, with the report in out
imports() {
	local wanted=$1
	shift
	exits "$wanted" import dpkg --root "$root" -o dpkg.list "$@"
}
# imports_and STATUS COMMAND...
imports_and() { imports "$1" && "${@:2}"; }
# lists NAME CONTENT
lists() { grep -qxF "$(printf '%s' "$2" | sha256sum | cut -c 1-64)  $1" dpkg.list; }
lists_no() { ! grep -qF -- "$1" dpkg.list; }

mkdir -p alpha/usr/bin alpha/usr/share/alpha alpha/etc
for name in same changed missing fifo socket linked directory unlisted secret 'two words' ünsafe; do
	printf '%s' "$name" >"alpha/usr/share/alpha/$name"
done
printf prog >alpha/usr/bin/prog
printf diverted >alpha/usr/bin/diverted
printf unsummed >alpha/usr/share/alpha/unsummed
printf conf >alpha/etc/alpha.conf
printf edited >alpha/etc/edited.conf
printf unknown >alpha/etc/unknown.conf
ln -s same alpha/usr/share/alpha/link
mkdir -p alpha/DEBIAN && printf '/etc/%s\n' alpha.conf edited.conf unknown.conf >alpha/DEBIAN/conffiles
package alpha all no
mkdir -p libbeta/usr/lib && printf beta >libbeta/usr/lib/libbeta.so
package libbeta "$(dpkg --print-architecture)" same
mkdir -p gamma/usr/share gamma/etc && printf gamma >gamma/usr/share/gamma && printf left >gamma/etc/left.conf
mkdir -p gamma/DEBIAN && echo /etc/left.conf >gamma/DEBIAN/conffiles
package gamma all no

### as dpkg left it
ok takes_what_dpkg_installed imports 0 --json
ok takes_all_but_the_one_without_a_sum is "$(field '["records"]') $(field '["taken"]')" '20 19'
ok counts_what_has_no_sum reason 'without a sum by its package' 1 "$db/info/alpha.list" "$(grep -n /unsummed "$db/info/alpha.list" | cut -d: -f1)"
ok takes_a_program lists /usr/bin/prog prog
ok takes_a_name_with_a_blank lists '/usr/share/alpha/two words' 'two words'
ok takes_a_name_of_other_letters lists /usr/share/alpha/ünsafe ünsafe
ok takes_a_conffile lists /etc/alpha.conf conf
ok takes_a_package_of_an_architecture lists /usr/lib/libbeta.so beta
ok its_sums_are_named_by_it test -e "$db/info/libbeta:$(dpkg --print-architecture).md5sums"
ok strict_refuses_what_has_no_sum eval 'rm dpkg.list; imports 1 --strict && says "/alpha.list:" && test ! -e dpkg.list'
imports 0
ok build_takes_the_list_as_trusted exits 0 build -o db trusted:dpkg.list
ok and_looks_up_a_file_of_it is "$("$sigtool" lookup db "$root/usr/bin/prog" | tail -n 1 | cut -d' ' -f1)" trusted
cp dpkg.list first.list
imports 0
ok same_system_gives_same_bytes cmp first.list dpkg.list

### what is not as it was
printf outside >outside
share=$root/usr/share/alpha
printf 'changed!' >"$share/changed"
rm "$share"/{missing,fifo,socket,linked,directory,secret}
mkfifo "$share/fifo"
python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$share/socket"
printf linked >"$root/elsewhere" && ln -s /elsewhere "$share/linked"
mkdir "$share/directory"
printf more >>"$root/etc/edited.conf"
dpkg-divert --root "$root" --local --rename --divert /usr/bin/diverted.real --add /usr/bin/diverted >/dev/null 2>&1
printf other >"$root/usr/bin/diverted"
dpkg --root="$root" --force-not-root --log=/dev/null -r gamma >dpkg.log 2>&1
mv "$root/usr/lib" "$root/usr/lib64" && ln -s /usr/lib64 "$root/usr/lib"
sed -i '/unlisted$/d' "$db/info/alpha.list"
md5() { printf '%s' "$1" | md5sum | cut -c 1-32; }
sums=$db/info/alpha.md5sums
before=$(wc -l <"$sums")
{
	echo 'd41d8cd98f00b204e9800998ecf8427  usr/bin/prog'
	echo 'd41d8cd98f00b204e9800998ecf8427e'
	echo "$(md5 outside)  ../../../../..$work/outside"
	printf '%s  %s\n' "$(md5 '')" "$(printf '%05000d' 0)"
	head -c 70000 /dev/zero | tr '\0' a
	echo
} >>"$sums"
sed -i 's|^ /etc/unknown.conf .*| /etc/unknown.conf nothing|' "$db/status"
line() { grep -nE -- "$2" "$1" | cut -d: -f1; }
ok takes_the_rest exits 0 import dpkg --root "$root" -o dpkg.list --json
ok counts_changed_files reason 'not as its package has it' 2 "$sums" "$(line "$sums" /changed$)"
ok counts_missing_files reason 'a file that is missing' 2 "$sums" "$(line "$sums" /missing$)"
ok counts_what_is_not_regular reason 'something else than a regular file' 4 "$sums" "$(line "$sums" /directory$)"
ok counts_what_dpkg_does_not_list reason 'did not unpack' 2 "$sums" "$(line "$sums" /unlisted$)"
ok counts_malformed_sums reason 'two blanks and a path' 2 "$sums" $((before + 1))
ok counts_long_paths reason 'more than 4094 bytes' 1 "$sums" $((before + 4))
ok counts_long_lines reason 'a line of more than 65536 bytes' 1 "$sums" $((before + 5))
ok counts_malformed_conffiles reason 'expected a path and an MD5' 1 "$db/status(alpha)" "$(line "$db/status" '^ /etc/unknown')"
ok counts_packages_that_were_removed reason 'not wholly, installed' 1 "$db/status" "$(line "$db/status" '^Package: gamma')"
ok sums_up is $(($(field '["taken"]') + $(counted))) "$(field '["records"]')"
ok lists_no_changed_file lists_no /changed
ok takes_a_diverted_file_where_it_is lists /usr/bin/diverted.real diverted
ok and_not_what_is_in_its_place eval '! grep -q "/usr/bin/diverted$" dpkg.list'
ok follows_links_within_the_root lists /usr/lib/libbeta.so beta
ok report_is_for_people imports_and 0 prints "(first: $sums:"

### a hostile root: nothing outside is read, nothing waits
rm -rf "$root/usr/share/alpha" && mkdir away && printf secret >away/secret && printf same >away/same
declare -A links=([absolute]=$work/away [relative]=../../../away [magic]=/proc/self/root$work/away)
for kind in absolute relative magic; do
	ln -sfn "${links[$kind]}" "$root/usr/share/alpha"
	ok "no_${kind}_link_leads_out" imports_and 0 lists_no /share/alpha/
done
mkdir -p "$root$work" && ln -s "$work/away" "$root$work/loop" && ln -sfn "$work/loop" "$root/usr/share/alpha"
ok nor_does_one_behind_another imports_and 0 lists_no /share/alpha/
# refuses FILE: of the database of the root in hostile, and does not wait for it
refuses() {
	local rc=0
	timeout 20 "$sigtool" import dpkg --root hostile -o hostile.list >out 2>err || rc=$?
	is $rc 3 && says "$1: not a regular file"
}
for file in status diversions info/alpha.list info/alpha.md5sums; do
	cp -a "$root" hostile && rm "hostile/var/lib/dpkg/$file" && mkfifo "hostile/var/lib/dpkg/$file"
	ok "a_fifo_as_${file//[\/.]/_}_is_refused" refuses "$file"
	rm "hostile/var/lib/dpkg/$file" && ln -s "$db/$file" "hostile/var/lib/dpkg/$file"
	ok "a_link_as_${file//[\/.]/_}_is_refused" refuses "$file"
	rm -rf hostile
done
ok refused_ones_write_nothing test ! -e hostile.list
printf 'Package: ../../../../%s/x\nStatus: install ok installed\n\n\nnothing\n\nStatus: install ok installed\n\n' "$work" >>"$db/status"
printf 'Package: omega\nStatus: install ok installed\n' >>"$db/status"
ok reads_odd_records exits 0 import dpkg --root "$root" -o dpkg.list --json
ok counts_names_that_dpkg_does_not_allow reason 'a name that dpkg does not allow' 1 "$db/status" "$(line "$db/status" '^Package: [.]')"
ok counts_lines_that_are_no_field reason 'not a field' 1 "$db/status" "$(line "$db/status" ^nothing)"
ok counts_records_without_a_name reason 'without a name' 1 "$db/status" "$(($(line "$db/status" ^nothing) + 2))"
ok counts_packages_without_a_list reason 'without a list' 1 "$db/info/omega.list" None
echo /one >"$db/diversions"
ok refuses_half_a_diversion eval 'imports 1 && says "diversions: the number of its lines"'
head -c 33M /dev/zero >"$db/diversions"
ok refuses_many_diversions eval 'imports 1 && says "more than 32 MiB"'
mkdir void
ok a_root_without_dpkg_is_named eval 'exits 3 import dpkg --root void -o out3.list && says "no dpkg database is there"'
ok a_missing_root_is_an_io_error exits 3 import dpkg --root nowhere -o out3.list
ok takes_no_file exits 64 import dpkg --root void x -o out3.list
ok errors_write_nothing test ! -e out3.list

plan
