#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The documents name only things that exist, and everything that exists is documented: files of sysfs, links between
# pages, the index.

# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash"
abi=$top/docs/abi/sysfs-kernel-gotthard

# files DIRECTORY: those that the ABI's document has in it
files() { sed -n "s|^What:[[:space:]]*/sys/kernel/gotthard/$1/||p" "$abi" | sort; }
# same A B: not empty, and line by line the same
same() { [[ -s $1 ]] && diff "$1" "$2"; }

# The lists that the module is built from, through the preprocessor.
knobs='#include "core/knobs.h"
#define WORDS(id, name, ...) name
#define NUMBER(id, name, ...) name
#define HOOK(id, name) hooks/name
GTH_KNOBS(WORDS, NUMBER, HOOK)'
gcc -E -P -I"$top" -x c - <<<"$knobs" | tr ' ' '\n' | grep . | sort >knobs.listed
files policy >knobs.documented
ok every_knob_is_documented same knobs.listed knobs.documented

sed -n '/^#define GTH_STATS(X)/,/[^\\]$/ s/.*X(\([a-z_]*\)).*/\1/p' "$top/kmod/stats.h" >stats.unsorted
sed -n 's/^\tX([A-Z]*, \([a-z_]*\), .*/checks_\1/p' "$top/core/operations.h" >>stats.unsorted
echo 'error_<name>' >>stats.unsorted
sort stats.unsorted >stats
files stats >stats.documented
ok every_counter_is_documented same stats stats.documented

# In formats.md a row of the table may name several.
withheld='#include "lib/text/withheld.h"
#define X(id, word, ...) word
GTH_WITHHELD(X)'
gcc -E -P -I"$top/userd" -x c - <<<"$withheld" | grep -o '"[a-z-]*"' | tr -d '"' | grep -vx none | sort >withheld.listed
# shellcheck disable=SC2016 # marks of Markdown
sed -n '/^| reason | meaning |/,/^$/p' "$top/docs/formats.md" | cut -d '|' -f 2 | grep -o '`[a-z-]*`' | tr -d '`' | sort >withheld.documented
ok every_reason_to_withhold_is_documented same withheld.listed withheld.documented

classes='#include "lib/text/data_class.h"
#define X(id, name, initial, ...) #id #name #initial;
GTH_DATA_CLASSES(X)'
gcc -E -P -I"$top/userd" -x c - <<<"$classes" | tr -d '"' | grep -oE 'D[0-9]+ [a-z]+ (true|false);' |
	sed 's/true;$/on/; s/false;$/off/' | sort >classes.listed
# shellcheck disable=SC2016 # the same
sed -nE 's/^\| (D[0-9]+) \|[^|]*\| `([a-z]+)` \| (on|off) \|.*/\1 \2 \3/p' "$top/docs/privacy.md" | sort >classes.documented
ok every_class_of_data_is_documented same classes.listed classes.documented

# pages: those that people read, each from its directory
mapfile -t pages < <(cd "$top" && ls ./*.md docs/*.md)
# A heading's anchor: lower case, no punctuation, hyphens for blanks; not in a block of code.
anchors() { awk '/^```/ { code = !code } !code && /^#+ / { sub(/^#+ /, ""); print tolower($0) }' "$1" | sed 's/[^a-z0-9 _-]//g; s/ /-/g'; }
links_lead_somewhere() {
	local page link file anchor bad=0 seen=0
	for page in "${pages[@]}"; do
		while read -r link; do
			[[ $link != *://* ]] || continue
			seen=$((seen + 1)) file=${link%%#*} anchor=''
			[[ $link != *#* ]] || anchor=${link#*#}
			file=$top/$(dirname "$page")/${file:-$(basename "$page")}
			[[ -e $file ]] || { echo "$page: no file for $link" && bad=1 && continue; }
			[[ -z $anchor ]] || anchors "$file" | grep -qxF -- "$anchor" || { echo "$page: no heading for $link" && bad=1; }
		done < <(grep -oE '\]\([^) ]+\)' "$top/$page" | sed 's/^](//; s/)$//')
	done
	((seen > 20)) || { echo "only $seen links found" && bad=1; }
	return $bad
}
ok every_link_leads_somewhere links_lead_somewhere

index_is_complete() {
	local page bad=0
	for page in "${pages[@]}"; do
		case $page in
		docs/README.md) ;;
		docs/*) grep -qF "(${page#docs/})" "$top/docs/README.md" || { echo "$page is not in the index" && bad=1; } ;;
		*) grep -qF "(../${page#./})" "$top/docs/README.md" || { echo "$page is not in the index" && bad=1; } ;;
		esac
	done
	return $bad
}
ok every_page_is_in_the_index index_is_complete
plan
