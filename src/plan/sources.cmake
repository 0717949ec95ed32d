set(SOURCES
  bind/correlation.cc bind/distinct_rows.cc bind/empty_input.cc bind/function_definitions.cc bind/lateral.cc bind/user_calls.cc bind/user_functions.cc
  bind/aggregate_calls.cc bind/aggregation.cc bind/bare_nulls.cc bind/calls.cc bind/changelog_functions.cc bind/expressions.cc bind/fields.cc
  bind/group_input.cc bind/group_keys.cc bind/group_windows.cc bind/grouping_sets.cc bind/frames.cc bind/hints.cc bind/inserts.cc bind/json_calls.cc bind/json_constructors.cc bind/literals.cc bind/object_name.cc bind/operators.cc bind/ordering.cc bind/over.cc bind/projected_below.cc bind/queries.cc bind/scope.cc
  bind/scalar_queries.cc bind/select_items.cc bind/set_operations.cc bind/sub_queries.cc bind/table_arguments.cc bind/table_definitions.cc bind/tables.cc bind/joins.cc bind/match_cells.cc bind/match_pattern.cc bind/match_steps.cc bind/match_recognize.cc bind/means_of_sums.cc bind/membership_values.cc bind/types.cc bind/unnest.cc bind/values.cc
  bind/window_functions.cc bind/window_input.cc bind/window_updates.cc change_words.cc check_tables.cc columns.cc conjuncts.cc contradiction/comparisons.cc contradiction/contradiction.cc contradiction/subjects.cc contradiction/supposition.cc deduplication.cc estimates.cc explain.cc explain_state.cc explain_text.cc node_schemas.cc node_text.cc fingerprint.cc join_times.cc letter_table.cc new_nodes.cc overwriting.cc
  program.cc rules/arrange_joins.cc rules/changelog/changelog.cc rules/changelog/courses.cc rules/changelog/changes_made.cc
  rules/changelog/changes_taken.cc rules/changelog/update_before.cc rules/check_watermark_calls.cc rules/drop_groups.cc rules/fold_constants.cc
  rules/filter_upserts.cc rules/find_lookups.cc rules/find_ranks.cc rules/hide_numbers.cc rules/finish_batch.cc rules/infer_changelog.cc rules/merge_projections.cc rules/narrow_joins.cc rules/normalize_upserts.cc rules/prune_columns.cc
  rules/push_members.cc rules/push_filters.cc rules/push_projections.cc rules/read_columns.cc rules/resolve_conflicts.cc rules/reuse_nodes.cc rules/rules.cc
  rules/share_calls.cc rules/split_not_in.cc rules/whole_rows.cc
  session/alterations.cc session/answers.cc session/definitions.cc session/explanation.cc
  session/describe_function.cc session/libraries.cc
  session/materialized_tables.cc
  session/session.cc session/settings.cc session/show_create.cc session/terms.cc session/written_tables.cc
  rules/session_zone.cc runtime_mode.cc same_calls.cc session_clock.cc shifted_time.cc state_expiry.cc
  window_columns.cc written_key.cc literal_value.cc)
set(TESTS same_calls_test.cc)
