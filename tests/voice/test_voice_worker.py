"""Every way in which a worker can fail costs one request at most, and is said clearly."""

import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from aidj.errors import VoiceError
from aidj.voice.worker import Answer, Worker, python_worker

posix = pytest.mark.skipif(os.name != "posix", reason="needs signals and groups of processes")

SCRIPT = """\
import ctypes, os, signal, subprocess, sys, time
MODE = {mode!r}
HERE = {here!r}
calls = 0
C = ctypes.CDLL(None) if os.name == "posix" else None

def raw(data):
    for fd in range(3, 8):  # wherever the pipe is
        try:
            os.write(fd, data)
        except OSError:
            pass

def start():
    open(os.path.join(HERE, "starts"), "a").write("x")
    return {{"version": "7"}}

def fault(kind):
    if kind == "sleep": time.sleep(600)
    if kind == "deaf": signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)
    if kind == "child": subprocess.run([sys.executable, "-c", "import time; time.sleep(600)"])
    if kind == "kill": os.kill(os.getpid(), 9)
    if kind == "abort": os.abort()
    if kind == "segfault": C.strlen(0)
    if kind == "_exit": C._exit(3)
    if kind == "exit": C.exit(0)
    if kind == "garbage": raw(b"Audio saved\\n")
    if kind == "binary": raw(bytes(range(256)) * 50)
    if kind == "flood": raw(b"x" * 2_000_000)
    if kind == "half": raw(b'{{"id": 1, "bytes": 1000}}\\nabc'); os._exit(0)
    if kind == "other": raw(b'{{"id": 99, "bytes": 0}}\\n')
    if kind == "list": raw(b"[1, 2]\\n")
    if kind == "nested": raw(b"[" * 300_000 + b"\\n")
    if kind == "size": raw(b'{{"id": 1, "bytes": -5}}\\n')

def answer(request):
    global calls
    calls += 1
    kind, times = request.get("fault"), request.get("times", 1)
    mark = os.path.join(HERE, "faults")
    had = os.path.getsize(mark) if os.path.exists(mark) else 0
    if kind and had < times:
        open(mark, "a").write("x")
        fault(kind)
    if request.get("print"):
        print("chatter"); C.puts(b"chatter from C"); C.fflush(None); os.system("echo more chatter")
    if request.get("raise"):
        raise ValueError("engine on fire")
    return {{"said": request.get("text"), "calls": calls}}, (request.get("text") or "").encode() * request.get("n", 1)
"""


@pytest.fixture(params=["stay", "fork", "once"])
def mode(request):
    return request.param


@pytest.fixture
def make(tmp_path):
    made = []

    def worker(mode="stay"):
        path = tmp_path / "script.py"
        path.write_text(SCRIPT.format(mode=mode, here=str(tmp_path)))
        made.append(Worker(python_worker(str(path))))
        return made[-1]

    yield worker
    for one in made:
        one.close()


def starts(tmp_path):
    return len((tmp_path / "starts").read_text())


def test_it_answers(make, mode, tmp_path):
    worker = make(mode)
    assert worker.hello() == {"version": "7", "ready": True}
    for text in ("one", "two", "é" * 100_000):
        answer = worker.ask({"text": text}, timeout_s=60)
        assert answer.header["said"] == text
        assert answer.body == text.encode()
    assert starts(tmp_path) == {"stay": 1, "fork": 1, "once": 3}[mode]


def test_no_utterance_leaves_a_trace_in_a_copy(make):
    worker = make("fork")
    assert [worker.ask({}, timeout_s=60).header["calls"] for _ in range(3)] == [1, 1, 1]


def test_long_answers_and_many_threads(make):
    worker = make()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: worker.ask({"text": f"{n:03d}", "n": 300_000}, timeout_s=60), range(12)))
    assert [answer.body for answer in answers] == [f"{n:03d}".encode() * 300_000 for n in range(12)]


def test_what_a_library_prints_does_no_harm(make, mode, tmp_path):
    worker = make(mode)
    for _ in range(2):
        assert worker.ask({"text": "x", "print": True}, timeout_s=60).body == b"x"
    assert not (tmp_path / "faults").exists()


KINDS = [
    "kill",
    "abort",
    "segfault",
    "_exit",
    "exit",
    "garbage",
    "binary",
    "flood",
    "half",
    "other",
    "list",
    "nested",
    "size",
]


@posix
@pytest.mark.parametrize("kind", KINDS)
def test_each_death_once_costs_nothing(make, kind, tmp_path):
    worker = make("fork" if KINDS.index(kind) % 2 else "stay")
    assert worker.ask({"text": "before"}, timeout_s=60).body == b"before"
    assert worker.ask({"text": "this one", "fault": kind}, timeout_s=60).body == b"this one"
    assert starts(tmp_path) == 2
    assert worker.ask({"text": "after"}, timeout_s=60).body == b"after"
    assert starts(tmp_path) == 2


@posix
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("kill", "SIGKILL"), ("segfault", "SIGSEGV"), ("_exit", "exit status 3"), ("exit", "broke off"),
        ("garbage", "nonsense"), ("flood", "nonsense"), ("half", "broke off"), ("other", "something else"),
    ],
)  # fmt: skip
def test_a_death_that_comes_back_costs_one_request(make, kind, said):
    worker = make()
    with pytest.raises(VoiceError, match=said):
        worker.ask({"text": "this one", "fault": kind, "times": 2}, timeout_s=60)
    assert worker.ask({"text": "the next"}, timeout_s=60).body == b"the next"


@posix
@pytest.mark.parametrize("kind", ["sleep", "deaf", "child"])
def test_a_hang_ends(make, kind, tmp_path):
    worker = make("stay" if kind == "deaf" else "fork")
    worker.hello()
    begun = time.monotonic()
    assert worker.ask({"text": "x", "fault": kind}, timeout_s=0.5).body == b"x"
    assert time.monotonic() - begun < 60  # instead of 600
    assert starts(tmp_path) == 2


@posix
def test_a_hang_that_comes_back(make):
    worker = make()
    with pytest.raises(VoiceError, match="did not answer within"):
        worker.ask({"text": "x", "fault": "sleep", "times": 2}, timeout_s=0.2)
    assert worker.ask({"text": "next"}, timeout_s=60).body == b"next"


@posix
def test_one_that_was_killed_in_between_is_replaced_unnoticed(make, tmp_path, caplog):
    worker = make()
    worker.ask({}, timeout_s=60)
    os.kill(worker._held[0]._process.pid, signal.SIGKILL)
    worker._held[0]._process.wait()
    assert worker.ask({"text": "x"}, timeout_s=60).body == b"x"
    assert starts(tmp_path) == 2
    assert not caplog.records


def test_a_refusal_is_no_death(make, mode, tmp_path):
    worker = make(mode)
    for _ in range(2):
        with pytest.raises(VoiceError, match="engine on fire"):
            worker.ask({"raise": True}, timeout_s=60)
    assert starts(tmp_path) == (2 if mode == "once" else 1)


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("raise ImportError('no such library')", "no such library"),
        ("def start(): raise ValueError('no data')", "no data"),
        ("import os; os._exit(4)", "exit status 4"),
        ("class E(Exception): hint = 'pip install it'\ndef start(): raise E('not here')", "pip install it"),
    ],
)
def test_one_that_does_not_get_ready(tmp_path, program, said):
    path = tmp_path / "script.py"
    path.write_text(program)
    worker = Worker(python_worker(str(path)))
    for ask in (worker.hello, lambda: worker.ask({}, timeout_s=60)):
        with pytest.raises(VoiceError) as caught:
            ask()
        assert said in str(caught.value)


def test_one_that_cannot_start_or_never_gets_ready(tmp_path):
    with pytest.raises(VoiceError, match="cannot be started"):
        Worker([str(tmp_path / "missing")]).ask({}, timeout_s=5)
    with pytest.raises(VoiceError, match="within 0"):
        Worker([sys.executable, "-c", "import time; time.sleep(600)"], start_s=0.3).hello()


def test_where_no_interpreter_can_be_started(monkeypatch):
    monkeypatch.setattr(sys, "executable", "")
    worker = Worker(python_worker("espeak_worker.py"))
    with pytest.raises(VoiceError, match="no Python interpreter"):
        worker.hello()
    worker.close()


def test_another_program_than_python(tmp_path):
    if os.name != "posix":
        pytest.skip("needs a shell")
    answers = 'n=0; while read line; do n=$((n+1)); printf \'{"id": %d, "bytes": 3}\\nabc\' $n; done'
    program = 'echo "{\\"ready\\": true}"; ' + answers
    worker = Worker(["/bin/sh", "-c", program])
    assert [worker.ask({}, timeout_s=60).body for _ in range(2)] == [b"abc", b"abc"]
    worker.close()


@posix
@pytest.mark.parametrize("is_busy", [False, True])
def test_none_outlives_the_program_that_asked(make, tmp_path, is_busy):
    make("fork")  # writes the script
    program = (
        "import os, sys, time\n"
        "from aidj.voice.worker import Worker, python_worker\n"
        f"worker = Worker(python_worker({str(tmp_path / 'script.py')!r}))\n"
        "worker.hello(); print(worker._held[0]._process.pid, flush=True)\n"
        + ("worker.ask({'fault': 'sleep'}, timeout_s=1)\n" if is_busy else "time.sleep(600)\n")
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as asking:
        group = int(asking.stdout.readline())
        if is_busy:
            wait_for(lambda: (tmp_path / "faults").exists())
        asking.kill()
    wait_for(lambda: not is_running(group))


def is_running(group):
    """Return whether any process of a group is alive, not counting one that only waits to be buried."""
    found = subprocess.run(["ps", "-eo", "pgid=,stat="], capture_output=True, text=True, check=True).stdout.split("\n")
    return any(line.split()[0] == str(group) and not line.split()[1].startswith("Z") for line in found if line.strip())


def wait_for(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@posix
def test_a_fork_of_this_program_has_a_worker_of_its_own(make, tmp_path):
    worker = make()
    worker.ask({"text": "x"}, timeout_s=60)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(write, worker.ask({"text": "from the fork"}, timeout_s=60).body)
            worker.close()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 100) == b"from the fork"
    assert worker.ask({"text": "y"}, timeout_s=60).body == b"y"
    assert starts(tmp_path) == 2
    os.close(read)
    os.close(write)


def test_it_goes_to_other_processes_without_its_process(make):
    worker = make()
    worker.hello()
    copy = pickle.loads(pickle.dumps(worker))
    assert copy.ask({"text": "x"}, timeout_s=60) == Answer(
        header={"said": "x", "calls": 1, "bytes": 1, "id": 1}, body=b"x"
    )
    copy.close()


def test_a_script_may_have_arguments(tmp_path):
    (tmp_path / "script.py").write_text("import sys\ndef start(): return {'model': sys.argv[2:]}\n")
    worker = Worker(python_worker(str(tmp_path / "script.py"), "a b.onnx", "--x"))
    assert worker.hello()["model"] == ["a b.onnx", "--x"]
    worker.close()


def test_closing_ends_the_process_and_the_next_request_starts_one(make, tmp_path):
    worker = make()
    worker.hello()
    process = worker._held[0]._process
    worker.close()
    assert process.poll() is not None
    assert worker.ask({"text": "x"}, timeout_s=60).body == b"x"
    assert starts(tmp_path) == 2


def test_no_thread_is_left_behind(make):
    worker = make()
    worker.hello()
    before = threading.active_count()
    for _ in range(5):
        worker.ask({"text": "x"}, timeout_s=60)
    time.sleep(0.05)
    assert threading.active_count() <= before + 1


def test_the_scripts_need_nothing_of_this_package(tmp_path):
    command = [*python_worker("espeak_worker.py")]
    result = subprocess.run(command, input=b"", capture_output=True, timeout=60, cwd=tmp_path, check=True)
    assert "ready" in json.loads(result.stdout) or "error" in json.loads(result.stdout)
