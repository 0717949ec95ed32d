// millrace quota list | set | remove: how much users and clients may use of the Kafka ports.

#include <array>
#include <charconv>
#include <cmath>

#include "server/api_access.h"
#include "server/commands.h"
#include "server/commands/topic_settings.h"
#include "server/context.h"
#include "server/print.h"
#include "server/settings.h"

namespace millrace::server {

namespace {

constexpr Flag kUser{"--user", "NAME", "of this user; with --client of this one's clients"};
constexpr Flag kEveryUser{"--every-user", "", "of each user without one of its own"};
constexpr Flag kClient{"--client", "ID", "of clients that call themselves so"};
constexpr Flag kEveryClient{"--every-client", "", "of each client without one of its own"};
constexpr std::array kListFlags{kDataFlag, kConfigFlag, kOutputFlag};
constexpr std::array kChangeFlags{kUser, kEveryUser, kClient, kEveryClient, kDataFlag, kConfigFlag};
constexpr std::array<std::string_view, 3> kQuotas{"producer_byte_rate", "consumer_byte_rate",
                                                  "request_percentage"};

Json ask(const Context& context, const Arguments& arguments, std::string_view method,
         const Json& body = {}) {
  return open_api(context, load_settings(context, arguments), "quota")
      ->ask(method, "/api/v1/quotas", body);
}

// Whom the flags name, as the API has it.
Json entity_in(const Arguments& arguments) {
  Json entity = Json::object();
  const auto add = [&](const std::string& member, const Flag& one, const Flag& every) {
    if (arguments.has(one.name) && arguments.has(every.name)) {
      throw UsageError("only one of " + std::string(one.name) + " and " + std::string(every.name) +
                       " can be meant");
    }
    if (const auto name = arguments.find(one.name)) {
      entity.set(member, *name);
    } else if (arguments.has(every.name)) {
      entity.set(member, {});
    }
  };
  add("user", kUser, kEveryUser);
  add("client_id", kClient, kEveryClient);
  if (entity.as_members().empty()) {
    throw UsageError("say whose it is: --user, --every-user, --client or --every-client");
  }
  return entity;
}

double number_in(const std::string& name, const std::string& text) {
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) {
    throw UsageError(name + " is a number, not '" + text + "'");
  }
  return number;
}

// "alice", "every user".
std::string text_of(const Json* name) {
  return name == nullptr ? "-" : name->is_null() ? "(every)" : name->as_string();
}

// A whole number as one: 100000, not 1e+05.
Json cell_of(const Json& limits, std::string_view quota) {
  const Json* limit = limits.find(quota);
  if (limit == nullptr) {
    return "-";
  }
  const double number = limit->as_double();
  const bool is_whole = number == std::floor(number) && number < 1e15;
  return is_whole ? Json(static_cast<int64_t>(number)) : *limit;
}

TextTable table_of(const Json& quotas) {
  TextTable table{.columns = {"user", "client_id"}, .rows = {}};
  table.columns.insert(table.columns.end(), kQuotas.begin(), kQuotas.end());
  for (const Json& quota : quotas.as_array()) {
    auto& row = table.rows.emplace_back();
    row.push_back(text_of(quota.find("user")));
    row.push_back(text_of(quota.find("client_id")));
    for (const std::string_view name : kQuotas) {
      row.push_back(cell_of(quota.at("limits"), name));
    }
  }
  return table;
}

int list(Context& context, const Arguments& arguments) {
  const OutputFormat format = output_format(arguments, "table|json");
  const Json quotas = ask(context, arguments, "GET").at("quotas");
  context.out(format == OutputFormat::json ? quotas.dump_pretty() + "\n"
                                           : rendered(table_of(quotas), format));
  return 0;
}

int change(Context& context, const Arguments& arguments, Json limits) {
  Json body = entity_in(arguments);
  body.set("limits", std::move(limits));
  Json quotas = Json::array();
  quotas.push(ask(context, arguments, "PATCH", body));
  context.out(rendered(table_of(quotas), OutputFormat::table));
  return 0;
}

int set(Context& context, const Arguments& arguments) {
  Json limits = Json::object();
  const Json wanted = settings_in("quota set", arguments.operands[0]);
  for (const auto& [name, value] : wanted.as_members()) {
    limits.set(name, number_in(name, value.as_string()));
  }
  return change(context, arguments, std::move(limits));
}

int remove(Context& context, const Arguments& arguments) {
  Json limits = Json::object();
  for (const std::string_view name : kQuotas) {
    if (arguments.operands.empty() || arguments.operands[0] == name) {
      limits.set(std::string(name), {});
    }
  }
  if (limits.as_members().empty()) {
    throw UsageError("there is no quota '" + arguments.operands[0] +
                     "'; there are producer_byte_rate, consumer_byte_rate and request_percentage");
  }
  return change(context, arguments, std::move(limits));
}

}  // namespace

Command quota_command() {
  return {.name = "quota",
          .operands = "list|set|remove",
          .summary = "say how much users and clients may use of the Kafka port",
          .about =
              "  quota list             every quota\n"
              "  quota set K=V,...      a new quota, or another limit\n"
              "  quota remove [QUOTA]   one limit, or all of them, are no more\n\n"
              "producer_byte_rate and consumer_byte_rate are bytes a second, request_percentage\n"
              "percent of the time of the thread that serves requests. They are in force at once.",
          .flags = {},
          .examples =
              "  millrace quota set producer_byte_rate=1048576 --user alice\n"
              "  millrace quota set request_percentage=20 --every-client\n"
              "  millrace quota list\n",
          .run = nullptr};
}

Command quota_list_command() {
  return {.name = "quota list",
          .operands = "",
          .summary = "",
          .about = "Lists the quotas.",
          .flags = kListFlags,
          .examples = "  millrace quota list --output json\n",
          .least_operands = 0,
          .most_operands = 0,
          .run = list};
}

Command quota_set_command() {
  return {.name = "quota set",
          .operands = "K=V,...",
          .summary = "",
          .about =
              "Sets quotas of a user, of clients, or of a user's clients. The first that there is\n"
              "counts: that of user and client, of the user, of the client; each before every's.",
          .flags = kChangeFlags,
          .examples =
              "  millrace quota set producer_byte_rate=1048576,consumer_byte_rate=2097152 --user "
              "alice\n",
          .least_operands = 1,
          .most_operands = 1,
          .run = set};
}

Command quota_remove_command() {
  return {.name = "quota remove",
          .operands = "[QUOTA]",
          .summary = "",
          .about = "Takes one quota back, or all that 'quota set' with the same flags has set.",
          .flags = kChangeFlags,
          .examples = "  millrace quota remove --user alice\n",
          .least_operands = 0,
          .most_operands = 1,
          .run = remove};
}

}  // namespace millrace::server
