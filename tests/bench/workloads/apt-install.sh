#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# apt installs twenty packages. Each run finds none of them there and their archives new, as if downloaded just now; what
# is warm in later runs is apt, dpkg, what maintainer scripts call, and apt's and dpkg's lists.
set -eu

export DEBIAN_FRONTEND=noninteractive
case $1 in
prepare)
	# shellcheck disable=SC2046 # names
	apt-get -q -y purge $(cat /srv/install)
	cp -a /srv/debs /srv/debs.new
	rm -rf /srv/debs
	mv /srv/debs.new /srv/debs
	;;
work)
	# shellcheck disable=SC2046
	apt-get -q -y install $(cat /srv/install)
	;;
esac
