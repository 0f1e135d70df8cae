#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A log gets 1000 lines, opened for each; its end is read after every twentieth, and every 200 lines it is
# rotated and packed. Each run begins with no log.
set -eu

case $1 in
prepare)
	rm -rf /srv/log && mkdir /srv/log
	printf '%s {\n' /srv/log/log >/srv/log/conf
	printf '\t%s\n' 'rotate 3' compress create '}' >>/srv/log/conf
	;;
work)
	cd /srv/log
	for rotation in 1 2 3 4 5; do
		for part in 1 2 3 4 5 6 7 8 9 10; do
			for line in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
				echo "Jan  1 00:00:00 host program[1]: $rotation $part $line: something happened" >>log
			done
			tail -n 5 log >/dev/null
		done
		logrotate -f -s /srv/log/state /srv/log/conf
	done
	[ "$(zcat log.1.gz | wc -l)" = 200 ]
	;;
esac
