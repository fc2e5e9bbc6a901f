// SPDX-License-Identifier: Apache-2.0
// A sketch for a hobby board: everything is a line up to LF, compared from its beginning; a record's
// content is taken to be the one line after it. It ends with the disconnect report, which its
// module's firmware spells +HTTPDICONN, and sets its clock from AT+CCLK?.
#include "uart.h"

static char line[8192];

static bool read_line(long timeout_ms) {
  size_t size = 0;
  for (int byte = uart_getc(timeout_ms); byte >= 0 && byte != '\n'; byte = uart_getc(5000)) {
    if (size + 1 < sizeof line) line[size++] = (char)byte;
  }
  if (size > 0 && line[size - 1] == '\r') --size;
  line[size] = '\0';
  return size > 0;
}

static bool begins(const char* text) { return strncmp(line, text, strlen(text)) == 0; }

// All lines up to the one with OK or ERROR, one behind the other, as one text.
static const char* command(const char* text) {
  static char all[512];
  all[0] = '\0';
  uart_puts(text);
  uart_puts("\r\n");
  for (const long until = tick_ms() + 5000; tick_ms() < until;) {
    if (!read_line(100)) continue;
    strncat(all, line, sizeof all - strlen(all) - 1);
    if (strstr(line, "OK") != NULL || strstr(line, "ERROR") != NULL) break;
  }
  return all;
}

static void ask_until(const char* text, const char* wanted) {
  const char* answer = command(text);
  for (int i = 0; strstr(answer, wanted) == NULL; ++i) {
    if (i == 50) fail(text, answer);
    usleep(100000);
    answer = command(text);
  }
}

int main(int count, char** arguments) {
  char create[128];
  char content[8192] = "";
  if (count != 3) fail("use: HOST DEVICE URL", "");
  uart_open(arguments[1], B115200);
  command("ATE0");
  ask_until("AT+CEREG?", "+CEREG:0,1");
  ask_until("AT+CGATT?", "+CGATT:1");
  ask_until("AT+CCLK?", "+CCLK:");
  command("AT+HTTPCLOSE=0");
  snprintf(create, sizeof create, "AT+HTTPCREATE=\"%s\"", arguments[2]);
  ask_until(create, "+HTTPCREATE:0");
  uart_puts("AT+HTTPSEND=0,0,\"/lunar/index?key=1&date=2026-01-01\"\r\n");
  for (const long until = tick_ms() + 20000; tick_ms() < until;) {
    if (!read_line(100)) continue;
    if (begins("+HTTPDICONN:0,-2")) {
      printf("content %s\ndone\n", content);
      return 0;
    }
    if (begins("+HTTPNMIC:0,")) {
      read_line(5000);
      strncat(content, line, sizeof content - strlen(content) - 1);
    }
  }
  fail("no disconnect report", line);
}
