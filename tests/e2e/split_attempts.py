# SPDX-License-Identifier: Apache-2.0
"""Attempts to make the modem send something else than one request.

Each has a reason, what is typed, and what has to come of it: `refused` names the command that is
answered with ERROR, and nothing reaches the server; `sent` says what the one request holds. What is
typed stands here as it is typed, one character for one byte: in a raw string `\\r` is a backslash and
an r, in an ordinary one it is the byte. {server} is the server's address and port.
"""

from collections import namedtuple

Attempt = namedtuple(
    "Attempt",
    "why refused create header content method path answer target fields typed_host body user",
)
METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD")
ATTEMPTS = []


def add(why, refused, create='"http://{server}"', header=(), content=(), method=0, path='"/"',
        answer="OK", target="/", fields=(), typed_host=None, body="", user=None):  # fmt: skip
    ATTEMPTS.append(
        Attempt(why, refused, create, header, content, method, path, answer, target,
                tuple(fields), typed_host, body, user)  # fmt: skip
    )


def refused(at, why, **typed):
    add(why, at, **typed)


def sent(why, **typed):
    add(why, None, **typed)


def path(why, typed):
    refused("send", "path: " + why, path=typed)


def path_sent(why, typed, target):
    sent("path: " + why, path=typed, target=target)


def url(why, typed):
    refused("create", "URL: " + why, create=typed)


def block(why, *parts, **typed):
    refused("send", "header: " + why, header=parts, **typed)


def block_sent(why, *parts, fields=(), **typed):
    sent("header: " + why, header=parts, fields=fields, **typed)


def user(why, name, password):
    sent("credentials: " + why, create=f'"http://{{server}}","{name}","{password}"',
         user=f"{name}:{password}")  # fmt: skip


# The path: as it is, without escapes.
path("a space would end the target", '"/a b"')
path("a whole version", '"/a HTTP/1.1"')
path("a space at its end", '"/a "')
path("a space at its beginning", '" /a"')
path("a tab, which some servers take for a space", '"/a\tb"')
path("LF", '"/a\nb"')
path("LF at its end", '"/a\n"')
path("LF and a field", '"/a HTTP/1.1\nX: y"')
path("LF LF and a second request", '"/a\n\nGET /evil"')
path("NUL, which ends a string in C", '"/a\x00b"')
path("NUL at its end", '"/a\x00"')
path("SOH", '"/a\x01b"')
path("vertical tab", '"/a\vb"')
path("form feed", '"/a\fb"')
path("XON", '"/a\x11b"')
path("XOFF", '"/a\x13b"')
path("Ctrl-Z", '"/a\x1ab"')
path("ESC", '"/a\x1bb"')
path("unit separator, the last control byte", '"/a\x1fb"')
path("DEL", '"/a\x7fb"')
path("a space, without quotes", "/a b")
path("a version, without quotes", "/a HTTP/1.1")
path("LF, without quotes", "/a\nb")
path("a tab, without quotes", "/a\tb")
path("NUL, without quotes", "/a\x00b")
path("CR ends the line inside the string", '"/a\rX: y"')
path("CR LF CR LF and a request end the line inside the string", '"/a\r\n\r\nGET /evil HTTP/1.1"')
path("empty", '""')
path("left out", "")
path("no slash", '"a"')
path("absolute form", '"http://{server}/"')
path("authority form", '"{server}"')
path("asterisk form", '"*"')
path("a request in its place", '"GET / HTTP/1.1"')
path("hex is no encoding of a path", "2f0d0a,1")
path("a fourth parameter", '"/a",0')
path("a comma and a quote end the string", '"/a","X: y"')
path("one byte more than the longest", '"/' + 512 * "p" + '"')
path("far longer than the longest", '"/' + 4096 * "p" + '"')
path("a space as the last byte of the longest", '"/' + 510 * "p" + ' "')
path_sent("one byte less than the longest", '"/' + 510 * "p" + '"', "/" + 510 * "p")
path_sent("the longest", '"/' + 511 * "p" + '"', "/" + 511 * "p")
path_sent("the longest without quotes", "/" + 511 * "q", "/" + 511 * "q")
path_sent(r"\r\n is four characters", r'"/a\r\nX:y"', r"/a\r\nX:y")
path_sent(r"\x0d\x0a is eight characters", r'"/a\x0d\x0aX:y"', r"/a\x0d\x0aX:y")
path_sent("octal escapes are characters", r'"/a\015\012X:y"', r"/a\015\012X:y")
path_sent("escapes without quotes", r"/a\r\nX:y", r"/a\r\nX:y")
path_sent("percent-encoded CR LF stays as typed", '"/a%0d%0aX:y"', "/a%0d%0aX:y")
path_sent("percent-encoded NUL and space", '"/a%00%20HTTP/1.1"', "/a%00%20HTTP/1.1")
path_sent("two slashes", '"//a.example/b"', "//a.example/b")
path_sent("a fragment", '"/a#b"', "/a#b")
path_sent("a URL as query", '"/?u=http://b/"', "/?u=http://b/")
path_sent("quotes inside", '"/a"b"c"', '/a"b"c')
path_sent("bytes of UTF-8", '"/\xe4\xbd\xa0"', "/\xe4\xbd\xa0")
path_sent("a UTF-8 that is none, and NEL", '"/\xff\x85\xc0\x8a"', "/\xff\x85\xc0\x8a")
path_sent("a backspace edits the line", '"/ab\x08c"', "/ac")
path_sent("CR ends the line, without quotes", "/a\rX: y", "/a")
path_sent("a whole second request behind the line", "/a\r\n\r\nGET /evil HTTP/1.1\r\n\r\n", "/a")
path_sent("LF behind CR is no part of the next line", '"/a"\r\n', "/a")
sent("two requests in one line: the second finds the first under way", answer="ERROR",
     path='"/a";+HTTPSEND=0,0,"/evil"', target="/a")  # fmt: skip
for text in ("5", "-1", "GET", '"0"', "0x0", "0\n", "0\x00", ""):
    refused("send", f"method: {text!r}", method=text)

# The host, as it stands in Host.
url("CR LF as escapes are characters", r'"http://{server}\r\nX: y"')
url(r"\x0d\x0a are characters", r'"http://{server}\x0d\x0aX: y"')
url("LF", '"http://{server}\nX: y"')
url("LF before the port", '"http://127.0.0.1\n:80"')
url("LF in a name", '"http://a\nb.example"')
url("a space", '"http://{server} HTTP/1.1"')
url("a space before the host", '"http:// {server}"')
url("a tab", '"http://a\tb"')
url("NUL", '"http://127.0.0.1\x00.example"')
url("DEL", '"http://a\x7fb"')
url("a byte above 0x7f", '"http://\xe4.example"')
url("percent-encoded CR LF", '"http://a%0d%0aX.example"')
url("a backslash", '"http://a\\b.example"')
url("user information", '"http://u:p@{server}"')
url("a port with LF", '"http://127.0.0.1:80\n"')
url("a port with a sign", '"http://127.0.0.1:+80"')
url("a port beyond 65535", '"http://127.0.0.1:65616"')
url("a colon without a port", '"http://127.0.0.1:"')
url("two ports", '"http://127.0.0.1:80:80"')
url("IPv6 with a zone", '"http://[::1%25lo]"')
url("IPv6 with CR LF behind it", r'"http://[::1]\r\nX: y"')
url("IPv6 with LF inside", '"http://[::1\n]"')
url("no host", '"http:///"')
url("CR inside the string", '"http://{server}\rX: y"')
url("without quotes, LF", "http://{server}\nX")
sent("URL: CR LF in its path, which is ignored", create='"http://{server}/\\r\\nX: y"')
sent("URL: a space and LF in its path", create='"http://{server}/ HTTP/1.1\nX: y"')
sent("URL: LF in its query", create='"http://{server}?\nX: y"')
sent("URL: NUL in its fragment", create='"http://{server}#\x00"')
sent("URL: upper case", create='"HTTP://{server}"')

# User and password: as typed into Base64.
user("ordinary", "u", "p")
user("a colon in the password", "u", "p:q")
user("only a colon", "u", ":")
user("colons everywhere", "u", "::p::q::")
user("no password", "u", "")
user("UTF-8", "b\xc3\xa4r", "\xe4\xbd\xa0\xe5\xa5\xbd")
user("Latin-1", "b\xe4r", "\xfc\xff\x80")
user("CR LF as escapes are characters", r"u\r\nX", r"p\r\nX: y")
user("hex escapes are characters", r"u\x0d\x0a", r"p\x0d\x0a")
user("LF", "u\nX", "p\nX: y")
user("NUL, tab and DEL", "u\x00\t", "p\x00\x7f")
user("spaces and quotes", "u v", 'p" q"r')
user("the longest", "u" * 64, "p" * 64)
user("so long that an encoder with line ends would break it", "u" * 60, "p" * 60)
for why, name, password in (
    ("a colon in the user", "u:v", "p"),
    ("a colon alone as user", ":", "p"),
    ("no user", "", "p"),
    ("a user that is too long", "u" * 65, "p"),
    ("a password that is too long", "u", "p" * 65),
    ("a quote and a comma end the password", "u", 'p","q'),
):
    refused("create", "credentials: " + why, create=f'"http://{{server}}","{name}","{password}"')
refused("create", "credentials: a user without a password", create='"http://{server}","u"')

# The header block: bare CR and LF, in each way to type them.
for form in (r"\r", r"\x0d", r"\x0D", r"\xd", r"\15", r"\015"):
    block(f"a bare CR as {form}", rf'"A: b{form}X: y\r\n"')
for form in (r"\n", r"\x0a", r"\x0A", r"\xa", r"\12", r"\012", "\n"):
    block(f"a bare LF as {form!r}", rf'"A: b{form}X: y\r\n"')
block("a bare CR in hex", "413a20620d583a20790d0a,1")
block("a bare LF in hex", "413a20620a583a20790d0a,1")
block("LF CR", r'"A: b\n\rX: y\r\n"')
block("CR CR LF", r'"A: b\r\r\n"')
block("CR at the end", r'"A: b\r"')
block("LF at the end", r'"A: b\n"')

# An empty line would end the header and begin another request.
EVIL = r"GET /evil HTTP/1.1\r\nHost: evil\r\n\r\n"
block("CR LF CR LF and a request", rf'"A: b\r\n\r\n{EVIL}"')
block("the same with hex escapes", r'"A: b\x0d\x0a\x0d\x0aGET /evil HTTP/1.1\x0d\x0a"')
block("the same with octal escapes", r'"A: b\015\012\015\012GET /evil HTTP/1.1\15\12"')
block("the same with mixed escapes", r'"A: b\r\x0a\15\nGET /evil HTTP/1.1\r\n"')
block("the same in hex", "413a20620d0a0d0a474554202f6576696c20485454502f312e310d0a,1")
block("the same in quoted upper-case hex", '"413A20620D0A0D0A474554202F",1')
block("LF LF and a request", rf'"A: b\n\n{EVIL}"')
block("CR CR and a request", rf'"A: b\r\r{EVIL}"')
block("an empty line first", r'"\r\nA: b\r\n"')
block("an empty line alone", r'"\r\n"')
block("an empty line last", r'"A: b\r\n\r\n"')
block("LF alone", r'"\n"')
block("CR alone", r'"\r"')
block("a request line as field", r'"GET /evil HTTP/1.1\r\n"')
block("a status line as field", r'"HTTP/1.1 200 OK\r\n"')
block("CR LF CR | LF", r'"A: b\r\n\r"', rf'"\n{EVIL}"')
block("CR LF | CR LF", r'"A: b\r\n"', rf'"\r\n{EVIL}"')
block("CR | LF CR LF", r'"A: b\r"', rf'"\n\r\n{EVIL}"')
block("A | CR LF CR LF", '"A: b"', rf'"\r\n\r\n{EVIL}"')
block("CR | field", r'"A: b\r"', r'"X: y\r\n"')
block("one byte a command", '"A: b"', r'"\r"', r'"\n"', r'"\r"', r'"\n"', '"X: y"')
block("hex | hex", "413a20620d0a0d,1", "0a583a2079,1")
block("escapes | hex", r'"A: b\r\n"', "0d0a,1")
block_sent("CR | LF and a field is one line end", r'"A: b\r"', r'"\nC: d\r\n"',
           fields=[("A", "b"), ("C", "d")])  # fmt: skip
block_sent("what was cleared does not come back", r'"A: b\r\n\r\n"', '""', '"C: d"',
           fields=[("C", "d")])  # fmt: skip

# A line that is no field line.
block("a space before the colon", r'"A : b\r\n"')
block("a tab before the colon", r'"A\t: b\r\n"')
block("a space in the name", r'"A b: c\r\n"')
block("no name", r'": b\r\n"')
block("no colon", r'"A\r\n"')
block("a folded line", r'"A: b\r\n c\r\n"')
block("a line folded with a tab", r'"A: b\r\n\tc\r\n"')
block("a fold first", r'" A: b\r\n"')
block("NUL in a name", r'"A\x00B: c\r\n"')
block("NUL in a value", r'"A: b\0c\r\n"')
block("NUL as octal", r'"A: b\000c\r\n"')
block("NUL typed", '"A: b\x00c"')
block("backspace in a value", r'"A: b\bc\r\n"')
block("vertical tab in a value", r'"A: b\vc\r\n"')
block("form feed in a value", r'"A: b\fc\r\n"')
block("bell in a value", r'"A: b\ac\r\n"')
block("ESC in a value", r'"A: b\x1bc\r\n"')
block("DEL in a value", r'"A: b\x7fc\r\n"')
block("a byte above 0x7f in a name", r'"\xe4: b\r\n"')
block("a parenthesis in a name", r'"A(: b\r\n"')
block("a vertical tab before a name", r'"\vTransfer-Encoding: chunked\r\n"')
for text in (r"\x", r"\xg", r"\400", r"\8", r"\q", r"\u000d", r"\N", r"\e", r"\R", "\\"):
    refused("header", f"header: {text} is no escape", header=[f'"A: b{text}"'])
for text in ("0d0", "0d0g", "0x0d0a", "0d 0a", "0d0a\n", r"\r\n"):
    refused("header", f"header: {text!r} is no hex", header=[f"{text},1"])
refused("header", "header: an encoding that is none", header=["0d0a,2"])
refused("header", "header: a quote and a comma end the string", header=['"A: b","X: y"'])
refused("header", "header: one byte more than the largest block", header=['"' + 1025 * "a" + '"'])
block_sent("the largest block", '"A: ' + 1021 * "b" + '"', fields=[("A", 1021 * "b")])
block_sent("no line end", '"A: b"', fields=[("A", "b")])
block_sent("a field of two commands", '"A"', '": b"', fields=[("A", "b")])
block_sent("escaped backslashes", r'"A: \\r\\n\\x0d\\x0aX: y"', fields=[("A", r"\r\n\x0d\x0aX: y")])
block_sent("percent-encoded CR LF", r'"A: %0d%0aX: y"', fields=[("A", "%0d%0aX: y")])
block_sent("a tab and bytes above 0x7f", r'"A: b\tc\xff\x85"', fields=[("A", "b\tc\xff\x85")])
block_sent("an empty value", r'"A:\r\nB: \t\r\n"', fields=[("A", ""), ("B", "")])
block_sent("a URL as value", r'"Referer: http://a/?b=c\r\n"', fields=[("Referer", "http://a/?b=c")])

# What frames the content.
THREE = {"method": 1, "content": ['"abc"']}
for text in ("2", "4", "0", "30", "4294967299", "18446744073709551619", "+3", "-3", "3.0", "0x3",
             "3, 3", "3,", "3;3", "3 3", "", r"\t", '\'3\'', r"\xef\xbc\x93", "three"):  # fmt: skip
    block(f"Content-Length of {text!r} for three bytes", rf'"Content-Length: {text}\r\n"', **THREE)
block("Content-Length twice, equal", r'"Content-Length: 3\r\nContent-Length: 3\r\n"', **THREE)
block("Content-Length twice, different", r'"Content-Length: 3\r\ncontent-length: 0\r\n"', **THREE)
block("Content-Length of two commands, wrong", '"Content-Le"', r'"ngth: 9\r\n"', **THREE)
block("Content-Length hidden by a space", r'"Content-Length : 3\r\n"', **THREE)
block("Content-Length behind a fold", r'"X: y\r\n Content-Length: 0\r\n"', **THREE)
block("Content-Length folded", r'"Content-Length:\r\n 3\r\n"', **THREE)
block("Content-Length behind a bare LF", r'"X: y\nContent-Length: 0\r\n"', **THREE)
block("Content-Length without content", r'"Content-Length: 3\r\n"')
block("Content-Length of an earlier content", r'"Content-Length: 1\r\n"', method=1,
      content=['"a"', '"b"'])  # fmt: skip
block("Content-Length of a content that was cleared", r'"Content-Length: 1\r\n"', method=1,
      content=['"a"', '""'])  # fmt: skip
for text in ("3", r" \t3\t ", "0003", "000000000000000000000000000000000000000000003"):
    block_sent(f"Content-Length of {text!r}", rf'"Content-Length:{text}\r\n"', **THREE, body="abc",
               fields=[("Content-Length", text.replace(r"\t", "\t").strip())])  # fmt: skip
block_sent("Content-Length in capitals", r'"CONTENT-LENGTH: 3\r\n"', **THREE, body="abc",
           fields=[("CONTENT-LENGTH", "3")])  # fmt: skip
block_sent("a name with an underscore is another", r'"Content_Length: 9\r\n"', **THREE, body="abc",
           fields=[("Content_Length", "9")])  # fmt: skip
for text in ("chunked", "Chunked", "identity", "gzip, chunked", "xchunked", "", r"\tchunked\t"):
    block(f"Transfer-Encoding of {text!r}", rf'"Transfer-Encoding: {text}\r\n"', **THREE)
block("Transfer-Encoding in capitals", r'"TRANSFER-ENCODING: chunked\r\n"', **THREE)
block("Transfer-Encoding of two commands", '"Transfer-Enc"', r'"oding: chunked\r\n"', **THREE)
block("Transfer-Encoding with Content-Length",
      r'"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"', **THREE)  # fmt: skip
block("Transfer-Encoding hidden by a space", r'"Transfer-Encoding : chunked\r\n"', **THREE)
block("Transfer-Encoding behind a fold", r'"X: y\r\n\tTransfer-Encoding: chunked\r\n"', **THREE)
block("Transfer-Encoding of a GET without content", r'"Transfer-Encoding: chunked\r\n"')
block_sent("TE and Trailer frame nothing", r'"TE: trailers\r\nTrailer: A\r\n"', **THREE, body="abc",
           fields=[("TE", "trailers"), ("Trailer", "A")])  # fmt: skip

# Host and Authorization.
for text in ("", " ", "a b", "a, b", "a/b", "http://a", "u@a", "a:b", "a:65536", "[::1", r"a\tb",
             r"\xe4", "a#", "a?b"):  # fmt: skip
    block(f"Host of {text!r}", rf'"Host: {text}\r\n"')
block("Host twice", r'"Host: a\r\nHost: a\r\n"')
block("Host twice, in two commands", r'"Host: a\r\n"', r'"host: b\r\n"')
block("Authorization twice", r'"Authorization: Basic QQ==\r\nauthorization: Basic QQ==\r\n"')
block_sent("Host once", r'"hOST: b.example:81\r\n"', fields=[("hOST", "b.example:81")],
           typed_host="b.example:81")  # fmt: skip
block_sent("Host, an IPv6 address", r'"Host: [::1]\r\n"', fields=[("Host", "[::1]")],
           typed_host="[::1]")  # fmt: skip
block_sent("Authorization instead of user and password", r'"authorization: Bearer x\r\n"',
           create='"http://{server}","u","p"', fields=[("authorization", "Bearer x")])  # fmt: skip

# What changes a protocol or an expectation.
block_sent("Expect", r'"Expect: 100-continue\r\n"', **THREE, body="abc",
           fields=[("Expect", "100-continue")])  # fmt: skip
block_sent("Upgrade", r'"Connection: Upgrade\r\nUpgrade: h2c\r\n"',
           fields=[("Connection", "Upgrade"), ("Upgrade", "h2c")])  # fmt: skip
for text in ("close", "Close", "keep-alive, close", "close, x", "keep-alive", "Content-Length"):
    block_sent(f"Connection: {text}", rf'"Connection: {text}\r\n"', **THREE, body="abc",
               fields=[("Connection", text)])  # fmt: skip

# The content may be anything: it is counted.
SMUGGLED = "\r\n\r\nGET /evil HTTP/1.1\r\nHost: evil\r\n\r\n"
for number, name in enumerate(METHODS):
    sent(f"content: a request, with {name}", method=number,
         content=[r'"\r\n\r\n' + EVIL + '"'], body=SMUGGLED)  # fmt: skip
sent("content: a request in hex", method=1, content=[SMUGGLED.encode().hex() + ",1"], body=SMUGGLED)
sent("content: the end of chunks", method=1, content=[r'"0\r\n\r\nGET /evil"'],
     body="0\r\n\r\nGET /evil")  # fmt: skip
sent("content: of two commands, one CR LF between them", method=2, content=[r'"a\r"', r'"\nb"'],
     body="a\r\nb")  # fmt: skip
sent("content: NUL and all others", method=1, content=[bytes(range(256)).hex() + ",1"],
     body=bytes(range(256)).decode("latin-1"))  # fmt: skip
sent("content: LF typed", method=1, content=['"a\n\nGET /evil"'], body="a\n\nGET /evil")
sent("content: the largest", method=1, content=['"' + 8192 * "c" + '"'], body=8192 * "c")
refused("content", "content: one byte more than the largest", content=['"' + 8193 * "c" + '"'])
sent("content: none, with POST", method=1)
sent("content: none, with PUT", method=2)
block("a block that would take the content's place", r'"A: b\r\n\r\n"', method=1, content=[f'"{EVIL}"'])
