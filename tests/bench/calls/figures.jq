# SPDX-License-Identifier: GPL-2.0-or-later
# Joins what each guest printed, by call, in the order of the plain kernel's; null: not measured.
def figures: split("\n") | map(capture("^(?<n>[0-9]+) (?<call>.+)$") | { (.call): (.n | tonumber) }) | add // {};

($ARGS.named | del(.kernel) | map_values(figures)) as $all
| [ $all.plain | keys_unsorted[] as $call
    | { kernel: $kernel, call: $call } + ($all | map_values(.[$call])) ]
