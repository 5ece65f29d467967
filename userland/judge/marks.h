/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * marks.h - inside of fold: what a value carries with it, whether it is known
 * or not.
 */
#ifndef MPY_JUDGE_MARKS_H
#define MPY_JUDGE_MARKS_H

/* Where a value comes from: low half. What words it has in it: high half. */
#define T_NET	    (1ull << 0)	 /* fetched */
#define T_RECV	    (1ull << 1)	 /* read from a socket */
#define T_DECODE    (1ull << 2)	 /* base-N, hex, xor */
#define T_UNPACK    (1ull << 3)	 /* zlib ... */
#define T_MARSHAL   (1ull << 4)
#define T_FILE	    (1ull << 5)	 /* read from a file */
#define T_INPUT	    (1ull << 6)
#define T_SECRET    (1ull << 7)	 /* path or contents of something secret */
#define T_ENV	    (1ull << 8)	 /* the whole environment */
#define T_HOST	    (1ull << 9)	 /* facts about this machine or user */
#define T_SOCKET    (1ull << 10) /* a socket, or its descriptor */
#define T_PROC	    (1ull << 11) /* output of a program, or its handle */
#define T_SHOT	    (1ull << 12) /* screen, camera, microphone */
#define T_KEYS	    (1ull << 13) /* keystrokes */
#define T_CLIP	    (1ull << 14)
#define T_ARCHIVE   (1ull << 15)
#define T_WEB	    (1ull << 16) /* asked for by a web request */
#define T_SELF	    (1ull << 17) /* path or text of this program */
#define T_WRITER    (1ull << 18) /* a file opened for writing */
#define T_DROPPED   (1ull << 19) /* path of a file that was fetched */
#define T_CRYPT	    (1ull << 20) /* encrypted here */
#define T_WALK	    (1ull << 21) /* names from walking directories */
#define T_CARRIED   (1ull << 22) /* path of a file that was decoded here */
#define T_MEMFD	    (1ull << 23)
#define T_CHAT	    (1ull << 24) /* message of a chat or bot */
#define T_MEMORY    (1ull << 25) /* executable memory */
#define T_BUILTINS  (1ull << 26) /* namespace: globals(), vars() */
#define T_RANDOM    (1ull << 27)
#define T_PARAM(i)  (1ull << (28 + (i))) /* i < 4: argument of this function */
#define T_PARAMS    (15ull << 28)

#define M_SHELL	      (1ull << 32) /* /bin/sh, cmd.exe */
#define M_SHELL_PIPE  (1ull << 33) /* | sh */
#define M_SHELL_GET   (1ull << 34) /* curl, wget */
#define M_SHELL_NET   (1ull << 35) /* /dev/tcp, nc -e */
#define M_SHELL_CODE  (1ull << 36) /* base64 -d */
#define M_POWERSHELL  (1ull << 37)
#define M_PS_HIDDEN   (1ull << 38) /* -enc, -w hidden, DownloadString */
#define M_WEBHOOK     (1ull << 39)
#define M_INDEX	      (1ull << 40) /* pip: index to install from */
#define M_CRON	      (1ull << 41)
#define M_SYSTEMD     (1ull << 42)
#define M_RUNKEY      (1ull << 43)
#define M_STARTUP     (1ull << 44)
#define M_PROFILE     (1ull << 45)
#define M_PTH	      (1ull << 46)
#define M_KEYSFILE    (1ull << 47) /* authorized_keys, sudoers */
#define M_HOSTS	      (1ull << 48)
#define M_LOG	      (1ull << 49)
#define M_PIP	      (1ull << 50)
#define M_PYTHON      (1ull << 51)
#define M_MADE	      (1ull << 52) /* text made of numbers or a table */
#define M_RESOLVE     (1ull << 53) /* nslookup, dig */
#define M_DESTROY     (1ull << 54)
#define M_EXECUTES    (1ull << 55) /* code: exec( */
#define M_OBTAINS     (1ull << 56) /* code: fetches or decodes */
#define M_FILENO      (1ull << 57) /* descriptor of something */
#define M_SENDS	      (1ull << 58) /* options of curl and wget that send */
#define M_SHELL_CHMOD (1ull << 59) /* chmod +x */
#define M_CHAT_API    (1ull << 60)
#define M_MODE_X      (1ull << 61) /* a right to execute: S_IXUSR */
#define M_SHELL_START (1ull << 62) /* ; ./x */
#define M_PYTHON_FILE (1ull << 63) /* .py at the end */
/* of a number, which has no words: S_ISUID; only chmod() asks for it */
#define M_MODE_S      M_INDEX
/* beside M_DESTROY: not some files or a disk, but all that there is. A right
   is a number, so the two bits do not meet. */
#define M_ALL	      M_MODE_X
#define T_SOURCES     (T_PARAM(0) - 1)

#endif
