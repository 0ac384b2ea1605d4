# SPDX-License-Identifier: MIT
#
# gdb's side of `mkimage debug`: attaches to a paused machine, finds out where this
# boot put the image, and knows the program's threads. Usable by hand, too:
#     gdb -ex 'source thimble.py' -ex 'thimble attach SOCKET-OR-PORT IMAGE'
import gdb
import os
import select
import struct
import time

CONNECT_TRIES = 20
OUTPUT_WAIT_MS = 1000
CALLEE_SAVED = ("rbp", "rbx", "r12", "r13", "r14", "r15")
# What the kernel's thread_switch leaves on a stack (kernel/arch/x86_64/switch.S).
SWITCHED = ("r15", "r14", "r13", "r12", "rbx", "rbp", "rip")
RESUMING = ("continue", "step", "stepi", "next", "nexti", "finish", "until", "advance",
            "jump", "signal", "call", "return", "kill")


def quietly(command):
    return gdb.execute(command, to_string=True)


def register(name):
    return int(gdb.parse_and_eval("(unsigned long)$" + name))


def memory(address, size):
    return bytes(gdb.selected_inferior().read_memory(address, size))


def kernel_value(file, name):
    """A variable of the kernel, of which the program may have a namesake; None: not linked."""
    try:
        return gdb.parse_and_eval("'%s'::%s" % (file, name))
    except gdb.error:
        return None


class Thread:
    """A struct thread of the kernel."""

    def __init__(self, value):
        self.value = value
        self.number = int(value["number"])
        self.name = value["name"].string() or ("main" if self.number == 0 else "")

    def is_running(self):
        try:
            control = int(self.value["control"])
            return control == register("fs_base")
        except gdb.error:
            return False

    def state(self):
        if self.is_running() and not self.value["blocked"]:
            return "running"
        if not self.value["blocked"]:
            return "ready to run"
        return "waiting" if self.value["queue"] else "sleeping"

    def registers(self):
        """Those that thread_switch keeps, as it will restore them."""
        stack = int(self.value["stack_pointer"])
        words = struct.unpack("<8Q", memory(stack, 64))
        found = dict(zip(SWITCHED, words[1:]))
        found["rsp"] = stack + 64
        return found


def threads():
    found = []
    value = kernel_value("kernel/thread_list.c", "threads_all")
    if value is None:
        return found
    while int(value) != 0 and len(found) < 1000000:
        found.append(Thread(value.dereference()))
        value = value["all_next"]
    return sorted(found, key=lambda thread: thread.number)


class Visit:
    """The processor's registers show a thread that does not run; they come back
    before anything goes on."""

    own = None

    @classmethod
    def enter(cls, registers):
        if cls.own is None:
            cls.own = {name: register(name) for name in CALLEE_SAVED + ("rip", "rsp")}
        cls.write(registers)

    @classmethod
    def leave(cls):
        own, cls.own = cls.own, None
        if own is not None:
            cls.write(own)

    @staticmethod
    def write(registers):
        quietly("frame 0")
        for name, value in registers.items():
            quietly("set $%s = %#x" % (name, value))
        gdb.invalidate_cached_frames()


def place():
    """The innermost frame that is not the kernel's, in words."""
    frame = gdb.newest_frame()
    while frame is not None:
        line = frame.find_sal()
        file = line.symtab.filename if line.symtab else ""
        if not file.startswith(("kernel/", "./kernel/")) and frame.name():
            where = " (%s:%d)" % (file, line.line) if file else ""
            return frame.name() + where
        frame = frame.older()
    return "in the kernel"


class Thimble(gdb.Command):
    """A Thimble machine: its threads, and where its image is."""

    def __init__(self):
        super().__init__("thimble", gdb.COMMAND_STATUS, prefix=True)


class ThimbleThreads(gdb.Command):
    """Lists the program's threads: number, name, state, and where each stands."""

    def __init__(self):
        super().__init__("thimble threads", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        found = threads()
        if not found:
            print("This program has one thread: no thread functions are linked.")
        Visit.leave()
        for thread in found:
            if not thread.is_running():
                Visit.enter(thread.registers())
            print("%4d  %-16s %-13s %s" % (thread.number, thread.name, thread.state(), place()))
            Visit.leave()


class ThimbleThread(gdb.Command):
    """Looks at another thread: thimble thread NUMBER-OR-NAME.
Frames and variables are that thread's until the program goes on, or until
`thimble thread` without a name leads back to the running one."""

    def __init__(self):
        super().__init__("thimble thread", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        Visit.leave()
        wanted = argument.strip()
        if wanted:
            chosen = [t for t in threads() if wanted in (str(t.number), t.name)]
            if not chosen:
                raise gdb.GdbError("There is no thread %s; `thimble threads` lists them." % wanted)
            if not chosen[0].is_running():
                Visit.enter(chosen[0].registers())
        gdb.execute("frame", from_tty)


class ThimbleBacktraces(gdb.Command):
    """Shows the backtrace of each thread."""

    def __init__(self):
        super().__init__("thimble backtraces", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        for thread in threads():
            Visit.leave()
            print("thread %d %s: %s" % (thread.number, thread.name, thread.state()))
            if not thread.is_running():
                Visit.enter(thread.registers())
            gdb.execute("backtrace", from_tty)
        Visit.leave()


class ThimbleAttach(gdb.Command):
    """Attaches to a paused machine: thimble attach SOCKET-OR-PORT IMAGE.
IMAGE has the debug information. Stops where the image is about to go to its place,
and takes the symbols along."""

    def __init__(self):
        super().__init__("thimble attach", gdb.COMMAND_RUNNING)

    def invoke(self, argument, from_tty):
        target, image = gdb.string_to_argv(argument)
        attach(target if not target.isdigit() else "localhost:" + target, image)


def connect(target):
    """The socket is there a moment before somebody listens."""
    for _ in range(CONNECT_TRIES):
        try:
            return quietly("target remote " + target)
        except gdb.error as error:
            refused = error
        time.sleep(0.1)
    raise gdb.GdbError("No machine at %s: %s" % (target, refused))


def hush(on):
    """No word of the stops on the way to the image, where gdb can do that (from 13 on)."""
    try:
        quietly("set suppress-cli-notifications " + ("on" if on else "off"))
    except gdb.error:
        pass


def attach(target, image):
    quoted = '"%s"' % image.replace("\\", "\\\\").replace('"', '\\"')
    quietly("set confirm off")
    hush(True)
    quietly("set architecture i386:x86-64")
    quietly("symbol-file " + quoted)
    entry = int(gdb.parse_and_eval("(unsigned long)&'kernel.image_enter'"))
    connect(target)
    stop = gdb.Breakpoint("*%#x" % entry, gdb.BP_HARDWARE_BREAKPOINT, internal=True,
                          temporary=True)
    stop.silent = True
    quietly("continue")
    if register("rip") != entry:
        raise gdb.GdbError("The machine did not get as far as the image.")
    distance = register("rsi")  # the second argument of image_enter
    quietly("symbol-file -o %#x %s" % (distance, quoted))
    hush(False)
    if distance:
        print("The image was moved by %#x." % distance)


def to_main():
    gdb.Breakpoint("main", gdb.BP_HARDWARE_BREAKPOINT, temporary=True)
    gdb.execute("continue")


class Output:
    """What the program writes, which `mkimage debug` hands on: when the machine is gone, gdb's
    next word comes after the program's last."""

    relayed = None

    @classmethod
    def watch(cls, relay):
        try:
            ended = os.pidfd_open(relay)
        except OSError:
            return
        cls.relayed = select.poll()
        cls.relayed.register(ended, select.POLLIN)

    @classmethod
    def leave(cls):
        """A machine that gdb has detached from goes on."""
        cls.relayed = None

    @classmethod
    def on_exited(cls, event):
        if cls.relayed:
            cls.relayed.poll(OUTPUT_WAIT_MS)


def on_exit(event):
    """The machine ends with gdb."""
    try:
        Visit.leave()
        if gdb.selected_inferior().pid:
            quietly("kill")
    except gdb.error:
        pass


Thimble()
ThimbleThreads()
ThimbleThread()
ThimbleBacktraces()
ThimbleAttach()
for command in RESUMING:
    gdb.execute("define hook-%s\npython Visit.leave()\nend" % command)
gdb.execute("define hook-detach\npython Visit.leave(); Output.leave()\nend")
gdb.events.exited.connect(Output.on_exited)
if hasattr(gdb.events, "gdb_exiting"):
    gdb.events.gdb_exiting.connect(on_exit)
