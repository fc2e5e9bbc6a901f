// SPDX-License-Identifier: Apache-2.0
#include "app/check_learn.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "app/run_settings.h"
#include "transcript/notation.h"

namespace m531x::app {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeader = "Content-Length: 5\r\n\r\n";

// One line on one line of a comment.
std::string shown(std::string_view text) {
  std::string line = transcript::render(text, "");
  std::erase(line, '\n');
  return line;
}

// The line in `text` that begins with `start`, without its end; empty: there is no whole one.
std::string line_with(std::string_view text, std::string_view start) {
  const std::size_t at = text.find(fmt::format("\r\n{}", start));
  if (at == std::string_view::npos) return "";
  const std::size_t end = text.find(kLineEnd, at + kLineEnd.size());
  if (end == std::string_view::npos) return "";
  return std::string(text.substr(at + kLineEnd.size(), end - at - kLineEnd.size()));
}

std::size_t field_count(std::string_view line) {
  return 1 + static_cast<std::size_t>(std::ranges::count(line, ','));
}

std::string truth(bool value) { return value ? "true" : "false"; }

class Learner {
 public:
  Learner(CheckWait& wait, CheckPort& port, CheckServer& server, const CheckTiming& timing)
      : wait_(wait), port_(port), server_(server), timing_(timing) {}

  LearnedVariant learn() {
    learn_space();
    if (create()) {
      learn_query();
      learn_cfg();
      learn_empty_value();
      learn_status();
      learn_early_close();
      learn_refusal();
      command(fmt::format("AT+HTTPCLOSE={}", id_));
    }
    learn_echo();
    return std::move(learned_);
  }

 private:
  std::string command(std::string_view line) {
    return port_.command(wait_, line, timing_.patience);
  }
  void know(std::string_view field, std::string value, std::string_view why) {
    learned_[fmt::format("variant.{}", field)] = {std::move(value), shown(why)};
  }
  void not_known(std::string_view field, std::string_view why) { know(field, "", why); }

  // Waits for a line that begins so; empty: it does not come.
  std::string wait_line(std::string_view start) {
    std::string line;
    wait_.until(
        [&] {
          line = line_with(port_.heard(), start);
          return !line.empty();
        },
        from_now(timing_.patience));
    return line;
  }

  void learn_space() {
    const std::string line = line_with(command("AT+CMEE?"), "+CMEE:");
    if (line.empty()) return not_known("space_after_colon", "AT+CMEE? tells nothing");
    know("space_after_colon", truth(line.starts_with("+CMEE: ")), line);
  }

  // False: the module makes no instance, and of HTTP nothing can be learned.
  bool create() {
    constexpr std::string_view kName = "+HTTPCREATE:";
    const std::string url = fmt::format("http://{}", server_.authority(0));
    const std::string line = line_with(command(fmt::format("AT+HTTPCREATE=\"{}\"", url)), kName);
    id_ = line.empty()
              ? ""
              : line.substr(std::min(line.find_first_not_of(' ', kName.size()), line.size()));
    if (!id_.empty()) return true;
    for (const auto field : {"query_order", "cfg_readback", "empty_value"}) {
      not_known(field, "the module makes no instance");
    }
    for (const auto field : {"reason_line", "nmih_form", "nmic_summation", "disconnect_name",
                             "disconnect_code", "error_report", "connect_error_line"}) {
      not_known(field, "the module makes no instance");
    }
    return false;
  }

  void learn_query() {
    command(fmt::format(R"(AT+HTTPHEADER={},"A: b\r\n")", id_));
    const std::string answer = command(fmt::format("AT+HTTPHEADER={}", id_));
    constexpr std::string_view kText = "+HTTPHEADER:";
    if (!line_with(answer, kText).empty()) {
      return know("query_order", "text_then_ok", answer);
    }
    if (wait_line(kText).empty()) return not_known("query_order", "a query shows no text");
    wait_.until([&] { return port_.heard().ends_with("A: b\r\n\r\n"); },
                from_now(timing_.patience));
    know("query_order", "ok_then_text", answer + port_.heard());
  }

  void learn_cfg() {
    const std::string answer = command(fmt::format("AT+HTTPCFG={},6", id_));
    std::string line = line_with(answer, "+HTTPCFG:");
    // Its text, too, may come behind OK.
    if (line.empty() && answer.ends_with("\r\nOK\r\n")) line = wait_line("+HTTPCFG:");
    const std::size_t fields = field_count(line);
    if (fields == 4) return know("cfg_readback", "with_length", line);
    if (fields == 3) return know("cfg_readback", "without_length", line);
    not_known("cfg_readback", line.empty() ? "AT+HTTPCFG=<id>,6 tells nothing" : line);
  }

  void learn_empty_value() {
    const std::string answer = command(fmt::format("AT+HTTPHEADER={},", id_));
    const bool clears = answer.ends_with("\r\nOK\r\n");
    know("empty_value", clears ? "clears" : "refused", answer);
    command(fmt::format("AT+HTTPHEADER={},\"\"", id_));
  }

  // The request's connection, at the latest when its whole head is there; null: none came.
  bool ask() {
    port_.heard().clear();
    command(fmt::format("AT+HTTPSEND={},0,\"/learn\"", id_));
    return wait_.until(
        [&] {
          auto& arrivals = server_.arrivals();
          if (!arrivals.empty()) {
            connection_ = arrivals.back().connection;
            arrivals.clear();
          }
          return connection_ && connection_->heard.find("\r\n\r\n") != std::string::npos;
        },
        from_now(timing_.patience));
  }

  // A whole response that is an error with a reason, to the end of its last record.
  void learn_status() {
    const std::string unreachable =
        fmt::format("no request came to http://{}", server_.authority(0));
    if (!ask()) {
      for (const auto field : {"reason_line", "nmih_form", "nmic_summation"}) {
        not_known(field, unreachable);
      }
      return;
    }
    connection_->heard.clear();
    connection_->send(fmt::format("HTTP/1.1 404 Not Here\r\n{}12345", kHeader));
    const std::string nmic = wait_line("+HTTPNMIC:");
    const std::string heard = port_.heard();
    const std::string err = line_with(heard, "+HTTPERR:");
    const bool has_reason = heard.find("404 Not Here\r\n") != std::string::npos;
    if (err.empty()) {
      not_known("reason_line", "no +HTTPERR tells of a status of 404");
    } else {
      know("reason_line", truth(has_reason), has_reason ? err + "\\r\\n404 Not Here" : err);
    }
    learn_nmih(line_with(heard, "+HTTPNMIH:"));
    const std::size_t fields = field_count(nmic);
    if (fields == 4 || fields == 5) {
      know("nmic_summation", truth(fields == 5), nmic);
    } else {
      not_known("nmic_summation", nmic.empty() ? "no +HTTPNMIC came" : nmic);
    }
    wait_.until([&] { return port_.heard().find("12345\r\n") != std::string::npos; },
                from_now(timing_.patience));
  }

  void learn_nmih(const std::string& line) {
    if (field_count(line) != 3) {
      return not_known("nmih_form", line.empty() ? "no +HTTPNMIH came" : line);
    }
    const bool has_status = line.find(",404,") != std::string::npos;
    know("nmih_form", has_status ? "status_length" : "more_length", line);
  }

  // Some of a response, then the end of the connection.
  void learn_early_close() {
    if (!ask()) {
      for (const auto field : {"disconnect_name", "disconnect_code", "error_report"}) {
        not_known(field, "no request came to be ended early");
      }
      return;
    }
    connection_->send(fmt::format("HTTP/1.1 200 OK\r\n{}12", kHeader));
    connection_->finish();
    connection_.reset();
    const std::string line = wait_line("+HTTPDI");
    const std::string err = line_with(port_.heard(), "+HTTPERR:");
    if (line.empty()) {
      for (const auto field : {"disconnect_name", "disconnect_code"}) {
        not_known(field, "no disconnect report came");
      }
    } else {
      learn_disconnect(line);
    }
    if (line.empty() && err.empty()) {
      return not_known("error_report", "nothing told of a connection that ended early");
    }
    know("error_report", err.empty() ? "disconnect_code" : "http_error", err.empty() ? line : err);
  }

  void learn_disconnect(const std::string& line) {
    constexpr std::string_view kHttp = "+HTTP";
    const std::string name = line.substr(kHttp.size(), line.find(':') - kHttp.size());
    const auto names = find_setting(run_table(), "variant.disconnect_name")->names;
    if (std::ranges::find(names, name) != names.end()) {
      know("disconnect_name", name, line);
    } else {
      not_known("disconnect_name", line);
    }
    know("disconnect_code", truth(field_count(line) > 1), line);
  }

  // What is told of a refused connection: CONNECT ERROR, if it comes, is before all else.
  void learn_refusal() {
    server_.set_answer(0, CheckServer::Answer::refuses);
    port_.heard().clear();
    command(fmt::format("AT+HTTPSEND={},0,\"/learn\"", id_));
    std::string end;
    wait_.until(
        [&] {
          end = line_with(port_.heard(), "+HTTPERR:");
          if (end.empty()) end = line_with(port_.heard(), "+HTTPDI");
          return !end.empty();
        },
        from_now(timing_.patience));
    const std::string told = line_with(port_.heard(), "CONNECT ERROR");
    server_.set_answer(0, CheckServer::Answer::accepts);
    if (told.empty() && end.empty()) {
      return not_known("connect_error_line", "nothing told of a refused connection");
    }
    know("connect_error_line", truth(!told.empty()), told.empty() ? end : told);
  }

  // What AT&F restores is what the module has at power-up.
  void learn_echo() {
    port_.type("AT&F\r");
    wait_.until([&] { return end_of_result(port_.heard()) != std::string::npos; },
                from_now(timing_.patience));
    port_.heard().clear();
    port_.type("AT\r");
    const bool answers =
        wait_.until([&] { return end_of_result(port_.heard()) != std::string::npos; },
                    from_now(timing_.patience));
    if (!answers) {
      not_known("echo", "after AT&F the module does not answer at the rate of the port");
      return;
    }
    know("echo", truth(port_.heard().starts_with("AT\r")), port_.heard());
    command("ATZ");
    command("ATQ0V1E0");
  }

  CheckWait& wait_;
  CheckPort& port_;
  CheckServer& server_;
  const CheckTiming& timing_;
  LearnedVariant learned_;
  std::string id_;
  std::shared_ptr<CheckConnection> connection_;
};

}  // namespace

LearnedVariant learn_variant(CheckWait& wait, CheckPort& port, CheckServer& server,
                             const CheckTiming& timing) {
  return Learner(wait, port, server, timing).learn();
}

const Model* learn_model(CheckWait& wait, CheckPort& port, Millis patience) {
  std::string said = port.command(wait, "ATI", patience);
  said += port.command(wait, "AT+CGMM", patience);
  said += port.command(wait, "AT+CGMR", patience);
  const auto found = std::ranges::find_if(
      models(), [&](const Model& model) { return said.find(model.name) != std::string::npos; });
  return found == models().end() ? nullptr : &*found;
}

std::string profile_of(const Model& model, const LearnedVariant& learned,
                       std::string_view port_name) {
  constexpr std::string_view kGroup = "variant.";
  std::string text = fmt::format(
      "# What a module on {} says, learned by m531x check --learn; for m531x run --config.\n"
      "model = \"{}\"\n\n[variant]\n",
      shown(port_name), model.name);
  for (const Setting& setting : run_table()) {
    if (!setting.key.starts_with(kGroup)) continue;
    const Learned& row = learned.at(std::string(setting.key));
    const std::string_view field = setting.key.substr(kGroup.size());
    if (row.value.empty()) {
      text += fmt::format("# {} is not known: {}\n", field, row.why);
    } else if (setting.kind == Setting::Kind::truth) {
      text += fmt::format("{} = {}  # {}\n", field, row.value, row.why);
    } else {
      text += fmt::format("{} = \"{}\"  # {}\n", field, row.value, row.why);
    }
  }
  return text;
}

}  // namespace m531x::app
