#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# apt installs twenty packages. Each run finds none of them there and makes every file of theirs anew; what is warm in
# later runs is apt, dpkg, what maintainer scripts call, apt's and dpkg's lists, and the packages' archives.
set -eu

export DEBIAN_FRONTEND=noninteractive
case $1 in
prepare)
	# shellcheck disable=SC2046 # names
	apt-get -q -y purge $(cat /srv/install)
	;;
work)
	# shellcheck disable=SC2046
	apt-get -q -y install $(cat /srv/install)
	;;
esac
