/*
 * What a plugin's process may do: nothing but think.
 *
 * Landlock takes the files away, seccomp the system calls, resource limits bound the rest. Each function returns 0 or an errno
 * value. They act on the calling process, before it has threads, and cannot be undone.
 */
#ifndef SEVENSALES_SANDBOX_H
#define SEVENSALES_SANDBOX_H

#include <stddef.h>
#include <stdint.h>

/* Bits of sevensales_sandbox_support. */
enum { SEVENSALES_HAS_LANDLOCK = 1, SEVENSALES_HAS_SECCOMP = 2 };

/* What this kernel offers. */
int sevensales_sandbox_support(void);

/* Ends this process when its parent ends, keeps it from gaining rights and from leaving core files, closes every descriptor but
 * `keep`, and points 0, 1 and 2 at /dev/null. */
int sevensales_sandbox_detach(int keep);

/* Private memory in bytes, open files, seconds of processor time. No growing file. When both want the processor, the host comes first. */
int sevensales_sandbox_limits(uint64_t memory, uint64_t files, uint64_t seconds);

/* Leaves reading and mapping of files beneath `paths`, and nothing else of the file system, network sockets or other processes'
 * signals as far as the kernel's Landlock knows them. Paths that do not exist are left out. May be narrowed by calling it again. */
int sevensales_sandbox_files(const char *const *paths, size_t count);

/* Leaves the system calls that loading a shared object needs (`loading` not 0), or only those of a running one: then code can
 * neither be mapped nor be made executable any more. Every other call fails with EPERM. May be narrowed by calling it again. */
int sevensales_sandbox_calls(int loading);

/* Gives back what only the start needed: pages of code and constants, which come again from the page cache when they are touched. */
void sevensales_sandbox_trim(void);

#endif
