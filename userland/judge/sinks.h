/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sinks.h - inside of fold: what a call does with what it is given. */
#ifndef MPY_JUDGE_SINKS_H
#define MPY_JUDGE_SINKS_H

#define S_EXEC	  (1u << 0)
#define S_RUN	  (1u << 1)
#define S_SEND	  (1u << 2)
#define S_GET	  (1u << 3)  /* asks the network; the address may leak */
#define S_WRITE	  (1u << 4)
#define S_CONNECT (1u << 5)
#define S_DUP	  (1u << 6)
#define S_DELETE  (1u << 7)
#define S_COPY	  (1u << 8)  /* copies or moves a file */
#define S_CHMOD	  (1u << 9)
#define S_RESOLVE (1u << 10) /* DNS name may carry data */
#define S_REGISTRY (1u << 11)
#define S_MEMORY  (1u << 12) /* memory made executable */
#define S_THREAD  (1u << 13) /* memory started */
#define S_REMOTE  (1u << 14) /* memory of another process */
#define S_BIND	  (1u << 15)
#define S_FORK	  (1u << 16)
#define S_SPAWN   (1u << 17) /* pty.spawn */
#define S_SETUP   (1u << 18) /* setup() */
#define S_CLIP	  (1u << 19) /* sets the clipboard */
#define S_CONSOLE (1u << 20) /* an interactive Python on stdin */
#define S_EXIT	  (1u << 21)
#define S_FETCH_TO (1u << 22) /* download to a file: argument 2 or 3 */
#define S_QUIET	  (1u << 23) /* hides a window */
#define S_THREADS (1u << 24) /* starts a function in a thread */
#define S_UID	  (1u << 25)
#define S_LOGIN	  (1u << 26) /* tries a password */
#define S_MAP	  (1u << 27) /* memory mapped, executable if asked for */
#define S_ENCRYPT (1u << 28) /* encrypts a file, its path is given */
#define S_TELL	  (1u << 29) /* sends it to an address that is written here */
#define S_FEED	  (1u << 30) /* the input of a program that runs */

#endif
