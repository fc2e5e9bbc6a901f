/* SPDX-License-Identifier: Apache-2.0 */
#include "http_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEP_NONE, STEP_CREATE, STEP_SEND, STEP_RESPONSE };

static void write_line(http_client* client, const char* before, const char* text,
                       const char* after) {
  client->io->uart_write(before, strlen(before));
  client->io->uart_write(text, strlen(text));
  client->io->uart_write(after, strlen(after));
}

static void begin(http_client* client, int step, uint32_t most_ms) {
  client->step = step;
  client->deadline_ms = client->io->tick_ms() + most_ms;
}

static void end(http_client* client, client_state state, client_error error) {
  client->step = STEP_NONE;
  client->state = state;
  client->error = error;
}

static void create(http_client* client) {
  begin(client, STEP_CREATE, COMMAND_MS);
  write_line(client, "AT+HTTPCREATE=\"", client->url, "\"\r");
}

static void send_request(http_client* client) {
  char before[24];
  begin(client, STEP_SEND, COMMAND_MS);
  snprintf(before, sizeof before, "AT+HTTPSEND=%d,0,\"", client->instance);
  write_line(client, before, client->path, "\"\r");
}

void http_client_init(http_client* client, const board* io) {
  memset(client, 0, sizeof *client);
  client->io = io;
  client->instance = NO_INSTANCE;
}

int http_client_get(http_client* client, const char* url, const char* path, char* body,
                    size_t body_size) {
  if (client->state == CLIENT_BUSY) return 0;
  client->state = CLIENT_BUSY;
  client->error = NO_ERROR;
  client->code = 200; /* unless +HTTPERR says otherwise */
  client->url = url;
  client->path = path;
  client->body = body;
  client->body_size = body_size;
  client->body_bytes = 0;
  if (client->instance == NO_INSTANCE) {
    create(client);
  } else {
    send_request(client);
  }
  return 1;
}

void http_client_received(http_client* client, char byte) {
  const uint16_t next = (uint16_t)((client->ring_head + 1) % RING_BYTES);
  if (next == client->ring_tail) {
    ++client->overruns;
    return;
  }
  client->ring[client->ring_head] = byte;
  client->ring_head = next;
}

/* The n-th number of a report, from 0. */
static int number(const char* report, int n) {
  const char* at = strchr(report, ':');
  while (at != NULL && n-- > 0) at = strchr(at + 1, ',');
  return at == NULL ? 0 : atoi(at + 1);
}

static int begins(const char* line, const char* with) {
  return strncmp(line, with, strlen(with)) == 0;
}

/* +HTTPNMIH:<id>,<more>,<bytes>   +HTTPNMIC:<id>,<more>,<total>,<sum>,<bytes> */
static void take_part(http_client* client, const char* line) {
  const int is_body = begins(line, "+HTTPNMIC:");
  client->data_is_body = is_body;
  client->data_left = (size_t)number(line, is_body ? 4 : 2);
  client->last_data = is_body && number(line, 1) == 0;
  begin(client, client->step, RESPONSE_MS);
  if (client->last_data && client->data_left == 0) end(client, CLIENT_DONE, NO_ERROR);
}

static void take_restart(http_client* client) {
  ++client->restarts;
  client->instance = NO_INSTANCE; /* it has forgotten them */
  if (client->state == CLIENT_BUSY) end(client, CLIENT_FAILED, MODULE_RESTARTED);
}

/* A negative number ends the request; a status is followed by the response. */
static void take_error(http_client* client, int code) {
  client->code = code;
  if (code < 0 && client->step == STEP_RESPONSE) end(client, CLIENT_FAILED, REQUEST_FAILED);
}

/* The result of the command that is under way. */
static void take_result(http_client* client, int ok) {
  const int step = client->step;
  if (step != STEP_CREATE && step != STEP_SEND) return; /* of a command that has timed out */
  if (!ok) {
    end(client, CLIENT_FAILED, COMMAND_REFUSED);
  } else if (step == STEP_CREATE) {
    send_request(client);
  } else {
    begin(client, STEP_RESPONSE, RESPONSE_MS);
  }
}

static void take_line(http_client* client, const char* line) {
  if (strcmp(line, "OK") == 0) {
    take_result(client, 1);
  } else if (strcmp(line, "ERROR") == 0) {
    take_result(client, 0);
  } else if (begins(line, "+HTTPCREATE:")) {
    client->instance = number(line, 0);
  } else if (begins(line, "+HTTPNMIH:") || begins(line, "+HTTPNMIC:")) {
    take_part(client, line);
  } else if (begins(line, "+HTTPERR:")) {
    take_error(client, number(line, 1));
  } else if (begins(line, "+HTTPDISCON:")) {
    if (client->state != CLIENT_BUSY) ++client->disconnects; /* the module connects anew */
  } else if (begins(line, "REBOOT_CAUSE")) {
    take_restart(client);
  } else if (line[0] == '+') {
    ++client->unknown;
  }
}

static void take_data(http_client* client, char byte) {
  --client->data_left;
  if (client->data_is_body && client->state == CLIENT_BUSY) {
    if (client->body_bytes < client->body_size) {
      client->body[client->body_bytes++] = byte;
    } else {
      end(client, CLIENT_FAILED, BODY_TOO_LONG);
    }
  }
  if (client->data_left == 0 && client->last_data && client->state == CLIENT_BUSY) {
    end(client, CLIENT_DONE, NO_ERROR);
  }
}

static void take_byte(http_client* client, char byte) {
  if (client->data_left > 0) {
    take_data(client, byte);
  } else if (byte == '\n') {
    client->line[client->line_bytes] = '\0';
    client->line_bytes = 0;
    take_line(client, client->line);
  } else if (byte != '\r' && client->line_bytes < LINE_BYTES - 1) {
    client->line[client->line_bytes++] = byte;
  }
}

void http_client_poll(http_client* client) {
  while (client->ring_tail != client->ring_head) {
    const char byte = client->ring[client->ring_tail];
    client->ring_tail = (uint16_t)((client->ring_tail + 1) % RING_BYTES);
    take_byte(client, byte);
  }
  if (client->step == STEP_NONE) return;
  if ((int32_t)(client->io->tick_ms() - client->deadline_ms) < 0) return;
  end(client, CLIENT_FAILED, client->step == STEP_RESPONSE ? RESPONSE_TIMEOUT : COMMAND_TIMEOUT);
}
