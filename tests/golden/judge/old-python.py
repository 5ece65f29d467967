# -*- coding: latin-1 -*-
import os, string

def show(names):
    for name in names:
        print "%-20s %d" % (name, len(name)),
        if name <> string.strip(name):
            print `name`
        else:
            print
    raise ValueError, "done"

show(os.listdir("."))
