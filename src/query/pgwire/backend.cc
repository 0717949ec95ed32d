#include "query/pgwire/backend.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/check.h"
#include "base/error.h"
#include "query/pgwire/sql_state.h"
#include "query/sql_text.h"

namespace millrace::query::pgwire {

// What is handed to the connection at once; the client must take it before more is computed.
static constexpr size_t kPortionBytes = 256 << 10;
// A client that prepares without end is stopped here.
static constexpr size_t kMaxNamed = 10'000;

Backend::Backend(Engine& engine) : session_(engine) {}

namespace {

void append_complete(std::string_view tag, std::string& out) {
  append_message('C', with_zero(tag), out);
}

// Name, table and column numbers (unknown), type, length, modifier, format.
void append_row_description(const std::vector<ResultColumn>& columns,
                            const std::vector<Format>& formats, std::string& out) {
  NetworkWriter payload;
  payload.write(static_cast<int16_t>(columns.size()));
  for (size_t i = 0; i < columns.size(); ++i) {
    const TypeInfo& type = type_info(columns[i]);
    payload.write_bytes(with_zero(columns[i].name));
    payload.write(int32_t{0});
    payload.write(int16_t{0});
    payload.write(type.oid);
    payload.write(type.length);
    payload.write(type_modifier(columns[i].type));
    payload.write(static_cast<int16_t>(formats.empty() ? Format::text : formats[i]));
  }
  append_message('T', payload.bytes(), out);
}

void append_data_row(const Batch& batch, uint32_t row, const std::vector<Format>& formats,
                     std::string& out) {
  const size_t at = out.size();
  out.append("D\0\0\0\0\0\0", 7);
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    append_value(batch.columns[i], row, formats[i], out);
  }
  store<int32_t, Endian::big>(static_cast<int32_t>(out.size() - at - 1), out.data() + at + 1);
  store<int16_t, Endian::big>(static_cast<int16_t>(batch.columns.size()), out.data() + at + 5);
}

// SHOW gives one column of text.
std::vector<ResultColumn> columns_of_show(const SessionStatement& statement) {
  return {{statement.name, Type::string(), false}};
}

}  // namespace

void Backend::send_ready(std::string& out) const {
  append_message('Z', std::string(1, static_cast<char>(transaction_)), out);
}

// The end of a statement: of a Query, or of an extended exchange up to its Sync.
void Backend::fail(const Error& error, std::string& out) {
  out += error_response(error, "ERROR", place_.sql, place_.characters_before);
  if (transaction_ == TransactionState::open) {
    transaction_ = TransactionState::failed;
  }
  skipping_to_sync_ = running_ == nullptr || !running_->simple;
  if (!skipping_to_sync_) {
    send_ready(out);
  }
  running_.reset();
}

Progress Backend::handle(const Message& message, std::string& out) {
  if (std::holds_alternative<Sync>(message)) {
    skipping_to_sync_ = false;
    portals_.erase("");
    send_ready(out);
    return Progress::done;
  }
  if (skipping_to_sync_) {
    return Progress::done;
  }
  place_ = {};
  try {
    return dispatch(message, out);
  } catch (const Error& error) {
    // The protocol request ends here, the session goes on.
    fail(error, out);
    return Progress::done;
  }
}

Progress Backend::dispatch(const Message& message, std::string& out) {
  if (const auto* query = std::get_if<Query>(&message)) {
    return handle(*query, out);
  }
  if (const auto* execute = std::get_if<Execute>(&message)) {
    return handle(*execute, out);
  }
  if (const auto* parse = std::get_if<Parse>(&message)) {
    handle(*parse, out);
  } else if (const auto* bind = std::get_if<Bind>(&message)) {
    handle(*bind, out);
  } else if (const auto* describe = std::get_if<Describe>(&message)) {
    handle(*describe, out);
  } else if (const auto* close = std::get_if<Close>(&message)) {
    handle(*close, out);
  } else if (const auto* unserved = std::get_if<Unserved>(&message)) {
    throw Error(ErrorCode::unsupported,
                std::string("messages of type '") + unserved->type + "' are not supported");
  }
  return Progress::done;  // Flush: everything is sent at once anyway
}

Progress Backend::resume(std::string& out) {
  check(running_ != nullptr);
  try {
    return go_on(out);
  } catch (const Error& error) {
    // The protocol request ends here, the session goes on.
    fail(error, out);
    return Progress::done;
  }
}

Progress Backend::handle(const Query& query, std::string& out) {
  running_ = std::make_unique<Running>();
  running_->simple = true;
  running_->sql = query.sql;
  running_->statements = split_statements(running_->sql);
  if (running_->statements.empty()) {
    append_message('I', "", out);
  }
  return go_on(out);
}

Progress Backend::go_on(std::string& out) {
  while (true) {
    if (running_->sending && send_portal(out) == Progress::more) {
      return Progress::more;
    }
    running_->sending = false;
    if (!running_->simple) {
      break;
    }
    if (running_->statements.empty()) {
      portals_.erase("");
      send_ready(out);
      break;
    }
    start_statement(out);
  }
  running_.reset();
  return Progress::done;
}

static size_t characters_in(std::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<uint8_t>(c) & 0xC0) != 0x80; }));
}

// The next statement of a Query becomes the unnamed portal.
void Backend::start_statement(std::string& out) {
  const std::string_view sql = running_->statements.front();
  running_->statements.erase(running_->statements.begin());
  const std::string_view before(running_->sql.data(),
                                static_cast<size_t>(sql.data() - running_->sql.data()));
  place_ = {std::string(sql), characters_in(before)};
  const std::shared_ptr<const Prepared> prepared = prepare(place_.sql, {});
  portals_.insert_or_assign("", make_portal(prepared, {}));
  if (prepared->statement) {
    append_row_description(prepared->statement->columns(), {}, out);
  } else if (prepared->session && prepared->session->verb == SessionVerb::show) {
    append_row_description(columns_of_show(*prepared->session), {}, out);
  }
  running_->sending = true;
}

std::shared_ptr<const Backend::Prepared> Backend::prepare(const std::string& sql,
                                                          std::vector<uint32_t> oids) {
  auto prepared = std::make_shared<Prepared>();
  prepared->sql = sql;
  prepared->session = session_statement(sql);
  prepared->parameter_oids = std::move(oids);
  check_transaction(*prepared);
  if (prepared->session && prepared->session->verb == SessionVerb::show) {
    settings_.show(prepared->session->name);  // there is one, before its column is announced
  }
  if (!prepared->session && !tokens_of(sql).empty()) {
    prepared->statement = session_.prepare(sql);
    prepared->parameter_oids.resize(prepared->statement->parameters());
  }
  return prepared;
}

void Backend::check_transaction(const Prepared& prepared) const {
  const bool ends = prepared.session && (prepared.session->verb == SessionVerb::commit ||
                                         prepared.session->verb == SessionVerb::rollback ||
                                         prepared.session->verb == SessionVerb::rollback_to);
  if (transaction_ == TransactionState::failed && !ends) {
    throw Error(ErrorCode::conflict,
                "current transaction is aborted, commands ignored until end of transaction block");
  }
}

void Backend::handle(const Parse& parse, std::string& out) {
  const std::vector<std::string_view> statements = split_statements(parse.sql);
  if (statements.size() > 1) {
    throw Error(ErrorCode::syntax, "cannot insert multiple commands into a prepared statement");
  }
  if (statements_.size() >= kMaxNamed) {
    throw Error(ErrorCode::unavailable, "too many prepared statements in one session");
  }
  const std::string sql(statements.empty() ? std::string_view() : statements[0]);
  const size_t before =
      sql.empty() ? 0 : static_cast<size_t>(statements[0].data() - parse.sql.data());
  place_ = {sql, characters_in(std::string_view(parse.sql).substr(0, before))};
  statements_[parse.statement] = prepare(sql, parse.parameter_oids);
  append_message('1', "", out);
}

std::shared_ptr<const Backend::Prepared> Backend::prepared_named(const std::string& name) const {
  const auto found = statements_.find(name);
  if (found == statements_.end()) {
    throw Error(ErrorCode::not_found, "prepared statement \"" + name + "\" does not exist");
  }
  return found->second;
}

Backend::Portal& Backend::portal_named(const std::string& name) {
  const auto found = portals_.find(name);
  if (found == portals_.end()) {
    throw Error(ErrorCode::not_found, "portal \"" + name + "\" does not exist");
  }
  return found->second;
}

static Format format_at(const std::vector<int16_t>& formats, size_t i) {
  const int16_t code = formats.empty() ? 0 : formats.size() == 1 ? formats[0] : formats.at(i);
  return static_cast<Format>(code);
}

Backend::Portal Backend::make_portal(std::shared_ptr<const Prepared> prepared,
                                     const Bind& bind) const {
  Portal portal;
  const size_t wanted = prepared->statement ? prepared->statement->parameters() : 0;
  if (bind.parameters.size() != wanted) {
    throw Error(ErrorCode::invalid_argument,
                "bind message supplies " + std::to_string(bind.parameters.size()) +
                    " parameters, but the statement requires " + std::to_string(wanted));
  }
  for (size_t i = 0; i < wanted; ++i) {
    const std::optional<std::string>& value = bind.parameters[i];
    portal.parameters.push_back(value ? parameter_from(*value, format_at(bind.parameter_formats, i),
                                                       prepared->parameter_oids[i],
                                                       prepared->statement->parameter_types()[i])
                                      : Parameter());
  }
  const size_t columns = prepared->statement ? prepared->statement->columns().size() : 1;
  if (bind.result_formats.size() > 1 && bind.result_formats.size() != columns) {
    throw Error(ErrorCode::invalid_argument, "result formats do not fit the result columns");
  }
  for (size_t i = 0; i < columns; ++i) {
    portal.formats.push_back(format_at(bind.result_formats, i));
  }
  portal.prepared = std::move(prepared);
  return portal;
}

void Backend::handle(const Bind& bind, std::string& out) {
  const std::shared_ptr<const Prepared> prepared = prepared_named(bind.statement);
  check_transaction(*prepared);
  if (portals_.size() >= kMaxNamed) {
    throw Error(ErrorCode::unavailable, "too many portals in one session");
  }
  portals_.insert_or_assign(bind.portal, make_portal(prepared, bind));
  append_message('2', "", out);
}

void Backend::handle(const Describe& describe, std::string& out) {
  const bool of_portal = describe.target == Target::portal;
  const std::shared_ptr<const Prepared> prepared =
      of_portal ? portal_named(describe.name).prepared : prepared_named(describe.name);
  if (!of_portal) {
    NetworkWriter payload;
    payload.write(static_cast<int16_t>(prepared->parameter_oids.size()));
    for (size_t i = 0; i < prepared->parameter_oids.size(); ++i) {
      const uint32_t given = prepared->parameter_oids[i];
      payload.write(given != 0 ? given : type_info(prepared->statement->parameter_types()[i]).oid);
    }
    append_message('t', payload.bytes(), out);
  }
  if (prepared->statement) {
    append_row_description(prepared->statement->columns(),
                           of_portal ? portal_named(describe.name).formats : std::vector<Format>(),
                           out);
  } else if (prepared->session && prepared->session->verb == SessionVerb::show) {
    append_row_description(columns_of_show(*prepared->session), {}, out);
  } else {
    append_message('n', "", out);
  }
}

Progress Backend::handle(const Execute& execute, std::string& out) {
  running_ = std::make_unique<Running>();
  running_->portal = execute.portal;
  running_->left = execute.max_rows > 0 ? execute.max_rows : -1;
  running_->sending = true;
  return go_on(out);
}

void Backend::handle(const Close& close, std::string& out) {
  if (close.target == Target::statement) {
    statements_.erase(close.name);
  } else {
    portals_.erase(close.name);
  }
  append_message('3', "", out);
}

void Backend::send_session_answer(const Prepared& prepared, std::string& out) {
  const SessionStatement& statement = *prepared.session;
  std::string tag = statement.tag;
  switch (statement.verb) {
    case SessionVerb::begin: transaction_ = TransactionState::open; break;
    case SessionVerb::commit:
      tag = transaction_ == TransactionState::failed ? "ROLLBACK" : tag;
      transaction_ = TransactionState::idle;
      break;
    case SessionVerb::rollback: transaction_ = TransactionState::idle; break;
    case SessionVerb::rollback_to: transaction_ = TransactionState::open; break;
    case SessionVerb::set:
      settings_.set(statement.name, statement.value);
      if (statement.name == "application_name") {
        append_message('S', with_zero(statement.name) + with_zero(statement.value), out);
      }
      break;
    case SessionVerb::reset: settings_.reset(statement.name); break;
    case SessionVerb::show: {
      const std::string& value = settings_.show(statement.name);
      NetworkWriter row;
      row.write(int16_t{1});
      row.write(static_cast<int32_t>(value.size()));
      row.write_bytes(value);
      append_message('D', row.bytes(), out);
      break;
    }
    case SessionVerb::deallocate: statements_.erase(statement.name); break;
    case SessionVerb::deallocate_all: statements_.clear(); break;
    case SessionVerb::other_transaction:
    case SessionVerb::other: break;
  }
  append_complete(tag, out);
}

// Whether there is another row to send.
bool Backend::fetch(Portal& portal) {
  while (!portal.finished && portal.next_row == portal.rows.size()) {
    std::optional<Batch> rows = portal.cursor->next();
    portal.finished = !rows.has_value();
    portal.rows = rows ? std::move(*rows) : Batch();
    portal.next_row = 0;
  }
  return !portal.finished;
}

// Sends a portion of the running portal.
Progress Backend::send_portal(std::string& out) {
  Portal& portal = portal_named(running_->portal);
  const Prepared& prepared = *portal.prepared;
  if (prepared.session) {
    send_session_answer(prepared, out);
    return Progress::done;
  }
  if (!prepared.statement) {
    append_message('I', "", out);
    return Progress::done;
  }
  if (!portal.cursor) {
    portal.cursor = session_.run(*prepared.statement, portal.parameters);
  }
  while (running_->left != 0 && fetch(portal)) {
    if (out.size() >= kPortionBytes) {
      return Progress::more;
    }
    append_data_row(portal.rows, portal.rows.rows()[portal.next_row++], portal.formats, out);
    ++portal.sent;
    running_->left -= running_->left > 0 ? 1 : 0;
  }
  if (running_->left == 0 && fetch(portal)) {
    append_message('s', "", out);
  } else {
    append_complete("SELECT " + std::to_string(portal.sent), out);
  }
  return Progress::done;
}

}  // namespace millrace::query::pgwire
