// SPDX-License-Identifier: Apache-2.0
// Every command of every model: one row each. docs/adding-a-command.md shows how a row is made.
#include <array>

#include "modem/basic_commands.h"
#include "modem/http_commands.h"
#include "modem/serial_commands.h"

namespace m531x::modem {
namespace {

using at::Form;
using at::only;
using at::Profile;
using at::Style;
using C = at::LineCharacters;

constexpr auto kAll = kCommonCommands;
constexpr auto kBasic = only(Form::basic);
constexpr auto kSet = only(Form::set);
constexpr auto kReadSet = Form::read | Form::set;
constexpr auto kStd = Style::standard;
constexpr auto kOwn = Style::own;

constexpr auto kCommands = std::to_array<CommandRow>({
    {"&C", kAll, kStd, kBasic, set_number<&Profile::carrier_detect, 1>, "", "[0-1]"},
    {"&D", kAll, kStd, kBasic, set_number<&Profile::terminal_ready, 2>, "", "[0-2]"},
    {"&F", kAll, kStd, kBasic, restore_factory, "", "[0]"},
    {"&V", kAll, kStd, kBasic, view_profile, "", "[0]"},
    {"&W", kAll, kStd, kBasic, store_profile, "", "[0]"},
    {"+CMEE", kAll, kStd, kReadSet, error_numbers, "(0-2)", "=<n>"},
    {"+HTTPCFG", kAll, kOwn, kSet, http_cfg, "", "=<id>,<type>[,<value>[,<encode>]]"},
    {"+HTTPCLOSE", kAll, kOwn, kSet, http_close, "#", "=<id>"},
    {"+HTTPCONTENT", kAll, kOwn, kSet, http_content, "#,<content>,(0,1)",
     "=<id>[,<content>[,<encode_method>]]"},
    {"+HTTPCREATE", kAll, kOwn, kSet, http_create, "", "=<url>[,<user>,<password>]"},
    {"+HTTPHEADER", kAll, kOwn, kSet, http_header, "#,<header>,(0,1)",
     "=<id>[,<header>[,<encode_method>]]"},
    {"+HTTPSEND", kAll, kOwn, kSet, http_send, "#,(0-4),<path>", "=<id>,<method>,<path>"},
    {"+ICF", kAll, kStd, kReadSet, framing, "(0-6),(0-3)", "=<format>[,<parity>]"},
    {"+IFC", kAll, kStd, kReadSet, flow_control, "(0-2),(0-2)", "=<dce_by_dte>[,<dte_by_dce>]"},
    {"+IPR", kMt2625Commands, kStd, kReadSet, rate,
     "(0),(2400,4800,9600,19200,38400,57600,115200,230400,460800)", "=<rate>"},
    {"+NATSPEED", kHi2115Commands, kStd, kReadSet, uart_speed,
     "(2400,4800,9600,57600,115200,230400,460800),(0-30),(0,1),(0-3),(1,2),(0-2),(0,1)",
     "=<baud>,<timeout>,<store>[,<sync>[,<stopbits>[,<parity>[,<xonxoff>]]]]"},
    {"E", kAll, kStd, kBasic, set_number<&Profile::echo, 1>, "", "[0-1]"},
    {"I", kAll, kStd, kBasic, identify, "", "[0-9]"},
    {"Q", kAll, kStd, kBasic, set_number<&Profile::quiet, 1>, "", "[0-1]"},
    {"S3", kAll, kStd, kReadSet, s_parameter<&C::terminator>, "", "=<0-127>"},
    {"S4", kAll, kStd, kReadSet, s_parameter<&C::formatting>, "", "=<0-127>"},
    {"S5", kAll, kStd, kReadSet, s_parameter<&C::editing>, "", "=<0-127>"},
    {"V", kAll, kStd, kBasic, set_number<&Profile::verbose, 1>, "", "[0-1]"},
    {"X", kAll, kStd, kBasic, set_number<&Profile::result_codes, 4>, "", "[0-4]"},
    {"Z", kAll, kStd, kBasic, restore_stored, "", "[0]"},
});
static_assert(at::sorted_unique(kCommands), "kCommands must be sorted by name, without duplicates");

constexpr at::Index kIndex(kCommands);

}  // namespace

std::span<const CommandRow> commands() { return kCommands; }

const CommandRow* find_command(const at::Name& name) { return kIndex.find(kCommands, name); }

}  // namespace m531x::modem
