#ifndef COUNT_ALLOCATIONS_H
#define COUNT_ALLOCATIONS_H

/// Blocks of memory asked for so far by the whole program; -1 where they cannot be counted.
long allocations_so_far(void);

#endif
