#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <mutex>
#include <vector>

namespace dnsserver {

// Says when nobody can still read what was taken away (quiescent-state based reclamation): each thread that
// reads says, between two batches, that it holds nothing of the first. Reading costs no lock and no atomic
// read-modify-write; what one thread says stands on a cache line of its own.
class Quiescence {
 public:
  // One thread that reads. At first it rests. Only that thread calls it, and it goes before the Quiescence.
  class Reader {
   public:
    explicit Reader(Quiescence& quiescence);
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    // The thread holds nothing, and reads from now on. A load and a store; after rest() it costs more.
    void pass();
    // The thread holds nothing, and reads nothing until it passes.
    void rest();

   private:
    friend class Quiescence;
    static constexpr uint64_t kResting = std::numeric_limits<uint64_t>::max();

    Quiescence& quiescence_;
    bool resting_ = true;
    alignas(64) std::atomic<uint64_t> seen_ = kResting;
  };

  // For the one thread that writes. What it took away before it went on to an epoch is read by nobody once all
  // readers have passed that one.
  void advance() { epoch_.fetch_add(1, std::memory_order_acq_rel); }
  uint64_t epoch() const { return epoch_.load(std::memory_order_relaxed); }
  // The latest epoch that all have passed.
  uint64_t passed() const;

 private:
  // Every reader reads it once a batch.
  alignas(64) std::atomic<uint64_t> epoch_ = 0;
  // Readers come and go with their threads while the writer looks at them. Held for as long as that takes.
  alignas(64) mutable std::mutex mutex_;
  std::vector<const Reader*> readers_;
};

}  // namespace dnsserver
