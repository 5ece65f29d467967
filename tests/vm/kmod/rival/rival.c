// SPDX-License-Identifier: GPL-2.0-only
/*
 * Another module with a kprobe on the function that mpy watches, and with a
 * post_handler: the combination that the kernel cannot take apart again.
 */
#include <linux/kprobes.h>
#include <linux/module.h>

static void after(struct kprobe *probe, struct pt_regs *regs,
		  unsigned long flags)
{
}

static struct kprobe probe = {
	.symbol_name = "security_file_open",
	.post_handler = after,
};

static int __init rival_init(void)
{
	return register_kprobe(&probe);
}

static void __exit rival_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(rival_init);
module_exit(rival_exit);

MODULE_DESCRIPTION("A kprobe with a post_handler where mpy has one");
MODULE_LICENSE("GPL");
