// SPDX-License-Identifier: Apache-2.0
// generate.js FOLDER: writes llhttp.c and llhttp.h there: llhttp from its own grammar and by its own
// generator, but only what a reader of responses can enter and be told of. What is decided here
// once is not asked at run time, and of what it shuts out next to nothing is generated.
'use strict';

const fs = require('fs');
const path = require('path');
const { LLParse, source } = require('llparse');
const { CHeaders, HTTP, constants } = require('llhttp');

// What is replaced below is not what llhttp promises to keep.
const { version } = require('llhttp/package.json');
if (!version.startsWith('8.')) throw new Error(`llhttp ${version} is not the one this is made for`);

const { HEADER_STATE, LENIENT_FLAGS, TYPE } = constants;

// What the line filter shows of a field's name (http/line_filter.cpp): its last letter.
constants.SPECIAL_HEADERS = {
  n: HEADER_STATE.CONNECTION,
  h: HEADER_STATE.CONTENT_LENGTH,
  g: HEADER_STATE.TRANSFER_ENCODING,
};

// What the reader is told of (http/response_reader.cpp), beside the end of the header.
const TOLD_SPANS = ['status'];
const TOLD_EVENTS = ['on_chunk_header', 'on_message_complete'];

// Permits control characters in a value. The rest of what it would permit is never shown to llhttp:
// white space before the first field or around a name, and bare LFs.
const LENIENT = LENIENT_FLAGS.HEADERS;

// Nobody reads what an error is called.
class Builder extends LLParse {
  error(code) {
    return super.error(code, '');
  }

  pause(code) {
    return super.pause(code, '');
  }
}

// A span that nobody is told of: the grammar goes on where it would begin or end.
class UntoldSpan {
  start(next) {
    return next ?? new source.node.Match('untold');
  }

  end(next) {
    return this.start(next);
  }
}

class ResponseParser extends HTTP {
  constructor(builder) {
    super(builder, 'strict');
    for (const name of Object.keys(this.span)) {
      if (!TOLD_SPANS.includes(name)) this.span[name] = new UntoldSpan();
    }
  }

  load(field, nodes, otherwise) {
    if (field !== 'type') return super.load(field, nodes, otherwise);
    return this.node(nodes[TYPE.RESPONSE] ?? otherwise);
  }

  // Without `otherwise` the caller goes on to give one to the node that it gets.
  testLenientFlags(flag, nodes, otherwise) {
    if (otherwise === undefined) return super.testLenientFlags(flag, nodes);
    return this.node(nodes[flag === LENIENT ? 1 : 0] ?? otherwise);
  }

  invokePausable(name, error, next) {
    return TOLD_EVENTS.includes(name) ? super.invokePausable(name, error, next) : this.node(next);
  }
}

const [folder] = process.argv.slice(2);

// What has not changed is not to be compiled again.
function write(name, text) {
  const file = path.join(folder, name);
  if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== text) fs.writeFileSync(file, text);
}

const builder = new Builder('llhttp__internal');
const { entry } = new ResponseParser(builder).build();
const { c, header } = builder.build(entry, { c: { header: 'llhttp' }, headerGuard: 'LLHTTP_INTERNAL_H' });
const told = [...TOLD_SPANS.map((name) => `on_${name}`), ...TOLD_EVENTS, 'on_headers_complete'];
const prototypes = told.map((name) => `int llhttp__${name}(
    llhttp_t*, const unsigned char* begin, const unsigned char* end);`);
write('llhttp.c', c);
write('llhttp.h', `${header}
${new CHeaders().build()}
typedef llhttp__internal_t llhttp_t;

#ifdef __cplusplus
extern "C" {
#endif
int llhttp_message_needs_eof(const llhttp_t*); /* http.c */
/* For whoever is told: */
${prototypes.join('\n')}
#ifdef __cplusplus
}
#endif
`);
