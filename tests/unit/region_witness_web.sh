#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gotthard-region witness of a log at a URL: what continues, what does not, servers that answer something else, a log that
# grows meanwhile, and a region's log over TLS. Prints TAP.

# shellcheck source=tests/unit/region.bash
. "$(dirname "$0")/region.bash" gotthard-sigtool python3
sigtool=$top/build/gotthard-sigtool web=''
export no_proxy='*'
at_end() { [[ -z $web ]] || { kill -KILL "$web" && wait "$web"; } 2>/dev/null; }

exits() { # STATUS TEXT COMMAND...: it names what it found
	local status=0
	"${@:3}" >out 2>err || status=$?
	if [[ $status != "$1" ]] || ! cat out err | grep -qF -- "$2"; then
		echo "status $status" && cat out err
		return 1
	fi
}
publish_next() { # LOGDIR VERSION [PREV]
	rm -rf release && echo "$1 $2" | sha256sum >list &&
		"$sigtool" build -o release --version "$2" --class malicious ${3:+--prev "$3"} list >/dev/null &&
		"$region" publish "$1" release --key key --unsigned >/dev/null
}
witness() { # URL [OPTION...]
	"$region" witness --log "$1" --log-key key.pub --state state --key w -o line "${@:2}"
}
clean() { [[ $(ls -A state) =~ ^[0-9a-f]{64}$ ]] || { ls -A state && return 1; }; }

# A server whose /redirect, /large, /broken and /slow are not files. When a tile is asked for and ./next is there, that
# becomes the log first.
cat >server.py <<'END'
import http.server, os

class Server(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        with open("requests", "a") as f:
            f.write(self.path + "\n")
        if "/tile/" in self.path and os.path.exists("next"):
            os.rename("log", "before")
            os.rename("next", "log")
        if self.path.startswith("/redirect/"):
            self.send_response(302)
            self.send_header("Location", "/log/" + self.path[10:])
            self.end_headers()
        elif self.path.startswith("/large/"):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"x" * 65537)
        elif self.path.startswith("/cut/"):
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"x")
        elif self.path.startswith("/broken/"):
            self.send_error(503)
        else:
            super().do_GET()

s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
with open("port.new", "w") as f:
    f.write(str(s.server_port))
os.rename("port.new", "port")
s.serve_forever()
END
serve_web() {
	python3 server.py &
	web=$!
	until [[ -s port ]]; do kill -0 "$web" && sleep 0.05 || return; done
}

"$region" log-key example.org/releases key >/dev/null
"$region" log-key --witness w.example w >/dev/null
"$region" publish log --init --key key >/dev/null
publish_next log 1
printf 'log %s\nwitness w %s\nquorum w\n' "$(cat key.pub)" "$(cat w.pub)" >policy
ok a_log_is_on_the_web serve_web
site=http://127.0.0.1:$(cat port)
url=$site/log

ok the_first_checkpoint_is_cosigned witness "$url" --first
ok the_publisher_takes_it exits 0 'the quorum is met' "$region" cosign log line --policy policy
ok nothing_is_left_of_the_copy clean
ok a_slash_at_its_end_is_the_same witness "$url/"
ok not_twice_for_the_first_time exits 1 'was cosigned already' witness "$url" --first
cp -r log old
publish_next log 2 log/releases/main/1/manifest
publish_next log 3 log/releases/main/2/manifest
rm -f requests
ok what_continues_is_cosigned witness "$url"
ok no_more_than_it_needs_is_fetched diff requests <(printf '%s\n' /log/checkpoint /log/tile/0/000.p/3)

ok rollback_is_refused exits 3 'the log went back: 3 entries were cosigned, now it has 1' witness "$site/old"
cp -r old fork
for n in 4 5 6; do publish_next fork $n "fork/releases/main/$((n == 4 ? 1 : n - 1))/manifest"; done
ok a_fork_is_refused exits 4 'does not continue' witness "$site/fork"
"$region" log-key example.org/other other >/dev/null
ok another_log_is_refused exits 5 "is not signed by the log's key" \
	"$region" witness --log "$url" --log-key other.pub --state state9 --key w --first
cp -r log bad && printf X | dd of=bad/tile/0/000.p/3 bs=1 seek=70 conv=notrunc status=none
ok a_changed_tile_is_damage exits 6 'tiles are not those' witness "$site/bad"
rm bad/tile/0/000.p/3
ok so_is_a_missing_one exits 6 'tiles are not those' witness "$site/bad"
head -c 8193 /dev/zero >bad/tile/0/000.p/3
ok a_tile_that_is_too_large_is_refused exits 1 'is larger than 8192 bytes' witness "$site/bad"
echo >bad/checkpoint
ok what_is_not_a_checkpoint_is_refused exits 6 'is not a checkpoint' witness "$site/bad"
ok no_log_at_the_url exits 1 'none/checkpoint: is not there: is this the URL of a log?' witness "$site/none"
ok redirects_are_not_followed exits 1 'redirect/checkpoint: the server answers 302' witness "$site/redirect"
ok an_error_of_the_server_is_named exits 1 'broken/checkpoint: the server answers 503' witness "$site/broken"
ok an_answer_without_end_is_cut_off exits 1 'is larger than 65536 bytes' witness "$site/large"
ok an_answer_that_is_cut_off_is_refused exits 1 'cut/checkpoint' witness "$site/cut"
ok a_server_that_is_not_there_is_named exits 1 'http://127.0.0.1:1/checkpoint' witness http://127.0.0.1:1
ok a_long_url_is_refused exits 1 'name too long' witness "$site/$(printf 'a%.0s' {1..1100})"
ok nothing_is_left_of_all_these clean
mkdir -p state/.log/tile && echo >state/.log/tile/x
ok a_killed_witness_is_cleaned_up_after witness "$url"
ok all_of_it clean

# The log grows between checkpoint and tile: the partial tile of the checkpoint is not there any more.
cp -r log next && publish_next next 7 next/releases/main/3/manifest
ok a_log_that_grows_meanwhile_is_cosigned witness "$url"
ok it_was_asked_again test -e before -a ! -e next
ok as_it_is_now exits 0 'the quorum is met' "$region" cosign log line --policy policy

# Two levels of tiles, and full ones.
many() {
	local n
	for ((n = 8; n <= 259; n++)); do
		publish_next log $n "log/releases/main/$((n - 1))/manifest" || return
		((n % 60)) || witness "$url" || return
		((n != 120)) || cp -r state state120 || return
	done
	witness "$url"
}
ok hundreds_are_cosigned_on_their_way many
cp -r log bad2 && printf X | dd of=bad2/tile/0/000 bs=1 seek=3000 conv=notrunc status=none
at_120() { exits "$1" "$2" "$region" witness --log "$3" --log-key key.pub --state state120 --key w; }
ok a_changed_full_tile_is_not_called_a_fork at_120 6 'a tile is missing or damaged' "$site/bad2"
ok so_it_is_not_in_a_directory at_120 6 'a tile is missing or damaged' bad2
ok the_right_one_continues at_120 0 '' "$url"

# A region's log, as one of its endpoints.
make_region r 1
serve r --lookups-only --releases log
ok an_endpoint_reads_its_regions_log witness "https://localhost:$port/log" --endpoint e1
ok a_stranger_does_not exits 1 "https://localhost:$port/log/checkpoint: " witness "https://localhost:$port/log"
mkdir empty
ok an_endpoint_without_a_certificate_neither exits 1 "https://localhost:$port/log/checkpoint: " witness "https://localhost:$port/log" --endpoint empty
ok a_directory_needs_no_endpoint exits 64 '--endpoint is for a log at a URL' witness log --endpoint e1
ok the_region_ends halt TERM

plan
