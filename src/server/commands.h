#pragma once

// The verbs, a file each in commands/. commands.cc is the list of all.

#include <span>
#include <string>

#include "server/command_line.h"

namespace millrace::server {

inline constexpr Flag kDataFlag{"--data", "DIR", "the data directory (./data, or $MILLRACE_DATA)"};
inline constexpr Flag kConfigFlag{"--config", "FILE",
                                  "the settings (./millrace.toml where it exists)"};
inline constexpr Flag kOutputFlag{"--output", "FORM", "table or json (table)"};

Command acl_command();
Command acl_list_command();
Command acl_add_command();
Command acl_remove_command();
Command quota_command();
Command quota_list_command();
Command quota_set_command();
Command quota_remove_command();
Command server_command();
Command demo_command();
Command explain_command();
Command generate_command();
Command group_command();
Command group_list_command();
Command group_describe_command();
Command group_delete_command();
Command group_export_command();
Command group_reset_command();
Command pipeline_command();
Command pipeline_list_command();
Command pipeline_status_command();
Command pipeline_why_command();
Command pipeline_plan_command();
Command pipeline_shadow_command();
Command pipeline_apply_command();
Command pipeline_rollback_command();
Command pipeline_cancel_command();
Command run_command();
Command sql_command();
Command submit_command();
Command table_command();
Command table_list_command();
Command test_command();
Command topic_command();
Command topic_list_command();
Command topic_create_command();
Command topic_describe_command();
Command topic_delete_command();
Command topic_alter_config_command();
Command topic_add_partitions_command();
Command topic_delete_records_command();
Command topic_settings_command();
Command topic_produce_command();
Command topic_consume_command();
Command user_command();
Command user_list_command();
Command user_set_command();
Command user_delete_command();
Command settings_command();
Command version_command();

// Runs the command line `words` (without the program's name); the exit code: 0 done, 1 failed,
// 2 wrongly asked. Errors are shown on context.err.
int run_command_line(Context& context, std::span<const std::string> words);

}  // namespace millrace::server
