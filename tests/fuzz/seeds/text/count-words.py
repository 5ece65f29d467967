import collections
import sys


def count(lines):
    """How often each word occurs."""
    words = collections.Counter()
    for line in lines:
        words.update(line.split())
    return words


def main():
    for word, n in count(sys.stdin).most_common(10):
        print(f"{n:8} {word}")


if __name__ == "__main__":
    main()
