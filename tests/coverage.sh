#!/bin/sh
# Line coverage of compiler/, dsl/ and runtime/ by the tests, and the error messages that no test produced.
# Usage: tests/coverage.sh FOLDER, where FOLDER holds a tree built with --coverage in which the tests ran.
set -e
cd "$1"
rm -rf gcov && mkdir gcov
find obj -name '*.gcda' ! -path '*/tests/*' ! -name 'onnx.pb-c*' | while read -r f; do
	gcov -p -r -s "$PWD" "$f" 2>/dev/null || true
	mv ./*.gcov gcov
done | grep -A1 "^File '\(compiler\|dsl\|runtime\)/.*\.c'" | awk '
	/^File/  { name = $2 }
	/^Lines/ { split($2, a, ":"); sub("%", "", a[2]); share = a[2] + 0; n = $4 + 0; lines += n; hit += share*n/100
	           if (share < 90) printf "%6.1f %%  of %4d lines  %s\n", share, n, name }
	END      { printf "%6.1f %%  of %d lines in all\n", 100*hit/lines, lines }'
echo "messages that no test produced:"
# those of the Lua files: the longest text between two formats of each must stand in a test
grep -oh 'fail("[^"]*\(\\"[^"]*\)*"' dsl/library/*.lua | sed 's/^fail("//; s/"$//' | sort -u | while IFS= read -r m; do
	part=$(printf '%s' "$m" | tr '%' '\n' | sed '2,$s/^[a-z0-9]//' | awk '{ if (length($0) > length(b)) b = $0 } END { print b }')
	grep -rqF -- "$part" tests/*.c || echo "dsl/library/*.lua: $m"
done
# a call is a message; one that only says there is no memory is the fault injection's business
grep -E "^ *#####: *[0-9]+:.*\b(fail|fail_at|usage_error|dsl_fail|refuse_at|bad)\(" gcov/*.gcov | grep -v "out of memory" | sed 's/^gcov.//; s/.gcov: *#####: */:/; s/#/\//g' | sort -u
