#!/usr/bin/env python3
"""Loads plugins from a folder by import machinery and by exec of a template,
as template engines and test runners do."""
import importlib.util
import pathlib

folder = pathlib.Path("plugins")
folder.mkdir(exist_ok=True)
(folder / "hello.py").write_text("def run(name):\n    return f'hello {name}'\n")
for path in sorted(folder.glob("*.py")):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    print(module.run("world"))

TEMPLATE = """
class {name}(tuple):
    __slots__ = ()
    {fields}
"""
source = TEMPLATE.format(name="Point", fields="x = property(lambda s: s[0])")
namespace = {}
exec(compile(source, "<template>", "exec"), namespace)
print(namespace["Point"]((1, 2)).x)
