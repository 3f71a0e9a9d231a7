#!/usr/bin/env python3
"""Makes `docs/session.svg`, the picture in the README, from a session that it runs.

    python3 docs/picture.py

builds the tool, runs `cargo hotmod demo` in a pseudo-terminal in an empty folder, types the commands of `STEPS` as one would in
another terminal, and draws what the first terminal shows, with these commands and their answers between its lines. It needs cargo,
curl, sed, grep and Python 3.8, and nothing of Python that has to be installed. Nothing is made up. What is cut says so: lines of cargo
that are alike, and the pattern of grep.
"""

import fcntl
import os
import pty
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "session.svg"
COLUMNS, ROWS = 112, 300
# How long a first build may take, and how long a terminal is silent when all of an answer is there.
BUILD, SILENCE = 1200, 0.7

PAGE = r"curl -s {url} | grep -oE '<h1>[^<]*</h1>|<h2>[^<]*Visits</h2>|visit [0-9]+ of process [0-9]+' | paste -sd ' '"
STEPS = [
    (PAGE, "curl -s {url} | grep …"),
    ("sed -i 's/Hello from pages/Hello again/' pages/src/lib.rs", None),
    (PAGE, "curl -s {url} | grep …"),
    ("sed -i 's/<h2>/<h2>* /' widgets/src/lib.rs", None),
    (PAGE, "curl -s {url} | grep …"),
    ("echo '// edited' >> model/src/lib.rs", None),
    (PAGE, "curl -s {url} | grep …"),
]


class Screen:
    """The part of a terminal that a program of lines needs: colours, and a cursor that moves."""

    def __init__(self):
        self.lines = [[]]
        self.row = self.column = 0
        self.style = ()
        self.rest = ""

    TOKEN = re.compile(
        r"\x1b\[(?P<params>[0-?]*)[ -/]*(?P<final>[@-~])"
        r"|\x1b\].*?(?:\x07|\x1b\\)"
        r"|\x1b[()][A-Za-z0-9]|\x1b[^\[\]()]"
        r"|(?P<text>[^\x1b])",
        re.S,
    )

    def feed(self, text):
        text = self.rest + text
        end = 0
        for token in self.TOKEN.finditer(text):
            if token.start() != end:
                break
            end = token.end()
            if token["final"]:
                self.control(token["final"], token["params"])
            elif token["text"]:
                self.put(token["text"])
        # A sequence may come in two pieces.
        self.rest = text[end:]

    def line(self):
        while len(self.lines) <= self.row:
            self.lines.append([])
        return self.lines[self.row]

    def put(self, char):
        if char == "\r":
            self.column = 0
        elif char == "\n":
            self.row += 1
        elif char == "\b":
            self.column = max(0, self.column - 1)
        elif char == "\t":
            self.column = (self.column // 8 + 1) * 8
        elif char >= " ":
            if self.column >= COLUMNS:
                self.row, self.column = self.row + 1, 0
            line = self.line()
            line.extend([(" ", ())] * (self.column + 1 - len(line)))
            line[self.column] = (char, self.style)
            self.column += 1

    def control(self, final, params):
        if params[:1] in ("?", ">", "<", "="):
            return
        numbers = [int(it) if it else 0 for it in re.split("[;:]", params)]
        count = max(1, numbers[0])
        if final == "m":
            self.style = restyled(self.style, numbers)
        elif final == "K":
            line = self.line()
            if numbers[0] == 0:
                del line[self.column :]
            elif numbers[0] == 2:
                line.clear()
        elif final == "J":
            if numbers[0] == 0:
                del self.line()[self.column :]
                del self.lines[self.row + 1 :]
            else:
                self.lines, self.row, self.column = [[]], 0, 0
        elif final == "A":
            self.row = max(0, self.row - count)
        elif final == "B":
            self.row += count
        elif final == "C":
            self.column += count
        elif final == "D":
            self.column = max(0, self.column - count)
        elif final == "G":
            self.column = count - 1
        elif final == "H":
            self.row = count - 1
            self.column = max(1, numbers[1]) - 1 if len(numbers) > 1 else 0

    def shown(self):
        """The lines up to the last that has something in it."""
        lines = [list(line) for line in self.lines]
        while lines and not text_of(lines[-1]).strip():
            lines.pop()
        return lines


def restyled(style, numbers):
    kept = dict(style)
    numbers = list(numbers)
    while numbers:
        number = numbers.pop(0)
        if number == 0:
            kept.clear()
        elif number in (1, 2, 3, 4):
            kept[("bold", "dim", "italic", "underline")[number - 1]] = True
        elif number == 22:
            kept.pop("bold", None)
            kept.pop("dim", None)
        elif number in (23, 24):
            kept.pop({23: "italic", 24: "underline"}[number], None)
        elif 30 <= number <= 37:
            kept["colour"] = number - 30
        elif 90 <= number <= 97:
            kept["colour"] = number - 90 + 8
        elif number == 39:
            kept.pop("colour", None)
        elif number in (38, 48) and numbers:
            kind = numbers.pop(0)
            value = numbers[: {5: 1, 2: 3}.get(kind, 0)]
            del numbers[: len(value)]
            if number == 38 and kind == 5 and value:
                kept["colour"] = value[0]
            elif number == 38 and len(value) == 3:
                kept["colour"] = "#%02x%02x%02x" % tuple(value)
    return tuple(sorted(kept.items(), key=lambda it: it[0]))


def text_of(line):
    return "".join(char for char, _ in line)


class Terminal:
    """A program in a pseudo-terminal, and what it shows."""

    def __init__(self, words, folder, environment):
        self.screen = Screen()
        self.last = time.monotonic()
        main, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

        def begin():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.child = subprocess.Popen(
            words, cwd=folder, env=environment, stdin=other, stdout=other, stderr=other, preexec_fn=begin
        )
        os.close(other)
        self.reader = threading.Thread(target=self.read, args=(main,), daemon=True)
        self.reader.start()

    def read(self, main):
        pending = b""
        while True:
            try:
                data = os.read(main, 65536)
            except OSError:
                return
            if not data:
                return
            pending += data
            # A character may come in two pieces.
            text = pending.decode("utf-8", "ignore")
            pending = pending[len(text.encode()) :]
            self.screen.feed(text)
            self.last = time.monotonic()

    def settled(self):
        """What is shown when nothing more comes."""
        asked = time.monotonic()
        while time.monotonic() - max(asked, self.last) < SILENCE:
            time.sleep(0.05)
        return self.screen.shown()

    def end(self):
        """As Ctrl-C does."""
        os.killpg(self.child.pid, signal.SIGINT)
        return self.child.wait(timeout=30)


def run(command, folder, environment):
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"`{command}` failed: {done.stdout}{done.stderr}")
    return done.stdout.splitlines()


def wait_until_live(terminal, folder, environment):
    """No session, and one that builds: both are waited for."""
    end = time.monotonic() + BUILD
    while time.monotonic() < end:
        if terminal.child.poll() is not None:
            sys.exit("the session ended:\n" + "\n".join(map(text_of, terminal.screen.shown())))
        if folder.exists():
            words = ["cargo", "hotmod", "wait", "--quiet", "--timeout", "60"]
            code = subprocess.run(words, cwd=folder, env=environment, stderr=subprocess.DEVNULL).returncode
            if code == 0:
                return
            if code not in (3, 8):
                sys.exit(f"`cargo hotmod wait` ended with {code}:\n" + "\n".join(map(text_of, terminal.screen.shown())))
        time.sleep(0.2)
    sys.exit("nothing is live")


def session():
    """Rows to draw: the session's lines, and those of the other terminal as `(prompt, text)`."""
    subprocess.run(["cargo", "build", "--quiet", "--release"], cwd=ROOT, check=True)
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("NO_COLOR", "CI", "CARGO_TERM_COLOR", "CARGO_TARGET_DIR") and not name.startswith("HOTMOD_")
    }
    environment["PATH"] = f"{ROOT / 'target' / 'release'}{os.pathsep}{environment['PATH']}"
    environment["TERM"] = "xterm-256color"
    scratch = Path(tempfile.mkdtemp(prefix="hotmod-picture-"))
    demo = scratch / "target" / "demo"
    typed = []
    terminal = Terminal(["cargo", "hotmod", "demo"], scratch, environment)
    try:
        wait_until_live(terminal, demo, environment)
        address = re.search(r"http://[0-9.:]+/", "\n".join(map(text_of, terminal.settled())))
        if not address:
            sys.exit("the demo says no address")
        for command, said in STEPS:
            command = command.format(url=address[0])
            before = len(terminal.settled())
            answer = run(command, demo, environment)
            typed.append((before, said.format(url=address[0]) if said else command, answer))
            wait_until_live(terminal, demo, environment)
        lines = terminal.settled()
    finally:
        if terminal.child.poll() is None:
            code = terminal.end()
            if code != 130:
                print(f"the session ended with {code}", file=sys.stderr)
        shutil.rmtree(scratch, ignore_errors=True)

    rows = [("$", "cargo hotmod demo", False)]
    for number, line in enumerate(lines):
        rows += [row for at, command, answer in typed if at == number for row in other(command, answer)]
        rows.append(line)
    rows += [row for at, command, answer in typed if at >= len(lines) for row in other(command, answer)]
    return folded(rows)


def other(command, answer):
    return [("$", command, True)] + [("", line, True) for line in answer]


def folded(rows):
    """Of many lines with one status word, as cargo writes them for each crate, the first is kept."""
    kept = []
    word, count = None, 0
    for row in rows + [("", "", False)]:
        first = text_of(row).split()[:1] if isinstance(row, list) else None
        if first and first == word:
            count += 1
            last = row
            continue
        if count == 1:
            kept.append(last)
        elif count > 1:
            kept.append([(char, (("dim", True),)) for char in f"{'':12} … {count} more lines like this"])
        word, count = (first if first in (["Compiling"], ["Downloaded"], ["Adding"]) else None), 0
        kept.append(row)
    return kept[:-1]


# One Dark's; the words on it can be read.
PALETTE = "#5c6370 #e06c75 #98c379 #e5c07b #61afef #c678dd #56b6c2 #abb2bf #7f848e #ef7a85 #a9d68a #f0cd8b #74bdf5 #d58ae8 #68c9d4 #ffffff".split()
INK, PAPER, BAND, FAINT = "#d7dae0", "#21252b", "#2c3340", "#7f848e"
WIDTH, HEIGHT, SIZE, MARGIN = 7.8, 19, 13, 16


def colour(value):
    if isinstance(value, str):
        return value
    if value < 16:
        return PALETTE[value]
    if value >= 232:
        return "#%02x%02x%02x" % ((8 + (value - 232) * 10,) * 3)
    levels = (0, 95, 135, 175, 215, 255)
    value -= 16
    return "#%02x%02x%02x" % (levels[value // 36], levels[value // 6 % 6], levels[value % 6])


def run_of(column, text, y, style):
    if not text.strip():
        return ""
    lead = len(text) - len(text.lstrip())
    column, text = column + lead, text.strip()
    attributes = [f'x="{MARGIN + column * WIDTH:.1f}" y="{y}" textLength="{len(text) * WIDTH:.1f}"']
    style = dict(style)
    if "colour" in style:
        attributes.append(f'fill="{colour(style["colour"])}"')
    if style.get("bold"):
        attributes.append('font-weight="bold"')
    if style.get("dim"):
        attributes.append('fill-opacity="0.6"')
    if style.get("italic"):
        attributes.append('font-style="italic"')
    if style.get("underline"):
        attributes.append('text-decoration="underline"')
    return f"<text {' '.join(attributes)}>{escape(text)}</text>"


def drawn(rows):
    width = round(2 * MARGIN + COLUMNS * WIDTH)
    height = 2 * MARGIN + len(rows) * HEIGHT + HEIGHT
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="{SIZE}" fill="{INK}" '
        'xml:space="preserve">',
        "<title>A session of cargo hotmod, made by docs/picture.py</title>",
        f'<rect width="{width}" height="{height}" rx="8" fill="{PAPER}"/>',
    ]
    y = MARGIN + SIZE
    for row in rows:
        if isinstance(row, tuple):
            prompt, text, is_other = row
            if is_other:
                out.append(f'<rect x="0" y="{y - SIZE - 1}" width="{width}" height="{HEIGHT}" fill="{BAND}"/>')
            style = (("bold", True),) if prompt else ()
            if prompt:
                out.append(run_of(0, prompt, y, (("colour", 2),)))
            out.append(run_of(2, text[: COLUMNS - 2], y, style))
        else:
            column, end = 0, len(row)
            while column < end:
                style, begin = row[column][1], column
                while column < end and row[column][1] == style:
                    column += 1
                out.append(run_of(begin, text_of(row[begin:column]), y, style))
        y += HEIGHT
    legend = "lighter: another terminal"
    out.append(run_of(COLUMNS - len(legend), legend, y, (("colour", FAINT),)))
    out.append("</svg>")
    return "\n".join(it for it in out if it) + "\n"


if __name__ == "__main__":
    PICTURE.write_text(drawn(session()), encoding="utf-8")
    print(f"made {PICTURE.relative_to(ROOT)}")
