#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SQLite opens a database, inserts a row and closes it, 200 times. Each run begins with no database.
set -eu

case $1 in
prepare)
	rm -f /srv/database*
	{
		echo '.open /srv/database'
		echo 'create table t (id integer primary key, text text);'
		for i in $(seq 200); do
			echo '.open /srv/database'
			echo "insert into t (text) values ('row $i of a table that is opened anew for each');"
		done
		echo 'select count(*) from t;'
	} >/srv/database.sql
	;;
work) [ "$(sqlite3 -batch </srv/database.sql)" = 200 ] ;;
esac
