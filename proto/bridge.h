#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <utility>

#include "base/task.h"

// The joints between gRPC's callback API and our coroutines.
namespace proto {

// Runs `work` on `executor` and finishes the call with the status it returns. Request and response belong to
// gRPC and live until then, so `work` may hold references to them.
inline grpc::ServerUnaryReactor* serve_unary(grpc::CallbackServerContext& context,
                                             boost::asio::any_io_executor executor,
                                             base::Task<grpc::Status> work) {
  grpc::ServerUnaryReactor* reactor = context.DefaultReactor();
  auto finish = [reactor](std::exception_ptr thrown, grpc::Status status) {
    reactor->Finish(thrown ? grpc::Status(grpc::StatusCode::INTERNAL, "internal error") : std::move(status));
  };
  boost::asio::co_spawn(executor, std::move(work), std::move(finish));
  return reactor;
}

// A client stream that is read to its end before a coroutine answers. Made with new, given to gRPC, and gone after the
// last callback.
template <class Message>
class StreamReader final : public grpc::ServerReadReactor<Message> {
 public:
  // Gets each message, one at a time, on gRPC's threads; a status that is not OK ends the call.
  using Take = std::function<grpc::Status(Message&)>;
  using Work = std::function<base::Task<grpc::Status>()>;

  // Runs `work` on `executor` when the client has sent all; the status it returns ends the call. A client that goes
  // away may look as one that has sent all, so the messages have to tell which is the last.
  static StreamReader* serve(boost::asio::any_io_executor executor, Take take, Work work) {
    auto* reader = new StreamReader(std::move(executor), std::move(take), std::move(work));
    reader->StartRead(&reader->message_);
    return reader;
  }

 private:
  StreamReader(boost::asio::any_io_executor executor, Take take, Work work)
      : executor_(std::move(executor)), take_(std::move(take)), work_(std::move(work)) {}

  void OnReadDone(bool read) override {
    if (!read) {
      auto finish = [this](std::exception_ptr thrown, grpc::Status status) {
        this->Finish(thrown ? grpc::Status(grpc::StatusCode::INTERNAL, "internal error") : std::move(status));
      };
      boost::asio::co_spawn(executor_, work_(), std::move(finish));
    } else if (grpc::Status status = take_(message_); status.ok()) {
      this->StartRead(&message_);
    } else {
      this->Finish(std::move(status));
    }
  }
  void OnDone() override { delete this; }

  boost::asio::any_io_executor executor_;
  Take take_;
  Work work_;  // outlives its coroutine, which may be a lambda's with captures
  Message message_;
};

// A server stream that a coroutine writes. Made with new, given to gRPC, and gone after the last callback.
template <class Message>
class StreamWriter final : public grpc::ServerWriteReactor<Message> {
 public:
  using Work = std::function<base::Task<grpc::Status>(StreamWriter&)>;

  // Runs `work` on `executor`; the status it returns ends the stream.
  static StreamWriter* serve(boost::asio::any_io_executor executor, Work work) {
    auto* writer = new StreamWriter(executor, std::move(work));
    auto finish = [writer](std::exception_ptr thrown, grpc::Status status) {
      writer->Finish(thrown ? grpc::Status(grpc::StatusCode::INTERNAL, "internal error") : std::move(status));
    };
    boost::asio::co_spawn(executor, writer->work_(*writer), std::move(finish));
    return writer;
  }

  // Sends one message and returns when the next may be sent. False: the client has gone, nothing more will
  // reach it. REQUIRES: one write at a time, from `work`.
  base::Task<bool> write(Message message) {
    if (cancelled()) co_return false;
    message_ = std::move(message);
    auto start = [this](auto handler) {
      auto shared = std::make_shared<decltype(handler)>(std::move(handler));
      written_ = [shared](bool sent) { std::move (*shared)(sent); };
      this->StartWrite(&message_);
    };
    co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void(bool)>(
        start, boost::asio::use_awaitable);
  }

  // True once the client has cancelled or its deadline has passed.
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

 private:
  StreamWriter(boost::asio::any_io_executor executor, Work work)
      : executor_(std::move(executor)), work_(std::move(work)) {}

  // These three come on gRPC's threads.
  void OnWriteDone(bool sent) override {
    boost::asio::post(executor_, [written = std::exchange(written_, nullptr), sent] { written(sent); });
  }
  void OnCancel() override { cancelled_.store(true, std::memory_order_relaxed); }
  void OnDone() override { delete this; }

  boost::asio::any_io_executor executor_;
  Work work_;  // outlives its coroutine, which may be a lambda's with captures
  Message message_;
  std::function<void(bool)> written_;
  std::atomic<bool> cancelled_ = false;
};

}  // namespace proto
