#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gotthard-sigtool import of MISP's exports, JSON and CSV. Prints TAP.

# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash" gotthard-sigtool python3
# shellcheck source=tests/unit/import.bash
. "$top/tests/unit/import.bash"
abc=ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
eicar=275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f
md5=44d88612fea8a8f36de82e1278abb02f
# refused_as TEXT: of the file in, with exit status 1
refused_as() { exits 1 import misp in -o out2.list && says "$1"; }

### events
attribute() { # TYPE VALUE TO_IDS MORE...
	printf '{"type":"%s","value":"%s","to_ids":%s' "$1" "$2" "$3"
	[[ -z ${4-} ]] || printf ',%s' "$4"
	echo '}'
}
list() { local IFS=, && echo "[$*]"; }
attributes=(
	"$(attribute sha256 "$abc" true '"deleted":false,"category":"Payload delivery"')"
	"$(attribute 'filename|sha256' "a|b.exe|${eicar^^}" true)"
	"$(attribute sha256 "$abc" false)"
	"$(attribute sha256 "$abc" true '"deleted":true')"
	"$(attribute md5 "$md5" true)"
	"$(attribute sha256 "${abc:1}" true)"
	"$(attribute 'filename|sha256' "$abc" true)"
	'{"type":"sha256","to_ids":true}'
	"{\"type\":\"sha256\",\"value\":\"$abc\"}"
	'7'
	"$(attribute x509-fingerprint-sha256 "$abc" true)"
	"$(attribute sha256 " $eicar\\n" '"1"')"
	"$(attribute 'filename|sha256' "|$abc" 1)"
)
objects=(
	"{\"name\":\"file\",\"Attribute\":$(list "$(attribute sha256 "$eicar" true)" "$(attribute filename x.exe true)")}"
	"{\"name\":\"pe-section\",\"Attribute\":$(list "$(attribute sha256 "$abc" true)")}"
	"{\"name\":\"file\",\"deleted\":\"1\",\"Attribute\":$(list "$(attribute sha256 "$eicar" true)")}"
	'{"name":"empty"}'
)
event="{\"info\":\"x\",\"Attribute\":$(list "${attributes[@]}"),\"Object\":$(list "${objects[@]}"),
	\"ShadowAttribute\":$(list "$(attribute sha256 "$abc" true)")}"
echo "{\"Event\":$event}" >event.json
ok takes_an_event exits 0 import misp event.json -o out.list --json
ok takes_what_is_for_detection is "$(<out.list)" "$abc
$eicar  a|b.exe
$eicar
$abc
$eicar"
ok counts_other_types reason 'another type than sha256' 3 event.json 5
ok counts_what_is_not_for_detection reason 'not for detection' 2 event.json 3
ok counts_deleted_ones reason 'a deleted attribute' 2 event.json 4
ok counts_wrong_digests reason 'not 64 hexadecimal digits' 1 event.json 6
ok counts_values_without_a_name reason 'expected a name' 1 event.json 7
ok counts_attributes_without_a_value reason 'without type or value' 2 event.json 8
ok counts_sections reason 'a section of a program' 1 event.json 16
ok sums_up is "$(field '["records"]') $(counted)" '17 12'
ok strict_refuses_the_first eval 'exits 1 import --strict misp event.json -o out2.list && says "event.json:3: an attribute that is not"'
wrapped() { # NAME TEXT: another form of the same
	echo "$2" >in
	ok "takes_$1" eval 'exits 0 import misp in -o out2.list && cmp out.list out2.list'
}
wrapped an_event_of_a_feed "$event"
wrapped a_list_of_events "[{\"Event\":$event}]"
wrapped an_answer_with_events "{\"response\":[{\"Event\":$event}]}"
attributes_only="$(list "${attributes[@]}" "$(attribute sha256 "$eicar" true)")"
wrapped an_answer_with_attributes "{\"response\":{\"Attribute\":$attributes_only}}"
wrapped text_after_a_mark_and_blanks $'\xef\xbb\xbf \n\t'"{\"Event\":$event}"
{ printf '\xff\xfe'; iconv -f UTF-8 -t UTF-16LE event.json; } >in
ok takes_utf16 eval 'exits 0 import misp in -o out2.list && cmp out.list out2.list'
ok same_input_gives_same_bytes same_twice misp event.json
ok reads_stdin is "$("$sigtool" import misp - -o - <event.json 2>err)" "$(<out.list)"
for empty in '{"response":[]}' '[]' '{"Event":{"info":"x"}}' '{"Event":{"Attribute":[],"Object":[]}}'; do
	echo "$empty" >in
	ok "takes_nothing_from_$empty" taken_is misp in ''
done
rm out2.list
for other in '{}' '[1]' '{"Event":[]}' '{"response":5}' '{"Event":{"Attribute":{"type":"sha256"}}}' '{"Event":{"Object":7}}' \
	"[{\"Event\":$event},{}]"; do
	echo "$other" >in
	ok "refuses_${other::40}" refused_as 'in: not an export of MISP'
done
head -c 900 event.json >in
ok names_the_line_of_broken_json refused_as 'in:1: cannot be read as JSON'
printf '[%.0s' {1..5000} >in
ok refuses_json_that_is_deep refused_as 'cannot be read as JSON'
echo "{\"Event\":{\"Attribute\":[$(attribute md5 "$md5" true | sed 's/"value/"walue/')]}}" >in
ok refuses_a_file_without_an_attribute refused_as 'none of its 1 records is of the format misp: the first, line 1'
{ printf '{"Event":{"info":"'; head -c 129M /dev/zero | tr '\0' a; } >in
ok refuses_more_than_128_mib refused_as 'more than 128 MiB of JSON'
{ printf '['; head -c 20M /dev/zero | tr '\0' 1 | sed 's/1/{},/g'; echo '1]'; } >in
ok refuses_more_than_1_gib_of_memory refused_as 'than 1 GiB in memory'
rm in
ok refused_ones_write_nothing test ! -e out2.list

### CSV
{
	echo 'uuid,event_id,category,type,value,comment,to_ids,date,object_relation,attribute_tag,object_uuid,object_name,object_meta_category'
	echo "\"u\",1,\"Payload delivery\",\"sha256\",\"$abc\",\"two"
	echo "lines\",1,20261129,\"\",\"\",\"\",\"\",\"\""
	echo "\"u\",1,\"Payload delivery\",\"filename|sha256\",\"a, b.exe|$eicar\",\"\",1,20261129,\"\",\"\",\"\",\"\",\"\""
	echo "\"u\",1,\"Payload delivery\",\"sha256\",\"$abc\",\"\",0,20261129,\"\",\"\",\"\",\"\",\"\""
	echo "\"u\",1,\"Network activity\",\"ip-dst\",\"192.0.2.1\",\"\",1,20261129,\"\",\"\",\"\",\"\",\"\""
	echo "\"u\",1,\"Payload delivery\",\"sha256\",\"$abc\",\"\",1,20261129,\"\",\"\",\"o\",\"pe-section\",\"file\""
	echo "\"u\",1,\"Payload delivery\",\"sha256\",\"$md5\",\"\",1,20261129,\"\",\"\",\"\",\"\",\"\""
	echo "\"u\",1,\"Payload delivery\",\"sha256\""
} >attributes.csv
ok takes_csv exits 0 import misp attributes.csv -o out.list --json
ok takes_from_csv_what_is_for_detection is "$(<out.list)" "$abc
$eicar  a, b.exe"
ok counts_rows_not_for_detection reason 'not for detection' 1 attributes.csv 5
ok counts_rows_of_other_types reason 'another type than sha256' 1 attributes.csv 6
ok counts_rows_of_sections reason 'a section of a program' 1 attributes.csv 7
ok counts_rows_with_wrong_digests reason 'not 64 hexadecimal digits' 1 attributes.csv 8
ok counts_short_rows reason 'fewer fields' 1 attributes.csv 9
printf '%s\n' 'deleted,to_ids,value,type' "1,1,$abc,sha256" "0,True,$eicar,sha256" "False,1,$abc,sha256" >in
ok columns_are_told_by_the_head taken_is misp in "$eicar
$abc"
printf '%s\n' 'type,value' "sha256,$abc" >in
ok csv_without_to_ids_is_refused refused_as 'type, value and to_ids'
ok build_takes_the_list exits 0 build -o db malicious:out.list

plan
