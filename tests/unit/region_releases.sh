#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gotthard-region serve --releases: the files of a log, whole and by condition, and nothing else. Prints TAP.

# shellcheck source=tests/unit/region.bash
. "$(dirname "$0")/region.bash" gotthard-sigtool
sigtool=$top/build/gotthard-sigtool

start() { serve r --lookups-only "$@"; }
make_region r 2
"$region" log-key example.org/releases key >/dev/null
"$region" publish log --init --key key >/dev/null
publish_next() { # VERSION COUNT PREV
	"$sigtool" generate -o list --count "$2" --seed "$1" >/dev/null && rm -rf release &&
		"$sigtool" build -o release --version "$1" --class malicious ${3:+--prev "$3"} list >/dev/null &&
		"$region" publish log release --key key --unsigned >/dev/null
}
publish_next 1 100000 ''

gets() { ask "/log/$1" "${@:2}" && is "$status" 200 && cmp out "log/$1"; }
answers() { ask "${@:2}" && is "$status" "$1"; }

start
ok without_the_option_nothing_is_there answers 404 /log/checkpoint
ok it_ends halt TERM
does_not_serve() { ! "$region" serve r --lookups-only --listen 127.0.0.1:0 --releases "$1" 2>err; }
ok a_directory_that_is_not_a_log_is_refused does_not_serve r
ok and_named grep -qF -- '--releases: r is not a log; gotthard-region publish --init makes one' err
ok so_is_one_that_is_not_there does_not_serve none
ok and_named_too grep -qF 'none: No such file' err

start --releases log
while read -r file; do
	ok "${file//[\/.]/_}_is_served" gets "$file"
done < <(cd log && find . -type f -printf '%P\n' | sort)
ok a_large_body_is_whole test "$(stat -c %s out)" -gt 0 -a "$(stat -c %s log/releases/main/1/body)" = 3400000
gets releases/main/1/manifest
ok a_text_is_a_text is "$(field Content-Type)" 'text/plain; charset=utf-8'
gets releases/main/1/body
ok a_body_is_bytes is "$(field Content-Type)" application/octet-stream
ok its_length_is_said is "$(field Content-Length)" 3400000
ok caches_ask_each_time is "$(field Cache-Control)" no-cache
ok a_range_gets_the_whole gets releases/main/1/body -H 'Range: bytes=5-9'
head_has_no_body() { answers 200 /log/releases/main/1/body -I && is "$(field Content-Length)" 3400000 && is "$(field ETag)" "$1"; }
ok head_is_the_same_without_a_body head_has_no_body "$(field ETag)"

# By condition.
gets checkpoint
etag=$(field ETag) date=$(field Last-Modified)
ok the_date_is_that_of_the_file is "$(date -d "$date" +%s)" "$(stat -c %Y log/checkpoint)"
unchanged() { answers 304 /log/checkpoint -H "$1" && [[ ! -s out ]] && is "$(field ETag)" "$etag"; }
ok by_its_tag_it_is_unchanged unchanged "If-None-Match: $etag"
ok by_one_of_several_tags unchanged "If-None-Match: \"x\", W/$etag"
ok by_any_tag unchanged 'If-None-Match: *'
ok by_its_date unchanged "If-Modified-Since: $date"
ok not_by_another_tag gets checkpoint -H 'If-None-Match: "x"'
ok not_by_a_part_of_its_tag gets checkpoint -H "If-None-Match: ${etag%??}\""
ok the_tag_counts_before_the_date gets checkpoint -H 'If-None-Match: "x"' -H "If-Modified-Since: $date"
ok not_by_an_older_date gets checkpoint -H 'If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT'
ok not_by_a_malformed_date gets checkpoint -H 'If-Modified-Since: yesterday'
ok the_next_release_is_published publish_next 2 3 log/releases/main/1/manifest
ok the_checkpoint_is_another_one_then gets checkpoint -H "If-None-Match: $etag"
ok and_the_new_release_is_served gets releases/main/2/manifest
ok the_latest_too gets releases/main/latest

# Nothing else.
echo secret >secret
ln -s ../secret log/out && ln -s "$work/secret" log/absolute && ln -s checkpoint log/within && mkfifo log/pipe && ln -s out log/chain
ln -s .. log/up && ln -s loop log/loop && echo hidden >log/.hidden && ln -s /proc/self/fd log/magic
while read -r path; do
	ok "nothing_is_at $path" answers 404 "$path" --path-as-is
done <<'PATHS'
/log
/log/
/log/releases
/log/releases/
/log/checkpoint/
/log//checkpoint
/log/./checkpoint
/log/../secret
/log/releases/../../secret
/log/releases/../checkpoint
/log/%2e%2e/secret
/log/..%2fsecret
/log/checkpoint%00
/log/checkpoint?x=1
/log/check%70oint
/log/.hidden
/log/out
/log/absolute
/log/chain
/log/up/secret
/log/up/log/checkpoint
/log/loop
/log/magic/0
/log/pipe
/log/none
/log/releases/main/1/body/x
/logs/checkpoint
PATHS
ok nor_at_a_long_path answers 404 "/log/$(printf 'a%.0s' {1..300})"
ok nor_at_a_long_name answers 404 "/log/$(printf 'a%.0s' {1..249})"
within() { ask /log/within && is "$status" 200 && cmp out log/checkpoint; }
ok a_link_within_is_followed within
for method in POST PUT DELETE PATCH; do ok "${method,,}_is_refused" answers 405 /log/checkpoint -X "$method"; done
ok what_was_there_is_as_it_was gets checkpoint
ok the_region_still_answers answers 200 /v1/region
"$region" remove r host-2 >/dev/null
who=e2
ok an_endpoint_that_was_removed_gets_nothing answers 403 /log/checkpoint
stranger() { ! curl -sS --noproxy '*' --max-time 20 --cacert e1/ca.pem -o out "https://localhost:$port/log/checkpoint" 2>err; }
ok nor_does_a_stranger stranger
ok it_ends_too halt TERM

plan
