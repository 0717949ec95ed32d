#pragma once

// From queries to plan nodes. Views, common tables and tables that a job uses several times are
// planned once and shared.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/check_options.h"
#include "plan/beyond_flink.h"
#include "plan/bind/scope.h"
#include "plan/bind/table_arguments.h"
#include "plan/bind/user_functions.h"
#include "plan/nodes.h"
#include "sql/query.h"

namespace millrace::plan {

// What a query or an item of FROM gives: the node's columns, under names of its own.
struct Relation {
  Node* node = nullptr;
  std::vector<std::string> names;
};

// Renames the columns to those of an alias t (a, b) or a view v (a, b). Throws Error where they are
// more or fewer, or two of one name.
void rename(Relation& relation, const std::vector<std::string>& names, const std::string& what,
            const Position& at);
// Throws Error where two columns have one name; `what` has them, and may list others behind its
// own.
void refuse_repeated(const std::vector<std::string>& names, const std::string& what,
                     const Position& at);
std::vector<std::string> texts_of(const std::vector<sql::Name>& names);

// Whether it gives rows out of a value: UNNEST, a table function of the user's.
bool makes_elements(const sql::TableReference& table);

Scope scope_of(const Relation& relation, const std::string& table, const UserFunctions* functions);
// The columns of both, the outer ones first; an inner name hides the outer one that it is.
Scope scope_within(const Scope& outer, const Scope& inner);

class Ordering;
class SelectHints;
struct SubQuery;  // of sub_queries.cc
struct CorrelatedKeys;
struct LateralQuery;
class SubQueryValues;
struct SelectedRows;  // selected_rows.h

class QueryBinder {
 public:
  // All outlive the binder; nodes go into `plan`, notes into `beyond_flink` where that is not null.
  QueryBinder(const catalog::Catalog& catalog, const catalog::Connections& connections, Plan& plan,
              std::vector<BeyondFlink>* beyond_flink = nullptr)
      : catalog_(catalog),
        names_in_(catalog.current()),
        functions_(catalog, names_in_),
        connections_(connections),
        plan_(plan),
        beyond_flink_(beyond_flink) {}
  // Scopes point to it.
  QueryBinder(const QueryBinder&) = delete;
  QueryBinder& operator=(const QueryBinder&) = delete;

  // Throws Error with the place of what is wrong or not supported.
  Relation bind(const sql::Query& query);
  // A query within another, which as in Flink takes its rows as they come: ORDER BY without LIMIT
  // says nothing there.
  Relation bind_nested(const sql::Query& query);

 private:
  struct CommonTable {
    const sql::CommonTable* written = nullptr;
    Relation relation;  // node is null until the first use
  };
  using CommonTables = std::map<std::string, CommonTable>;

  Relation bind(const sql::Query& query, Ordering ordering);
  Relation bind(const sql::Select& select, Ordering& ordering);
  Relation bind_all(const sql::Select& select, Ordering& ordering);  // whatever DISTINCT says
  Relation bind_ordered(const sql::Query& query, Ordering& ordering);
  void order_shown(Ordering& ordering, Relation& relation);
  Relation bind(const sql::SetOperation& operation, const Position& at);  // set_operations.cc
  Relation bind(const sql::Values& values, const Position& at);           // values.cc
  // The select list, HAVING and QUALIFY.
  Relation bind_items(const sql::Select& select, SelectedRows& rows, Ordering& ordering);
  SelectedRows bind_grouping(const sql::Select& select, SelectedRows& from,
                             const Ordering& ordering, const std::vector<size_t>& keys_ahead);

  // A view's ORDER BY is as that of any query within another, but where the whole query does no
  // more than filter and compute its rows: as in Flink.
  enum class Views : uint8_t { in_any_order, in_order };
  // FROM (tables.cc). The scope qualifies the columns with the alias or name.
  Relation bind_from(const sql::TableReference& table, Scope& scope,
                     Views views = Views::in_any_order);
  // WHERE, HAVING and ON (sub_queries.cc): `parts` are all to hold.
  void bind_conditions(const std::vector<const sql::Expression*>& parts, std::string_view clause,
                       SelectedRows& rows);
  void bind_plain_conditions(const std::vector<const sql::Expression*>& parts,
                             std::string_view clause, SelectedRows& rows);
  void bind_sub_query(const SubQuery& sub, SelectedRows& rows);
  // Sub-queries as values: each is joined to the rows, and becomes columns behind the others that
  // no name stands for (scalar_queries.cc, membership_values.cc).
  SubQueryValues bind_values(const sql::Expression& written, SelectedRows& rows);
  function::Expression bind_scalar(const sql::Query& query, SelectedRows& rows, const Position& at);
  void note(BeyondFlink beyond) {
    if (beyond_flink_ != nullptr) {
      beyond_flink_->push_back(std::move(beyond));
    }
  }
  // That a sub-query names columns of the rows.
  void note_correlated(const SelectedRows& rows, const Position& at);
  function::Expression join_value(Node* value, const CorrelatedKeys& keys, SelectedRows& rows,
                                  const Position& at);
  Node* bind_one_value(const sql::Query& query, const Position& at);
  function::Expression bind_scalar_aggregate(const sql::Select& select, SelectedRows& inner,
                                             const CorrelatedKeys& keys, SelectedRows& rows);
  std::vector<size_t> add_keys(SelectedRows& rows, std::vector<function::Expression> keys);
  function::Expression bind_membership(const sql::Expression& written, const SubQueryValues& values,
                                       SelectedRows& rows);
  function::Expression bind_in(const sql::Query& query, std::vector<function::Expression> operands,
                               SelectedRows& rows, const Position& at);
  function::Expression bind_exists(const sql::Query& query, SelectedRows& rows, const Position& at);
  function::Expression bind_any(const sql::Query& query, std::string_view comparison,
                                function::Expression operand, SelectedRows& rows,
                                const Position& at);
  function::Expression join_marked(Node* node, std::vector<function::Expression> members,
                                   const CorrelatedKeys& keys,
                                   const std::vector<function::Expression>& operands,
                                   SelectedRows& rows, const Position& at);
  void join_counts(Node* members, const CorrelatedKeys& keys, SelectedRows& rows,
                   const Position& at);
  Relation bind_members(const sql::Query& query, SelectedRows& outer, CorrelatedKeys& keys,
                        const Position& at);
  Node* bind_item(const sql::Select& select, const SelectedRows& inner, const CorrelatedKeys& keys);
  Relation bind_member_groups(const sql::Select& select, SelectedRows inner,
                              const CorrelatedKeys& keys, const Position& at);
  SelectedRows bind_correlated(const sql::Select& select, const SelectedRows& outer,
                               CorrelatedKeys& keys);
  CorrelatedKeys join_outer_values(SelectedRows& inner, std::vector<function::Expression> across,
                                   const SelectedRows& outer, const Position& at);
  Relation bind_grouped_by(const sql::Select& select, Relation inner, Scope scope,
                           std::vector<function::Expression> keys);

  // The right side of a join that is read as of a time of the left one.
  Relation bind_match(const sql::MatchRecognize& match, const Position& at);  // match_recognize.cc
  Relation bind_versioned(const sql::TableReference& table, Scope& scope);
  // Tells the scope where its table is, if that may be written ahead of the table's name.
  void set_space(const sql::TableReference& table, Scope& scope);
  // joins.cc
  Relation bind_join(const sql::Join& join, const Position& at, Scope& scope);
  Relation bind_table(const sql::NamedTable& table, const Position& at, Views views);
  std::shared_ptr<const catalog::Table> with_hinted_options(const sql::NamedTable& named);
  Relation bind_name(const sql::QualifiedName& name, Views views = Views::in_any_order);
  Relation bind_view(const catalog::View& view, Views views);
  Relation bind_common_table(CommonTable& table);
  Relation bind_input(const TableInput& input);
  Relation bind_window_function(const sql::FunctionTable& table);
  Relation bind_changelog_function(const sql::FunctionTable& table);  // changelog_functions.cc
  // unnest.cc. `scope`, which names the columns of `left`, gets those of the elements as well.
  // Those for which `on`, null for TRUE, does not hold are none.
  enum class EmptyCollections : uint8_t { dropped, kept };
  Relation bind_unnest(const sql::TableReference& table, const Relation& left, Scope& scope,
                       EmptyCollections empty, const sql::Expression* on = nullptr);
  Relation bind_unnest_join(const sql::Join& join, const Position& at, Scope& scope);
  // lateral.cc
  Relation bind_lateral_join(const sql::Join& join, const Position& at, Scope& scope);
  Node* bind_lateral_query(LateralQuery& lateral, const Relation& left, Scope& scope);
  void bind_lateral_rows(LateralQuery& lateral, const Scope& outer);
  void bind_lateral_groups(LateralQuery& lateral, const Scope& outer);
  void bind_lateral_aggregates(LateralQuery& lateral, Relation from, const Scope& inner,
                               std::vector<function::Expression> keys, size_t width);
  size_t bind_lateral_top(LateralQuery& lateral, const Relation& from, const Scope& inner,
                          std::vector<function::Expression> keys);
  Relation bind_lateral_elements(LateralQuery& lateral, const Relation& left, Scope& scope);
  CommonTable* find_common_table(const std::string& name);

  const catalog::Catalog& catalog_;
  catalog::Namespace names_in_;  // where names without catalog and database are looked for
  const UserFunctions functions_;
  const catalog::Connections& connections_;
  Plan& plan_;
  std::vector<BeyondFlink>* beyond_flink_;
  const SelectHints* hints_ = nullptr;       // of the SELECT at hand
  std::vector<CommonTables> common_tables_;  // of the queries around, innermost last
  std::map<std::string, Relation> shared_;   // tables and views planned already
};

}  // namespace millrace::plan
