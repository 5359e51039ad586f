"""A name server that is wrong in the way that a test asks for, on port 53 of one loopback address."""
import socketserver
import struct
import threading

import dns.flags
import dns.message
import dns.rdatatype
import dns.rrset


def question_of(query):
    """Name in lower case, with the final dot, and type as text."""
    question = query.question[0]
    return question.name.to_text().lower(), dns.rdatatype.to_text(question.rdtype)


def answer_to(query, answer=(), authority=(), rcode=0, authoritative=True):
    """A response to a parsed query. Records are lines of a zone file, with TTL."""
    response = dns.message.make_response(query)
    if authoritative:
        response.flags |= dns.flags.AA
    for section, lines in ((response.answer, answer), (response.authority, authority)):
        for line in lines:
            owner, ttl, rrtype, rdata = line.split(None, 3)
            section.append(dns.rrset.from_text(owner, int(ttl), "IN", rrtype, rdata))
    response.set_rcode(rcode)
    return response


class ScriptedServer:
    """Answers with what `respond` makes of a parsed query; None is silence. Use as a context manager."""

    def __init__(self, address, respond, tcp=True):
        def datagram(handler):
            octets, sock = handler.request
            response = respond(dns.message.from_wire(octets))
            if response is not None:
                sock.sendto(response.to_wire(), handler.client_address)

        def stream(handler):
            length = handler.request.recv(2, 0x100)  # MSG_WAITALL
            if len(length) < 2:
                return
            response = respond(dns.message.from_wire(handler.request.recv(struct.unpack("!H", length)[0], 0x100)))
            if response is not None:
                octets = response.to_wire()
                handler.request.sendall(struct.pack("!H", len(octets)) + octets)

        def handler_of(method):
            return type("Handler", (socketserver.BaseRequestHandler,), {"handle": method})

        self.servers = [socketserver.ThreadingUDPServer((address, 53), handler_of(datagram))]
        if tcp:
            self.servers.append(socketserver.ThreadingTCPServer((address, 53), handler_of(stream)))

    def __enter__(self):
        for server in self.servers:
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.shutdown()
            server.server_close()
