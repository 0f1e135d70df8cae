# SPDX-License-Identifier: GPL-2.0-or-later
# The runs of one kernel, plain and with Gotthard, as an array of one object for a workload and kind of run.
# spread_percent: how far apart the least and the most of the runs are, the greater of both sides.

def median: sort | .[length / 2 | floor];
def of($name; $kind): map(select(.workload == $name and .run == $kind));
def spread: (max - min) * 100 / min;
def hundredths: . * 100 | round / 100;

[
	($plain | map(.workload) | reduce .[] as $n ([]; if index([$n]) then . else . + [$n] end))[] as $name
	| ("cold", "warm") as $kind
	| ($plain | of($name; $kind)) as $p
	| ($gotthard | of($name; $kind)) as $g
	| select(($p | length) > 0 and ($g | length) > 0)
	| ($p | map(.all) | median) as $was
	| ($g | map(.all) | median) as $is
	| {
		kernel: $kernel,
		workload: $name,
		run: $kind,
		plain: $was,
		gotthard: $is,
		more_percent: (($is - $was) * 100 / $was | hundredths),
		hashed_bytes: ($g | map(.hashed_bytes) | median),
		hashes: ($g | map(.hashes) | median),
		slow: ($g | map(.slow) | median),
		own_more_percent: (($g | map(.own) | median) as $gi | ($p | map(.own) | median) as $pi
			| ($gi - $pi) * 100 / $pi | hundredths),
		spread_percent: ([($p | map(.all) | spread), ($g | map(.all) | spread)] | max | hundredths)
	}
]
