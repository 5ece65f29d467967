// SPDX-License-Identifier: GPL-2.0-or-later
// Fifty rules of our own, of the kind that rule based scanners of Python have:
// the peer that scripts/bench compares the judge's speed with.

rule decode_exec {
    strings:
        $a = /exec\s*\(\s*(base64\.)?b64decode\s*\(/
        $b = /exec\s*\(\s*zlib\.decompress\s*\(/
    condition:
        any of them
}

rule marshal_exec {
    strings:
        $a = /exec\s*\(\s*marshal\.loads\s*\(/
        $b = "__import__('marshal').loads"
    condition:
        any of them
}

rule reverse_shell {
    strings:
        $a = ".dup2(" 
        $b = "socket" fullword
        $c = "/bin/sh"
        $d = "/bin/bash"
    condition:
        $a and $b and any of ($c, $d)
}

rule pty_shell {
    strings:
        $a = "pty.spawn("
        $b = ".connect(("
    condition:
        all of them
}

rule dev_tcp {
    strings:
        $a = /\/dev\/(tcp|udp)\/[0-9a-z.]{4,64}\/[0-9]{2,5}/
    condition:
        $a
}

rule curl_pipe {
    strings:
        $a = /(curl|wget)\s[^|\n]{4,200}\|\s*(ba|da|z)?sh\b/
    condition:
        $a
}

rule powershell_hidden {
    strings:
        $a = "powershell" nocase
        $b = /-w(indowstyle)?\s+hidden/ nocase
        $c = /-e(nc|ncodedcommand)?\s+[A-Za-z0-9+\/=]{40,}/ nocase
    condition:
        $a and any of ($b, $c)
}

rule webhook {
    strings:
        $a = /discord(app)?\.com\/api\/webhooks\/[0-9]{6,}/
    condition:
        $a
}

rule telegram_bot {
    strings:
        $a = /api\.telegram\.org\/bot/
        $b = "sendDocument"
        $c = "sendMessage"
    condition:
        $a and any of ($b, $c)
}

rule browser_login {
    strings:
        $a = "Login Data"
        $b = "Local State"
        $c = "CryptUnprotectData"
    condition:
        2 of them
}

rule discord_token {
    strings:
        $a = "leveldb"
        $b = /\[\\w-\]\{24\}/
        $c = "mfa\\."
    condition:
        2 of them
}

rule wallet {
    strings:
        $a = "wallet.dat"
        $b = "Exodus" fullword
        $c = "Electrum" fullword
        $d = "metamask" nocase
    condition:
        2 of them
}

rule ssh_keys {
    strings:
        $a = ".ssh/id_rsa"
        $b = "authorized_keys"
        $c = "requests.post"
        $d = "urlopen("
    condition:
        any of ($a, $b) and any of ($c, $d)
}

rule cloud_keys {
    strings:
        $a = ".aws/credentials"
        $b = "AWS_SECRET_ACCESS_KEY"
        $c = "requests.post"
    condition:
        any of ($a, $b) and $c
}

rule environ_post {
    strings:
        $a = "os.environ"
        $b = /requests\.post\(\s*["'f]?/
        $c = "dict(os.environ)"
    condition:
        $b and ($c or #a > 3)
}

rule etc_shadow {
    strings:
        $a = "/etc/shadow"
        $b = "open("
    condition:
        all of them
}

rule crontab {
    strings:
        $a = "crontab"
        $b = /\*\s\*\s\*\s\*\s\*/
    condition:
        all of them
}

rule systemd_unit {
    strings:
        $a = "/etc/systemd/system"
        $b = "[Service]"
        $c = "ExecStart="
    condition:
        all of them
}

rule run_key {
    strings:
        $a = "CurrentVersion\\\\Run" nocase
        $b = "winreg" nocase
        $c = "reg add" nocase
    condition:
        $a and any of ($b, $c)
}

rule startup_folder {
    strings:
        $a = "Start Menu\\\\Programs\\\\Startup" nocase
        $b = "shutil.copy"
    condition:
        all of them
}

rule bashrc {
    strings:
        $a = /\.(bashrc|zshrc|profile)\b/
        $b = /open\([^)\n]{1,80},\s*["']a/
    condition:
        all of them
}

rule pth_file {
    strings:
        $a = /site-packages[^\n]{0,80}\.pth\b/
        $b = "import base64"
    condition:
        all of them
}

rule setup_hook {
    strings:
        $a = "cmdclass"
        $b = "install" fullword
        $c = /(urlopen|requests\.(get|post)|os\.system|subprocess\.)/
    condition:
        all of them
}

rule keylogger {
    strings:
        $a = "pynput"
        $b = "on_press"
        $c = "GetAsyncKeyState"
        $d = "smtplib"
    condition:
        ($a and $b and $d) or $c
}

rule screenshot {
    strings:
        $a = "ImageGrab.grab"
        $b = "mss()"
        $c = "files="
    condition:
        any of ($a, $b) and $c
}

rule camera {
    strings:
        $a = "VideoCapture(0)"
        $b = "imwrite("
        $c = "send"
    condition:
        all of them
}

rule clipboard {
    strings:
        $a = "pyperclip.paste"
        $b = /\^\(?(bc1|\[13\])/
        $c = "pyperclip.copy"
    condition:
        all of them
}

rule shellcode {
    strings:
        $a = "VirtualAlloc"
        $b = "RtlMoveMemory"
        $c = "CreateThread"
    condition:
        2 of them
}

rule mmap_exec {
    strings:
        $a = "PROT_EXEC"
        $b = "ctypes"
        $c = "mmap"
    condition:
        all of them
}

rule injection {
    strings:
        $a = "WriteProcessMemory"
        $b = "CreateRemoteThread"
        $c = "OpenProcess"
    condition:
        2 of them
}

rule memfd {
    strings:
        $a = "memfd_create"
        $b = "/proc/self/fd/"
        $c = "exec"
    condition:
        $a and any of ($b, $c)
}

rule anti_vm {
    strings:
        $a = "vmware" nocase
        $b = "virtualbox" nocase
        $c = "sandboxie" nocase
        $d = "wireshark" nocase
    condition:
        3 of them
}

rule debugger {
    strings:
        $a = "IsDebuggerPresent"
        $b = "sys.gettrace()"
    condition:
        any of them
}

rule defender_off {
    strings:
        $a = "Set-MpPreference" nocase
        $b = "DisableRealtimeMonitoring" nocase
    condition:
        any of them
}

rule firewall_off {
    strings:
        $a = "advfirewall" nocase
        $b = "state off" nocase
        $c = "iptables -F"
    condition:
        ($a and $b) or $c
}

rule uac {
    strings:
        $a = "fodhelper" nocase
        $b = "ms-settings\\\\shell" nocase
        $c = "eventvwr" nocase
    condition:
        any of them
}

rule history_wipe {
    strings:
        $a = "history -c"
        $b = ".bash_history"
        $c = "unset HISTFILE"
    condition:
        any of them
}

rule self_delete {
    strings:
        $a = "os.remove(__file__)"
        $b = "os.unlink(__file__)"
        $c = "os.remove(sys.argv[0])"
    condition:
        any of them
}

rule hosts_file {
    strings:
        $a = "drivers\\\\etc\\\\hosts" nocase
        $b = "\"/etc/hosts\", \"a"
    condition:
        any of them
}

rule ransom {
    strings:
        $a = "Fernet" fullword
        $b = "os.walk("
        $c = /\b(ransom|bitcoin|decrypt your)\b/ nocase
    condition:
        all of them
}

rule destroy {
    strings:
        $a = "rm -rf /"
        $b = "shutil.rmtree(\"/\")"
        $c = "mkfs."
    condition:
        any of them
}

rule miner {
    strings:
        $a = "stratum+tcp://"
        $b = "xmrig" nocase
        $c = "monero" nocase
    condition:
        any of them
}

rule flood {
    strings:
        $a = "SOCK_DGRAM"
        $b = "random._urandom("
        $c = /while\s+(True|1)/
    condition:
        all of them
}

rule fork_bomb {
    strings:
        $a = /while\s+(True|1)\s*:\s*\n?\s*os\.fork\(\)/
    condition:
        $a
}

rule brute_force {
    strings:
        $a = "paramiko" fullword
        $b = "AuthenticationException"
        $c = "passwords"
    condition:
        all of them
}

rule pastebin {
    strings:
        $a = /pastebin\.com\/raw\/[A-Za-z0-9]{6,}/
        $b = "exec("
    condition:
        all of them
}

rule pyarmor {
    strings:
        $a = "__pyarmor__(__name__, __file__, b'"
    condition:
        $a
}

rule chr_join {
    strings:
        $a = /join\(\s*(map\(\s*chr|\[?\s*chr\()/
        $b = /(exec|eval)\s*\(/
    condition:
        all of them
}

rule hidden_import {
    strings:
        $a = /__import__\(\s*["'](os|subprocess|socket)["']\s*\)\s*\.\s*(system|popen|Popen|call|socket)/
    condition:
        $a
}

rule reversed_exec {
    strings:
        $a = /(exec|eval)\s*\(.{0,80}\[::-1\]/
    condition:
        $a
}
