#include "server/commands.h"

#include <array>

#include "base/similar.h"
#include "server/context.h"
#include "server/version.h"

namespace millrace::server {

static std::vector<Command> all_commands() {
  return {demo_command(),
          server_command(),
          run_command(),
          test_command(),
          explain_command(),
          generate_command(),
          group_command(),
          group_list_command(),
          group_describe_command(),
          group_delete_command(),
          group_export_command(),
          group_reset_command(),
          pipeline_command(),
          pipeline_list_command(),
          pipeline_status_command(),
          pipeline_why_command(),
          pipeline_plan_command(),
          pipeline_shadow_command(),
          pipeline_apply_command(),
          pipeline_rollback_command(),
          pipeline_cancel_command(),
          sql_command(),
          submit_command(),
          topic_command(),
          topic_list_command(),
          topic_create_command(),
          topic_describe_command(),
          topic_delete_command(),
          topic_produce_command(),
          topic_consume_command(),
          table_command(),
          table_list_command(),
          user_command(),
          user_list_command(),
          user_set_command(),
          user_delete_command(),
          topic_alter_config_command(),
          topic_add_partitions_command(),
          topic_delete_records_command(),
          topic_settings_command(),
          acl_command(),
          acl_list_command(),
          acl_add_command(),
          acl_remove_command(),
          quota_command(),
          quota_list_command(),
          quota_set_command(),
          quota_remove_command(),
          settings_command(),
          version_command()};
}

static std::string overview() {
  std::string text =
      "Millrace " + std::string(kVersion) +
      ": Kafka-protocol broker, Flink SQL engine, Delta tables and a Postgres port in one "
      "program.\n\n"
      "millrace VERB [operands] [flags]\n\n";
  for (const Command& command : all_commands()) {
    if (command.name.find(' ') == std::string_view::npos) {
      std::string name(command.name);
      name.resize(12, ' ');
      text += "  " + name + std::string(command.summary) + "\n";
    }
  }
  return text + "\n'millrace VERB --help' explains a verb, with examples.\n";
}

// The command of the longest name that `words` begin with, and how many words that are.
static std::pair<std::optional<Command>, size_t> find_command(std::span<const std::string> words) {
  std::pair<std::optional<Command>, size_t> best{std::nullopt, 0};
  for (const Command& command : all_commands()) {
    const size_t space = command.name.find(' ');
    const bool two = space != std::string_view::npos;
    const bool matches = words[0] == command.name.substr(0, space) &&
                         (!two || (words.size() > 1 && words[1] == command.name.substr(space + 1)));
    if (matches && (two || best.second == 0)) {
      best = {command, two ? 2 : 1};
    }
  }
  return best;
}

[[noreturn]] static void unknown_verb(const std::string& word) {
  std::vector<std::string> verbs;
  for (const Command& command : all_commands()) {
    verbs.emplace_back(command.name.substr(0, command.name.find(' ')));
  }
  throw UsageError("there is no verb '" + word + "'" + did_you_mean(word, verbs) +
                   "; millrace --help lists them");
}

// Of a verb that has further ones: "topic list".
[[noreturn]] static void unknown_second_verb(const Command& command, const std::string& word) {
  const std::string first(command.name);
  std::vector<std::string> verbs;
  for (const Command& other : all_commands()) {
    if (other.name.starts_with(first + " ")) {
      verbs.emplace_back(other.name.substr(first.size() + 1));
    }
  }
  throw UsageError("'millrace " + first + "' has no '" + word + "'" + did_you_mean(word, verbs) +
                   "; the form is 'millrace " + first + " " + std::string(command.operands) + "'");
}

static int dispatch(Context& context, std::span<const std::string> words) {
  const bool help =
      !words.empty() && (words[0] == "help" || words[0] == "--help" || words[0] == "-h");
  if (words.empty() || (help && words.size() == 1)) {
    context.out(overview());
    return words.empty() ? 2 : 0;
  }
  if (words[0] == "--version") {
    return version_command().run(context, {});
  }
  const std::span<const std::string> verb_on = help ? words.subspan(1) : words;
  const auto [command, taken] = find_command(verb_on);
  if (!command) {
    unknown_verb(verb_on[0]);
  }
  if (command->run == nullptr && verb_on.size() > 1 && !verb_on[1].starts_with("-")) {
    unknown_second_verb(*command, verb_on[1]);
  }
  const Arguments arguments = help ? Arguments{.operands = {}, .flags = {{"--help", ""}}}
                                   : parse_arguments(*command, verb_on.subspan(taken));
  if (arguments.has("--help")) {
    context.out(help_of(*command));
    return 0;
  }
  if (command->run == nullptr) {
    context.out(help_of(*command));
    return 2;
  }
  return command->run(context, arguments);
}

int run_command_line(Context& context, std::span<const std::string> words) {
  try {
    return dispatch(context, words);
  } catch (const UsageError& error) {
    // The place where main()'s errors end, here those of whoever typed the command,
    context.err(std::string("millrace: ") + error.what() + "\n");
    return 2;
  } catch (const Error& error) {
    // and here those of the work itself.
    context.err((error.position() ? "" : "millrace: ") + std::string(error.what()) + "\n");
    return 1;
  } catch (const std::bad_alloc&) {
    // More than the machine gives is an answer, too.
    context.err("millrace: out of memory\n");
    return 1;
  }
}

}  // namespace millrace::server
