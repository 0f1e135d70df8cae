#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# As apt-install.sh, but the packages' archives are new in each run, as if downloaded just now: so each has to be hashed.
set -eu

case $1 in
prepare)
	cp -a /srv/debs /srv/debs.new
	rm -rf /srv/debs
	mv /srv/debs.new /srv/debs
	;;
esac
sh ./apt-install.sh "$1"
