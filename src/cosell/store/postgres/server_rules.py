"""What there is to say of a server: rules over what it says of itself, in the order in which they are told.

Sources: PostgreSQL's manual (Reliability, Replication, Client Connection Defaults); how two primaries come about under
Patroni was tried: docs/how-to/high-availability.md.
"""

from collections.abc import Callable
from typing import Final

from cosell.store.diagnosis import Diagnosis
from cosell.store.postgres.server_facts import Facts

OLDEST: Final = 14
"""PostgreSQL's oldest version that somebody still looks after."""
TOO_IDLE_S: Final = 300
WAITS: Final = ("on", "remote_apply", "remote_write")
"""Values of synchronous_commit with which a commit waits for synchronous replicas."""
WRITABLE_ATTRS: Final = ("read-write", "primary")

Rule = Callable[[Facts], Diagnosis | None]


def version(facts: Facts) -> Diagnosis | None:
    """The server's version."""
    fact = f"PostgreSQL {facts.settings['server_version']}"
    if facts.major < OLDEST:
        return Diagnosis(f"{fact} is older than what cosell is made for", f"upgrade it to {OLDEST} or newer")
    return Diagnosis(fact)


def tables(facts: Facts) -> Diagnosis | None:
    """Whether all tables and indexes are there."""
    if facts.lost_tables:
        lost = ", ".join(facts.lost_tables)
        return Diagnosis(f"{facts.name}: its tables are not all there: {lost} is lost", "restore a backup")
    if facts.lost_indexes:
        lost = ", ".join(facts.lost_indexes)
        return Diagnosis(f"{facts.name} is slow without its index {lost}", "REINDEX it, or copy the database")
    return None


def rights(facts: Facts) -> Diagnosis | None:
    """What the role may do."""
    if not facts.may_write:
        return Diagnosis(f"{facts.role} may not write all tables", "let their owner grant it, or connect as the owner")
    if not facts.may_make_tables:
        return Diagnosis(
            f"{facts.role} may write, and may not change tables",
            "after an upgrade let the owner run cosell migrate",
            is_note=True,
        )
    return Diagnosis(f"{facts.role} may write, and change tables")


def standby(facts: Facts) -> Diagnosis | None:
    """Whether it takes writes. What a standby shows is of another moment than what its primary has acknowledged."""
    if facts.is_standby:
        return Diagnosis(
            f"{facts.name} is a standby, and takes no writes", "name the primary, or all hosts and read-write"
        )
    if facts.is_read_only:
        return Diagnosis(f"{facts.name} takes no writes", "see to default_transaction_read_only")
    return None


def hosts(facts: Facts) -> Diagnosis | None:
    """Which of several hosts takes writes: one, and only one."""
    if not facts.hosts:
        return None
    primaries = [host.name for host in facts.hosts if host.is_primary]
    if len(primaries) > 1:
        return Diagnosis(
            f"{' and '.join(primaries)} both take writes: a client goes to the first, whichever is the right one",
            "stop the one that your cluster does not lead, and give its Patroni a watchdog",
        )
    if facts.target_session_attrs not in WRITABLE_ATTRS:
        return Diagnosis("several hosts are named, and a standby will do", "add target_session_attrs=read-write")
    silent = [host.name for host in facts.hosts if not host.answers]
    if silent:
        return Diagnosis(f"{', '.join(silent)} of several hosts does not answer", "see to it", is_note=True)
    return Diagnosis(f"{len(facts.hosts)} hosts answer, and {primaries[0]} takes writes")


def durability(facts: Facts) -> Diagnosis | None:
    """Whether what was acknowledged is on a disk."""
    off = [name for name in ("fsync", "full_page_writes") if not facts.is_on(name)]
    if off:
        return Diagnosis(f"{' and '.join(off)} off: a power cut loses or damages data", "switch it on, but for tests")
    return Diagnosis("what is acknowledged is on the server's disk")


def replication(facts: Facts) -> Diagnosis | None:
    """Whether what was acknowledged is on a replica, too, before one is promoted."""
    if not facts.replicas:
        return None
    names = ", ".join(replica.name for replica in facts.replicas)
    if not facts.settings["synchronous_standby_names"]:
        return Diagnosis(
            f"{names} follows asynchronously: its promotion loses what was acknowledged",
            "set synchronous_mode of Patroni, or synchronous_standby_names",
        )
    if facts.settings["synchronous_commit"] not in WAITS:
        value = facts.settings["synchronous_commit"]
        return Diagnosis(f"synchronous_commit is {value}: commits wait for no replica", "set it to on for the role")
    if not any(replica.sync_state in ("sync", "quorum", None) for replica in facts.replicas):
        return Diagnosis(f"no replica is synchronous now, only {names}: commits may hang", "see to the replicas")
    if facts.settings["synchronous_commit"] == "remote_apply":
        return Diagnosis(f"commits wait until {names} shows them")
    return Diagnosis(
        f"commits wait until {names} has them, not until it shows them",
        "read from a replica only with synchronous_commit = remote_apply",
        is_note=True,
    )


def patroni(facts: Facts) -> Diagnosis | None:
    """Whether the program is there that would stop this primary before another is promoted."""
    cluster = facts.settings["cluster_name"]
    if not cluster or not facts.replicas or facts.has_patroni:
        return None
    return Diagnosis(
        f"no Patroni is connected to the primary of {cluster}: if it has died, another primary will be made beside it",
        "see whether it runs, and give it a watchdog",
        is_note=True,
    )


def backups(facts: Facts) -> Diagnosis | None:
    """Whether a former state can be brought back."""
    if facts.settings["archive_mode"] != "off":
        return None
    return Diagnosis("the server archives no WAL", "take pg_dump regularly, or set archive_mode", is_note=True)


def checksums(facts: Facts) -> Diagnosis | None:
    """Whether damage to a page is noticed."""
    if facts.is_on("data_checksums"):
        return None
    return Diagnosis("the server does not notice damaged pages", "pg_checksums --enable", is_note=True)


def upkeep(facts: Facts) -> Diagnosis | None:
    """Whether the planner knows what there is, and what is dead is cleared away."""
    if not facts.is_on("autovacuum"):
        return Diagnosis("autovacuum is off: tables grow, and pages get slower", "switch it on")
    if facts.lacks_statistics:
        return Diagnosis(f"{facts.name} has no statistics yet", "run ANALYZE, or wait for autovacuum", is_note=True)
    if facts.longest_idle_s > TOO_IDLE_S:
        return Diagnosis(
            f"somebody has been idle in a transaction for {facts.longest_idle_s} s, which keeps tables growing",
            "see pg_stat_activity, and set idle_in_transaction_session_timeout",
            is_note=True,
        )
    return None


def pooler(facts: Facts) -> Diagnosis | None:
    """Whether a pooler stands between, over which nothing is prepared and no news is heard."""
    if not facts.is_pooled:
        return None
    return Diagnosis(
        "a pooler stands before the server",
        "name the server itself: cosell keeps few connections, and is faster and told of events at once there",
        is_note=True,
    )


RULES: Final[tuple[Rule, ...]] = (
    *(version, tables, rights, standby, hosts, durability, replication, patroni, backups, checksums, upkeep, pooler),
)
"""Each says something, or nothing. A rule that says nothing has found nothing to say."""
