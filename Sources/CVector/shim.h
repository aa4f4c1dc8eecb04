// Operations on whole vectors. Swift spells them lane by lane and leaves it to LLVM to find the
// vectors again, which goes wrong where lanes are shuffled: a transpose of eight vectors takes 56
// shuffles instead of 24, and a kernel whose sums are added across lanes falls to pieces.
#ifndef CVECTOR_SHIM_H
#define CVECTOR_SHIM_H

typedef double eight_doubles __attribute__((ext_vector_type(8)));
typedef int eight_integers __attribute__((ext_vector_type(8)));
typedef double four_doubles __attribute__((ext_vector_type(4)));

#define INLINE static inline __attribute__((always_inline)) eight_doubles

// a + b.
INLINE vector_sum(eight_doubles a, eight_doubles b) { return a + b; }

// a - b.
INLINE vector_difference(eight_doubles a, eight_doubles b) { return a - b; }

// a b.
INLINE vector_product(eight_doubles a, eight_doubles b) { return a * b; }

// a + b c, rounded once.
INLINE vector_multiply_add(eight_doubles a, eight_doubles b, eight_doubles c) {
  return __builtin_elementwise_fma(b, c, a);
}

// a - b c, rounded once.
INLINE vector_multiply_subtract(eight_doubles a, eight_doubles b, eight_doubles c) {
  return __builtin_elementwise_fma(-b, c, a);
}

// Lanes 0, 2, 4, 6 of both in turn.
INLINE interleave_even(eight_doubles a, eight_doubles b) {
  return __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14);
}

// Lanes 1, 3, 5, 7 of both in turn.
INLINE interleave_odd(eight_doubles a, eight_doubles b) {
  return __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
}

// Lanes 0 to 3 of both in turn.
INLINE interleave_low(eight_doubles a, eight_doubles b) {
  return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

// Lanes 4 to 7 of both in turn.
INLINE interleave_high(eight_doubles a, eight_doubles b) {
  return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

// Lanes 0, 2, 4, 6 of one after those of the other.
INLINE lanes_even(eight_doubles a, eight_doubles b) {
  return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
}

// Lanes 1, 3, 5, 7 of one after those of the other.
INLINE lanes_odd(eight_doubles a, eight_doubles b) {
  return __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
}

// Pairs 0 and 2 of both in turn.
INLINE pairs_even(eight_doubles a, eight_doubles b) {
  return __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13);
}

// Pairs 1 and 3 of both in turn.
INLINE pairs_odd(eight_doubles a, eight_doubles b) {
  return __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
}

// The lower halves of both.
INLINE halves_low(eight_doubles a, eight_doubles b) {
  return __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11);
}

// The upper halves of both.
INLINE halves_high(eight_doubles a, eight_doubles b) {
  return __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
}

// The upper half of one, then the lower half of the other.
INLINE halves_between(eight_doubles a, eight_doubles b) {
  return __builtin_shufflevector(a, b, 4, 5, 6, 7, 8, 9, 10, 11);
}

typedef double two_doubles __attribute__((ext_vector_type(2), aligned(8)));

// Two doubles from each of four places in turn. Halves of cache lines are put together as they are
// loaded, which takes fewer shuffles than parting whole vectors.
INLINE four_pairs(const double *a, const double *b, const double *c, const double *d) {
  four_doubles low = __builtin_shufflevector(*(two_doubles *)a, *(two_doubles *)b, 0, 1, 2, 3);
  four_doubles high = __builtin_shufflevector(*(two_doubles *)c, *(two_doubles *)d, 0, 1, 2, 3);
  return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7);
}

#undef INLINE

// Whole numbers below 2³¹.
static inline __attribute__((always_inline)) eight_integers whole_numbers(eight_doubles a) {
  return __builtin_convertvector(a, eight_integers);
}

#define INLINE static inline __attribute__((always_inline)) four_doubles

// a + b.
INLINE four_sum(four_doubles a, four_doubles b) { return a + b; }

// a b.
INLINE four_product(four_doubles a, four_doubles b) { return a * b; }

// a + b c, rounded once.
INLINE four_multiply_add(four_doubles a, four_doubles b, four_doubles c) {
  return __builtin_elementwise_fma(b, c, a);
}

// Lanes 0 and 2 of both in turn.
INLINE four_interleave_even(four_doubles a, four_doubles b) {
  return __builtin_shufflevector(a, b, 0, 4, 2, 6);
}

// Lanes 1 and 3 of both in turn.
INLINE four_interleave_odd(four_doubles a, four_doubles b) {
  return __builtin_shufflevector(a, b, 1, 5, 3, 7);
}

// The lower halves of both.
INLINE four_halves_low(four_doubles a, four_doubles b) {
  return __builtin_shufflevector(a, b, 0, 1, 4, 5);
}

// The upper halves of both.
INLINE four_halves_high(four_doubles a, four_doubles b) {
  return __builtin_shufflevector(a, b, 2, 3, 6, 7);
}

#undef INLINE

#endif
