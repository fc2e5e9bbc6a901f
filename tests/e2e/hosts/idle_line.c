// SPDX-License-Identifier: Apache-2.0
// A state machine on top of the UART's idle-line interrupt: what comes without a pause is one
// packet, and every packet is searched for every keyword. It restarts the module with two AT+NRB in
// one go, and reads the M5310-A's five fields with scanf.
#include "uart.h"

enum { kPacketBytes = 2048, kIdleMs = 30 };

static char packet[kPacketBytes];

static bool next_packet(long timeout_ms) {
  size_t size = 0;
  for (int byte = uart_getc(timeout_ms); byte >= 0; byte = uart_getc(kIdleMs)) {
    if (size + 1 == sizeof packet) fail("a packet is too long", packet);
    packet[size++] = (char)byte;
  }
  packet[size] = '\0';
  return size > 0;
}

// Types the commands in turn, each when the last one's packet has OK in it, and again when there is
// silence: the module may still be booting.
static void run_list(const char* const* commands) {
  for (; *commands != NULL; ++commands) {
    uart_puts(*commands);
    const long until = tick_ms() + 5000;
    bool ok = false;
    while (!ok) {
      if (tick_ms() > until) fail(*commands, packet);
      if (!next_packet(1000)) {
        uart_puts(*commands);
        continue;
      }
      if (strstr(packet, "ERROR") != NULL) fail(*commands, packet);
      const char* const imei = strstr(packet, "+CGSN:");
      if (imei != NULL) printf("imei %.15s\n", imei + 6);
      int year = 0;
      const char* const clock = strstr(packet, "+CCLK:");
      if (clock != NULL && sscanf(clock + 6, "%02d/", &year) == 1) printf("year 20%02d\n", year);
      ok = strstr(packet, "OK") != NULL;
    }
  }
}

static void restart(void) {
  uart_puts("AT+NRB\r\n");
  uart_puts("AT+NRB\r\n");
  const long until = tick_ms() + 10000;
  do {
    if (tick_ms() > until) fail("no restart", packet);
    next_packet(100);
  } while (strstr(packet, "REBOOT_") == NULL);
  printf("restarted\n");
  while (strstr(packet, "OK") == NULL) {
    if (tick_ms() > until || !next_packet(1000)) fail("no end of the boot", packet);
  }
  uart_puts("AT\r\n");  // the second AT+NRB must not be waiting anywhere
  if (!next_packet(1000) || strstr(packet, "REBOOT") != NULL) fail("again", packet);
}

static void attach(void) {
  for (int i = 0; i < 50; ++i) {
    uart_puts("AT+CGATT?\r\n");
    while (next_packet(500)) {
      if (strstr(packet, "+CGATT:1") != NULL) return;
      if (strstr(packet, "OK") != NULL) break;
    }
    usleep(100000);
  }
  fail("not attached", packet);
}

// Content of the records of id 0, until one has `more` 0. The first may have come with the OK.
static void receive(void) {
  char content[kPacketBytes] = "";
  int more = 1;
  const long until = tick_ms() + 20000;
  while (more != 0) {
    if (tick_ms() > until) fail("no last record", packet);
    const char* at = packet;
    while ((at = strstr(at, "+HTTPNMIC:")) != NULL) {
      int id = -1;
      int size = 0;
      if (sscanf(at, "+HTTPNMIC:%d,%d,%*d,%*d,%d\r\n", &id, &more, &size) != 3 || id != 0) {
        fail("not five fields", at);
      }
      at = strstr(at, "\r\n") + 2;
      strncat(content, at, (size_t)size);
      at += size;
    }
    if (more != 0) next_packet(1000);
  }
  printf("content %s\n", content);
}

int main(int count, char** arguments) {
  static const char* const kSim[] = {"AT+CFUN=1\r\n", "AT+CGSN=1\r\n", "AT+CIMI\r\n", NULL};
  static const char* const kBand[] = {"AT+CFUN=0\r\n", "AT+CFUN?\r\n", "AT+NBAND=8\r\n", NULL};
  static const char* const kFaster[] = {"AT+NATSPEED=57600,30,0,2,1,0,0\r\n", NULL};
  static const char* const kSetUp[] = {"AT+CGMR\r\n",    "AT+NCSEARFCN\r\n", "AT+CFUN=1\r\n",
                                       "AT+CMEE=1\r\n",  "AT+CPSMS=0\r\n",   "AT+CGATT=1\r\n",
                                       "AT+CEREG=4\r\n", "AT+CSCON=1\r\n",   NULL};
  static const char* const kAsk[] = {"AT+CSQ\r\n", "AT+CCLK?\r\n", NULL};
  static char create[128];
  const char* const request[] = {create, "AT+HTTPHEADER=0,\"Accept: text/plain\\r\\n\"\r\n",
                                 "AT+HTTPSEND=0,0,\"/orders\"\r\n", NULL};
  if (count != 3) fail("use: HOST DEVICE URL", "");
  uart_open(arguments[1], B9600);
  snprintf(create, sizeof create, "AT+HTTPCREATE=\"%s\"\r\n", arguments[2]);
  run_list(kSim);
  run_list(kBand);
  restart();
  run_list(kSim);
  run_list(kFaster);
  uart_set_speed(B57600);
  run_list(kSetUp);
  attach();
  run_list(kAsk);
  run_list(request);
  receive();
  printf("done\n");
  return 0;
}
