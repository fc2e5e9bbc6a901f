/* SPDX-License-Identifier: Apache-2.0 */
/* The client's unit tests: its board is a module of the library m531x, its tick that module's
 * clock. */
#include <m531x.h>
#include <stdio.h>
#include <string.h>

#include "http_client.h"

static m531x_t* module;
static http_client client;
static char body[64];
static int failures;

#define CHECK(holds)                                             \
  do {                                                           \
    if (!(holds)) {                                              \
      printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #holds); \
      ++failures;                                                \
    }                                                            \
  } while (0)

/* --- The board --- */

static void uart_write(const char* bytes, size_t byte_count) {
  m531x_host_write(module, bytes, byte_count);
}
static uint32_t tick_ms(void) { return (uint32_t)m531x_now(module); }
static const board test_board = {uart_write, tick_ms};

/* One turn of the main loop, a millisecond long, and the interrupts in it. */
static void turn(void) {
  char bytes[16];
  int count;
  m531x_advance(module, 1);
  while ((count = m531x_host_read(module, bytes, sizeof bytes)) > 0) {
    for (int i = 0; i < count; ++i) http_client_received(&client, bytes[i]);
  }
  http_client_poll(&client);
}
static void turns(int count) {
  while (count-- > 0) turn();
}
/* Until the request is over, at most so long. */
static void finish(int most_ms) {
  while (client.state == CLIENT_BUSY && most_ms-- > 0) turn();
}
static void get(const char* path) {
  memset(body, 0, sizeof body);
  CHECK(http_client_get(&client, "http://api.example", path, body, sizeof body - 1));
}

static void set_up(void) {
  module = m531x_make();
  CHECK(m531x_set(module, "line.pace", "true") == M531X_OK);
  CHECK(m531x_power_on(module) == M531X_OK);
  http_client_init(&client, &test_board);
}
static void tear_down(void) {
  CHECK(client.overruns == 0);
  m531x_free(module);
}

/* --- The tests --- */

static void a_get(void) {
  m531x_request request;
  m531x_serve(module, &(m531x_route){.path = "/state", .body = "on"});
  get("/state");
  finish(5000);
  CHECK(client.state == CLIENT_DONE);
  CHECK(client.code == 200);
  CHECK(strcmp(body, "on") == 0);
  CHECK(m531x_next_request(module, &request) == 1);
  CHECK(strcmp(request.server, "api.example:80") == 0);
  CHECK(strcmp(request.method, "GET") == 0);
}

static void a_second_get_uses_the_same_instance(void) {
  m531x_serve(module, &(m531x_route){.body = "x"});
  get("/1");
  finish(5000);
  get("/2");
  finish(5000);
  CHECK(client.state == CLIENT_DONE);
  m531x_status status;
  m531x_status_of(module, &status);
  CHECK(status.requests == 2);
  CHECK(status.instances[0] == M531X_IDLE && status.instances[1] == M531X_NO_INSTANCE);
}

static void a_body_in_two_packets(void) {
  m531x_serve(module, &(m531x_route){.body = "0123456789", .segment_bytes = 6, .gap_ms = 20000});
  get("/");
  turns(10000);
  CHECK(client.state == CLIENT_BUSY);
  finish(60000);
  CHECK(client.state == CLIENT_DONE);
  CHECK(strcmp(body, "0123456789") == 0);
}

static void a_status_other_than_200(void) {
  m531x_serve(module, &(m531x_route){.status = 404, .body = "no"});
  get("/");
  finish(5000);
  CHECK(client.state == CLIENT_DONE);
  CHECK(client.code == 404);
  CHECK(strcmp(body, "no") == 0);
}

static void a_body_that_is_too_long(void) {
  char long_body[sizeof body + 1];
  memset(long_body, 'b', sizeof body);
  long_body[sizeof body] = '\0';
  m531x_serve(module, &(m531x_route){.path = "/long", .body = long_body});
  m531x_serve(module, &(m531x_route){.path = "/fits", .body = long_body + 1});
  get("/long");
  finish(5000);
  CHECK(client.error == BODY_TOO_LONG);
  get("/fits");
  finish(5000);
  CHECK(client.state == CLIENT_DONE);
  CHECK(client.body_bytes == sizeof body - 1);
}

static void a_server_that_refuses(void) {
  m531x_event event;
  get("/");
  turns(500);
  CHECK(m531x_next_event(module, &event) == 1);
  CHECK(event.kind == M531X_EVENT_CONNECT);
  CHECK(strcmp(event.host, "api.example") == 0);
  CHECK(m531x_end(module, event.connection, M531X_REFUSED) == M531X_OK);
  finish(5000);
  CHECK(client.error == REQUEST_FAILED);
  CHECK(client.code < 0);
}

static void a_server_that_says_nothing(void) {
  m531x_serve(module, &(m531x_route){.body = "too late", .delay_ms = 10 * 60000});
  get("/");
  finish(RESPONSE_MS + 1000);
  CHECK(client.state == CLIENT_FAILED);
  CHECK(client.error == REQUEST_FAILED); /* the module's own time-out is shorter */
  CHECK(m531x_now(module) > 60000);
}

static void a_module_that_says_nothing(void) {
  m531x_power_off(module);
  get("/");
  finish(COMMAND_MS - 1);
  CHECK(client.state == CLIENT_BUSY);
  finish(1);
  CHECK(client.error == COMMAND_TIMEOUT);
}

static void a_module_without_power_in_the_middle(void) {
  m531x_serve(module, &(m531x_route){.body = "x", .delay_ms = 1000});
  get("/");
  turns(600);
  m531x_power_off(module);
  finish(RESPONSE_MS);
  CHECK(client.error == RESPONSE_TIMEOUT);
  CHECK(m531x_now(module) > RESPONSE_MS);
}

static void the_server_hangs_up_while_idle(void) {
  m531x_serve(module, &(m531x_route){.body = "x", .close = 1});
  get("/");
  finish(5000);
  turns(1000);
  CHECK(client.state == CLIENT_DONE);
  CHECK(client.disconnects == 1);
  get("/");
  finish(5000);
  CHECK(client.state == CLIENT_DONE); /* over a new connection */
}

static void the_module_restarts_in_the_middle(void) {
  m531x_serve(module, &(m531x_route){.body = "x", .delay_ms = 1000});
  get("/");
  turns(600);
  CHECK(client.state == CLIENT_BUSY);
  m531x_reset(module, M531X_RESET_WATCHDOG);
  turns(600);
  CHECK(client.error == MODULE_RESTARTED);
  CHECK(client.restarts == 1);
  get("/");
  finish(5000);
  CHECK(client.state == CLIENT_DONE);
}

static void a_report_that_nobody_expects(void) {
  m531x_serve(module, &(m531x_route){.body = "0123456789", .segment_bytes = 5, .gap_ms = 3000});
  get("/");
  turns(1000);
  m531x_inject(module, "+CMTI: \"SM\",1");
  finish(10000);
  CHECK(client.state == CLIENT_DONE);
  CHECK(strcmp(body, "0123456789") == 0);
  CHECK(client.unknown == 1);
}

static void no_coverage(void) {
  m531x_serve(module, &(m531x_route){.body = "x"});
  m531x_set_coverage(module, 0);
  get("/");
  finish(RESPONSE_MS + 1000);
  CHECK(client.state == CLIENT_FAILED);
  m531x_set_coverage(module, 1);
  get("/");
  finish(RESPONSE_MS + 1000);
  CHECK(client.state == CLIENT_DONE);
}

#define TEST(name) \
  { #name, name }
static const struct {
  const char* name;
  void (*run)(void);
} tests[] = {
    TEST(a_get),
    TEST(a_second_get_uses_the_same_instance),
    TEST(a_body_in_two_packets),
    TEST(a_status_other_than_200),
    TEST(a_body_that_is_too_long),
    TEST(a_server_that_refuses),
    TEST(a_server_that_says_nothing),
    TEST(a_module_that_says_nothing),
    TEST(a_module_without_power_in_the_middle),
    TEST(the_server_hangs_up_while_idle),
    TEST(the_module_restarts_in_the_middle),
    TEST(a_report_that_nobody_expects),
    TEST(no_coverage),
};

int main(void) {
  for (size_t i = 0; i < sizeof tests / sizeof tests[0]; ++i) {
    const int before = failures;
    set_up();
    tests[i].run();
    tear_down();
    printf("%s %s\n", failures == before ? "ok  " : "FAIL", tests[i].name);
  }
  return failures == 0 ? 0 : 1;
}
