// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family. It checks who asks and what is asked for,
 * remembers the one registered daemon, and puts answers and events into
 * messages. The initial network namespace only (the family is not made
 * available elsewhere), unicast only.
 */
#include <linux/capability.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/path.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/netlink.h>
#include <net/sock.h>

#include "compat.h"
#include "netlink.h"

static const struct mpy_door *door;
static struct genl_family family;

/*
 * Who is registered. The lock is held across opening and closing the gate;
 * it nests inside generic netlink's and inside the notifier chain's locks.
 */
static DEFINE_MUTEX(door_lock);
static u32 daemon_port;		/* door_lock; 0: nobody */
static struct pid *daemon_tgid; /* door_lock, with a reference */

static const struct nla_policy hello_policy[MPY_A_MAX + 1] = {
	[MPY_A_ABI] = { .type = NLA_U32 },
	[MPY_A_SCHEMA] = { .type = NLA_U32 },
	[MPY_A_SIGHTS] = { .type = NLA_U32 },
	[MPY_A_QUEUE_BYTES] = { .type = NLA_U32 },
	[MPY_A_SNAPSHOT_MAX] = { .type = NLA_U32 },
	[MPY_A_CLASSIFY_MS] = { .type = NLA_U32 },
	[MPY_A_IGNORE_TGID] = { .type = NLA_U32 },
};

static const struct nla_policy classified_policy[MPY_A_MAX + 1] = {
	[MPY_A_SEQ] = { .type = NLA_U64 },
	[MPY_A_INTERPRETER] = { .type = NLA_U8 },
};

static const struct nla_policy fd_policy[MPY_A_MAX + 1] = {
	[MPY_A_SEQ] = { .type = NLA_U64 },
	[MPY_A_SCRIPT] = { .type = NLA_U8 },
};

static const struct nla_policy stats_policy[MPY_A_MAX + 1] = {
	[MPY_A_SYNC] = { .type = NLA_U8 },
};

/* ---- events ---------------------------------------------------------------*/

static struct sk_buff *new_message(enum mpy_cmd cmd, size_t payload, void **head)
{
	struct sk_buff *skb = genlmsg_new(payload, GFP_KERNEL);

	if (!skb)
		return NULL;
	*head = genlmsg_put(skb, 0, 0, &family, 0, cmd);
	if (!*head) {
		nlmsg_free(skb);
		return NULL;
	}
	return skb;
}

static int put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, MPY_A_PAD);
}

int mpy_netlink_send_head(u32 port, enum mpy_cmd cmd, u64 seq, u32 kind,
			  const void *attrs, size_t len)
{
	struct sk_buff *skb;
	void *head;

	skb = new_message(cmd, nla_total_size_64bit(8) + nla_total_size(4) + len,
			  &head);
	if (!skb)
		return -ENOMEM;
	if (put_u64(skb, MPY_A_SEQ, seq) ||
	    (kind && nla_put_u32(skb, MPY_A_KIND, kind)) ||
	    skb_tailroom(skb) < len) {
		nlmsg_free(skb);
		return -ENOMEM;
	}
	skb_put_data(skb, attrs, len);
	genlmsg_end(skb, head);
	return genlmsg_unicast(&init_net, skb, port);
}

int mpy_netlink_send_chunk(u32 port, u64 seq, enum mpy_field field, u32 offset,
			   const void *data, size_t len)
{
	struct sk_buff *skb;
	void *head;

	skb = new_message(MPY_CMD_CHUNK,
			  nla_total_size_64bit(8) + 2 * nla_total_size(4) +
				  nla_total_size(len),
			  &head);
	if (!skb)
		return -ENOMEM;
	if (put_u64(skb, MPY_A_SEQ, seq) ||
	    nla_put_u32(skb, MPY_A_FIELD, field) ||
	    nla_put_u32(skb, MPY_A_OFFSET, offset) ||
	    nla_put(skb, MPY_A_DATA, len, data)) {
		nlmsg_free(skb);
		return -ENOMEM;
	}
	genlmsg_end(skb, head);
	return genlmsg_unicast(&init_net, skb, port);
}

/* ---- answers --------------------------------------------------------------*/

static struct sk_buff *new_answer(struct genl_info *info, enum mpy_cmd cmd,
				  void **head)
{
	struct sk_buff *skb = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);

	if (!skb)
		return NULL;
	*head = genlmsg_put_reply(skb, info, &family, 0, cmd);
	if (!*head) {
		nlmsg_free(skb);
		return NULL;
	}
	return skb;
}

static int send_answer(struct sk_buff *skb, void *head, struct genl_info *info,
		       int err)
{
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	genlmsg_end(skb, head);
	return genlmsg_reply(skb, info);
}

static int put_lost(struct sk_buff *skb, const u64 *lost)
{
	struct nlattr *nest;
	unsigned int cause;

	for (cause = 0; cause < MPY_LOST_COUNT; cause++) {
		if (!lost[cause])
			continue;
		nest = nla_nest_start(skb, MPY_A_LOST);
		if (!nest || nla_put_u32(skb, MPY_A_LOST_CAUSE, cause) ||
		    put_u64(skb, MPY_A_LOST_COUNT, lost[cause]))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int put_sight(struct sk_buff *skb, u32 id,
		     const struct mpy_sight_report *sight, bool books)
{
	struct nlattr *nest = nla_nest_start(skb, MPY_A_SIGHT);
	int err;

	if (!nest)
		return -EMSGSIZE;
	err = nla_put_u32(skb, MPY_A_SIGHT_ID, id) ?:
	      nla_put_u32(skb, MPY_A_SIGHT_STATE, sight->state);
	if (!err && sight->why)
		err = nla_put_string(skb, MPY_A_SIGHT_WHY, sight->why);
	if (!err && books)
		err = put_u64(skb, MPY_A_CAUSED, sight->caused) ?:
		      put_u64(skb, MPY_A_DELIVERED, sight->delivered) ?:
		      put_lost(skb, sight->lost);
	nla_nest_end(skb, nest);
	return err;
}

static int put_sights(struct sk_buff *skb, const struct mpy_report *report,
		      bool books)
{
	unsigned int id;
	int err = 0;

	for (id = 0; id < MPY_SIGHT_COUNT && !err; id++)
		err = put_sight(skb, id, &report->sights[id], books);
	return err;
}

/* ---- HELLO ----------------------------------------------------------------*/

/*
 * Before 6.2 extack takes only text that stays where it is. Two refused
 * daemons at the same moment could mix up their digits, no more than that:
 * the last byte is never written.
 */
static char abi_text[96];

static int check_abi(struct genl_info *info)
{
	u32 abi;

	if (!info->attrs[MPY_A_ABI]) {
		NL_SET_ERR_MSG(info->extack, "HELLO without an ABI number");
		return -EINVAL;
	}
	abi = nla_get_u32(info->attrs[MPY_A_ABI]);
	if (abi == MPY_ABI)
		return 0;
	scnprintf(abi_text, sizeof(abi_text) - 1,
		  "this module speaks mpy ABI %u, the daemon asked for ABI %u",
		  MPY_ABI, abi);
	info->extack->_msg = abi_text;
	return -EPROTO;
}

/* Room for a few of the largest events, or nothing would ever fit. */
#define QUEUE_LEAST (1u << 20)

static u32 wish(struct genl_info *info, int type, u32 fallback)
{
	return info->attrs[type] ? nla_get_u32(info->attrs[type]) : fallback;
}

static int read_limits(struct genl_info *info, struct mpy_wishes *wishes)
{
	wishes->sights = wish(info, MPY_A_SIGHTS, MPY_SIGHTS_ALL);
	wishes->queue_bytes = wish(info, MPY_A_QUEUE_BYTES, MPY_QUEUE_DEFAULT);
	wishes->queue_bytes = max(wishes->queue_bytes, QUEUE_LEAST);
	wishes->snapshot_max =
		wish(info, MPY_A_SNAPSHOT_MAX, MPY_SNAPSHOT_DEFAULT);
	wishes->classify_ms =
		wish(info, MPY_A_CLASSIFY_MS, MPY_CLASSIFY_DEFAULT);
	if (wishes->sights & ~MPY_SIGHTS_ALL) {
		NL_SET_ERR_MSG(info->extack,
			       "SIGHTS names one that this module has not");
		return -EINVAL;
	}
	if (wishes->queue_bytes > MPY_QUEUE_LIMIT ||
	    wishes->snapshot_max > MPY_SNAPSHOT_LIMIT ||
	    wishes->classify_ms > MPY_CLASSIFY_LIMIT) {
		NL_SET_ERR_MSG(info->extack,
			       "QUEUE_BYTES, SNAPSHOT_MAX or CLASSIFY_MS is above its limit");
		return -ERANGE;
	}
	return 0;
}

static int add_ignored(struct mpy_wishes *wishes, u32 tgid,
		       struct netlink_ext_ack *extack)
{
	struct pid *pid;

	if (wishes->ignored_count == MPY_IGNORED_MAX) {
		NL_SET_ERR_MSG(extack, "too many IGNORE_TGID");
		return -E2BIG;
	}
	pid = find_get_pid(tgid);
	if (!pid) {
		NL_SET_ERR_MSG(extack, "IGNORE_TGID names no process");
		return -ESRCH;
	}
	wishes->ignored[wishes->ignored_count++] = pid;
	return 0;
}

static int read_ignored(struct genl_info *info, struct mpy_wishes *wishes)
{
	struct nlattr *attr;
	int left, err;

	wishes->ignored[wishes->ignored_count++] = get_pid(task_tgid(current));
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, left) {
		if (nla_type(attr) != MPY_A_IGNORE_TGID)
			continue;
		if (nla_len(attr) != sizeof(u32))
			return -EINVAL;
		err = add_ignored(wishes, nla_get_u32(attr), info->extack);
		if (err)
			return err;
	}
	return 0;
}

static void put_ignored(struct mpy_wishes *wishes)
{
	while (wishes->ignored_count)
		put_pid(wishes->ignored[--wishes->ignored_count]);
}

static int answer_hello(struct genl_info *info, const struct mpy_wishes *wishes)
{
	struct mpy_report report = {};
	struct sk_buff *skb;
	void *head;
	int err;

	skb = new_answer(info, MPY_CMD_HELLO, &head);
	if (!skb)
		return -ENOMEM;
	door->report(&report);
	err = nla_put_u32(skb, MPY_A_ABI, MPY_ABI) ?:
	      nla_put_u32(skb, MPY_A_SCHEMA, MPY_SCHEMA) ?:
	      nla_put_string(skb, MPY_A_MODULE_VERSION, MPY_VERSION) ?:
	      put_sights(skb, &report, false) ?:
	      nla_put_u32(skb, MPY_A_QUEUE_BYTES, wishes->queue_bytes) ?:
	      nla_put_u32(skb, MPY_A_SNAPSHOT_MAX, wishes->snapshot_max) ?:
	      nla_put_u32(skb, MPY_A_CLASSIFY_MS, wishes->classify_ms);
	return send_answer(skb, head, info, err);
}

static void forget_daemon(void)
{
	door->close();
	daemon_port = 0;
	put_pid(daemon_tgid);
	daemon_tgid = NULL;
}

static int register_daemon(struct genl_info *info,
			   const struct mpy_wishes *wishes)
{
	bool fresh = !daemon_port;
	int err;

	if (!fresh && daemon_port != info->snd_portid) {
		NL_SET_ERR_MSG(info->extack,
			       "another daemon is registered with this module");
		return -EBUSY;
	}
	err = door->open(wishes, info->extack);
	if (err)
		return err;
	if (fresh) {
		daemon_port = info->snd_portid;
		daemon_tgid = get_pid(task_tgid(current));
	}
	/* Who does not get the answer does not know that it is registered. */
	err = answer_hello(info, wishes);
	if (err && fresh)
		forget_daemon();
	return err;
}

static int check_admin(struct sk_buff *skb, struct genl_info *info)
{
	if (netlink_capable(skb, CAP_SYS_ADMIN))
		return 0;
	NL_SET_ERR_MSG(info->extack,
		       "needs CAP_SYS_ADMIN in the initial user namespace");
	return -EPERM;
}

static int do_hello(struct sk_buff *skb, struct genl_info *info)
{
	struct mpy_wishes wishes = { .port = info->snd_portid };
	int err;

	err = check_admin(skb, info) ?:
	      check_abi(info) ?:
	      read_limits(info, &wishes) ?:
	      read_ignored(info, &wishes);
	if (!err) {
		mutex_lock(&door_lock);
		err = register_daemon(info, &wishes);
		mutex_unlock(&door_lock);
	}
	put_ignored(&wishes);
	return err;
}

/* ---- the registered daemon's requests -------------------------------------*/

/* By process, not by port: the daemon may ask through a second socket. */
static int check_daemon(struct sk_buff *skb, struct genl_info *info)
{
	bool is_daemon;
	int err;

	err = check_admin(skb, info);
	if (err)
		return err;
	mutex_lock(&door_lock);
	is_daemon = daemon_tgid && daemon_tgid == task_tgid(current);
	mutex_unlock(&door_lock);
	if (is_daemon)
		return 0;
	NL_SET_ERR_MSG(info->extack, "only the registered daemon may ask this");
	return -EPERM;
}

static int require(struct genl_info *info, int type)
{
	if (info->attrs[type])
		return 0;
	NL_SET_ERR_MSG(info->extack, "an attribute is missing");
	return -EINVAL;
}

static int do_classified(struct sk_buff *skb, struct genl_info *info)
{
	int err;

	err = check_daemon(skb, info) ?:
	      require(info, MPY_A_SEQ) ?:
	      require(info, MPY_A_INTERPRETER);
	if (err)
		return err;
	return door->answer(nla_get_u64(info->attrs[MPY_A_SEQ]),
			    nla_get_u8(info->attrs[MPY_A_INTERPRETER]));
}

/* The descriptor is installed last: what is installed cannot be undone. */
static int answer_fd(struct genl_info *info, u64 seq, struct file *file)
{
	struct sk_buff *skb;
	void *head;
	int fd, err;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	skb = new_answer(info, MPY_CMD_FD, &head);
	if (!skb) {
		put_unused_fd(fd);
		return -ENOMEM;
	}
	err = put_u64(skb, MPY_A_SEQ, seq) ?: nla_put_s32(skb, MPY_A_FD, fd);
	err = send_answer(skb, head, info, err);
	if (err) {
		put_unused_fd(fd);
		return err;
	}
	fd_install(fd, get_file(file));
	return 0;
}

static int do_fd(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *script = info->attrs[MPY_A_SCRIPT];
	struct file *file;
	struct path path;
	u64 seq;
	int err;

	err = check_daemon(skb, info) ?: require(info, MPY_A_SEQ);
	if (err)
		return err;
	seq = nla_get_u64(info->attrs[MPY_A_SEQ]);
	err = door->kept(seq, script && nla_get_u8(script), &path);
	if (err) {
		NL_SET_ERR_MSG(info->extack,
			       "no file is kept for this number (any more)");
		return err;
	}
	file = dentry_open(&path, MPY_QUIET_OPEN, current_cred());
	path_put(&path);
	if (IS_ERR(file))
		return PTR_ERR(file);
	err = answer_fd(info, seq, file);
	fput(file);
	return err;
}

static int put_report(struct sk_buff *skb, const struct mpy_report *report)
{
	return put_sights(skb, report, true) ?:
	       nla_put_u32(skb, MPY_A_QUEUE_DEPTH, report->queue_depth) ?:
	       nla_put_u32(skb, MPY_A_QUEUE_MAX, report->queue_max) ?:
	       nla_put_u32(skb, MPY_A_QUEUE_BYTES, report->queue_bytes) ?:
	       put_u64(skb, MPY_A_STAT_UNCLASSIFIED, report->unclassified) ?:
	       put_u64(skb, MPY_A_SEQ, report->seq) ?:
	       put_u64(skb, MPY_A_SYNC_PENDING, report->sync_pending);
}

static int do_stats(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *sync = info->attrs[MPY_A_SYNC];
	struct mpy_report report = {};
	struct sk_buff *answer;
	bool started = false;
	void *head;
	int err = 0;

	answer = new_answer(info, MPY_CMD_STATS, &head);
	if (!answer)
		return -ENOMEM;
	mutex_lock(&door_lock);
	if (sync && nla_get_u8(sync))
		started = door->sync();
	door->report(&report);
	mutex_unlock(&door_lock);
	if (started)
		err = nla_put_flag(answer, MPY_A_SYNC_STARTED);
	err = err ?: put_report(answer, &report);
	return send_answer(answer, head, info, err);
}

/* ---- the family -----------------------------------------------------------*/

/*
 * Not validated strictly: attributes that this version does not know are
 * skipped, as uapi/mpy.h promises. What is used is checked by the policy.
 */
#define MPY_OP(command, function, its_policy)                                  \
	{                                                                      \
		.cmd = (command), .doit = (function), .policy = (its_policy),  \
		.maxattr = MPY_A_MAX, .flags = GENL_ADMIN_PERM,                \
		.validate = GENL_DONT_VALIDATE_STRICT,                         \
	}

static const struct genl_ops ops[] = {
	MPY_OP(MPY_CMD_HELLO, do_hello, hello_policy),
	MPY_OP(MPY_CMD_CLASSIFIED, do_classified, classified_policy),
	MPY_OP(MPY_CMD_FD, do_fd, fd_policy),
	MPY_OP(MPY_CMD_STATS, do_stats, stats_policy),
};

/*
 * In parallel: opening a file for FD may take its time, and generic netlink's
 * one mutex is everybody's.
 */
static struct genl_family family __ro_after_init = {
	.name = MPY_GENL_NAME,
	.version = MPY_GENL_VERSION,
	.module = THIS_MODULE,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.parallel_ops = true,
	MPY_GENL_RESERVED(__MPY_CMD_LAST)
};

/*
 * The last close of the daemon's socket, however it came about. Port numbers
 * are per protocol and network namespace: anybody can have ours elsewhere.
 */
static int on_release(struct notifier_block *block, unsigned long event,
		      void *data)
{
	const struct netlink_notify *notify = data;

	if (event != NETLINK_URELEASE ||
	    notify->protocol != NETLINK_GENERIC ||
	    !net_eq(notify->net, &init_net))
		return NOTIFY_DONE;
	mutex_lock(&door_lock);
	if (daemon_port && daemon_port == notify->portid)
		forget_daemon();
	mutex_unlock(&door_lock);
	return NOTIFY_DONE;
}

static struct notifier_block release_notifier = { .notifier_call = on_release };

int mpy_netlink_register(const struct mpy_door *its_door)
{
	int err;

	door = its_door;
	err = netlink_register_notifier(&release_notifier);
	if (err)
		return err;
	err = genl_register_family(&family);
	if (err)
		netlink_unregister_notifier(&release_notifier);
	return err;
}

void mpy_netlink_unregister(void)
{
	genl_unregister_family(&family);
	netlink_unregister_notifier(&release_notifier);
}
