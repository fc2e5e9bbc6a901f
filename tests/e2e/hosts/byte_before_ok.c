// SPDX-License-Identifier: Apache-2.0
// A bare-metal host for the M5311 that knows an answer by its last bytes: the id is the one before
// CR LF CR LF OK CR LF. It leaves out what it can: the path has no quotes, the header no line end.
#include "uart.h"

static char buffer[256];

static void command(const char* text) {
  uart_puts(text);
  uart_puts("\r");
  if (!uart_read_until(buffer, sizeof buffer, "\r\nOK\r\n", 5000)) fail(text, buffer);
}

static void wait_for(const char* text, long timeout_ms) {
  if (!uart_read_until(buffer, sizeof buffer, text, timeout_ms)) fail(text, buffer);
}

static void start(void) {
  wait_for("*ATREADY: 1", 10000);
  wait_for("+CPIN: READY", 5000);
  command("ATE0");
  command("AT+CGSN=1");
  command("AT+CIMI");
  command("AT+ICCID");
  command("AT+CFUN?");
  if (strstr(buffer, "+CFUN: 1\r\n") == NULL) fail("the radio is off", buffer);
  command("AT+SM=LOCK");
  for (int i = 0;; ++i) {
    command("AT+CEREG?");
    if (strstr(buffer, "+CEREG: 0,1\r\n") != NULL) break;
    if (i == 50) fail("not registered", buffer);
    usleep(100000);
  }
  command("AT+CSQ");
  command("AT+CGATT?");
  if (strstr(buffer, "+CGATT: 1\r\n") == NULL) fail("not attached", buffer);
}

int main(int count, char** arguments) {
  static const char kEnd[] = "\r\n\r\nOK\r\n";
  char line[192];
  if (count != 3) fail("use: HOST DEVICE URL", "");
  uart_open(arguments[1], B115200);
  start();
  for (int instance = 0; instance < 5; ++instance) {
    snprintf(line, sizeof line, "AT+HTTPCREATE=\"%s\"\r", arguments[2]);
    uart_puts(line);
    if (!uart_read_until(buffer, sizeof buffer, kEnd, 5000)) fail(line, buffer);
    const char id = buffer[strlen(buffer) - strlen(kEnd) - 1];
    printf("instance %c\n", id);
    if (id != '0' + instance) fail("not the id", buffer);
  }
  command("AT+HTTPHEADER=4,\"Content-Type: application/json\"");
  command("AT+HTTPCONTENT=4,\"{\"state\":1}\"");
  command("AT+HTTPSEND=4,1,/api/state?key=1");
  wait_for("CONNECT OK\r\n", 10000);
  wait_for("+HTTPNMIC:4,0,", 10000);
  wait_for("\r\n", 1000);
  wait_for("\r\n", 1000);
  printf("content %.*s\n", (int)strcspn(buffer, "\r"), buffer);
  for (int instance = 0; instance < 5; ++instance) {
    snprintf(line, sizeof line, "AT+HTTPCLOSE=%d", instance);
    command(line);
  }
  printf("done\n");
  return 0;
}
