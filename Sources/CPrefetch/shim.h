// Swift has no word for these instructions. They never fault, whatever the address.
#ifndef CPREFETCH_SHIM_H
#define CPREFETCH_SHIM_H

static inline __attribute__((always_inline)) void prefetch_for_reading(const void *address) {
  __builtin_prefetch(address, 0, 2);
}

static inline __attribute__((always_inline)) void prefetch_for_writing(const void *address) {
  __builtin_prefetch(address, 1, 3);
}

#endif
