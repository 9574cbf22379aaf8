#!/usr/bin/env python3
"""A real Slurm of several nodes on this machine, for tests and benchmarks.

usage: slurm_cluster.py FOLDER [--nodes N] [--cpus N] [--set KEY=VALUE …]

Starts munged, slurmctld and a slurmd for each node n1, n2, …, each listening on 127.0.0.1 only, with
keys, configuration, state and logs in FOLDER, and prints `ready`. Clients find it by
SLURM_CONF=FOLDER/slurm.conf. Then it obeys lines of its standard input, and answers each by `done`:

  kill-controller     slurmctld dies at once
  start-controller    and comes back with the state that it had saved
  kill-node n2        slurmd of n2 dies at once, with all that runs there; Slurm finds out in time
  declare-down n2     Slurm is told, so that it need not find out
  start-node n2       a new slurmd for n2

When its input ends, all that it started is killed, by number, and so are the jobs.
"""

import argparse
import ctypes
import getpass
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def program(name):
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not found:
        sys.exit(f"slurm_cluster: the program {name} is not installed (scripts/setup --tests)")
    return found


def parents():
    """The parent of every process, those aside that ended and wait to be told so."""
    found = {}
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state != "Z":
            found[int(path.parent.name)] = int(parent)
    return found


def children(process):
    return [child for child, parent in parents().items() if parent == process]


def descendants(process):
    known, found = parents(), [process]
    for one in found:
        found += [child for child, parent in known.items() if parent == one]
    return found[1:]


def environment(process):
    try:
        return pathlib.Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def end(process):
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        pass


def adopt_orphans():
    """Makes this process the parent of daemons below it, so that it knows what it has started."""
    PR_SET_CHILD_SUBREAPER = 36
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        sys.exit("slurm_cluster: this system cannot adopt orphans")


class NotStarted(Exception):
    pass


class Cluster:
    def __init__(self, folder, nodes, cpus, settings):
        self.folder = folder
        self.nodes = [f"n{number + 1}" for number in range(nodes)]
        self.user = getpass.getuser()
        self.children = {}
        self.environment = dict(os.environ, SLURM_CONF=str(folder / "slurm.conf"))
        self.write_configuration(cpus, settings)

    def write_configuration(self, cpus, settings):
        folder, ports = self.folder, free_ports(1 + len(self.nodes))
        host = socket.gethostname().split(".")[0]
        for name in ("state", "spool", "munge", "log"):
            (folder / name).mkdir(exist_ok=True)
        values = {
            "ClusterName": "keyreel", "SlurmctldHost": f"{host}(127.0.0.1)",
            "SlurmUser": self.user, "SlurmdUser": self.user,
            "AuthType": "auth/munge", "AuthInfo": f"socket={folder}/munge.sock,cred_expire=5",
            "CommunicationParameters": "NoInAddrAny,NoCtldInAddrAny",
            "SlurmctldPort": ports[0], "SlurmctldPidFile": folder / "slurmctld.pid",
            "SlurmctldLogFile": folder / "log/slurmctld.log",
            "SlurmdSpoolDir": f"{folder}/spool/%n", "SlurmdPidFile": f"{folder}/slurmd.%n.pid",
            "SlurmdLogFile": f"{folder}/log/slurmd.%n.log", "StateSaveLocation": folder / "state",
            # Nothing that wants cgroups or rights: it works in a container too.
            "ProctrackType": "proctrack/linuxproc", "TaskPlugin": "task/none",
            "SwitchType": "switch/none", "MpiDefault": "none",
            "JobAcctGatherType": "jobacct_gather/none",
            "SelectType": "select/cons_tres", "SelectTypeParameters": "CR_Core",
            "SchedulerParameters": "sched_interval=2,bf_interval=2,batch_sched_delay=0,sched_min_interval=0",
            # Every node may claim more cores than this machine has.
            "SlurmdParameters": "config_overrides", "ReturnToService": 2,
            "KillWait": 5, "SlurmdTimeout": 8, "MinJobAge": 600, "JobRequeue": 1,
            "AccountingStorageType": "accounting_storage/none",
        }
        values.update(settings)
        lines = [f"{key}={value}" for key, value in values.items()]
        for node, port in zip(self.nodes, ports[1:]):
            lines.append(
                f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs={cpus} "
                "RealMemory=4000 State=UNKNOWN")
        lines.append(f"PartitionName=main Nodes={','.join(self.nodes)} Default=YES MaxTime=INFINITE State=UP")
        (folder / "slurm.conf").write_text("\n".join(lines) + "\n")
        (folder / "cgroup.conf").write_text("CgroupPlugin=autodetect\n")

    def spawn(self, name, words):
        with open(self.folder / "log" / f"{name}.out", "ab") as log:
            self.children[name] = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment)

    def start(self):
        self.start_munge()
        self.start_controller()
        for node in self.nodes:
            self.start_node(node)
        self.wait(lambda: self.idle() == len(self.nodes), "no node is idle")

    def start_munge(self):
        # --force: the socket lies where others need not reach it.
        key, home = self.folder / "munge/key", self.folder / "munge"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        home.chmod(0o700)
        self.spawn("munged", [
            program("munged"), "--foreground", "--force", "--num-threads=2", f"--key-file={key}",
            f"--socket={self.folder}/munge.sock", f"--pid-file={home}/pid",
            f"--log-file={home}/log", f"--seed-file={home}/seed"])
        self.wait(lambda: (self.folder / "munge.sock").exists(), "munged does not listen")

    def start_controller(self):
        # -i: a state that was cut short by a kill is read as far as it goes.
        self.spawn("slurmctld", [program("slurmctld"), "-D", "-i"])
        self.wait(lambda: self.asks("scontrol", "ping").returncode == 0, "slurmctld does not answer")

    def start_node(self, node):
        self.spawn(node, [program("slurmd"), "-D", "-N", node])

    def kill_controller(self):
        self.kill(self.children.pop("slurmctld"))

    def kill_node(self, node):
        self.kill(self.children.pop(node))
        for step in self.steps(node):
            for process in [step, *descendants(step)]:
                end(process)

    def steps(self, node):
        """The slurmstepd processes of a node, which their jobs' environment names."""
        mark = f"SLURMD_NODENAME={node}".encode()
        daemons = {child.pid for child in self.children.values()}
        return [
            process for process in children(os.getpid()) if process not in daemons
            and any(mark in environment(job) for job in descendants(process))]

    def declare_down(self, node):
        self.asks("scontrol", "update", f"nodename={node}", "state=down", "reason=test")

    def obey(self, line):
        words = line.split()
        {
            "kill-controller": self.kill_controller, "start-controller": self.start_controller,
            "kill-node": self.kill_node, "declare-down": self.declare_down,
            "start-node": self.start_node,
        }[words[0]](*words[1:])

    def stop(self):
        """Kills everything; what is started meanwhile comes under this process too."""
        while remaining := descendants(os.getpid()):
            for process in remaining:
                end(process)
            try:
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            except ChildProcessError:
                pass
            time.sleep(0.02)

    def kill(self, child):
        child.kill()
        child.wait()

    def asks(self, *words):
        return subprocess.run(
            [program(words[0]), *words[1:]], env=self.environment, capture_output=True, text=True)

    def idle(self):
        answer = self.asks("sinfo", "-h", "-N", "-t", "idle", "-o", "%N").stdout
        return len(set(answer.split()))

    def wait(self, holds, complaint):
        end = time.monotonic() + 120
        while not holds():
            dead = [name for name, child in self.children.items() if child.poll() is not None]
            if dead or time.monotonic() > end:
                logs = "".join(
                    f"--- {path.name}\n{path.read_text(errors='replace')[-1500:]}"
                    for path in sorted((self.folder / "log").iterdir()))
                raise NotStarted(f"{complaint}; ended: {dead}\n{logs}")
            time.sleep(0.05)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--nodes", type=int, default=4)
    parser.add_argument("--cpus", type=int, default=2)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    options = parser.parse_args()
    adopt_orphans()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    for attempt in (1, 2, 3):
        # A port that was free a moment ago may be somebody's by now.
        options.folder.mkdir(parents=True, exist_ok=True)
        cluster = Cluster(
            options.folder.resolve(), options.nodes, options.cpus,
            dict(one.split("=", 1) for one in options.set))
        try:
            cluster.start()
            print("ready", flush=True)
            for line in sys.stdin:
                cluster.obey(line)
                print("done", flush=True)
            sys.exit(0)
        except NotStarted as trouble:
            cluster.stop()
            if attempt == 3:
                sys.exit(f"slurm_cluster: {trouble}")
            shutil.rmtree(options.folder)
        finally:
            cluster.stop()
