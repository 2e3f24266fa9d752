/*
** instructions.c - a plugin for qemu-user: how many instructions a program took, on stderr. What it needs of qemu-plugin.h,
** version 1, which Debian does not package, stands here.
*/
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct qemu_plugin_tb;
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, void (*each)(uint64_t id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb, int operation, void *sum, uint64_t add);
void qemu_plugin_register_atexit_cb(uint64_t id, void (*end)(uint64_t id, void *user), void *user);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);

int qemu_plugin_version = 1;

static uint64_t count;

/* a block adds its instructions whenever it is entered */
static void
translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	(void)id;
	qemu_plugin_register_vcpu_tb_exec_inline(tb, 0, &count, qemu_plugin_tb_n_insns(tb));
}

static void
ended(uint64_t id, void *user)
{
	(void)id;
	(void)user;
	fprintf(stderr, "%" PRIu64 "\n", count);
}

int
qemu_plugin_install(uint64_t id, const void *qemu, int argc, char **argv)
{
	(void)qemu;
	(void)argc;
	(void)argv;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, ended, NULL);
	return 0;
}
