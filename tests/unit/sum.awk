# SPDX-License-Identifier: GPL-2.0-or-later
# Sums the TAP of one program: prints "PASSED FAILED SKIPPED", and on stderr what is wrong with the whole.
# Variables: name of the program, its exit status. A run that breaks off, or lies about its tests, has failed.

function wrong(what) {
	print "not ok - " name ": " what > "/dev/stderr"
	failed++
}

/^ok .*# *[Ss][Kk][Ii][Pp]/ { skipped++; seen++; next }
/^ok([ \t]|$)/ { passed++; seen++; next }
/^not ok([ \t]|$)/ { failed++; seen++; next }
/^1\.\.[0-9]+/ { plans++; planned = substr($1, 4) + 0 }

END {
	if (status == 124)
		wrong("timed out after " seen + 0 " tests")
	else if (plans != 1)
		wrong("unfinished: " seen + 0 " tests and no plan, exit status " status)
	else if (planned != seen)
		wrong("planned " planned " tests and ran " seen + 0)
	else if (!seen)
		wrong("ran no test")
	else if (status && !failed)
		wrong("exit status " status)
	print passed + 0, failed + 0, skipped + 0
}
