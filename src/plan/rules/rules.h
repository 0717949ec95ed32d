#pragma once

// Makes a plan cheaper without changing what it computes. Each rule is a pass over the whole plan.

#include "plan/nodes.h"

namespace millrace::plan {

// All rules, in an order in which each finds what those before it left.
void optimise(Plan& plan);

// Behind each scan that gives upserts, what makes whole changes of them. Nodes that no sink reads
// go.
void normalize_upserts(Plan& plan);
// Calls of constants become constants; a filter that is TRUE goes.
void fold_constants(Plan& plan);
// A filter on a row number becomes a Top-N. Throws Error where OVER asks for what no stream can
// give.
void find_ranks(Plan& plan);
// A number of a Top-N that nobody reads goes, and with it what leaves as one row in the place of
// another: rows come and go by their keys.
void hide_numbers(Plan& plan);
// A projection over a union that nobody else reads moves into each side of it, to merge there.
void push_projections(Plan& plan);
// A filter over plain columns moves below the projection that passes them, where nobody else reads
// that projection: rows that it drops are not projected.
void push_filters(Plan& plan);
// Conditions of joins, and filters above them, go where they are cheapest: what compares the two
// sides for equality becomes a key, what speaks of one side alone becomes a filter below, and an
// outer join whose padded rows the filter drops becomes an inner one.
void arrange_joins(Plan& plan);
// NOT IN of what may be NULL is asked by key in batch mode. Whether there was one: the new joins
// are to be arranged.
bool split_not_in(Plan& plan);
// Groups of one row each are those rows, where nothing is asked of them but sums, least and
// greatest values.
void drop_groups(Plan& plan);
// A projection over a projection becomes one, where nobody else reads the lower one and nothing
// would be computed twice. One that changes nothing goes.
void merge_projections(Plan& plan);
// A filter over a source of upserts goes into the node that makes whole changes of them, and ahead
// of it where it is over the key.
void filter_upserts(Plan& plan);
// Of nodes that compute the same from the same, one stays, which all that read them read.
void reuse_nodes(Plan& plan);
// What a filter computes for every row, and the projection above it once more, becomes a column
// below both.
void share_calls(Plan& plan);
// Columns that nobody reads are not computed, and not read out of the records.
void prune_columns(Plan& plan);
// Of a ROW of which nobody reads more than members, the scan reads those alone.
void push_members(Plan& plan);
// Settles what changes leave each node, once nodes no longer move: sets Node::changelog and
// Node::upsert_keys. Throws Error where a node or a sink cannot take what reaches it.
void infer_changelogs(Plan& plan);
// Columns that were read only below a join, by a filter, do not go into it: it would keep them.
void narrow_joins(Plan& plan);
// Throws Error where CURRENT_WATERMARK() is asked of what is no event time.
void check_watermark_calls(const Plan& plan);
// Expressions, and then windows, of a session whose clock is not UTC (session_zone.cc).
void localise_expressions(Plan& plan);
void localise_windows(Plan& plan);
// Tells the scans whose rows are for nothing but to be looked up.
void find_lookups(Plan& plan);
// Of a batch job only what is there in the end reaches a sink.
void finish_batch(Plan& plan);
// Insertions alone need not wait for the end, once it is known that they are.
void pass_insertions(Plan& plan);
// Nodes that no sink reads go; inputs stand before their consumers again.
void drop_unread(Plan& plan);

// Puts what keeps a key's rows ahead of each sink with ON CONFLICT whose key is not the query's.
// Whether there was one: the changelogs are to be inferred anew.
bool resolve_conflicts(Plan& plan);

}  // namespace millrace::plan
