// millrace user list | set | delete: who may log in at the Kafka ports that ask for it.

#include <array>

#include "base/error.h"
#include "io/files.h"
#include "io/http/message.h"
#include "io/terminal.h"
#include "server/api_access.h"
#include "server/commands.h"
#include "server/context.h"
#include "server/print.h"
#include "server/settings.h"

namespace millrace::server {

namespace {

constexpr std::array kFlags{kDataFlag, kConfigFlag, kOutputFlag};
constexpr std::array kSetFlags{
    Flag{"--password-file", "FILE", "the file whose first line it is (standard input)"}, kDataFlag,
    kConfigFlag};

Json ask(const Context& context, const Arguments& arguments, std::string_view method,
         const Json& body = {}) {
  const std::string path =
      arguments.operands.empty()
          ? "/api/v1/users"
          : "/api/v1/users/" + io::http::percent_encoded(arguments.operands[0]);
  return open_api(context, load_settings(context, arguments), "user")->ask(method, path, body);
}

int list(Context& context, const Arguments& arguments) {
  const OutputFormat format = output_format(arguments, "table|json");
  const Json users = ask(context, arguments, "GET").at("users");
  if (format == OutputFormat::json) {
    context.out(users.dump_pretty() + "\n");
    return 0;
  }
  TextTable table{.columns = {"user", "mechanisms"}, .rows = {}};
  for (const Json& user : users.as_array()) {
    std::string mechanisms;
    for (const Json& mechanism : user.at("mechanisms").as_array()) {
      mechanisms += (mechanisms.empty() ? "" : ", ") + mechanism.as_string();
    }
    table.rows.push_back({user.at("user"), mechanisms});
  }
  context.out(rendered(table, format));
  return 0;
}

// Not an argument: those can be read by everybody on the machine.
std::string password(const Context& context, const Arguments& arguments) {
  const auto file = arguments.find("--password-file");
  if (!file && context.err_is_terminal) {
    context.err("password: ");
  }
  const std::string text = file ? context.files->read_all(*file) : io::read_standard_input();
  return text.substr(0, text.find_first_of("\r\n"));
}

int set(Context& context, const Arguments& arguments) {
  ask(context, arguments, "PUT", Json::object({{"password", password(context, arguments)}}));
  context.out("user " + arguments.operands[0] + " may log in with this password\n");
  return 0;
}

int remove(Context& context, const Arguments& arguments) {
  ask(context, arguments, "DELETE");
  context.out("deleted user " + arguments.operands[0] + "\n");
  return 0;
}

}  // namespace

Command user_command() {
  return {.name = "user",
          .operands = "list|set|delete",
          .summary = "say who may log in at the Kafka port",
          .about =
              "  user list           every user, and how they can log in\n"
              "  user set NAME       a new user, or another password\n"
              "  user delete NAME    who may not log in any more\n\n"
              "Users log in by PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512 where kafka.protocol or\n"
              "kafka.second.protocol in millrace.toml begins with sasl_. The password itself is\n"
              "kept nowhere.",
          .flags = {},
          .examples =
              "  millrace user set alice --password-file alice.txt\n"
              "  millrace user list\n",
          .run = nullptr};
}

Command user_list_command() {
  return {.name = "user list",
          .operands = "",
          .summary = "",
          .about = "Lists the users who may log in.",
          .flags = kFlags,
          .examples = "  millrace user list --output json\n",
          .least_operands = 0,
          .most_operands = 0,
          .run = list};
}

Command user_set_command() {
  return {.name = "user set",
          .operands = "NAME",
          .summary = "",
          .about =
              "Sets the password of a user, who need not be there yet. Connections that are open\n"
              "stay open.",
          .flags = kSetFlags,
          .examples = "  millrace user set alice < alice.txt\n",
          .least_operands = 1,
          .most_operands = 1,
          .run = set};
}

Command user_delete_command() {
  return {.name = "user delete",
          .operands = "NAME",
          .summary = "",
          .about = "Deletes a user. Connections that are open stay open.",
          .flags = kFlags,
          .examples = "  millrace user delete alice\n",
          .least_operands = 1,
          .most_operands = 1,
          .run = remove};
}

}  // namespace millrace::server
