// SPDX-License-Identifier: Apache-2.0
// Every command of every model: one row each, in the list of its part. docs/adding-a-command.md
// shows how a row is made.
#include <array>

#include "modem/basic_commands.h"
#include "modem/clock_commands.h"
#include "modem/context_commands.h"
#include "modem/http_commands.h"
#include "modem/identity_commands.h"
#include "modem/mipl_commands.h"
#include "modem/network_commands.h"
#include "modem/power_commands.h"
#include "modem/serial_commands.h"

namespace m531x::modem {
namespace {

using at::Form;
using at::only;
using at::Profile;
using at::Style;
using C = at::LineCharacters;

constexpr auto kAll = kCommonCommands;
constexpr auto kA = kHi2115Commands;
constexpr auto kLater = kMt2625Commands;
constexpr auto kDual = kRda8908Commands;
constexpr auto kBasic = only(Form::basic);
constexpr auto kSet = only(Form::set);
constexpr auto kRun = only(Form::action);
constexpr auto kReadSet = Form::read | Form::set;
constexpr auto kReadSetTest = static_cast<at::Forms>(kReadSet | only(Form::test));
constexpr auto kStd = Style::standard;
constexpr auto kOwn = Style::own;

// The rows of a part, if it is in.
template <bool kIsIn, std::size_t kCount>
consteval auto rows_if(std::array<CommandRow, kCount> (*rows)()) {
  if constexpr (kIsIn) {
    return rows();
  } else {
    return std::array<CommandRow, 0>{};
  }
}

// AT and HTTP, which every module has.
consteval auto core_rows() {
  return std::to_array<CommandRow>({
      {"&C", kAll, kStd, kBasic, set_number<&Profile::carrier_detect, 1>, "", "[0-1]"},
      {"&D", kAll, kStd, kBasic, set_number<&Profile::terminal_ready, 2>, "", "[0-2]"},
      {"&F", kAll, kStd, kBasic, restore_factory, "", "[0]"},
      {"+CMEE", kAll, kStd, kReadSet, error_numbers, "(0-2)", "=<n>"},
      {"+HTTPCFG", kAll, kOwn, kSet, http_cfg, "", "=<id>,<type>[,<value>[,<encode>]]"},
      {"+HTTPCLOSE", kAll, kOwn, kSet, http_close, "#", "=<id>"},
      {"+HTTPCONTENT", kAll, kOwn, kSet, http_content, "#,<content>,(0,1)",
       "=<id>[,<content>[,<encode_method>]]"},
      {"+HTTPCREATE", kAll, kOwn, kSet, http_create, "", "=<url>[,<user>,<password>]"},
      {"+HTTPHEADER", kAll, kOwn, kSet, http_header, "#,<header>,(0,1)",
       "=<id>[,<header>[,<encode_method>]]"},
      {"+HTTPSEND", kAll, kOwn, kSet, http_send, "#,(0-4),<path>", "=<id>,<method>,<path>"},
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
}

// The module, its line, its SIM and its network.
consteval auto base_rows() {
  return std::to_array<CommandRow>({
      {"&V", kAll, kStd, kBasic, view_profile, "", "[0]"},
      {"&W", kAll, kStd, kBasic, store_profile, "", "[0]"},
      {"+CCLK", kAll, kStd, kReadSet, clock, "", "=<time>"},
      {"+CEDRXS", kAll, kStd, kReadSet, edrx, R"((0-3),(5),("0000"-"1111"))",
       "=<mode>[,<AcT>[,<cycle>[,<window>]]]"},
      {"+CEREG", kAll, kStd, kReadSet, registration, "(0-5)", "=<n>"},
      {"+CESQ", kAll, kStd, kRun, extended_signal_quality,
       "(0-63,99),(0-7,99),(0-96,255),(0-49,255),(0-34,255),(0-97,255)", ""},
      {"+CFGDUALMODE", kDual, kStd, kReadSet, dual_mode, "(0,1),(0,1)", "=<dual>,<order>"},
      {"+CFGRATPRIO", kDual, kStd, kReadSet, rat_priority, "(0-4)", "=<priority>"},
      {"+CFUN", kAll, kStd, kReadSetTest, functionality, "", "=<fun>[,<rst>]"},
      {"+CGACT", kAll, kStd, kReadSet, activation, "(0,1)", "=<state>[,<cid>]"},
      {"+CGATT", kAll, kStd, kReadSet, attachment, "(0,1)", "=<state>"},
      {"+CGDCONT", kAll, kStd, kReadSet, contexts,
       R"((0-10),("IP","IPV6","IPV4V6","NONIP"),,,(0-255),(0-255))", "=<cid>[,<type>[,<apn>]]"},
      {"+CGMI", kAll, kStd, kRun, module_text<&Identity::manufacturer>, "", ""},
      {"+CGMM", kAll, kStd, kRun, module_text<&Identity::model>, "", ""},
      {"+CGMR", kAll, kStd, kRun, module_text<&Identity::revision>, "", ""},
      {"+CGPADDR", kAll, kStd, Form::action | Form::set, addresses, "(0-10)", "[=<cid>]"},
      {"+CGSN", kAll, kStd, Form::action | Form::set, serial_number, "(0-3)", "[=<snt>]"},
      {"+CIMI", kAll, kStd, kRun, sim_text<&Identity::imsi>, "", ""},
      {"+CMDNS", kA | kLater, kStd, kSet, look_up, "", "=<host>"},
      {"+CMPING", kLater, kStd, kSet, ping, "", "=<host>[,<size>[,<timeout>[,<count>]]]"},
      {"+CMRB", kLater, kStd, kRun, restart, "", ""},
      {"+COPS", kAll, kStd, kReadSetTest, operators, "", "=<mode>[,<format>[,<operator>[,<AcT>]]]"},
      {"+CPIN", kAll, kStd, kReadSet, pin, "", "=<pin>"},
      {"+CPOF", kLater, kStd, kRun, power_off, "", ""},
      {"+CPSMS", kAll, kStd, kReadSet, power_saving,
       R"((0-2),,,("00000000"-"11111111"),("00000000"-"11111111"))",
       "=<mode>[,,,<TAU>[,<active_time>]]"},
      {"+CSCON", kAll, kStd, kReadSet, connection_reports, "(0,1)", "=<n>"},
      {"+CSCS", kLater, kStd, kReadSet, character_set, R"(("IRA","GSM"))", "=<chset>"},
      {"+CSQ", kAll, kStd, kRun, signal_quality, "(0-31,99),(0-7,99)", ""},
      {"+CTZR", kAll, kStd, kReadSet, zone_reports, "(0-3)", "=<n>"},
      {"+DNSSER", kLater, kStd, kReadSet, name_servers, "", "=<address>[,<place>[,<type>]]"},
      {"+GSN", kLater, kStd, kRun, module_text<&Identity::imei>, "", ""},
      {"+ICCID", kLater, kStd, Form::action | Form::read, card_number, "", ""},
      {"+ICF", kAll, kStd, kReadSet, framing, "(0-6),(0-3)", "=<format>[,<parity>]"},
      {"+IFC", kAll, kStd, kReadSet, flow_control, "(0-2),(0-2)", "=<dce_by_dte>[,<dte_by_dce>]"},
      {"+IPR", kMt2625Commands, kStd, kReadSet, rate,
       "(0),(2400,4800,9600,19200,38400,57600,115200,230400,460800)", "=<rate>"},
      {"+NATSPEED", kA, kStd, kReadSet, uart_speed,
       "(2400,4800,9600,57600,115200,230400,460800),(0-30),(0,1),(0-3),(1,2),(0-2),(0,1)",
       "=<baud>,<timeout>,<store>[,<sync>[,<stopbits>[,<parity>[,<xonxoff>]]]]"},
      {"+NBAND", kA, kStd, kReadSetTest, bands, "", "=<band>[,<band>...]"},
      {"+NCCID", kA, kStd, Form::action | Form::read, card_number, "", ""},
      {"+NCONFIG", kA, kStd, kReadSet, configuration,
       "(AUTOCONNECT,CR_0354_0338_SCRAMBLING,CR_0859_SI_AVOID,COMBINE_ATTACH,CELL_RESELECTION,"
       "ENABLE_BIP),(FALSE,TRUE)",
       "=<switch>,<TRUE|FALSE>"},
      {"+NCSEARFCN", kA, kStd, kRun, forget_cells, "", ""},
      {"+NEARFCN", kA, kStd, kReadSet, cell_lock, "(0),(0-262143),(0-1F7)",
       "=<mode>,<earfcn>[,<pci>]"},
      {"+NPING", kA, kStd, kSet, ping, "", "=<host>[,<size>[,<timeout>[,<count>]]]"},
      {"+NPSMR", kA, kStd, kReadSet, sleep_reports, "(0,1)", "=<n>"},
      {"+NRB", kA, kStd, kRun, restart_unasked, "", ""},
      {"+NUESTATS", kA, kStd, Form::action | Form::set, statistics, "(RADIO,CELL,ALL)",
       "[=<type>]"},
      {"+SM", kLater, kStd, kSet, sleep_lock, "(LOCK,UNLOCK,LOCK_FOREVER,UNLOCK_FOREVER)",
       "=<lock>"},
  });
}

// LwM2M for OneNET.
consteval auto lwm2m_rows() {
  return std::to_array<CommandRow>({
      {"+MIPLADDOBJ", kAll, kOwn, kSet, mipl_add_object,
       "(0),(0-65535),(1-8),<bitmap>,(0-65535),(0-65535)",
       "=<ref>,<objid>,<inscount>,<bitmap>,<attrcount>,<actcount>"},
      {"+MIPLCLOSE", kAll, kOwn, kSet, mipl_close, "(0)", "=<ref>"},
      {"+MIPLCREATE", kAll, kOwn, Form::action | Form::set, mipl_create, "",
       "[=<totalsize>,<config>,<index>,<currentsize>,<flag>]"},
      {"+MIPLCREATEEX", kAll, kOwn, kSet, mipl_create_ex, "<host>,(0,1),<authcode>,<psk>,<pskid>",
       "=<host>,<flag>[,<authcode>[,<psk>[,<pskid>]]]"},
      {"+MIPLDELETE", kAll, kOwn, kSet, mipl_delete, "(0)", "=<ref>"},
      {"+MIPLDELOBJ", kAll, kOwn, kSet, mipl_delete_object, "(0),(0-65535)", "=<ref>,<objid>"},
      {"+MIPLDISCOVERRSP", kAll, kOwn, kSet, mipl_discover_response, "(0),(0-65535),(1,11-15)",
       "=<ref>,<msgid>,<result>[,<len>,<list>]"},
      {"+MIPLEXECUTERSP", kAll, kOwn, kSet, mipl_change_response<Lwm2mClient::Kind::execute>,
       "(0),(0-65535),(2,11-15)", "=<ref>,<msgid>,<result>"},
      {"+MIPLNOTIFY", kAll, kOwn, kSet, mipl_notify, "(0),(0-65535)",
       "=<ref>,<msgid>,<objid>,<insid>,<resid>,<type>,<len>,<value>,<index>,<flag>[,<ackid>]"},
      {"+MIPLOBSERVERSP", kAll, kOwn, kSet, mipl_observe_response, "(0),(0-65535),(1,11-15)",
       "=<ref>,<msgid>,<result>"},
      {"+MIPLOPEN", kAll, kOwn, kSet, mipl_open, "(0),(0-4294967295),(1-3600)",
       "=<ref>,<lifetime>[,<timeout>]"},
      {"+MIPLPARAMETERRSP", kAll, kOwn, kSet, mipl_change_response<Lwm2mClient::Kind::parameter>,
       "(0),(0-65535),(2,11-15)", "=<ref>,<msgid>,<result>"},
      {"+MIPLREADRSP", kAll, kOwn, kSet, mipl_read_response, "(0),(0-65535),(1,11-15)",
       "=<ref>,<msgid>,<result>[,<objid>,<insid>,<resid>,<type>,<len>,<value>,<index>,<flag>]"},
      {"+MIPLUPDATE", kAll, kOwn, kSet, mipl_update, "(0),(0-4294967295),(0,1)",
       "=<ref>,<lifetime>,<withobj>"},
      {"+MIPLVER", kAll, kOwn, only(Form::read), mipl_version, "", ""},
      {"+MIPLWRITERSP", kAll, kOwn, kSet, mipl_change_response<Lwm2mClient::Kind::write>,
       "(0),(0-65535),(2,11-15)", "=<ref>,<msgid>,<result>"},
  });
}

constexpr auto kCommands =
    at::merged(core_rows(), rows_if<kHasBase>(base_rows), rows_if<kHasLwm2m>(lwm2m_rows));
static_assert(at::sorted_unique(kCommands), "a name stands twice");

constexpr at::Index kIndex(kCommands);

}  // namespace

std::span<const CommandRow> commands() { return kCommands; }

const CommandRow* find_command(const at::Name& name) { return kIndex.find(kCommands, name); }

}  // namespace m531x::modem
