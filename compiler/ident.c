/*
** ident.c - names that C can bear.
**
** A model's name becomes NAME.h, NAME_run, NAME_BATCH: a keyword is refused because bindings take the name alone, a
** header's because the folder of NAME.h is searched before the system's, what begins with rc because the runtime does.
** File systems that do not tell capitals apart make "Math.h" the same as "math.h".
*/
#include <string.h>
#include <strings.h>

#include "ident.h"
#include "resnetc.h"

enum { MostLetters = 60, MostMade = 50 };

static const char *const keywords[] = {
	"auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern", "float",
	"for", "goto", "if", "inline", "int", "long", "register", "restrict", "return", "short", "signed", "sizeof",
	"static", "struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "while",
	"alignas", "alignof", "bool", "constexpr", "false", "nullptr", "static_assert", "thread_local", "true", "typeof",
	"typeof_unqual",
	"asm", "and", "and_eq", "bitand", "bitor", "catch", "char8_t", "char16_t", "char32_t", "class", "co_await",
	"co_return", "co_yield", "compl", "concept", "const_cast", "consteval", "constinit", "decltype", "delete",
	"dynamic_cast", "explicit", "export", "friend", "mutable", "namespace", "new", "noexcept", "not", "not_eq",
	"operator", "or", "or_eq", "private", "protected", "public", "reinterpret_cast", "requires", "static_cast",
	"template", "this", "throw", "try", "typeid", "typename", "using", "virtual", "wchar_t", "xor", "xor_eq", "main",
	NULL };

/* of C, POSIX, the compilers, Linux, Windows: those that lie in no folder; and names that Windows keeps for devices */
static const char *const headers[] = {
	"assert", "complex", "ctype", "errno", "fenv", "float", "inttypes", "iso646", "limits", "locale", "math", "setjmp",
	"signal", "stdalign", "stdarg", "stdatomic", "stdbit", "stdbool", "stdckdint", "stddef", "stdint", "stdio", "stdlib",
	"stdnoreturn", "string", "tgmath", "threads", "time", "uchar", "wchar", "wctype",
	"aio", "cpio", "dirent", "dlfcn", "fcntl", "fmtmsg", "fnmatch", "ftw", "glob", "grp", "iconv", "langinfo", "libgen",
	"libintl", "monetary", "mqueue", "ndbm", "netdb", "nl_types", "poll", "pthread", "pwd", "regex", "sched", "search",
	"semaphore", "spawn", "strings", "stropts", "syslog", "tar", "termios", "trace", "ulimit", "unistd", "utime",
	"utmpx", "wordexp",
	"alloca", "argp", "argz", "byteswap", "crypt", "elf", "endian", "envz", "err", "error", "execinfo", "features",
	"fts", "getopt", "gnu_versions", "ifaddrs", "lastlog", "libio", "link", "malloc", "mcheck", "memory", "mntent",
	"netinet", "obstack", "paths", "printf", "pty", "resolv", "shadow", "stab", "stdc_predef", "syscall", "syslimits",
	"termio", "thread_db", "ttyent", "ucontext", "utmp", "values", "wait", "xlocale",
	"cpuid", "immintrin", "x86intrin", "x86gprintrin", "mmintrin", "xmmintrin", "emmintrin", "pmmintrin", "tmmintrin",
	"smmintrin", "nmmintrin", "wmmintrin", "avxintrin", "avx2intrin", "fmaintrin", "mm_malloc", "arm_acle", "arm_neon",
	"arm_fp16", "arm_bf16", "arm_sve", "arm_mve", "riscv_vector", "wasm_simd128", "unwind", "omp", "quadmath", "varargs",
	"tbmintrin", "ammintrin",
	"conio", "crtdbg", "crtdefs", "direct", "dos", "excpt", "intrin", "io", "process", "sal", "share", "tchar", "vadefs",
	"vcruntime", "windows", "windef", "winbase", "winnt",
	"aux", "con", "nul", "prn", NULL };

static bool
letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
plain(char c)
{
	return letter(c) || (c >= '0' && c <= '9') || c == '_';
}

/* listed - in a list that ends with NULL; any: capitals or not */
static bool
listed(const char *const *list, const char *word, bool any)
{
	for (; list && *list; list++)
		if (any ? !strcasecmp(*list, word) : !strcmp(*list, word))
			return true;
	return false;
}

const char *
model_name_flaw(const char *name)
{
	bool ok = letter(*name) && strlen(name) <= MostLetters;

	for (const char *c = name; *c; c++)
		ok = ok && plain(*c);
	if (!ok)
		return "is a C identifier of at most 60 letters";
	if (listed(keywords, name, false))
		return "is no keyword";
	if (!strncasecmp(name, "rc", 2) && (!name[2] || name[2] == '_'))
		return "does not begin with rc, as the runtime's do";
	if (listed(headers, name, true))
		return "is not a system header's (its NAME.h would be found instead)";
	return NULL;
}

const char *
model_name_of(const char *text)
{
	char *s = arena_text("%s", text), *to = s;

	if (!model_name_flaw(text))
		return s;
	for (const char *c = text; *c && to - s < MostMade; c++)
		if (plain(*c) && *c != '_')
			*to++ = *c;
		else if (to > s && to[-1] != '_')
			*to++ = '_';
	*to = 0;
	if (to > s + 1 && to[-1] == '_')
		*--to = 0;
	if (!letter(*s))
		s = arena_text("m%s", s);
	if (model_name_flaw(s))
		s = arena_text("%s%s", s, strncasecmp(s, "rc", 2) ? "_net" : "");
	return model_name_flaw(s) ? arena_text("m_%s", s) : s;
}

/* mangled - a name with what C can bear */
static char *
mangled(const char *name, bool upper)
{
	char *s = arena_text("%s", name);

	for (char *c = s; *c; c++) {
		if (!plain(*c))
			*c = '_';
		if (upper && *c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	}
	return s;
}

static bool
taken(const char *const *idents, int count, const char *word)
{
	for (int i = 0; i < count; i++)
		if (idents[i] && !strcmp(idents[i], word))
			return true;
	return false;
}

const char **
idents_of(const char *const *names, int count, bool upper, const char *const *reserved)
{
	const char **idents = arena_new((size_t)(count + 1)*sizeof *idents);

	for (int i = 0; i < count; i++) {            /* first those that can stay as they are */
		const char *s = mangled(names[i], upper);
		if (!strcmp(s, names[i]) && !listed(reserved, s, false) && !taken(idents, i, s))
			idents[i] = s;
	}
	for (int i = 0; i < count; i++) {
		const char *s = mangled(names[i], upper), *free_one = s;
		if (idents[i])
			continue;
		for (int k = 2; listed(reserved, free_one, false) || taken(idents, count, free_one); k++)
			free_one = arena_text("%s_%d", s, k);
		idents[i] = free_one;
	}
	return idents;
}
