// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Words in strings: paths of secrets, shells, commands, places from which
 * programs start. One pass over each string; a table of the first four
 * bytes of all words leaves nearly every position at once.
 */
#include "eval.h"

#include <string.h>

#define WINDOW 65536 /* bytes of a string that are looked at */
#define OBTAIN_NEAR 80 /* bytes from exec( to what it is given */
#define B(id)  (MPY_BEH_##id + 1)

struct word {
	/*
	 * Lower case, at least three bytes. One that begins with a letter
	 * begins a word of the text; \b at the end: it ends one, and no path
	 * goes on behind it.
	 */
	const char *text;
	uint64_t marks;
	uint8_t direct; /* behaviour of merely having it + 1 */
};

/* Sorted by their bytes. */
static const struct word words[] = {
	{ " --data", M_SENDS, 0 },
	{ " --form", M_SENDS, 0 },
	{ " --post-", M_SENDS, 0 },
	{ " --upload-file", M_SENDS, 0 },
	{ " -d ", M_SENDS, 0 },
	{ " -d@", M_SENDS, 0 },
	{ "& %temp%", M_SHELL_START, 0 },
	{ "& start ", M_SHELL_START, 0 },
	{ "&& ./", M_SHELL_START, 0 },
	{ "&& bash ", M_SHELL_START, 0 },
	{ "&& python", M_SHELL_START, 0 },
	{ "&& rundll32", M_SHELL_START, 0 },
	{ "&& sh ", M_SHELL_START, 0 },
	{ "&& start ", M_SHELL_START, 0 },
	{ "&&./", M_SHELL_START, 0 },
	{ "&&bash ", M_SHELL_START, 0 },
	{ "&&sh ", M_SHELL_START, 0 },
	{ "(irm ", M_SHELL_GET, 0 },
	{ "(iwr ", M_SHELL_GET, 0 },
	{ "--cpu-max-threads", 0, B(MINER) },
	{ "--donate-level", 0, B(MINER) },
	{ "--extra-index-url", M_INDEX, 0 },
	{ "--index-url", M_INDEX, 0 },
	{ "--now mpyd", 0, B(DEFENCE_OFF) },
	{ "--trusted-host", M_INDEX, 0 },
	{ "-enc ", M_PS_HIDDEN, 0 },
	{ "-encodedcommand", M_PS_HIDDEN, 0 },
	{ "-ep bypass", M_PS_HIDDEN, 0 },
	{ "-exec bypass", M_PS_HIDDEN, 0 },
	{ "-executionpolicy bypass", M_PS_HIDDEN, 0 },
	{ "-i http", M_INDEX, 0 },
	{ "-m pip", M_PIP, 0 },
	{ "-noni", M_PS_HIDDEN, 0 },
	{ "-nop -", M_PS_HIDDEN, 0 },
	{ "-w hidden", M_PS_HIDDEN, 0 },
	{ "-windowstyle hidden", M_PS_HIDDEN, 0 },
	{ ".aws/credentials", T_SECRET, 0 },
	{ ".aws\\", T_SECRET, 0 },
	{ ".bash_history", T_SECRET | M_LOG, 0 },
	{ ".bash_login", M_PROFILE, 0 },
	{ ".bash_logout", M_PROFILE, 0 },
	{ ".bash_profile", M_PROFILE, 0 },
	{ ".bashrc", M_PROFILE, 0 },
	{ ".bitcoin", T_SECRET, B(WALLET_THEFT) },
	{ ".config/autostart", M_STARTUP, 0 },
	{ ".config/gcloud", T_SECRET, 0 },
	{ ".config/gh/", T_SECRET, 0 },
	{ ".docker/config.json", T_SECRET, 0 },
	{ ".electrum", T_SECRET, B(WALLET_THEFT) },
	{ ".git-credentials", T_SECRET, 0 },
	{ ".gnupg", T_SECRET, 0 },
	{ ".kube/config", T_SECRET, 0 },
	{ ".mozilla/firefox", T_SECRET, B(BROWSER_THEFT) },
	{ ".mysql_history", T_SECRET, 0 },
	{ ".netrc", T_SECRET, 0 },
	{ ".npmrc", T_SECRET, 0 },
	{ ".pgpass", T_SECRET, 0 },
	{ ".psql_history", T_SECRET, 0 },
	{ ".pypirc", T_SECRET, 0 },
	{ ".python_history", T_SECRET, 0 },
	{ ".roblosecurity", T_SECRET, B(TOKEN_THEFT) },
	{ ".udp_flood", 0, B(FLOOD) },
	{ ".vault-token", T_SECRET, 0 },
	{ ".xprofile", M_PROFILE, 0 },
	{ ".zprofile", M_PROFILE, 0 },
	{ ".zsh_history", T_SECRET | M_LOG, 0 },
	{ ".zshenv", M_PROFILE, 0 },
	{ ".zshrc", M_PROFILE, 0 },
	{ "/.aws", T_SECRET, 0 },
	{ "/.config/systemd/user", M_SYSTEMD, 0 },
	{ "/.profile", M_PROFILE, 0 },
	{ "/.ssh", T_SECRET, 0 },
	{ "/bin/bash", M_SHELL, 0 },
	{ "/bin/dash", M_SHELL, 0 },
	{ "/bin/sh", M_SHELL, 0 },
	{ "/bin/zsh", M_SHELL, 0 },
	{ "/dev/input/event", T_KEYS, B(KEYLOG) },
	{ "/dev/tcp/", M_SHELL_NET, B(SHELL_REVERSE) },
	{ "/etc/cron", M_CRON, 0 },
	{ "/etc/environment", M_PROFILE, 0 },
	{ "/etc/gshadow", T_SECRET, 0 },
	{ "/etc/hosts", M_HOSTS, 0 },
	{ "/etc/init.d/", M_SYSTEMD, 0 },
	{ "/etc/ld.so.preload", M_PROFILE, 0 },
	{ "/etc/pam.d/", M_KEYSFILE, 0 },
	{ "/etc/passwd", T_SECRET, 0 },
	{ "/etc/profile", M_PROFILE, 0 },
	{ "/etc/rc.local", M_PROFILE, 0 },
	{ "/etc/resolv.conf", M_HOSTS, 0 },
	{ "/etc/shadow", T_SECRET, 0 },
	{ "/etc/sudoers", M_KEYSFILE, 0 },
	{ "/etc/systemd/system", M_SYSTEMD, 0 },
	{ "/i:http", M_SHELL_GET | M_SHELL_START, 0 },
	{ "/library/launch", M_SYSTEMD, 0 },
	{ "/local state", T_SECRET, B(BROWSER_THEFT) },
	{ "/login data", T_SECRET, B(BROWSER_THEFT) },
	{ "/proc/1/ns", 0, B(ESCAPE) },
	{ "/proc/1/root", 0, B(ESCAPE) },
	{ "/proc/self/environ", T_SECRET, 0 },
	{ "/proc/self/fd", T_MEMFD, 0 },
	{ "/system32/cmd", M_SHELL, 0 },
	{ "/var/log/auth", M_LOG, 0 },
	{ "/var/log/btmp", M_LOG, 0 },
	{ "/var/log/lastlog", M_LOG, 0 },
	{ "/var/log/secure", M_LOG, 0 },
	{ "/var/log/wtmp", M_LOG, 0 },
	{ "/var/run/secrets", T_SECRET, 0 },
	{ "/var/run/utmp", M_LOG, 0 },
	{ "/var/spool/cron", M_CRON, 0 },
	{ "169.254.169.254", T_SECRET, 0 },
	{ ":(){", M_DESTROY, 0 },
	{ "; ./", M_SHELL_START, 0 },
	{ "; /tmp/", M_SHELL_START, 0 },
	{ "; bash ", M_SHELL_START, 0 },
	{ "; sh ", M_SHELL_START, 0 },
	{ ";./", M_SHELL_START, 0 },
	{ ";/tmp/", M_SHELL_START, 0 },
	{ ";bash ", M_SHELL_START, 0 },
	{ ";sh ", M_SHELL_START, 0 },
	{ "@everyone", 0, B(WEBHOOK) },
	{ "@reboot", M_CRON, 0 },
	{ "[\\w-]{24}\\.", T_SECRET, B(TOKEN_THEFT) },
	{ "[\\w-]{26}", T_SECRET, B(TOKEN_THEFT) },
	{ "\\\\.\\physicaldrive", M_DESTROY, 0 },
	{ "\\\\leveldb", T_SECRET, B(TOKEN_THEFT) },
	{ "\\\\local state", T_SECRET, B(BROWSER_THEFT) },
	{ "\\\\login data", T_SECRET, B(BROWSER_THEFT) },
	{ "\\discord\\", T_SECRET, B(TOKEN_THEFT) },
	{ "\\ethereum\\keystore", T_SECRET, B(WALLET_THEFT) },
	{ "\\exodus", T_SECRET, B(WALLET_THEFT) },
	{ "\\local state", T_SECRET, B(BROWSER_THEFT) },
	{ "\\login data", T_SECRET, B(BROWSER_THEFT) },
	{ "\\network\\cookies", T_SECRET, B(BROWSER_THEFT) },
	{ "\\web data", T_SECRET, B(BROWSER_THEFT) },
	{ "\\winlogon", M_RUNKEY, 0 },
	{ "add-mppreference", 0, B(DEFENCE_OFF) },
	{ "adduser ", M_KEYSFILE, 0 },
	{ "all your files", 0, B(RANSOM_NOTE) },
	{ "amsi.dll", 0, B(DEFENCE_OFF) },
	{ "amsiinitfailed", 0, B(DEFENCE_OFF) },
	{ "amsiscanbuffer", 0, B(DEFENCE_OFF) },
	{ "amsiutils", 0, B(DEFENCE_OFF) },
	{ "api.ipify.org", T_HOST, 0 },
	{ "api.telegram.org/bot", M_CHAT_API | M_WEBHOOK, 0 },
	{ "atomic\\local", T_SECRET, B(WALLET_THEFT) },
	{ "atomicwallet", T_SECRET, B(WALLET_THEFT) },
	{ "auditctl -e 0", 0, B(DEFENCE_OFF) },
	{ "authorized_keys", M_KEYSFILE, 0 },
	{ "aws_secret_access_key", T_SECRET, 0 },
	{ "b64decode(", M_OBTAINS, 0 },
	{ "base64 --decode", M_SHELL_CODE, 0 },
	{ "base64 -d", M_SHELL_CODE, 0 },
	{ "bash -i >", M_SHELL_NET, B(SHELL_REVERSE) },
	{ "bash -i>", M_SHELL_NET, B(SHELL_REVERSE) },
	{ "bcdedit /set", 0, B(DEFENCE_OFF) },
	{ "beeceptor", M_WEBHOOK, B(WEBHOOK) },
	{ "bitsadmin", M_SHELL_GET, 0 },
	{ "brave-browser", T_SECRET, B(BROWSER_THEFT) },
	{ "bravesoftware", T_SECRET, B(BROWSER_THEFT) },
	{ "burpcollaborator", M_WEBHOOK, B(WEBHOOK) },
	{ "bytecoin", T_SECRET, B(WALLET_THEFT) },
	{ "canary.discord.com/api/webhooks", M_WEBHOOK, B(WEBHOOK) },
	{ "cap_setuid", 0, B(SET_UID) },
	{ "certutil -decode", M_SHELL_CODE, 0 },
	{ "certutil -urlcache", M_SHELL_GET, 0 },
	{ "checkip.amazonaws", T_HOST, 0 },
	{ "chmod +s", 0, B(SET_UID) },
	{ "chmod +x", M_SHELL_CHMOD, 0 },
	{ "chmod 4755", 0, B(SET_UID) },
	{ "chmod 6755", 0, B(SET_UID) },
	{ "chmod 777", M_SHELL_CHMOD, 0 },
	{ "chmod u+s", 0, B(SET_UID) },
	{ "chroot /host", 0, B(ESCAPE) },
	{ "cipher /w:", M_DESTROY, 0 },
	{ "clear-eventlog", M_LOG, 0 },
	{ "cmd /c", M_SHELL, 0 },
	{ "cmd /k", M_SHELL, 0 },
	{ "cmd.exe", M_SHELL, 0 },
	{ "coinomi", T_SECRET, B(WALLET_THEFT) },
	{ "commandlineeventconsumer", M_SYSTEMD, B(PERSIST_SYSTEMD) },
	{ "computerdefaults.exe", 0, B(UAC_BYPASS) },
	{ "config.fish", M_PROFILE, 0 },
	{ "content://sms", T_SECRET, 0 },
	{ "cookies.sqlite", T_SECRET, B(BROWSER_THEFT) },
	{ "core_pattern", 0, B(ESCAPE) },
	{ "cpuminer", 0, B(MINER) },
	{ "credentials.json", T_SECRET, 0 },
	{ "crontab -", M_CRON, 0 },
	{ "cryptonight", 0, B(MINER) },
	{ "curl ", M_SHELL_GET, 0 },
	{ "currentversion\\\\run", M_RUNKEY, 0 },
	{ "currentversion\\run", M_RUNKEY, 0 },
	{ "decompress(", M_OBTAINS, 0 },
	{ "decrypt your", 0, B(RANSOM_NOTE) },
	{ "del /f /s", M_DESTROY, 0 },
	{ "dig ", M_RESOLVE, 0 },
	{ "disableantispyware", 0, B(DEFENCE_OFF) },
	{ "disablerealtimemonitoring", 0, B(DEFENCE_OFF) },
	{ "disabletaskmgr", 0, B(DEFENCE_OFF) },
	{ "discord.com/api/webhooks", M_WEBHOOK, B(WEBHOOK) },
	{ "discord\\\\local storage", T_SECRET, B(TOKEN_THEFT) },
	{ "discordapp.com/api/webhooks", M_WEBHOOK, B(WEBHOOK) },
	{ "discordcanary", T_SECRET, B(TOKEN_THEFT) },
	{ "discordptb", T_SECRET, B(TOKEN_THEFT) },
	{ "dnspy\b", 0, B(ANTI_ANALYSIS) },
	{ "dnspy.exe", 0, B(ANTI_ANALYSIS) },
	{ "downloadfile(", M_PS_HIDDEN, 0 },
	{ "downloadstring(", M_PS_HIDDEN, 0 },
	{ "dqw4w9wgxcq", T_SECRET, B(TOKEN_THEFT) },
	{ "drivers\\\\etc\\\\hosts", M_HOSTS, 0 },
	{ "drivers\\etc\\hosts", M_HOSTS, 0 },
	{ "electrum/wallets", T_SECRET, B(WALLET_THEFT) },
	{ "electrum\\wallets", T_SECRET, B(WALLET_THEFT) },
	{ "encrypted_key", T_SECRET, 0 },
	{ "encrypted_value", T_SECRET, B(BROWSER_THEFT) },
	{ "ethereum/keystore", T_SECRET, B(WALLET_THEFT) },
	{ "ethermine", 0, B(MINER) },
	{ "eventvwr.exe", 0, B(UAC_BYPASS) },
	{ "exec 5<>", M_SHELL_NET, B(SHELL_REVERSE) },
	{ "exec(", M_EXECUTES, 0 },
	{ "exodus.wallet", T_SECRET, B(WALLET_THEFT) },
	{ "fiddler everywhere", 0, B(ANTI_ANALYSIS) },
	{ "fiddler.exe", 0, B(ANTI_ANALYSIS) },
	{ "file=@", M_SENDS, 0 },
	{ "files are encrypted", 0, B(RANSOM_NOTE) },
	{ "files have been encrypted", 0, B(RANSOM_NOTE) },
	{ "filezilla", T_SECRET, 0 },
	{ "fodhelper", 0, B(UAC_BYPASS) },
	{ "format c:", M_DESTROY, 0 },
	{ "fromhex(", M_OBTAINS, 0 },
	{ "gdigrab", T_SHOT, B(SCREENSHOT) },
	{ "geolocation-db", T_HOST, 0 },
	{ "google/chrome/user data", T_SECRET, B(BROWSER_THEFT) },
	{ "google\\\\chrome\\\\user data",
	  T_SECRET, B(BROWSER_THEFT) },
	{ "google\\chrome\\user data", T_SECRET, B(BROWSER_THEFT) },
	{ "hashvault", 0, B(MINER) },
	{ "history -c", M_LOG, 0 },
	{ "hklm\\sam", T_SECRET, 0 },
	{ "hooks.slack.com/services", M_WEBHOOK, B(WEBHOOK) },
	{ "http flood", 0, B(FLOOD) },
	{ "http_x_", T_WEB, 0 },
	{ "httpdebugger", 0, B(ANTI_ANALYSIS) },
	{ "icanhazip", T_HOST, 0 },
	{ "id_dsa", T_SECRET, 0 },
	{ "id_ed25519", T_SECRET, 0 },
	{ "id_rsa", T_SECRET, 0 },
	{ "ida64", 0, B(ANTI_ANALYSIS) },
	{ "ident.me", T_HOST, 0 },
	{ "iex (", M_PS_HIDDEN, 0 },
	{ "iex (new", M_PS_HIDDEN, 0 },
	{ "iex(irm", M_PS_HIDDEN, 0 },
	{ "iex(iwr", M_PS_HIDDEN, 0 },
	{ "iex(new", M_PS_HIDDEN, 0 },
	{ "ifconfig", T_HOST, 0 },
	{ "ifconfig.me", T_HOST, 0 },
	{ "image file execution options", M_RUNKEY, 0 },
	{ "interact.sh", M_WEBHOOK, B(WEBHOOK) },
	{ "invoke-expression", M_PS_HIDDEN, 0 },
	{ "invoke-webrequest", M_PS_HIDDEN, 0 },
	{ "ip-api.com", T_HOST, 0 },
	{ "ipapi.co", T_HOST, 0 },
	{ "ipconfig", T_HOST, 0 },
	{ "ipinfo.io", T_HOST, 0 },
	{ "iptables -f", 0, B(DEFENCE_OFF) },
	{ "ipwho", T_HOST, 0 },
	{ "irm http", M_SHELL_GET, 0 },
	{ "iwr http", M_SHELL_GET, 0 },
	{ "joeboxserver", 0, B(ANTI_ANALYSIS) },
	{ "key3.db", T_SECRET, B(BROWSER_THEFT) },
	{ "key4.db", T_SECRET, B(BROWSER_THEFT) },
	{ "key=clear", 0, B(WIFI_PASSWORDS) },
	{ "keychain-db", T_SECRET, 0 },
	{ "keypair.json", T_SECRET, B(WALLET_THEFT) },
	{ "ksdumper", 0, B(ANTI_ANALYSIS) },
	{ "kwallet", T_SECRET, 0 },
	{ "launchagents", M_SYSTEMD, 0 },
	{ "launchctl load", M_SYSTEMD, 0 },
	{ "library/launchagents", M_SYSTEMD, 0 },
	{ "lightcord", T_SECRET, B(TOKEN_THEFT) },
	{ "local storage/leveldb", T_SECRET, B(TOKEN_THEFT) },
	{ "local storage\\\\leveldb", T_SECRET, B(TOKEN_THEFT) },
	{ "local storage\\leveldb", T_SECRET, B(TOKEN_THEFT) },
	{ "login data", T_SECRET, B(BROWSER_THEFT) },
	{ "logins.json", T_SECRET, B(BROWSER_THEFT) },
	{ "lsass", T_SECRET, 0 },
	{ "marshal.loads", M_OBTAINS, 0 },
	{ "metamask", T_SECRET, 0 },
	{ "mfa\\.[\\w-]", T_SECRET, B(TOKEN_THEFT) },
	{ "mimikatz", T_SECRET, 0 },
	{ "minerd", 0, B(MINER) },
	{ "minexmr", 0, B(MINER) },
	{ "mkfifo /tmp", M_SHELL_NET, B(SHELL_REVERSE) },
	{ "mkfs.", M_DESTROY, 0 },
	{ "mnemonic", T_SECRET, 0 },
	{ "moneroocean", 0, B(MINER) },
	{ "moz_logins", T_SECRET, B(BROWSER_THEFT) },
	{ "mozilla\\\\firefox\\\\profiles",
	  T_SECRET, B(BROWSER_THEFT) },
	{ "mozilla\\firefox\\profiles",
	  T_SECRET, B(BROWSER_THEFT) },
	{ "mpcmdrun.exe", 0, B(DEFENCE_OFF) },
	{ "ms-settings\\\\shell", 0, B(UAC_BYPASS) },
	{ "ms-settings\\shell", 0, B(UAC_BYPASS) },
	{ "mshta http", M_SHELL_GET | M_SHELL_START, 0 },
	{ "msmpeng", 0, B(DEFENCE_OFF) },
	{ "myexternalip", T_HOST, 0 },
	{ "nanopool", 0, B(MINER) },
	{ "nc -e", M_SHELL_NET, B(SHELL_REVERSE) },
	{ "nc.traditional", M_SHELL_NET, B(SHELL_REVERSE) },
	{ "ncat -e", M_SHELL_NET, B(SHELL_REVERSE) },
	{ "net localgroup", M_KEYSFILE, 0 },
	{ "net user ", M_KEYSFILE, 0 },
	{ "netsh advfirewall set", 0, B(DEFENCE_OFF) },
	{ "netsh firewall set", 0, B(DEFENCE_OFF) },
	{ "nicehash", 0, B(MINER) },
	{ "nkbihfbeogaeaoehlefnkodbefgpgknn",
	  T_SECRET, B(WALLET_THEFT) },
	{ "nsenter -", 0, B(ESCAPE) },
	{ "nslookup ", M_RESOLVE, 0 },
	{ "ntds.dit", T_SECRET, 0 },
	{ "oastify", M_WEBHOOK, B(WEBHOOK) },
	{ "of=/dev/hd", M_DESTROY, 0 },
	{ "of=/dev/mmcblk", M_DESTROY, 0 },
	{ "of=/dev/nvme", M_DESTROY, 0 },
	{ "of=/dev/sd", M_DESTROY, 0 },
	{ "of=/dev/vd", M_DESTROY, 0 },
	{ "ollydbg", 0, B(ANTI_ANALYSIS) },
	{ "openssl enc -d", M_SHELL_CODE, 0 },
	{ "opera software", T_SECRET, B(BROWSER_THEFT) },
	{ "os.dup2(s.fileno()", 0, B(SHELL_REVERSE) },
	{ "os.dup2(sock.fileno()", 0, B(SHELL_REVERSE) },
	{ "password_value", T_SECRET, B(BROWSER_THEFT) },
	{ "pay the ransom", 0, B(RANSOM_NOTE) },
	{ "pestudio", 0, B(ANTI_ANALYSIS) },
	{ "phantom", T_SECRET, 0 },
	{ "physicaldrive0", M_DESTROY, 0 },
	{ "pickle.loads", M_OBTAINS, 0 },
	{ "pip install", M_PIP, 0 },
	{ "pip3 install", M_PIP, 0 },
	{ "pipedream.net", M_WEBHOOK, B(WEBHOOK) },
	{ "powershell", M_POWERSHELL, 0 },
	{ "private_key_wif", T_SECRET, B(WALLET_THEFT) },
	{ "prl_tools", 0, B(ANTI_ANALYSIS) },
	{ "processhacker", 0, B(ANTI_ANALYSIS) },
	{ "procexp", 0, B(ANTI_ANALYSIS) },
	{ "procmon.exe", 0, B(ANTI_ANALYSIS) },
	{ "programs\\\\startup", M_STARTUP, 0 },
	{ "programs\\startup", M_STARTUP, 0 },
	{ "ptb.discord.com/api/webhooks", M_WEBHOOK, B(WEBHOOK) },
	{ "pty.spawn(", 0, B(SHELL_TEXT) },
	{ "pwsh -", M_POWERSHELL, 0 },
	{ "python -c", M_PYTHON, 0 },
	{ "python.exe", M_PYTHON, 0 },
	{ "python3 -c", M_PYTHON, 0 },
	{ "pythonw", M_PYTHON, 0 },
	{ "qemu-ga\b", 0, B(ANTI_ANALYSIS) },
	{ "qemu-ga.exe", 0, B(ANTI_ANALYSIS) },
	{ "query_string\b", T_WEB, 0 },
	{ "rd /s /q", M_DESTROY, 0 },
	{ "recentservers.xml", T_SECRET, 0 },
	{ "reg add", M_RUNKEY, 0 },
	{ "release_agent", 0, B(ESCAPE) },
	{ "requestbin", M_WEBHOOK, B(WEBHOOK) },
	{ "requestrepo", M_WEBHOOK, B(WEBHOOK) },
	{ "requests.get(", M_OBTAINS, 0 },
	{ "rm -rf *", M_DESTROY, 0 },
	{ "rm -rf --no-preserve-root", M_DESTROY, 0 },
	{ "rm -rf /\b", M_DESTROY, 0 },
	{ "rm -rf /*", M_DESTROY, 0 },
	{ "rm -rf /bin", M_DESTROY, 0 },
	{ "rm -rf /boot", M_DESTROY, 0 },
	{ "rm -rf /etc\b", M_DESTROY, 0 },
	{ "rm -rf /home\b", M_DESTROY, 0 },
	{ "rm -rf /root\b", M_DESTROY, 0 },
	{ "rm -rf /usr\b", M_DESTROY, 0 },
	{ "rm -rf /var\b", M_DESTROY, 0 },
	{ "rm -rf ~\b", M_DESTROY, 0 },
	{ "rm -rf ~/\b", M_DESTROY, 0 },
	{ "rm -rf ~/*", M_DESTROY, 0 },
	{ "rmmod falco", 0, B(DEFENCE_OFF) },
	{ "roblosecurity", T_SECRET, B(TOKEN_THEFT) },
	{ "rx/0", 0, B(MINER) },
	{ "sam.hive", T_SECRET, 0 },
	{ "sandboxie", 0, B(ANTI_ANALYSIS) },
	{ "sbiedll", 0, B(ANTI_ANALYSIS) },
	{ "schtasks", M_RUNKEY, 0 },
	{ "schtasks /create", M_RUNKEY, 0 },
	{ "screencapture", T_SHOT, B(SCREENSHOT) },
	{ "seed phrase", T_SECRET, B(WALLET_THEFT) },
	{ "select action_url", T_SECRET, B(BROWSER_THEFT) },
	{ "select host_key", T_SECRET, B(BROWSER_THEFT) },
	{ "select origin_url", T_SECRET, B(BROWSER_THEFT) },
	{ "send bitcoin", 0, B(RANSOM_NOTE) },
	{ "set-mppreference", 0, B(DEFENCE_OFF) },
	{ "setenforce 0", 0, B(DEFENCE_OFF) },
	{ "sh -i >&", M_SHELL_NET, B(SHELL_REVERSE) },
	{ "sh -i>&", M_SHELL_NET, B(SHELL_REVERSE) },
	{ "shutdown -s", M_DESTROY, 0 },
	{ "shutdown /r", M_DESTROY, 0 },
	{ "shutdown /s", M_DESTROY, 0 },
	{ "signons.sqlite", T_SECRET, B(BROWSER_THEFT) },
	{ "sitecustomize", M_PTH, 0 },
	{ "slowloris", 0, B(FLOOD) },
	{ "solana/id.json", T_SECRET, B(WALLET_THEFT) },
	{ "start menu\\\\programs", M_STARTUP, 0 },
	{ "start menu\\programs\\startup", M_STARTUP, 0 },
	{ "start-bitstransfer", M_PS_HIDDEN, 0 },
	{ "steam\\config", T_SECRET, B(TOKEN_THEFT) },
	{ "stop falco", 0, B(DEFENCE_OFF) },
	{ "stop mpyd", 0, B(DEFENCE_OFF) },
	{ "stratum+ssl", 0, B(MINER) },
	{ "stratum+tcp", 0, B(MINER) },
	{ "supportxmr", 0, B(MINER) },
	{ "syn flood", 0, B(FLOOD) },
	{ "systemctl disable firewalld", 0, B(DEFENCE_OFF) },
	{ "systemctl enable", M_SYSTEMD, 0 },
	{ "systemctl stop auditd", 0, B(DEFENCE_OFF) },
	{ "systemctl stop firewalld", 0, B(DEFENCE_OFF) },
	{ "systeminfo", T_HOST, 0 },
	{ "telegram desktop", T_SECRET, B(TOKEN_THEFT) },
	{ "to recover your", 0, B(RANSOM_NOTE) },
	{ "tracerpid", 0, B(ANTI_ANALYSIS) },
	{ "trustwallet", T_SECRET, B(WALLET_THEFT) },
	{ "udp flood", 0, B(FLOOD) },
	{ "ufw disable", 0, B(DEFENCE_OFF) },
	{ "uname -a", T_HOST, 0 },
	{ "unset histfile", M_LOG, 0 },
	{ "urlopen(", M_OBTAINS, 0 },
	{ "useradd ", M_KEYSFILE, 0 },
	{ "usercustomize", M_PTH, 0 },
	{ "users/@me/billing", T_SECRET, B(TOKEN_THEFT) },
	{ "users/@me/guilds", T_SECRET, B(TOKEN_THEFT) },
	{ "users/@me/library", T_SECRET, B(TOKEN_THEFT) },
	{ "vboxcontrol", 0, B(ANTI_ANALYSIS) },
	{ "vboxguest", 0, B(ANTI_ANALYSIS) },
	{ "vboxmouse", 0, B(ANTI_ANALYSIS) },
	{ "vboxservice", 0, B(ANTI_ANALYSIS) },
	{ "vboxtray", 0, B(ANTI_ANALYSIS) },
	{ "vmhgfs", 0, B(ANTI_ANALYSIS) },
	{ "vmmouse", 0, B(ANTI_ANALYSIS) },
	{ "vmsrvc", 0, B(ANTI_ANALYSIS) },
	{ "vmtoolsd", 0, B(ANTI_ANALYSIS) },
	{ "vmusrvc", 0, B(ANTI_ANALYSIS) },
	{ "vmwareservice", 0, B(ANTI_ANALYSIS) },
	{ "vmwaretray", 0, B(ANTI_ANALYSIS) },
	{ "vmwareuser", 0, B(ANTI_ANALYSIS) },
	{ "vssadmin delete", 0, B(DEFENCE_OFF) },
	{ "wallet.dat", T_SECRET, B(WALLET_THEFT) },
	{ "wantedby=multi-user", M_SYSTEMD, 0 },
	{ "wdagutilityaccount", 0, B(ANTI_ANALYSIS) },
	{ "webhook.site", M_WEBHOOK, B(WEBHOOK) },
	{ "wevtutil cl", M_LOG, 0 },
	{ "wget ", M_SHELL_GET, 0 },
	{ "whoami", T_HOST, 0 },
	{ "winscp", T_SECRET, 0 },
	{ "wireshark.exe", 0, B(ANTI_ANALYSIS) },
	{ "wlan show profile", 0, B(WIFI_PASSWORDS) },
	{ "wmic shadowcopy", 0, B(DEFENCE_OFF) },
	{ "wp-config.php", T_SECRET, 0 },
	{ "wpa_supplicant.conf", 0, B(WIFI_PASSWORDS) },
	{ "x11grab", T_SHOT, B(SCREENSHOT) },
	{ "x32dbg", 0, B(ANTI_ANALYSIS) },
	{ "x64dbg", 0, B(ANTI_ANALYSIS) },
	{ "xenservice", 0, B(ANTI_ANALYSIS) },
	{ "xmrig", 0, B(MINER) },
	{ "xxd -r", M_SHELL_CODE, 0 },
	{ "yandexbrowser", T_SECRET, B(BROWSER_THEFT) },
	{ "your files are", 0, B(RANSOM_NOTE) },
	{ "your files have been", 0, B(RANSOM_NOTE) },
	{ "zcash", T_SECRET, 0 },
	{ "| /bin/", M_SHELL_PIPE, 0 },
	{ "| bash", M_SHELL_PIPE, 0 },
	{ "| iex", M_PS_HIDDEN, 0 },
	{ "| python", M_SHELL_PIPE, 0 },
	{ "| sh", M_SHELL_PIPE, 0 },
	{ "| sudo", M_SHELL_PIPE, 0 },
	{ "|bash", M_SHELL_PIPE, 0 },
	{ "|iex", M_PS_HIDDEN, 0 },
	{ "|python", M_SHELL_PIPE, 0 },
	{ "|sh", M_SHELL_PIPE, 0 },
};

#define COUNT (sizeof(words) / sizeof(words[0]))

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 32 : c;
}

/* Letters by themselves, upper and lower case alike; other bytes in groups. */
static unsigned int class_of(uint8_t c)
{
	static const uint8_t classes[256] = {
		[' '] = 27, ['.'] = 28, ['/'] = 29, ['\\'] = 30,
		['0'] = 31, ['1'] = 31, ['2'] = 31, ['3'] = 31,
		['4'] = 31, ['5'] = 31, ['6'] = 31, ['7'] = 31,
		['8'] = 31, ['9'] = 31,
		['A'] = 1,  ['B'] = 2,	['C'] = 3,  ['D'] = 4,	['E'] = 5,
		['F'] = 6,  ['G'] = 7,	['H'] = 8,  ['I'] = 9,	['J'] = 10,
		['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15,
		['P'] = 16, ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20,
		['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24, ['Y'] = 25,
		['Z'] = 26,
		['a'] = 1,  ['b'] = 2,	['c'] = 3,  ['d'] = 4,	['e'] = 5,
		['f'] = 6,  ['g'] = 7,	['h'] = 8,  ['i'] = 9,	['j'] = 10,
		['k'] = 11, ['l'] = 12, ['m'] = 13, ['n'] = 14, ['o'] = 15,
		['p'] = 16, ['q'] = 17, ['r'] = 18, ['s'] = 19, ['t'] = 20,
		['u'] = 21, ['v'] = 22, ['w'] = 23, ['x'] = 24, ['y'] = 25,
		['z'] = 26,
	};

	return classes[c];
}

/* The classes of four bytes: of head's last three, and of one more. */
static uint32_t head_with(uint32_t head, unsigned int class)
{
	return (head << 5 | class) & 0xfffff;
}

static uint32_t slot_of(uint32_t head)
{
	return head * 2654435761u >> 16;
}

static void add_head(struct mpy_fold *f, uint32_t head)
{
	uint32_t slot = slot_of(head);

	f->heads[slot >> 3] |= (uint8_t)(1u << (slot & 7));
}

void mpy_marks_start(struct mpy_fold *f)
{
	for (size_t i = 0; i < COUNT; i++) {
		const char *p = words[i].text;
		uint32_t head = 0;

		for (size_t k = 0; k < 3; k++)
			head = head_with(head, class_of((uint8_t)p[k]));
		if (p[3])
			add_head(f, head_with(head, class_of((uint8_t)p[3])));
		for (unsigned int class = 0; !p[3] && class < 32; class++)
			add_head(f, head_with(head, class));
	}
}

static bool is_letter(uint8_t c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

/* Does a path or a name go on with c? */
static bool goes_on(uint8_t c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || memchr("_-./", c, 4);
}

static bool matches(const uint8_t *p, size_t size, const char *word)
{
	size_t i = 0;

	for (; word[i] && word[i] != '\b'; i++)
		if (i >= size || lower(p[i]) != (uint8_t)word[i])
			return false;
	return !word[i] || i >= size || !goes_on(p[i]);
}

/* Is text[at] in a word, and not its beginning? LoginData has two. */
static bool is_inside(const uint8_t *text, size_t at)
{
	uint8_t c = text[at], before = at ? text[at - 1] : ' ';

	return is_letter(c) && (before == '_' || (is_letter(before) &&
		!(c < 'a' && before >= 'a')));
}

/* Of the first three bytes of a and of a word. */
static int compare_head(const uint8_t *a, const char *word)
{
	for (size_t i = 0; i < 3; i++) {
		uint8_t c = lower(a[i]);

		if (c != (uint8_t)word[i])
			return c < (uint8_t)word[i] ? -1 : 1;
	}
	return 0;
}

/* The first word with the three bytes at p, or behind where it would be. */
static size_t first_word(const uint8_t *p)
{
	size_t low = 0, high = COUNT;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_head(p, words[middle].text) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static uint64_t marks_at(struct mpy_fold *f, const uint8_t *p, size_t size,
			 uint32_t line)
{
	uint64_t marks = 0;

	mpy_budget_step(f->budget, 1);
	for (size_t i = first_word(p);
	     i < COUNT && !compare_head(p, words[i].text); i++) {
		if (!matches(p, size, words[i].text))
			continue;
		marks |= words[i].marks;
		if (words[i].direct)
			mpy_flow_note(f, (enum mpy_behaviour)
				      (words[i].direct - 1), line, 0);
	}
	return marks;
}

/* .py and the like at the very end of three bytes or more. */
static uint64_t marks_of_end(const uint8_t *p, size_t size)
{
	if (size >= 4 && matches(p + size - 4, 4, ".pth"))
		return M_PTH;
	if (matches(p + size - 3, 3, ".py") ||
	    (size >= 4 && matches(p + size - 4, 4, ".pyw")))
		return M_PYTHON_FILE;
	return 0;
}

uint64_t mpy_marks_find(struct mpy_fold *f, const uint8_t *data, size_t size,
			uint32_t line)
{
	uint32_t head = 0, slot;
	size_t executes = 0; /* behind the newest exec( */
	uint64_t marks;

	if (size < 3)
		return 0;
	marks = marks_of_end(data, size);
	if (size > WINDOW)
		size = WINDOW;
	for (size_t i = 0; i < 3; i++)
		head = head_with(head, class_of(data[i]));
	for (size_t i = 0; i + 2 < size; i++) {
		head = head_with(head, i + 3 < size ? class_of(data[i + 3])
						    : 0);
		slot = slot_of(head);
		if (!(f->heads[slot >> 3] & (1u << (slot & 7))) ||
		    is_inside(data, i))
			continue;
		marks |= marks_at(f, data + i, size - i, line);
		if ((marks & M_EXECUTES) && (!i || data[i - 1] != '.'))
			executes = i + 1;
		else if ((marks & M_OBTAINS) && executes &&
			 i - executes < OBTAIN_NEAR)
			mpy_flow_note(f, MPY_BEH_CODE_TEXT, line, 0);
		marks &= ~(M_EXECUTES | M_OBTAINS);
	}
	mpy_budget_step(f->budget, size / 64);
	if (((marks & M_SHELL_GET) &&
	     (marks & (M_SHELL_PIPE | M_SHELL_START))) ||
	    ((marks & M_POWERSHELL) && (marks & M_PS_HIDDEN)))
		mpy_flow_note(f, MPY_BEH_SHELL_TEXT, line, 0);
	if ((marks & M_SHELL_GET) && (marks & M_SHELL_CHMOD))
		mpy_flow_note(f, MPY_BEH_DROP_CHMOD, line, 0);
	return marks;
}
