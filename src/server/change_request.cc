#include "server/change_request.h"

#include "base/error.h"
#include "change/comparison.h"

namespace millrace::server {

using Kind = ChangeRequest::Kind;

static Kind kind_of(const std::string& text) {
  if (text == "apply" || text == "rollback" || text == "shadow") {
    return text == "apply" ? Kind::apply : text == "rollback" ? Kind::rollback : Kind::shadow;
  }
  throw Error(ErrorCode::invalid_argument,
              "'kind' is '" + text + "': expected apply, rollback or shadow");
}

ChangeRequest ChangeRequest::from(const Json& json) {
  const auto member = [&](const char* name) -> const Json& {
    if (const Json* found = json.find(name)) {
      return *found;
    }
    throw Error(ErrorCode::invalid_argument, std::string("'") + name + "' is missing");
  };
  ChangeRequest request;
  request.kind = kind_of(member("kind").as_string());
  if (request.kind != Kind::rollback) {
    request.text = member("sql").as_string();
    request.file = member("file").as_string();
  }
  if (const Json* since = json.find("since_ms")) {
    request.since = Timestamp{since->as_int()};
  }
  return request;
}

std::string_view ChangeRequest::name() const {
  return kind == Kind::apply ? "apply" : kind == Kind::rollback ? "rollback" : "shadow";
}

static Json rows_json(const std::vector<std::string>& rows) {
  Json array = Json::array();
  for (const std::string& row : rows) {
    array.push(row);
  }
  return array;
}

Json tables_json(const std::vector<change::TableComparison>& tables) {
  Json array = Json::array();
  for (const change::TableComparison& each : tables) {
    array.push(Json::object({{"table", each.table},
                             {"equal", each.equal},
                             {"only_old", each.only_old},
                             {"only_new", each.only_new},
                             {"samples_old", rows_json(each.samples_old)},
                             {"samples_new", rows_json(each.samples_new)}}));
  }
  return array;
}

}  // namespace millrace::server
