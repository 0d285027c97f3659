#define _GNU_SOURCE
#include "sevensales_sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- Landlock: the numbers of newer kernels are not in Debian 12's headers ---- */

#define CREATE_RULESET 444
#define ADD_RULE 445
#define RESTRICT_SELF 446

#define FS_EXECUTE (1ULL << 0)
#define FS_READ_FILE (1ULL << 2)
#define FS_READ_DIR (1ULL << 3)

struct ruleset_attributes {
    uint64_t files, network, scopes;
};

struct path_rule {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

static long landlock_version(void) {
    return syscall(CREATE_RULESET, NULL, 0, 1U);
}

int sevensales_sandbox_support(void) {
    int support = 0;
    if (landlock_version() >= 1) support |= SEVENSALES_HAS_LANDLOCK;
    uint32_t action = SECCOMP_RET_ERRNO;
    if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0) support |= SEVENSALES_HAS_SECCOMP;
    return support;
}

int sevensales_sandbox_files(const char *const *paths, size_t count) {
    long version = landlock_version();
    if (version < 1) return ENOSYS;
    struct ruleset_attributes attributes = {.files = (1ULL << 13) - 1};
    if (version >= 2) attributes.files |= 1ULL << 13; /* linking to another folder */
    if (version >= 3) attributes.files |= 1ULL << 14; /* truncating */
    if (version >= 5) attributes.files |= 1ULL << 15; /* ioctl on devices */
    size_t size = sizeof(uint64_t);
    if (version >= 4) {
        attributes.network = 3; /* TCP bind and connect */
        size = 2 * sizeof(uint64_t);
    }
    if (version >= 6) {
        attributes.scopes = 3; /* abstract sockets and signals of others */
        size = sizeof attributes;
    }
    int ruleset = (int)syscall(CREATE_RULESET, &attributes, size, 0U);
    if (ruleset < 0) return errno;
    int result = 0;
    for (size_t index = 0; index < count && result == 0; index++) {
        int parent = open(paths[index], O_PATH | O_CLOEXEC);
        if (parent < 0) continue;
        struct stat status;
        struct path_rule rule = {.allowed = FS_EXECUTE | FS_READ_FILE, .parent = parent};
        if (fstat(parent, &status) == 0 && S_ISDIR(status.st_mode)) rule.allowed |= FS_READ_DIR;
        if (syscall(ADD_RULE, ruleset, 1, &rule, 0U) != 0) result = errno;
        close(parent);
    }
    if (result == 0 && syscall(RESTRICT_SELF, ruleset, 0U) != 0) result = errno;
    close(ruleset);
    return result;
}

/* ---- limits ---- */

static int limit(int resource, uint64_t value) {
    struct rlimit both = {.rlim_cur = value, .rlim_max = value};
    return setrlimit(resource, &both) == 0 ? 0 : errno;
}

int sevensales_sandbox_limits(uint64_t memory, uint64_t files, uint64_t seconds) {
    int result = limit(RLIMIT_DATA, memory);
    if (result == 0) result = limit(RLIMIT_NOFILE, files);
    if (result == 0) result = limit(RLIMIT_CPU, seconds);
    if (result == 0) result = limit(RLIMIT_CORE, 0);
    if (result == 0) result = limit(RLIMIT_FSIZE, 0);
    if (result == 0) result = limit(RLIMIT_MEMLOCK, 0);
    /* The host comes first when both want the processor, and no filter lets a plugin take it back. */
    if (result == 0 && setpriority(PRIO_PROCESS, 0, 5) != 0) result = errno;
    return result;
}

int sevensales_sandbox_detach(int keep) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
    /* Nobody else of this user may look into its memory, which holds a customer's message during a call. */
    if (prctl(PR_SET_DUMPABLE, 0) != 0) return errno;
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0) return errno;
    for (int descriptor = 0; descriptor < 3; descriptor++) {
        if (descriptor != keep && dup2(null, descriptor) < 0) return errno;
    }
    if (keep > 3) syscall(SYS_close_range, 3U, (unsigned)keep - 1, 0U);
    syscall(SYS_close_range, (unsigned)keep + 1, ~0U, 0U);
    return 0;
}

/* ---- memory of the start ---- */

/* Built so that the dynamic linker wrote into its code. */
static int has_written_code(const struct dl_phdr_info *object) {
    for (size_t index = 0; index < object->dlpi_phnum; index++) {
        if (object->dlpi_phdr[index].p_type != PT_DYNAMIC) continue;
        const ElfW(Dyn) *entry = (const ElfW(Dyn) *)(object->dlpi_addr + object->dlpi_phdr[index].p_vaddr);
        for (; entry->d_tag != DT_NULL; entry++) {
            if (entry->d_tag == DT_TEXTREL || (entry->d_tag == DT_FLAGS && entry->d_un.d_val & DF_TEXTREL)) return 1;
        }
    }
    return 0;
}

static int trim(struct dl_phdr_info *object, size_t size, void *context) {
    (void)size, (void)context;
    /* The kernel's own page has no file to come back from. */
    if ((object->dlpi_name && strstr(object->dlpi_name, "vdso")) || has_written_code(object)) return 0;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (size_t index = 0; index < object->dlpi_phnum; index++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[index];
        /* A segment that is written to has relocations and values that exist nowhere else. */
        if (segment->p_type != PT_LOAD || segment->p_flags & PF_W) continue;
        uintptr_t start = (object->dlpi_addr + segment->p_vaddr + page - 1) & ~(page - 1);
        uintptr_t end = (object->dlpi_addr + segment->p_vaddr + segment->p_memsz) & ~(page - 1);
        if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

void sevensales_sandbox_trim(void) {
    dl_iterate_phdr(trim, NULL);
    malloc_trim(0);
}

/* ---- seccomp ---- */

#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define MACHINE AUDIT_ARCH_AARCH64
#else
#error "seccomp filters are written for x86-64 and arm64"
#endif

/* What a running plugin needs: its own memory, locks, the socket to the host, and reading its own folder. */
static const int serving_calls[] = {
    SYS_read, SYS_write, SYS_readv, SYS_writev, SYS_recvfrom, SYS_sendto, SYS_close, SYS_fstat, SYS_lseek, SYS_munmap, SYS_mremap, SYS_madvise, SYS_brk,
    SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack, SYS_futex, SYS_getrandom, SYS_clock_gettime,
    SYS_clock_getres, SYS_gettimeofday, SYS_nanosleep, SYS_clock_nanosleep, SYS_sched_yield, SYS_sched_getaffinity, SYS_getpid,
    SYS_gettid, SYS_exit, SYS_exit_group, SYS_restart_syscall, SYS_openat, SYS_newfstatat, SYS_statx, SYS_pread64, SYS_getdents64,
    SYS_readlinkat, SYS_faccessat, SYS_membarrier,
#ifdef SYS_readlink
    SYS_readlink,
#endif
#ifdef SYS_access
    SYS_access,
#endif
};

/* What the dynamic linker and a language's runtime need besides, and what narrows this sandbox itself. */
static const int loading_calls[] = {
    SYS_seccomp, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid, SYS_getcwd, SYS_uname, SYS_sysinfo,
    SYS_set_robust_list, SYS_set_tid_address, CREATE_RULESET, ADD_RULE, RESTRICT_SELF,
#ifdef SYS_arch_prctl
    SYS_arch_prctl,
#endif
#ifdef SYS_rseq
    SYS_rseq,
#endif
#ifdef SYS_open
    SYS_open,
#endif
#ifdef SYS_stat
    SYS_stat,
#endif
#ifdef SYS_lstat
    SYS_lstat,
#endif
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, (value))
/* The low half comes first on both machines. */
#define LOW(index) (offsetof(struct seccomp_data, args) + (index) * sizeof(uint64_t))

int sevensales_sandbox_calls(int loading) {
    struct sock_filter program[256];
    size_t length = 0;
#define PUT(...) program[length++] = (struct sock_filter)__VA_ARGS__
#define ALLOW(number)                                              \
    PUT(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(number), 0, 1)); \
    PUT(RETURN(SECCOMP_RET_ALLOW))

    PUT(LOAD(arch));
    PUT(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 1, 0));
    PUT(RETURN(SECCOMP_RET_KILL_PROCESS));
    PUT(LOAD(nr));
#ifdef __x86_64__
    /* The x32 numbers would go around the list. */
    PUT(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000U, 0, 1));
    PUT(RETURN(SECCOMP_RET_KILL_PROCESS));
#endif
    for (size_t index = 0; index < COUNT(serving_calls); index++) { ALLOW(serving_calls[index]); }
    if (loading) {
        for (size_t index = 0; index < COUNT(loading_calls); index++) { ALLOW(loading_calls[index]); }
        ALLOW(SYS_mmap);
        ALLOW(SYS_mprotect);
        /* Constructors run under this list. Limits of this process alone: those of the host would end it. */
        PUT(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prlimit64, 0, 5));
        PUT(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, LOW(0)));
        PUT(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0));
        PUT(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)getpid(), 0, 1));
        PUT(RETURN(SECCOMP_RET_ALLOW));
        PUT(RETURN(SECCOMP_RET_ERRNO | EPERM));
        /* Nothing that makes the kernel signal another process when the socket has data. */
        PUT(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fcntl, 0, 7));
        PUT(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, LOW(1)));
        PUT(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_GETFD, 3, 0));
        PUT(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_SETFD, 2, 0));
        PUT(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_GETFL, 1, 0));
        PUT(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_DUPFD_CLOEXEC, 0, 1));
        PUT(RETURN(SECCOMP_RET_ALLOW));
        PUT(RETURN(SECCOMP_RET_ERRNO | EPERM));
    } else {
        /* Memory, but no new code. */
        PUT(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 1, 0));
        PUT(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 4));
        PUT(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, LOW(2)));
        PUT(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0));
        PUT(RETURN(SECCOMP_RET_ALLOW));
        PUT(RETURN(SECCOMP_RET_ERRNO | EPERM));
    }
    /* abort() raises a signal in its own process; nobody else's. */
    PUT(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_tgkill, 0, 3));
    PUT(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, LOW(0)));
    PUT(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)getpid(), 0, 1));
    PUT(RETURN(SECCOMP_RET_ALLOW));
    PUT(RETURN(SECCOMP_RET_ERRNO | EPERM));

    struct sock_fprog filter = {.len = (unsigned short)length, .filter = program};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0U, &filter) == 0 ? 0 : errno;
}
