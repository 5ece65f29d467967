/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * behaviour.h - what a program does, as pairs of a source and a sink with
 * their lines: decodes and executes, reads secrets and sends them. Found by
 * fold.c while it walks a text; features of the second stage and the words
 * of the reasons.
 */
#ifndef MPY_JUDGE_BEHAVIOUR_H
#define MPY_JUDGE_BEHAVIOUR_H

#include <stddef.h>
#include <stdint.h>

/* Appended only: the numbers are features of the bundle. */
enum mpy_behaviour {
	/* code that comes from elsewhere and is executed here */
	MPY_BEH_DECODE_EXEC,
	MPY_BEH_UNPACK_EXEC,
	MPY_BEH_MARSHAL_EXEC,
	MPY_BEH_NETWORK_EXEC,
	MPY_BEH_RECV_EXEC,
	MPY_BEH_FILE_EXEC,
	MPY_BEH_INPUT_EXEC,
	MPY_BEH_PLAIN_EXEC,
	MPY_BEH_HIDDEN_NAME,
	MPY_BEH_HIDDEN_IMPORT,
	MPY_BEH_ESCAPED_NAME,
	MPY_BEH_PICKLE_COMMAND,
	/* programs started */
	MPY_BEH_DECODE_RUN,
	MPY_BEH_NETWORK_RUN,
	MPY_BEH_RECV_RUN,
	MPY_BEH_DOWNLOAD_WRITE,
	MPY_BEH_DOWNLOAD_START,
	MPY_BEH_DECODE_WRITE,
	MPY_BEH_DROP_START,
	MPY_BEH_MEMFD_START,
	MPY_BEH_HIDDEN_WINDOW,
	MPY_BEH_POWERSHELL,
	MPY_BEH_POWERSHELL_HIDDEN,
	MPY_BEH_SHELL_PIPE,
	MPY_BEH_SHELL_DECODE,
	MPY_BEH_PYTHON_C,
	MPY_BEH_PIP_INSTALL,
	MPY_BEH_RUN_COMMAND,
	/* remote control */
	MPY_BEH_REVERSE_SHELL,
	MPY_BEH_SOCKET_SHELL,
	MPY_BEH_SHELL_REVERSE,
	MPY_BEH_OUTPUT_SEND,
	MPY_BEH_CHAT_CONTROL,
	/* theft */
	MPY_BEH_SECRET_READ,
	MPY_BEH_SECRET_SEND,
	MPY_BEH_ENV_SEND,
	MPY_BEH_HOST_SEND,
	MPY_BEH_FILE_SEND,
	MPY_BEH_BROWSER_THEFT,
	MPY_BEH_TOKEN_THEFT,
	MPY_BEH_WALLET_THEFT,
	MPY_BEH_WEBHOOK,
	MPY_BEH_WEBHOOK_SEND,
	MPY_BEH_DNS_SEND,
	MPY_BEH_ARCHIVE_SEND,
	MPY_BEH_KEYLOG,
	MPY_BEH_KEYLOG_SEND,
	MPY_BEH_SCREENSHOT,
	MPY_BEH_SCREENSHOT_SEND,
	MPY_BEH_CAMERA,
	MPY_BEH_CLIPBOARD,
	MPY_BEH_CLIPBOARD_SWAP,
	MPY_BEH_WIFI_PASSWORDS,
	/* staying */
	MPY_BEH_PERSIST_CRON,
	MPY_BEH_PERSIST_SYSTEMD,
	MPY_BEH_PERSIST_REGISTRY,
	MPY_BEH_PERSIST_STARTUP,
	MPY_BEH_PERSIST_PROFILE,
	MPY_BEH_PERSIST_PTH,
	MPY_BEH_PERSIST_KEYS,
	MPY_BEH_INSTALL_HOOK,
	MPY_BEH_INSTALL_NETWORK,
	/* memory, machine, defences */
	MPY_BEH_SHELLCODE,
	MPY_BEH_INJECTION,
	MPY_BEH_ANTI_ANALYSIS,
	MPY_BEH_DEFENCE_OFF,
	MPY_BEH_UAC_BYPASS,
	MPY_BEH_PRIVILEGE,
	MPY_BEH_LOG_WIPE,
	MPY_BEH_SELF_DELETE,
	MPY_BEH_SELF_COPY,
	MPY_BEH_HOSTS_FILE,
	/* harm */
	MPY_BEH_ENCRYPT_FILES,
	MPY_BEH_RANSOM_NOTE,
	MPY_BEH_DESTROY,
	MPY_BEH_MINER,
	MPY_BEH_FLOOD,
	MPY_BEH_FORK_BOMB,
	MPY_BEH_BRUTE_FORCE,
	/* ordinary things, counted */
	MPY_BEH_NETWORK,
	MPY_BEH_SOCKET,
	MPY_BEH_DECODE,
	MPY_BEH_EXIT_QUIET,
	/* of later days */
	MPY_BEH_CLIPBOARD_SEND,
	MPY_BEH_SET_UID,
	MPY_BEH_PROTECTED,
	MPY_BEH_SHELL_TEXT,
	MPY_BEH_WEB_COMMAND,
	MPY_BEH_ESCAPE,
	MPY_BEH_SNIFF,
	MPY_BEH_PIP_INDEX,
	MPY_BEH_MADE_EXEC,
	MPY_BEH_CODE_TEXT,
	MPY_BEH_SOCKET_STDIO,
	MPY_BEH_CARRIES,
	MPY_BEH_DROP_CHMOD,
	MPY_BEH_PTY_SHELL,
	MPY_BEH_HIDDEN_TEXT,
	MPY_BEH_BARE_ADDRESS,
	MPY_BEH_WALLET_FORM,
	MPY_BEH_WALLET_SWAP,
	MPY_BEH_PATCH_SEND,
	MPY_BEH_WEB_SHELL,
	MPY_BEH_BROWSER_DATA,
	MPY_BEH_BROWSER_COOKIES,
	MPY_BEH_DPAPI,
	MPY_BEH_FIREWALL_OFF,
	MPY_BEH_HOST_FACTS,
	MPY_BEH_ADDRESS_SEND,
	MPY_BEH_INFECT,
	MPY_BEH_DESTROY_ALL,
	MPY_BEH_INSTALLER,
	MPY_BEH_WEBHOOK_NEWS,
	MPY_BEH_COUNT
};

/* What is known of each, all of a text. */
struct mpy_behaviours {
	struct mpy_behaviour_seen {
		uint32_t count; /* times seen, 0: not */
		uint32_t line;	/* of the sink, first time */
		uint32_t other; /* line of the source, first time; 0: none */
	} seen[MPY_BEH_COUNT];
};

struct mpy_behaviour_name {
	const char *slug;     /* "decode-exec": stable, in golden files */
	const char *sentence; /* "decodes data and executes it as Python" */
	uint8_t strength; /* 3: hardly ever harmless, 0: ordinary */
};

/* Names of a behaviour; id < MPY_BEH_COUNT. */
const struct mpy_behaviour_name *mpy_behaviour_name(enum mpy_behaviour id);

#endif
