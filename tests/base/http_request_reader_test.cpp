#include "base/http/request_reader.h"

#include <gtest/gtest.h>

namespace base::http {
namespace {

using Progress = RequestReader::Progress;

constexpr std::string_view kHost = "Host: a.test\r\n";

HttpLimits small_limits() {
  HttpLimits limits;
  limits.target_size_max = 64;
  limits.header_size_max = 256;
  limits.body_size_max = 100;
  return limits;
}

// What reading `octets` at once comes to.
Progress progress(std::string_view octets, RequestReader& reader) {
  reader.append(octets);
  Progress reached = reader.advance();
  while (reached == Progress::expects_continue)
    reached = reader.advance();
  return reached;
}

unsigned refusal(std::string_view octets) {
  RequestReader reader(small_limits());
  if (progress(octets, reader) != Progress::refused) return 0;
  EXPECT_FALSE(reader.refusal().detail.empty());
  return reader.refusal().status;
}

Request request(std::string_view octets) {
  RequestReader reader(small_limits());
  EXPECT_EQ(progress(octets, reader), Progress::complete) << octets;
  return reader.advance() == Progress::complete ? reader.take() : Request();
}

std::string with_header(std::string_view header) {
  return "GET / HTTP/1.1\r\n" + std::string(kHost) + std::string(header) + "\r\n\r\n";
}

TEST(RequestReader, ReadsMethodTargetHeadersAndBody) {
  const Request read =
      request("POST /x?y=z HTTP/1.1\r\nHost: a.test\r\nX-Y:  z \r\nContent-Length: 2\r\n\r\nhi");
  EXPECT_EQ(read.method, "POST");
  EXPECT_EQ(read.target, "/x?y=z");
  EXPECT_EQ(read.headers, (std::vector<Header>{{"Host", "a.test"}, {"X-Y", "z"}, {"Content-Length", "2"}}));
  EXPECT_EQ(read.body, "hi");
}

TEST(RequestReader, ReadsTheSameOneOctetAtATime) {
  const std::string octets =
      "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2;name=value\r\nhi\r\n3\r\n yo\r\n0\r\nTrailer: dropped\r\n\r\n";
  RequestReader reader(small_limits());
  for (const char octet : octets) {
    ASSERT_NE(reader.advance(), Progress::complete);
    reader.append({&octet, 1});
  }
  ASSERT_EQ(reader.advance(), Progress::complete);
  const Request read = reader.take();
  EXPECT_EQ(read.body, "hi yo");
  EXPECT_EQ(read.header("Trailer"), std::nullopt);
}

TEST(RequestReader, TellsHowFarItIs) {
  RequestReader reader(small_limits());
  EXPECT_EQ(reader.advance(), Progress::idle);
  EXPECT_EQ(progress("\r\n", reader), Progress::idle);  // RFC 9112 §2.2
  EXPECT_EQ(progress("POST / HTTP/1.1\r\n", reader), Progress::in_header);
  EXPECT_EQ(progress("Host: a.test\r\nContent-Length: 2\r\n\r\n", reader), Progress::in_body);
  EXPECT_EQ(progress("x", reader), Progress::in_body);
  EXPECT_EQ(progress("y", reader), Progress::complete);
  reader.take();
  EXPECT_EQ(reader.advance(), Progress::idle);
}

TEST(RequestReader, KeepsWhatWasSentAhead) {
  RequestReader reader(small_limits());
  const std::string two =
      "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nxGET /2 HTTP/1.1\r\nHost: a\r\n\r\nG";
  ASSERT_EQ(progress(two, reader), Progress::complete);
  EXPECT_EQ(reader.take().body, "x");
  ASSERT_EQ(reader.advance(), Progress::complete);
  EXPECT_EQ(reader.take().target, "/2");
  EXPECT_EQ(reader.advance(), Progress::in_header);
}

TEST(RequestReader, TellsOnceThatTheClientWaits) {
  RequestReader reader(small_limits());
  reader.append("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n");
  EXPECT_EQ(reader.advance(), Progress::expects_continue);
  EXPECT_EQ(reader.advance(), Progress::in_body);
  EXPECT_EQ(progress("x", reader), Progress::complete);
}

TEST(RequestReader, NobodyWaitsForABodyThatIsEmptyOrTooLarge) {
  RequestReader reader(small_limits());
  reader.append("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(reader.advance(), Progress::complete);
  RequestReader other(small_limits());
  other.append("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 101\r\n\r\n");
  EXPECT_EQ(other.advance(), Progress::refused);
}

TEST(RequestReader, TakesAbsoluteFormForWhatItNames) {
  EXPECT_EQ(request("GET https://b.test/x HTTP/1.1\r\nHost: a.test\r\n\r\n").target, "/x");
  EXPECT_EQ(request("GET HTTPS://b.test HTTP/1.1\r\nHost: a.test\r\n\r\n").target, "/");
  EXPECT_EQ(request("GET http://b.test?x HTTP/1.1\r\nHost: a.test\r\n\r\n").target, "/?x");
  EXPECT_EQ(request("OPTIONS * HTTP/1.1\r\nHost: a.test\r\n\r\n").target, "*");
  EXPECT_EQ(refusal("GET * HTTP/1.1\r\nHost: a.test\r\n\r\n"), 400u);
  EXPECT_EQ(refusal("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n"), 400u);
  EXPECT_EQ(refusal("GET x HTTP/1.1\r\nHost: a.test\r\n\r\n"), 400u);
}

TEST(RequestReader, KnowsWhenTheClientWantsToClose) {
  RequestReader reader(small_limits());
  ASSERT_EQ(progress(with_header("Connection: close"), reader), Progress::complete);
  EXPECT_TRUE(reader.wants_close());
  RequestReader other(small_limits());
  ASSERT_EQ(progress(with_header("Connection: keep-alive"), other), Progress::complete);
  EXPECT_FALSE(other.wants_close());
}

TEST(RequestReader, AnswersHttp10AndCloses) {
  RequestReader reader(small_limits());
  ASSERT_EQ(progress("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", reader),
            Progress::complete);
  EXPECT_TRUE(reader.wants_close());
  RequestReader expecting(small_limits());
  const std::string head = "POST / HTTP/1.0\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n";
  ASSERT_EQ(progress(head, expecting), Progress::in_body);
  EXPECT_EQ(refusal("GET / HTTP/1.0\r\n\r\n"), 400u);
  EXPECT_EQ(refusal("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400u);
}

TEST(RequestReader, RefusesWhatIsNotHttp1) {
  EXPECT_EQ(refusal("GET / HTTP/0.9\r\nHost: a\r\n\r\n"), 505u);
  EXPECT_EQ(refusal("GET / HTTP/1.2\r\nHost: a\r\n\r\n"), 505u);
  EXPECT_EQ(refusal("PRI * HTTP/2.0\r\n\r\n"), 505u);
  EXPECT_EQ(refusal("GET /\r\n\r\n"), 400u);
  EXPECT_EQ(refusal("\x16\x03\x01 rubbish\r\n\r\n"), 400u);
  EXPECT_EQ(refusal("GET  / HTTP/1.1\r\nHost: a\r\n\r\n"), 400u);
  EXPECT_EQ(refusal(std::string("GET /") + char(0) + " HTTP/1.1\r\nHost: a\r\n\r\n"), 400u);
}

TEST(RequestReader, RefusesFieldsThatOthersMayReadOtherwise) {
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\n\r\n"), 400u);     // no Host
  EXPECT_EQ(refusal(with_header("Host: b.test")), 400u);  // a second
  EXPECT_EQ(refusal(with_header("X Y: z")), 400u);        // a space in the name
  EXPECT_EQ(refusal(with_header("X-Y : z")), 400u);       // a space behind it
  EXPECT_EQ(refusal(with_header(": z")), 400u);           // no name
  EXPECT_EQ(refusal(with_header("X-Y: a\nb")), 400u);     // a bare LF
  EXPECT_EQ(refusal(with_header("X-Y: a\rb")), 400u);     // a bare CR
  EXPECT_EQ(refusal(with_header("Content-Length: -1")), 400u);
  EXPECT_EQ(refusal(with_header("Content-Length: +1")), 400u);
  EXPECT_EQ(refusal(with_header("Content-Length: 0x1")), 400u);
  EXPECT_EQ(refusal(with_header("Content-Length:")), 400u);
  EXPECT_EQ(refusal(with_header("Content-Length: 1\r\nContent-Length: 2")), 400u);
  EXPECT_EQ(refusal(with_header("Content-Length: 18446744073709551616")), 400u);
}

// What a proxy in front of us and we must never read differently (RFC 9112 §6.3).
TEST(RequestReader, RefusesAmbiguousBodies) {
  EXPECT_EQ(refusal(with_header("Transfer-Encoding: chunked\r\nContent-Length: 1")), 400u);
  EXPECT_EQ(refusal(with_header("Content-Length: 1\r\nTransfer-Encoding: chunked")), 400u);
  EXPECT_EQ(refusal(with_header("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked")), 400u);
  EXPECT_EQ(refusal(with_header("Transfer-Encoding: gzip")), 501u);
  EXPECT_EQ(refusal(with_header("Transfer-Encoding: gzip, chunked")), 501u);
  EXPECT_EQ(refusal(with_header("Transfer-Encoding: chunked, identity")), 501u);
  EXPECT_EQ(refusal(with_header("Transfer-Encoding: xchunked")), 501u);
  EXPECT_EQ(refusal(with_header("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked")), 501u);
}

TEST(RequestReader, RefusesBrokenChunks) {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string_view body :
       {"x\r\n", "-1\r\n", "+1\r\n", "0x1\r\n", " 1\r\n", "\r\n", "1 1\r\nx\r\n", "1\r\nxyz\r\n",
        "1\r\nx\n\r\n", "1\n\r\n", "1;a\nb\r\n", "1;a\rb\r\n", "1;\x7f\r\n", "1,1\r\n",
        "0\r\nbad trailer\r\n\r\n", "0\r\n: no name\r\n\r\n", "0\r\n folded: x\r\n\r\n"}) {
    EXPECT_EQ(refusal(head + std::string(body)), 400u) << body;
  }
  EXPECT_EQ(refusal(head + "ffffffffffffffff\r\nx"), 413u);
  EXPECT_EQ(refusal(head + "10000000000000000\r\nx"), 413u);
}

TEST(RequestReader, RefusesExpectationsItDoesNotKnow) {
  EXPECT_EQ(refusal(with_header("Expect: 200-ok")), 417u);
  EXPECT_EQ(refusal(with_header("Expect: 100-continue\r\nExpect: 100-continue")), 417u);
}

TEST(RequestReader, HoldsTheLimitOnTheTarget) {
  const auto with_target = [](size_t size) {
    return "GET /" + std::string(size - 1, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n";
  };
  EXPECT_EQ(refusal(with_target(64)), 0u);
  EXPECT_EQ(refusal(with_target(65)), 414u);
  EXPECT_EQ(refusal("GET /" + std::string(1000, 'x')), 414u);  // before it has ended
}

TEST(RequestReader, HoldsTheLimitOnTheHeaderSection) {
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  const auto of_size = [&](size_t size) {
    return start + std::string(size - start.size() - 4, 'x') + "\r\n\r\n";
  };
  EXPECT_EQ(refusal(of_size(256)), 0u);
  EXPECT_EQ(refusal(of_size(257)), 431u);
  EXPECT_EQ(refusal(start + std::string(1000, 'x')), 431u);  // before it has ended
}

TEST(RequestReader, HoldsTheLimitOnTheBody) {
  const auto of_size = [](size_t size) {
    return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
           std::string(size, 'x');
  };
  EXPECT_EQ(refusal(of_size(100)), 0u);
  EXPECT_EQ(refusal(of_size(101)), 413u);
}

TEST(RequestReader, HoldsTheLimitOnTheSumOfChunks) {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string fifty = "32\r\n" + std::string(50, 'x') + "\r\n";
  EXPECT_EQ(refusal(head + fifty + fifty + "0\r\n\r\n"), 0u);
  EXPECT_EQ(refusal(head + fifty + fifty + "1\r\nx\r\n0\r\n\r\n"), 413u);
}

TEST(RequestReader, HoldsTheLimitOnALineBetweenChunks) {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  HttpLimits limits = small_limits();
  limits.header_size_max = 10 * kChunkLineSizeMax;
  const std::string longest = "0;" + std::string(kChunkLineSizeMax - 2, 'x');
  for (const bool is_cut : {false, true}) {
    RequestReader fits(limits);
    fits.append(head + longest + "\r");
    EXPECT_EQ(is_cut ? fits.advance() : Progress::in_body, Progress::in_body);
    EXPECT_EQ(progress("\n\r\n", fits), Progress::complete);
    RequestReader exceeds(limits);
    exceeds.append(head + longest + "x");
    if (!is_cut) exceeds.append("\r\n\r\n");
    ASSERT_EQ(exceeds.advance(), Progress::refused);
    EXPECT_EQ(exceeds.refusal().status, 413u);
  }
}

TEST(RequestReader, HoldsALimitOnWhatChunksCarryBesideTheBody) {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  // As much as the body and the header section may have together.
  const std::string fits = "0\r\nX: " + std::string(356 - 10, 'y');
  EXPECT_EQ(refusal(head + fits + "\r\n\r\n"), 0u);
  EXPECT_EQ(refusal(head + fits + "y\r\n\r\n"), 413u);
  std::string chunks;
  for (int i = 0; i < 50; ++i)
    chunks += "1;x=" + std::string(10, 'y') + "\r\nx\r\n";
  EXPECT_EQ(refusal(head + chunks), 413u);
}

TEST(RequestReader, TellsTheTargetOfWhatItRefusesWhereItWasRead) {
  const std::string head = "POST /x?y HTTP/1.1\r\nHost: a\r\n";
  const std::string_view with_target[] = {"Content-Length: 101\r\n\r\n", "Expect: 200-ok\r\n\r\n",
                                          "Host: b\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nx\r\n"};
  for (const std::string_view rest : with_target) {
    RequestReader reader(small_limits());
    ASSERT_EQ(progress(head + std::string(rest), reader), Progress::refused) << rest;
    EXPECT_EQ(reader.refusal().target, "/x?y") << rest;
  }
  for (const std::string& octets : {std::string("rubbish\r\n\r\n"), head + std::string(300, 'x')}) {
    RequestReader reader(small_limits());
    EXPECT_EQ(progress("GET /before HTTP/1.1\r\nHost: a\r\n\r\n", reader), Progress::complete);
    EXPECT_EQ(reader.take().target, "/before");
    ASSERT_EQ(progress(octets, reader), Progress::refused);
    EXPECT_EQ(reader.refusal().target, "");
  }
}

TEST(RequestReader, StaysRefused) {
  RequestReader reader(small_limits());
  ASSERT_EQ(progress("rubbish\r\n\r\n", reader), Progress::refused);
  EXPECT_EQ(progress(with_header("X: y"), reader), Progress::refused);
}

}  // namespace
}  // namespace base::http
