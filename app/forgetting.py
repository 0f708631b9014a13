"""Delete a conversation everywhere, or keep one out of training."""

from __future__ import annotations

from app.assemble import hashed_key, open_store
from app.settings import Settings
from app.threads import forget_thread


def forget_everywhere(settings: Settings, thread: str) -> str:
    """Delete a thread's turns, episodes, traces, feedback and requests; say what is gone."""
    turns = forget_thread(settings.home, thread)
    with open_store(settings) as store:
        gone = store.delete_thread(thread)
    return (
        f"deleted {gone.episodes} episodes, {gone.runs} spans, {gone.feedback} feedback, "
        f"{gone.requests} requests, {turns} checkpoints\n"
        "backups made before still hold them, and so does LangSmith where traces went there"
    )


def keep_out_of_training(settings: Settings, thread: str, key: str, *, out: bool) -> None:
    """Keep what a thread, or an API key, asks out of training; `out=False` allows it again."""
    with open_store(settings) as store:
        if thread:
            store.opt_out("thread", thread, out=out)
        else:
            store.opt_out("key", hashed_key(key), out=out)
