"""A kernel of its own for a notebook, that is gone when its work is: done, failed, or stopped by Ctrl-C."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbclient import NotebookClient

CELL_TIMEOUT_SECONDS = 300


@asynccontextmanager
async def fresh_kernel(path: Path, environment: Mapping[str, str] | None = None) -> AsyncIterator[NotebookClient]:
    """Open a notebook in a kernel that runs in the notebook's folder; nothing is written back.

    environment: the kernel's variables (default: this process's). Gives a client for `run_cell`.
    """
    import nbformat
    from nbclient import NotebookClient

    client = NotebookClient(
        nbformat.read(path, 4),
        timeout=CELL_TIMEOUT_SECONDS,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=["--IPKernelApp.log_level=ERROR"],  # its warnings would cut a progress bar in two
    )
    # not the client's own set-up: that takes Ctrl-C for itself, and leaves a kernel that is still starting
    kernel: Any = client.create_kernel_manager()
    client.km = kernel
    try:
        await client.async_start_new_kernel(env=dict(os.environ if environment is None else environment))
        await client.async_start_new_kernel_client()
        yield client
    finally:
        if kernel.has_kernel:
            await kernel.shutdown_kernel(now=True)
        if client.kc is not None:
            client.kc.stop_channels()


async def run_cell(client: NotebookClient, index: int) -> str:
    """Run one cell of the client's notebook; returns why it failed, in one line, or nothing."""
    from nbclient.exceptions import CellControlSignal, DeadKernelError

    try:
        await client.async_execute_cell(client.nb.cells[index], index)
    except (CellControlSignal, DeadKernelError) as failure:
        task = asyncio.current_task()
        if task is not None and task.cancelling():  # Ctrl-C, which nbclient takes for the kernel's death
            raise asyncio.CancelledError from None
        name, value = getattr(failure, "ename", ""), getattr(failure, "evalue", "")
        named = f"{name}: {value}" if name else str(failure)  # a time-out has no name of the notebook's
        return " ".join(named.split())[:200]
    return ""
