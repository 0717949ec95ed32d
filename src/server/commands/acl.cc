// millrace acl list | add | remove: who may do what at the Kafka ports.

#include <array>

#include "io/http/message.h"
#include "server/api_access.h"
#include "server/commands.h"
#include "server/context.h"
#include "server/print.h"
#include "server/settings.h"

namespace millrace::server {

namespace {

constexpr Flag kPrefix{"--prefix", "", "the resource's name is how names begin"};
constexpr Flag kDeny{"--deny", "", "the rule forbids, whatever others allow"};
constexpr Flag kHost{"--host", "ADDRESS", "where the client is (*)"};
constexpr std::array kRuleFlags{kPrefix, kDeny, kHost, kDataFlag, kConfigFlag};
constexpr std::array kListFlags{Flag{"--principal", "USER", "only the rules of this one"},
                                Flag{"--resource", "TYPE:NAME", "only the rules that name this"},
                                kDataFlag, kConfigFlag, kOutputFlag};

constexpr std::string_view kPath = "/api/v1/acls";

Json ask(const Context& context, const Arguments& arguments, std::string_view method,
         const std::string& path, const Json& body = {}) {
  return open_api(context, load_settings(context, arguments), "acl")->ask(method, path, body);
}

struct Resource {
  std::string type;
  std::string name;
};

// "topic:orders", "cluster".
Resource resource_in(const std::string& text) {
  if (text == "cluster") {
    return {text, "kafka-cluster"};
  }
  const size_t colon = text.find(':');
  if (colon == std::string::npos || colon + 1 == text.size()) {
    throw UsageError(
        "a resource is topic:NAME, group:NAME, transactional_id:NAME or cluster, not '" + text +
        "'");
  }
  return {text.substr(0, colon), text.substr(colon + 1)};
}

std::string principal_in(const std::string& text) {
  return text.starts_with("User:") ? text : "User:" + text;
}

// The rule that the words of a command line describe, once per operation that they name.
std::vector<Json> rules_in(const Arguments& arguments) {
  const Resource resource = resource_in(arguments.operands[2]);
  std::vector<Json> rules;
  std::string_view operations = arguments.operands[1];
  while (!operations.empty()) {
    const std::string_view operation = operations.substr(0, operations.find(','));
    operations.remove_prefix(std::min(operations.size(), operation.size() + 1));
    rules.push_back(
        Json::object({{"principal", principal_in(arguments.operands[0])},
                      {"operation", operation},
                      {"resource_type", resource.type},
                      {"resource_name", resource.name},
                      {"pattern_type", arguments.has("--prefix") ? "prefixed" : "literal"},
                      {"host", arguments.get("--host", "*")},
                      {"permission", arguments.has("--deny") ? "deny" : "allow"}}));
  }
  return rules;
}

std::string sentence_of(const Json& acl) {
  const std::string resource =
      acl.at("resource_type").as_string() == "cluster"
          ? "the cluster"
          : acl.at("resource_type").as_string() + " " + acl.at("resource_name").as_string() +
                (acl.at("pattern_type").as_string() == "prefixed" ? "..." : "");
  const std::string& host = acl.at("host").as_string();
  return acl.at("principal").as_string() +
         (acl.at("permission").as_string() == "deny" ? " may not " : " may ") +
         acl.at("operation").as_string() + " " + resource + (host == "*" ? "" : " from " + host);
}

void warn_where_not_in_force(Context& context, const Json& answer) {
  if (!answer.at("in_force").as_bool()) {
    context.err("rules are not in force: set kafka.authorization = \"acls\" in millrace.toml\n");
  }
}

int list(Context& context, const Arguments& arguments) {
  const OutputFormat format = output_format(arguments, "table|json");
  std::string path(kPath);
  const auto add = [&path](std::string_view name, const std::string& value) {
    path +=
        (path == kPath ? "?" : "&") + std::string(name) + "=" + io::http::percent_encoded(value);
  };
  if (const auto principal = arguments.find("--principal")) {
    add("principal", principal_in(*principal));
  }
  if (const auto text = arguments.find("--resource")) {
    const Resource resource = resource_in(*text);
    add("resource_type", resource.type);
    add("resource_name", resource.name);
  }
  const Json answer = ask(context, arguments, "GET", path);
  if (format == OutputFormat::json) {
    context.out(answer.at("acls").dump_pretty() + "\n");
    return 0;
  }
  TextTable table{.columns = {"principal", "permission", "operation", "resource_type",
                              "resource_name", "pattern_type", "host"},
                  .rows = {}};
  for (const Json& acl : answer.at("acls").as_array()) {
    std::vector<Json>& row = table.rows.emplace_back();
    for (const std::string& column : table.columns) {
      row.push_back(acl.at(column));
    }
  }
  context.out(rendered(table, format));
  warn_where_not_in_force(context, answer);
  return 0;
}

int add(Context& context, const Arguments& arguments) {
  Json answer;
  for (const Json& rule : rules_in(arguments)) {
    answer = ask(context, arguments, "POST", std::string(kPath), rule);
    context.out(sentence_of(answer.at("acl")) + "\n");
  }
  warn_where_not_in_force(context, answer);
  return 0;
}

int remove(Context& context, const Arguments& arguments) {
  for (const Json& rule : rules_in(arguments)) {
    const Json answer = ask(context, arguments, "DELETE", std::string(kPath), rule);
    for (const Json& acl : answer.at("removed").as_array()) {
      context.out("no rule any more: " + sentence_of(acl) + "\n");
    }
  }
  return 0;
}

}  // namespace

Command acl_command() {
  return {.name = "acl",
          .operands = "list|add|remove",
          .summary = "say who may do what at the Kafka port",
          .about =
              "  acl list                               every rule\n"
              "  acl add USER OPERATIONS RESOURCE       a new rule for each operation\n"
              "  acl remove USER OPERATIONS RESOURCE    such rules are no more\n\n"
              "Rules are in force where kafka.authorization in millrace.toml is \"acls\": then\n"
              "whatever none allows is refused, except to kafka.super_users. Clients that do not\n"
              "log in are User:ANONYMOUS.",
          .flags = {},
          .examples =
              "  millrace acl add alice read,write topic:orders\n"
              "  millrace acl add alice read group:billing --prefix\n"
              "  millrace acl list --principal alice\n",
          .run = nullptr};
}

Command acl_list_command() {
  return {.name = "acl list",
          .operands = "",
          .summary = "",
          .about = "Lists the rules of access.",
          .flags = kListFlags,
          .examples = "  millrace acl list --resource topic:orders --output json\n",
          .least_operands = 0,
          .most_operands = 0,
          .run = list};
}

Command acl_add_command() {
  return {.name = "acl add",
          .operands = "USER OPERATIONS RESOURCE",
          .summary = "",
          .about =
              "Adds rules. USER is a name, or * for everybody. OPERATIONS, with commas between\n"
              "them, are all, read, write, create, delete, alter, describe, cluster_action,\n"
              "describe_configs, alter_configs, idempotent_write. RESOURCE is topic:NAME,\n"
              "group:NAME, transactional_id:NAME (each with * for every one) or cluster.",
          .flags = kRuleFlags,
          .examples =
              "  millrace acl add alice read topic:orders\n"
              "  millrace acl add '*' write topic:secret- --prefix --deny\n",
          .least_operands = 3,
          .most_operands = 3,
          .run = add};
}

Command acl_remove_command() {
  return {.name = "acl remove",
          .operands = "USER OPERATIONS RESOURCE",
          .summary = "",
          .about = "Removes the rules that 'acl add' with the same words has added.",
          .flags = kRuleFlags,
          .examples = "  millrace acl remove alice read topic:orders\n",
          .least_operands = 3,
          .most_operands = 3,
          .run = remove};
}

}  // namespace millrace::server
