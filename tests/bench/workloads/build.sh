#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A real C project is unpacked and built. Each run makes every source, object and program anew; what is warm in later
# runs is the archive, the tools and the headers.
set -eu

case $1 in
prepare) rm -rf /srv/build && mkdir /srv/build ;;
work)
	cd /srv/build
	tar xf /srv/source/*.orig.tar.*
	cd ./*/
	# Unoptimized, for less of the compiler stands in front of what is to be seen.
	make -s CFLAGS=-O0 libbz2.a bzip2 bzip2recover
	;;
esac
